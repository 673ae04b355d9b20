"""What a volunteer does with a conversation they hold: answer, judge, put aside, hand over, give back."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.handoffs import answering, lifecycle, queries, snoozing
from phonebank.intents import Intent
from phonebank.people.models import Role
from phonebank.replies import handling
from phonebank.web import context, guards, inbox, trouble
from phonebank.web.guards import requires
from phonebank.web.shared_writes import written

blueprint = Blueprint("deeds", __name__, url_prefix="/inbox/<int:handoff_id>")

_LONGEST_DRAFT = 5_000
_LONGEST_NOTE = 500
_TODAY = timedelta(hours=20)


@blueprint.post("/answer")
@requires(Role.VOLUNTEER)
def answer(handoff_id: int) -> ResponseReturnValue:
    body, nonce = request.form.get("body", ""), request.form.get("nonce", "")
    me, now = guards.my_id(), clock.now()
    try:
        written(lambda session: answering.answer(session, handoff_id, me, body, now, nonce=nonce))
    except (BadInputError, RefusedError) as wrong:
        return _not_sent(handoff_id, body, wrong)
    goes_on = request.form.get("then") == "next"
    if not goes_on:
        flash_unless_script("Sent.")
    onward = inbox.next_address(but=handoff_id) if goes_on else ""
    if _is_from_script():
        return {"nonce": inbox.nonce(), "to": onward}
    return redirect(onward, code=303) if goes_on else inbox.to(handoff_id)


@blueprint.post("/draft")
@requires(Role.VOLUNTEER)
def draft(handoff_id: int) -> ResponseReturnValue:
    """Keeps the unsent words, and the claim: whoever types or scrolls is still there."""
    me, words, now = guards.my_id(), _words(), clock.now()
    is_kept = written(lambda session: lifecycle.save_draft(session, handoff_id, me, words, renewed=now))
    return "", 204 if is_kept else 409


@blueprint.post("/verdict")
@requires(Role.VOLUNTEER)
def verdict(handoff_id: int) -> ResponseReturnValue:
    intent, now = _intent(request.form.get("intent", "")), clock.now()
    me, address = guards.my_id(), guards.settings().address
    try:
        with db.transaction() as session:
            lifecycle.renew(session, handoff_id, me, now)
            handling.verdict(session, handoff_id, person_id=me, intent=intent, address=address, now=now)
    except RefusedError as wrong:
        flash(str(wrong), "bad")
        return inbox.to(handoff_id)
    return _done(f"Written down: {inbox.VERDICTS[intent].lower()}.")


@blueprint.post("/no-stop")
@requires(Role.VOLUNTEER)
def no_stop(handoff_id: int) -> ResponseReturnValue:
    """They did not ask us to stop: the hold is lifted."""
    try:
        with db.transaction() as session:
            _keep_draft(session, handoff_id)
            answering.say_no_stop(session, handoff_id, guards.my_id(), guards.signature(), clock.now())
    except RefusedError as wrong:
        flash(str(wrong), "bad")
    return inbox.to(handoff_id)


@blueprint.post("/release")
@requires(Role.VOLUNTEER)
def release(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        _keep_draft(session, handoff_id)
        lifecycle.release(session, handoff_id, guards.my_id())
    return _done("Given back. What you had written is kept for whoever takes it next.")


@blueprint.post("/snooze")
@requires(Role.VOLUNTEER)
def snooze(handoff_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        handoff = queries.by_id(session, handoff_id)
        hours = context.hours_of(session, handoff, queries.contact_of(session, handoff.phone))
        try:
            until = snoozing.chosen(request.form.get("until", ""), request.form.get("at", ""), hours, now)
        except BadInputError as wrong:
            flash(str(wrong), "bad")
            return inbox.to(handoff_id)
        _keep_draft(session, handoff_id)
        if not lifecycle.snooze(session, handoff_id, guards.my_id(), until, now):
            return _not_theirs(session, handoff_id)
    local = until.astimezone(ZoneInfo(hours.zone))
    day = "" if until - now < _TODAY else f"{local:%A} "
    return _done(f"Put aside until {day}{local:%H:%M} their time, or until they write.")


@blueprint.post("/hand-over")
@requires(Role.VOLUNTEER)
def hand_over(handoff_id: int) -> ResponseReturnValue:
    note = request.form.get("note", "").replace("\x00", "").strip()[:_LONGEST_NOTE]
    is_abusive = request.form.get("why") == "abuse"
    if not note and not is_abusive:
        flash("Write a line for the organizers: what should they know?", "bad")
        return inbox.to(handoff_id)
    with db.transaction() as session:
        _keep_draft(session, handoff_id)
        if not lifecycle.hand_over(session, handoff_id, guards.my_id(), note, clock.now(), is_abusive=is_abusive):
            return _not_theirs(session, handoff_id)
    if is_abusive:
        return _done(
            "The organizers have it now. You do not have to read or answer it again. Thank you for telling us."
        )
    return _done("Handed over. The organizers see it, with your note.")


@blueprint.post("/hand-back")
@requires(Role.ORGANIZER)
def hand_back(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        _keep_draft(session, handoff_id)
        is_back = lifecycle.hand_back(session, handoff_id)
    if not is_back:
        flash("It is not with the organizers any more: somebody was faster, or it is settled.", "bad")
        return inbox.to(handoff_id)
    return _done("Back with the volunteers.")


def flash_unless_script(sentence: str) -> None:
    """A script says it itself, on the page that stays."""
    if not _is_from_script():
        flash(sentence, "good")


def _not_sent(handoff_id: int, body: str, wrong: PhonebankError) -> ResponseReturnValue:
    """The words stay where they were, with a new nonce: pressing Send again is a new answer."""
    if _is_from_script():
        return {"wrong": str(wrong), "nonce": inbox.nonce()}, trouble.status_of(wrong)
    return inbox.page(handoff_id, body=body, wrong=str(wrong), status=trouble.status_of(wrong))


def _not_theirs(session: Session, handoff_id: int) -> ResponseReturnValue:
    flash(answering.why_not_theirs(queries.by_id(session, handoff_id), guards.my_id()), "bad")
    return inbox.to(handoff_id)


def _done(sentence: str) -> ResponseReturnValue:
    """Back to the inbox, where the next conversation is one tap away."""
    flash(sentence, "good")
    return redirect(url_for("inbox.waiting"), code=303)


def _keep_draft(session: Session, handoff_id: int) -> bool:
    """The form's unsent words, kept in the conversation where it is this person's."""
    return "body" in request.form and lifecycle.save_draft(session, handoff_id, guards.my_id(), _words())


def _words() -> str:
    return request.form.get("body", "").replace("\x00", "")[:_LONGEST_DRAFT]


def _intent(word: str) -> Intent:
    if word not in inbox.VERDICTS:
        raise BadInputError("Choose one of the answers on the page.")
    return Intent(word)


def _is_from_script() -> bool:
    return request.headers.get("HX-Request") == "true"
