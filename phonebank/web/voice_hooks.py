"""Twilio's door for what is said in calls: check the signature, converse, answer with what is said next.

A person is on the line: whatever happens, they hear words. Whatever is twice the same webhook says the same again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, abort
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

from phonebank import clock, db, logs, phone
from phonebank.calls import lines, queries
from phonebank.calls.models import AnsweredBy
from phonebank.calls.script import Then
from phonebank.errors import BadInputError
from phonebank.gateway import voice
from phonebank.gateway.contract import GatewayError
from phonebank.gateway.twiml import GoOn, HangUp, Listen, Recorded, Spoken, document
from phonebank.messages import spool
from phonebank.replies import conversing
from phonebank.replies.conversing import Received, Turn
from phonebank.web import bridge_hooks
from phonebank.web.guards import settings, signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

blueprint = Blueprint("voice", __name__, url_prefix="/twilio")

log = logs.get("voice")

Converse = Callable[[Session, datetime], Turn | None]
_BEEPED = "machine_end"
_LONGEST_NUMBER = 9


@blueprint.post("/calls/<call_id>/start")
@signed_by_twilio
def start(call_id: str) -> Response:
    """Somebody took our call: who calls, how to stop that, the ask."""
    ours, sid = _number(call_id), _form_of_ours().get("CallSid", "")

    def converse(session: Session, now: datetime) -> Turn | None:
        return conversing.pick_up(session, ours, sid, address=settings().address, now=now)

    def bridged() -> Response | None:
        with db.reading() as session:
            is_ours = bridge_hooks.is_ours(session, ours)
        return bridge_hooks.begin(ours, sid) if is_ours else None

    return _said(converse, or_else=bridged)


@blueprint.post("/calls/<call_id>/answer/<turn>")
@signed_by_twilio
def answer(call_id: str, turn: str) -> Response:
    """What they pressed or said to this question of ours, or that they were silent."""
    received = _received(_form_of_ours())
    return _said(
        lambda session, now: conversing.hear(
            session, _number(call_id), _number(turn), received, address=settings().address, now=now
        )
    )


@blueprint.post("/calls/<call_id>/nobody")
@signed_by_twilio
def nobody(call_id: str) -> Response:
    """They waited for one of us, and nobody was free: we ask when to call back."""
    _form_of_ours()
    return _said(
        lambda session, now: conversing.nobody_came(session, _number(call_id), address=settings().address, now=now)
    )


@blueprint.post("/calls/<call_id>/machine")
@signed_by_twilio
def machine(call_id: str) -> Response:
    """Who took the call, by the carrier's ear, while the conversation goes on. After the beep the call is turned."""
    form = _form_of_ours()
    told, sid = form.get("AnsweredBy", ""), form.get("CallSid", "")
    who = _who(told)
    if written(lambda session: conversing.is_no_person(session, _number(call_id), sid, who)):
        _turn(sid, f"{settings().address}/twilio/calls/{call_id}/voicemail" if told.startswith(_BEEPED) else None)
    return Response(status=204)


@blueprint.post("/calls/<call_id>/voicemail")
@signed_by_twilio
def voicemail(call_id: str) -> Response:
    """The beep has sounded: our message, and how to hear no more."""
    _form_of_ours()
    return _said(
        lambda session, now: conversing.leave_message(session, _number(call_id), address=settings().address, now=now)
    )


@blueprint.post("/voice")
@signed_by_twilio
def inbound() -> Response:
    """Somebody calls one of our numbers: who we are, 9 to stop, 1 to be called back."""
    form = _form_of_ours()
    sid, ours = form.get("CallSid", ""), form.get("To", "")
    try:
        caller = phone.parse(form.get("From", ""), "US")
    except BadInputError:
        return _one_line("menu_hidden", ours)
    with db.reading() as session:
        is_ours = caller == ours or queries.is_ours(session, caller)
    if is_ours:
        return _one_line("own_number", ours)
    return _said(
        lambda session, now: conversing.take_call(
            session, sid, phone=caller, sender=ours, address=settings().address, now=now
        )
    )


def _form_of_ours() -> Mapping[str, str]:
    form = signed_form()
    if not is_our_account(form):
        abort(403)
    return form


def _number(text: str) -> int:
    """An id or turn of an address; 0, which is nobody's, for what is none."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0


def _received(form: Mapping[str, str]) -> Received:
    try:
        confidence: float | None = float(form.get("Confidence", ""))
    except ValueError:
        confidence = None
    return Received(form.get("Digits", ""), form.get("SpeechResult", ""), confidence)


def _who(told: str) -> AnsweredBy:
    """The carrier's word for who took the call, as ours; what it cannot tell is a person."""
    if told.startswith("machine"):
        return AnsweredBy.MACHINE
    return AnsweredBy(told) if told in set(AnsweredBy) else AnsweredBy.UNKNOWN


def _said(converse: Converse, or_else: Callable[[], Response | None] = lambda: None) -> Response:
    """What is said next. Of a call we do not know, and while the database is away, an apology and the end."""
    now = clock.now()
    try:
        turn = written(lambda session: converse(session, now))
        other = or_else() if turn is None else None
    except (DBAPIError, NoConnectionFree) as wrong:
        log.warning("a call ends early: the database is down", error=type(wrong).__name__)
        return _xml(_our_own("opted_out" if _stop_is_kept() else "trouble"), HangUp())
    if other is not None:
        return other
    if turn is None:
        log.warning("a webhook of a call we do not know")
        return _xml(_our_own("trouble"), HangUp())
    return _twiml(turn)


def _stop_is_kept() -> bool:
    """Whether they pressed 9, and that is on disk now: it counts as soon as the database is back."""
    form = signed_form()
    if form.get("Digits") != "9":
        return False
    try:
        person = phone.parse(form.get("From" if form.get("Direction") == "inbound" else "To", ""), "US")
        spool.keep(
            settings().var / "spool", "stop", "", {"phone": person, "because": "pressed 9 in a call"}, clock.now()
        )
    except (BadInputError, OSError):
        log.exception("neither database nor disk takes a stop")
        return False
    return True


def _twiml(turn: Turn) -> Response:
    here = f"{settings().address}/twilio/calls/{turn.call_id}"
    match turn.state.last.then:
        case Then.LISTEN:
            ours, listening = lines.spoken()[turn.state.language], lines.spoken()["listening"]
            listen = Listen(
                f"{here}/answer/{turn.state.turn}",
                ours["speech"],
                ours["hints"],
                listening["seconds"],
                listening["pause_s"],
                listening["speech_model"],
            )
            recorded = Recorded(turn.notice, f"{here}/recorded") if turn.notice else None
            return _xml(turn.spoken, listen, recorded)
        case Then.FETCH_PERSON:
            return _xml(turn.spoken, GoOn(f"{here}/nobody" if turn.is_test else f"{here}/bridge"))
        case Then.HANG_UP:
            return _xml(turn.spoken, HangUp())


def _one_line(name: str, ours: str) -> Response:
    now = clock.now()
    with db.reading() as session:
        spoken = conversing.refuse_caller(session, name, ours, address=settings().address, now=now)
    return _xml(spoken, HangUp())


def _our_own(name: str) -> list[Spoken]:
    english = lines.spoken()["en"]
    return [Spoken(english[name], english["voice"], english["speech"])]


def _xml(spoken: Sequence[Spoken], then: Listen | GoOn | HangUp, recorded: Recorded | None = None) -> Response:
    return Response(document(spoken, then, recorded), mimetype="text/xml")


def _turn(sid: str, address: str | None) -> None:
    """Let the call go on at this address; None: it ends. What the carrier refuses, the call's own next step does."""

    async def turned() -> None:
        async with voice.dialing(settings(), in_flight=1) as line:
            await (line.redirect_call(sid, address) if address else line.hang_up(sid))

    try:
        asyncio.run(turned())
    except GatewayError as wrong:
        log.warning("a machine could not be told our message", error=type(wrong).__name__)
