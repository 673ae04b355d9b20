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
from phonebank.handoffs import bridging, powering
from phonebank.web.guards import settings, signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

blueprint = Blueprint("bridge_hooks", __name__, url_prefix="/twilio/calls")

_BRIDGED = "bridged"
_GONE = ("hangup", "system-error", "error")
_PATIENCE_S = 1
"""Of who answered and hears nobody; with the carrier's two questions to us it stays under two seconds."""

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
    if caller is not None and wanted == "seat":
        return _told(written(lambda session: _stands(session, int(caller[1]), form.get("CallSid", ""))))
    if caller is None or not wanted.isdecimal():
        return _told(twiml.ends())
    person_id = int(caller[1])
    return _told(written(lambda session: _joins(session, _call(session, int(wanted)), person_id, clock.now())))


@blueprint.post("/browser/standing")
@signed_by_twilio
def standing() -> Response:
    """What a volunteer hears until somebody answers."""
    _form()
    return _told(twiml.hears(words.spoken("standing"), _music()))


@blueprint.post("/browser/left")
@signed_by_twilio
def left() -> Response:
    """A volunteer's open line is down: nobody is put through to it."""
    form = _form()
    caller = _VOLUNTEER.fullmatch(form.get("From", ""))
    if caller is not None:
        written(lambda session: lifecycle.line_closes(session, int(caller[1]), form.get("CallSid", "")))
    return _told(twiml.ends())


@blueprint.post("/<int:call_id>/bridge/late")
@signed_by_twilio
def late(call_id: int) -> Response:
    """They answered a call dialed ahead, nobody was free, and they have waited as long as anybody may."""
    _form()
    return _told(written(lambda session: _found_nobody(session, _call(session, call_id), clock.now())))


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
    if call.kind is CallKind.LIVE and call.volunteer_id is None:
        return _put_through(session, call, now) or twiml.pauses(_PATIENCE_S, then=_address(call, "/bridge/late"))
    if call.kind is CallKind.LIVE:
        calls.bridge(session, call.id or 0, call.volunteer_id or 0, now)
        return _meets_them(session, call)
    caller = _caller_of(session, call)
    if caller is None or caller.status not in {CallStatus.IN_PROGRESS, CallStatus.QUEUED}:
        return twiml.ends(words.spoken("gone"))
    if caller.kind is CallKind.LIVE:
        return _joins(session, caller, call.volunteer_id or 0, now)
    return twiml.asks_key(words.spoken("whisper"), _address(call, "/bridge/pressed"))


def _put_through(session: Session, call: Call, now: datetime) -> str:
    """To a volunteer whose line stands open; "" when nobody is free."""
    return _meets_them(session, _call(session, call.id or 0)) if powering.put_through(session, call, now) else ""


def _meets_them(session: Session, call: Call) -> str:
    return twiml.meets(_room(session, call), label="them", action=_address(call, "/bridge/over"))


def _found_nobody(session: Session, call: Call, now: datetime) -> str:
    """Once more; then they hear who called and how to stop that, and are counted."""
    if call.status is not CallStatus.IN_PROGRESS:
        return twiml.ends()
    if call.bridged_at is not None:
        return _meets_them(session, call)
    if call.abandoned_at is None:
        if through := _put_through(session, call, now):
            return through
        calls.abandon(session, call.id or 0, now)
    return _nobody(call)


def _stands(session: Session, person_id: int, sid: str) -> str:
    """A volunteer's line, open for whoever answers next: they are in the room before them."""
    if not powering.line_opens(session, person_id, sid):
        return twiml.ends(words.spoken("gone"))
    ours = f"{settings().address}/twilio/calls/browser"
    return twiml.meets(_seat(person_id), label="volunteer", wait_url=f"{ours}/standing", action=f"{ours}/left")


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
    if seat is None or seat.call_id != call.id or seat.phone is not None:  # who puts their own phone down has finished
        return twiml.ends(words.spoken("goodbye", call.language))
    if bridging.lost(session, call, now):
        return _in_queue(call, "lost")
    return twiml.goes_on(_address(call, "/nobody"), words.spoken("lost", call.language))


def _joins(session: Session, call: Call, person_id: int, now: datetime) -> str:
    """The volunteer's own line, once it is there: to whoever waits, or to whom they have us call now."""
    if call.kind is CallKind.LIVE:
        if call.volunteer_id != person_id or call.status not in {*calls.UNDER_WAY, CallStatus.QUEUED}:
            return twiml.ends(words.spoken("gone"))
        if lifecycle.dial(session, call.id or 0, now):
            jobs.ring_after_commit(session, "calls", call.sender)
        return twiml.meets(_room(session, call), label="volunteer", wait_url=_address(call, "/bridge/ringing"))
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


def _room(session: Session, call: Call) -> str:
    """Where a volunteer and whom they call meet: on the volunteer's open line, if they have one."""
    seat = queries.seat_of(session, call.volunteer_id) if call.volunteer_id else None
    return _seat(seat.person_id) if seat is not None and seat.campaign_id is not None else f"live-{call.id}"


def _seat(person_id: int) -> str:
    return f"seat-{person_id}"


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
