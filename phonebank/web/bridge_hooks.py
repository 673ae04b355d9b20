"""The carrier's door while people are brought together: who waits, who comes on the line, and what when it breaks."""

import re
from datetime import datetime

from flask import Blueprint, Response, abort
from sqlmodel import Session

from phonebank import clock, jobs
from phonebank.bridges import lifecycle, queries, words
from phonebank.calls import lifecycle as calls
from phonebank.calls import queries as call_queries
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.errors import RefusedError
from phonebank.gateway import bridge_twiml as twiml
from phonebank.handoffs import bridging
from phonebank.web.guards import settings, signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

blueprint = Blueprint("bridge_hooks", __name__, url_prefix="/twilio/calls")

_BRIDGED = "bridged"
_GONE = ("hangup", "system-error", "error")
_VOLUNTEER = re.compile(r"client:volunteer-(\d+)")


@blueprint.post("/<int:call_id>/bridge")
@signed_by_twilio
def bridge(call_id: int) -> Response:
    """They wait for one of us; where nobody is free, their script goes on and asks when to call back."""
    _form()
    return _told(written(lambda session: _waits(session, _call(session, call_id), clock.now())))


@blueprint.post("/<int:call_id>/bridge/wait")
@signed_by_twilio
def wait(call_id: int) -> Response:
    """Asked each time their music ends: whoever did not come makes way for the next, and nobody waits for nobody."""
    _form()
    return _told(written(lambda session: _hears(session, _call(session, call_id), clock.now())))


@blueprint.post("/<int:call_id>/bridge/over")
@signed_by_twilio
def over(call_id: int) -> Response:
    """They left the queue, or the talk ended on the volunteer's side."""
    result = _form().get("QueueResult", _BRIDGED)
    return _told(written(lambda session: _after(session, _call(session, call_id), result, clock.now())))


@blueprint.post("/browser")
@signed_by_twilio
def browser() -> Response:
    """A volunteer's browser phone comes on the line; `call` names whom it is for."""
    form = _form()
    caller, wanted = _VOLUNTEER.fullmatch(form.get("From", "")), form.get("call", "")
    if caller is None or not wanted.isdecimal():
        return _told(twiml.ends())
    person_id = int(caller[1])
    return _told(written(lambda session: _joins(session, _call(session, int(wanted)), person_id, clock.now())))


@blueprint.post("/<int:call_id>/bridge/pressed")
@signed_by_twilio
def pressed(call_id: int) -> Response:
    """A volunteer took up their own phone and pressed a key."""
    is_one = _form().get("Digits") == "1"
    return _told(written(lambda session: _answers(session, _call(session, call_id), is_one, clock.now())))


@blueprint.post("/<int:call_id>/bridge/ringing")
@signed_by_twilio
def ringing(call_id: int) -> Response:
    """What a volunteer hears until whom they call is there."""
    _form()
    call = written(lambda session: _call(session, call_id))
    is_over = call.status not in {*calls.UNDER_WAY, CallStatus.QUEUED}
    return _told(twiml.hears(words.spoken("no_one" if is_over else "ringing"), _music()))


def is_ours(session: Session, call_id: int) -> bool:
    """Whether one of us speaks in this call from the first word: no script does."""
    call = call_queries.by_id(session, call_id)
    return call is not None and call.kind in {CallKind.LIVE, CallKind.LEG}


def begin(call_id: int, sid: str) -> Response:
    """Somebody took such a call up."""
    return _told(written(lambda session: _answered(session, call_id, sid, clock.now())))


def _answered(session: Session, call_id: int, sid: str, now: datetime) -> str:
    """What is done when somebody takes a call that one of us made (`live`) or that is to one of us (`leg`)."""
    call = _call(session, call_id)
    if not calls.answer(session, call_id, sid=sid, now=now):
        return twiml.ends()
    if call.kind is CallKind.LIVE:
        if call.volunteer_id is not None:
            calls.bridge(session, call.id or 0, call.volunteer_id, now)
        return twiml.meets(_live(call), label="them", action=_address(call, "/bridge/over"))
    caller = _caller_of(session, call)
    if caller is None or caller.status not in {CallStatus.IN_PROGRESS, CallStatus.QUEUED}:
        return twiml.ends(words.spoken("gone"))
    if caller.kind is CallKind.LIVE:
        return _joins(session, caller, call.volunteer_id or 0, now)
    return twiml.asks_key(words.spoken("whisper"), _address(call, "/bridge/pressed"))


def _waits(session: Session, call: Call, now: datetime) -> str:
    if call.status is CallStatus.IN_PROGRESS and bridging.want_person(session, call, now):
        return _in_queue(call)
    return _nobody(call)


def _in_queue(call: Call, line: str = "") -> str:
    spoken = words.spoken(line, call.language) if line else ()
    there, then = _address(call, "/bridge/wait"), _address(call, "/bridge/over")
    return twiml.waits(f"call-{call.id}", wait_url=there, action=then, spoken=spoken)


def _nobody(call: Call) -> str:
    """Their own script goes on: it says so, and asks when we may call back."""
    return twiml.goes_on(_address(call, "/nobody"))


def _hears(session: Session, call: Call, now: datetime) -> str:
    if not bridging.miss(session, call, now):
        return twiml.leaves()
    return twiml.hears(words.spoken("waiting", call.language), _music())


def _after(session: Session, call: Call, result: str, now: datetime) -> str:
    if result in _GONE:
        bridging.ended(session, call, now)
        return twiml.ends()
    if result != _BRIDGED:
        calls.abandon(session, call.id or 0, now)
        return _nobody(call)
    seat = queries.seat_of(session, call.volunteer_id) if call.volunteer_id else None
    if seat is None or seat.call_id != call.id:
        return twiml.ends(words.spoken("goodbye", call.language))
    if bridging.lost(session, call, now):
        return _in_queue(call, "lost")
    return twiml.goes_on(_address(call, "/nobody"), words.spoken("lost", call.language))


def _joins(session: Session, call: Call, person_id: int, now: datetime) -> str:
    """The volunteer's own line, once it is there: to whoever waits, or to whom they have us call now."""
    if call.kind is CallKind.LIVE:
        if call.volunteer_id != person_id:
            return twiml.ends(words.spoken("gone"))
        if lifecycle.dial(session, call.id or 0, now):
            jobs.ring_after_commit(session, "calls", call.sender)
        return twiml.meets(_live(call), label="volunteer", wait_url=_address(call, "/bridge/ringing"))
    if not bridging.join(session, call, person_id, now):
        return twiml.ends(words.spoken("gone"))
    return twiml.takes(f"call-{call.id}")


def _answers(session: Session, leg: Call, is_one: bool, now: datetime) -> str:
    caller, person_id = _caller_of(session, leg), leg.volunteer_id or 0
    if caller is None:
        return twiml.ends(words.spoken("gone"))
    if not is_one:
        bridging.decline(session, caller, person_id, now)
        return twiml.ends(words.spoken("passed"))
    try:
        bridging.take(session, caller, person_id, now)
    except RefusedError:
        return twiml.ends(words.spoken("gone"))
    return _joins(session, caller, person_id, now)


def _caller_of(session: Session, leg: Call) -> Call | None:
    return call_queries.by_id(session, int(leg.script.get("for", 0)), lock=True)


def _call(session: Session, call_id: int) -> Call:
    call = call_queries.by_id(session, call_id, lock=True)
    if call is None:
        abort(404)
    return call


def _live(call: Call) -> str:
    return f"live-{call.id}"


def _address(call: Call, rest: str) -> str:
    return f"{settings().address}/twilio/calls/{call.id}{rest}"


def _music() -> str:
    return f"{settings().address}/static/sounds/hold.wav"


def _form() -> dict[str, str]:
    form = signed_form()
    if not is_our_account(form):
        abort(403)
    return dict(form)


def _told(document: str) -> Response:
    return Response(document, mimetype="text/xml")
