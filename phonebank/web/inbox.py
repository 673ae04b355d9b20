"""The volunteers' inbox: take the next conversation, read it whole, answer, say what they decided, give it back."""

import secrets
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.handoffs import answering, lifecycle, queries
from phonebank.intents import Intent
from phonebank.people import lifecycle as people
from phonebank.people.models import Role
from phonebank.replies import handling
from phonebank.web import conversations, guards, live, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

MOST_SHOWN = 200
_KEPT_EVERY = timedelta(minutes=2)  # of a lease of ten: a page that is used keeps its conversation
_NOTED_EVERY = timedelta(minutes=1)
_LONGEST_DRAFT = 5_000
VERDICTS = {
    Intent.YES: "Yes",
    Intent.NO: "No",
    Intent.NOT_NOW: "Not now",
    Intent.NOT_THAT: "Not that",
    Intent.MAYBE: "Maybe",
    Intent.WRONG_NUMBER: "Wrong number",
    Intent.OPT_OUT: "Asked to stop",
}


@blueprint.before_request
def note_who_is_here() -> None:
    """Asks may wait for the volunteers: whoever has the inbox open is counted, to the minute."""
    me, now = guards.me(), clock.now()
    if me.id is not None and (me.at_inbox_at is None or now - me.at_inbox_at >= _NOTED_EVERY):
        with db.transaction() as session:
            people.seen_at_inbox(session, me.id, now)


@blueprint.get("")
@requires(Role.VOLUNTEER)
def waiting() -> ResponseReturnValue:
    may_read_all = guards.may(guards.me(), Role.ORGANIZER)
    return render_template(
        "inbox/waiting.html", rows=live.piece("inbox/_rows.html", **_rows()), may_read_all=may_read_all
    )


@blueprint.get("/rows")
@requires(Role.VOLUNTEER)
def rows() -> ResponseReturnValue:
    return live.answer("inbox/_rows.html", **_rows())


@blueprint.post("/next")
@requires(Role.VOLUNTEER)
def take_next() -> ResponseReturnValue:
    with db.transaction() as session:
        handoff_id = lifecycle.claim_next(session, guards.my_id(), clock.now())
    if handoff_id is None:
        flash("Nobody waits for a word from us right now.", "good")
        return redirect(url_for("inbox.waiting"), code=303)
    return _to(handoff_id)


@blueprint.get("/<int:handoff_id>")
@requires(Role.VOLUNTEER)
def conversation(handoff_id: int) -> ResponseReturnValue:
    return _page(handoff_id)


@blueprint.get("/<int:handoff_id>/talk")
@requires(Role.VOLUNTEER)
def talk(handoff_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        return live.answer("inbox/_talk.html", talk=_talk(session, handoff_id))


@blueprint.post("/<int:handoff_id>/take")
@requires(Role.VOLUNTEER)
def take(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        if not lifecycle.claim(session, handoff_id, guards.my_id(), clock.now()):
            flash("Somebody was faster, or it is settled: this conversation is not free any more.", "bad")
    return _to(handoff_id)


@blueprint.post("/<int:handoff_id>/answer")
@requires(Role.VOLUNTEER)
def answer(handoff_id: int) -> ResponseReturnValue:
    body, nonce = request.form.get("body", ""), request.form.get("nonce", "")
    try:
        with db.transaction() as session:
            answering.answer(session, handoff_id, guards.my_id(), body, clock.now(), nonce=nonce)
    except (BadInputError, RefusedError) as wrong:
        return _not_sent(handoff_id, body, wrong)
    if _is_from_script():
        return {"nonce": _nonce()}
    flash("Sent.", "good")
    return _to(handoff_id)


@blueprint.post("/<int:handoff_id>/draft")
@requires(Role.VOLUNTEER)
def draft(handoff_id: int) -> ResponseReturnValue:
    """Keeps the unsent words, and the claim: whoever types or scrolls is still there."""
    with db.transaction() as session:
        is_kept = lifecycle.save_draft(
            session, handoff_id, guards.my_id(), request.form.get("body", "")[:_LONGEST_DRAFT]
        )
        lifecycle.renew(session, handoff_id, guards.my_id(), clock.now())
    return "", 204 if is_kept else 409


@blueprint.post("/<int:handoff_id>/verdict")
@requires(Role.VOLUNTEER)
def verdict(handoff_id: int) -> ResponseReturnValue:
    intent = _intent(request.form.get("intent", ""))
    now = clock.now()
    try:
        with db.transaction() as session:
            lifecycle.renew(session, handoff_id, guards.my_id(), now)
            handling.verdict(
                session, handoff_id, person_id=guards.my_id(), intent=intent, address=guards.settings().address, now=now
            )
    except RefusedError as wrong:
        flash(str(wrong), "bad")
        return _to(handoff_id)
    flash(f"Written down: {VERDICTS[intent].lower()}.", "good")
    return redirect(url_for("inbox.waiting"), code=303)


@blueprint.post("/<int:handoff_id>/no-stop")
@requires(Role.VOLUNTEER)
def no_stop(handoff_id: int) -> ResponseReturnValue:
    """They did not ask us to stop: the hold is lifted."""
    try:
        with db.transaction() as session:
            _keep_draft(session, handoff_id)
            answering.say_no_stop(session, handoff_id, guards.my_id(), guards.signature(), clock.now())
    except RefusedError as wrong:
        flash(str(wrong), "bad")
    return _to(handoff_id)


@blueprint.post("/<int:handoff_id>/release")
@requires(Role.VOLUNTEER)
def release(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        _keep_draft(session, handoff_id)
        lifecycle.release(session, handoff_id, guards.my_id())
    flash("Given back. What you had written is kept for whoever takes it next.", "good")
    return redirect(url_for("inbox.waiting"), code=303)


def _page(handoff_id: int, *, body: str | None = None, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    with db.reading() as session:
        shown = _talk(session, handoff_id)
        name = guards.me().name
        page = render_template(
            "inbox/conversation.html",
            talk=shown,
            piece=live.piece("inbox/_talk.html", talk=shown),
            help=conversations.help_for(session, shown.handoff, name, clock.now()),
            verdicts=VERDICTS,
            body=body if body is not None else shown.handoff.draft,
            wrong=wrong,
            nonce=_nonce(),
            keep_every_s=max(1.0, _KEPT_EVERY.total_seconds() / max(1.0, clock.speed())),
        )
    return page, status


def _talk(session: Session, handoff_id: int) -> conversations.Talk:
    reads_all = guards.may(guards.me(), Role.ORGANIZER)
    return conversations.talk(session, handoff_id, guards.my_id(), clock.now(), reads_all=reads_all)


def _not_sent(handoff_id: int, body: str, wrong: PhonebankError) -> ResponseReturnValue:
    """The words stay where they were, with a new nonce: pressing Send again is a new answer."""
    if _is_from_script():
        return {"wrong": str(wrong), "nonce": _nonce()}, trouble.status_of(wrong)
    return _page(handoff_id, body=body, wrong=str(wrong), status=trouble.status_of(wrong))


def _keep_draft(session: Session, handoff_id: int) -> bool:
    """The form's unsent words, kept in the conversation where it is this person's."""
    if "body" not in request.form:
        return False
    words = request.form["body"].replace("\x00", "")[:_LONGEST_DRAFT]
    return lifecycle.save_draft(session, handoff_id, guards.my_id(), words)


def _rows() -> dict[str, object]:
    now = clock.now()
    with db.reading() as session:
        mine = queries.mine(session, guards.my_id(), now)
        standing = queries.waiting(session, MOST_SHOWN + 1)
    others = [row for row in standing if row not in mine]
    return {
        "mine": mine,
        "ours": [row for row in others if row.is_our_turn],
        "theirs": [row for row in others if not row.is_our_turn],
        "free": sum(1 for row in others if row.is_our_turn and not row.is_held(now)),
        "is_cut": len(standing) > MOST_SHOWN,
        "now": now,
    }


def _intent(word: str) -> Intent:
    if word not in VERDICTS:
        raise BadInputError("Choose one of the answers on the page.")
    return Intent(word)


def _nonce() -> str:
    return secrets.token_urlsafe(12)


def _is_from_script() -> bool:
    return request.headers.get("HX-Request") == "true"


def _to(handoff_id: int) -> ResponseReturnValue:
    return redirect(url_for("inbox.conversation", handoff_id=handoff_id), code=303)
