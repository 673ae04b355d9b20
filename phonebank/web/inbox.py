"""The volunteers' inbox: what waits, the next conversation in one tap, and that conversation whole."""

import secrets
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.handoffs import lifecycle, presence, snoozing
from phonebank.intents import Intent
from phonebank.people import lifecycle as people
from phonebank.people.models import Role
from phonebank.web import context, conversations, guards, live, waiting_list
from phonebank.web.guards import requires
from phonebank.web.shared_writes import written

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

_KEPT_EVERY = timedelta(minutes=2)  # of a lease of ten: a page that is used keeps its conversation
_NOTED_EVERY = timedelta(minutes=1)
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
        person_id = me.id
        written(lambda session: people.seen_at_inbox(session, person_id, now))


@blueprint.get("")
@requires(Role.VOLUNTEER)
def waiting() -> ResponseReturnValue:
    seen, values = waiting_list.rows(guards.my_id(), clock.now(), organizes=organizes())
    rows = live.piece_at(seen, "inbox/_rows.html", **values)
    return render_template("inbox/waiting.html", rows=rows, may_read_all=organizes())


@blueprint.get("/rows")
@requires(Role.VOLUNTEER)
def rows() -> ResponseReturnValue:
    seen, values = waiting_list.rows(guards.my_id(), clock.now(), organizes=organizes())
    return live.answer_at(seen, "inbox/_rows.html", lambda: values)


@blueprint.post("/next")
@requires(Role.VOLUNTEER)
def take_next() -> ResponseReturnValue:
    return redirect(next_address(but=request.form.get("but", type=int)), code=303)


@blueprint.get("/<int:handoff_id>")
@requires(Role.VOLUNTEER)
def conversation(handoff_id: int) -> ResponseReturnValue:
    return page(handoff_id)


@blueprint.get("/<int:handoff_id>/talk")
@requires(Role.VOLUNTEER)
def talk(handoff_id: int) -> ResponseReturnValue:
    """Asked for every second and a half by each open page: nothing is read twice that has not changed."""
    me, now = guards.my_id(), clock.now()
    others = presence.note(handoff_id, me, guards.me().name, is_writing=request.args.get("writing") == "yes")
    with db.reading() as session:
        seen = conversations.stamp(session, handoff_id, me, now, others)
        return live.answer_at(seen, "inbox/_talk.html", lambda: {"talk": _talk(session, handoff_id, others)})


@blueprint.post("/<int:handoff_id>/take")
@requires(Role.VOLUNTEER)
def take(handoff_id: int) -> ResponseReturnValue:
    me, now, leads = guards.my_id(), clock.now(), organizes()
    if not written(lambda session: lifecycle.claim(session, handoff_id, me, now, organizes=leads)):
        flash("Somebody was faster, or it is settled: this conversation is not free any more.", "bad")
    return to(handoff_id)


def page(handoff_id: int, *, body: str | None = None, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    """The conversation's own page; `body` are words that were not sent, and `wrong` says why."""
    me, now = guards.me(), clock.now()
    others = presence.note(handoff_id, guards.my_id(), me.name, is_writing=False)
    with db.reading() as session:
        seen = conversations.stamp(session, handoff_id, guards.my_id(), now, others)
        shown = _talk(session, handoff_id, others)
        hours = context.hours_of(session, shown.handoff, shown.contact)
        answer = render_template(
            "inbox/conversation.html",
            talk=shown,
            piece=live.piece_at(seen, "inbox/_talk.html", talk=shown),
            help=context.help_for(session, shown, me.name, now) if shown.is_mine or wrong else None,
            earlier=context.earlier(session, shown),
            commitments=context.commitments(session, shown.handoff, now) if shown.texts else [],
            snoozes=snoozing.choices(hours, now),
            zone=hours.zone,
            verdicts=VERDICTS,
            can_book="one_on_ones.book" in current_app.view_functions,
            body=body if body is not None else shown.handoff.draft,
            wrong=wrong,
            nonce=nonce(),
            keep_every_s=max(1.0, _KEPT_EVERY.total_seconds() / max(1.0, clock.speed())),
        )
    conversations.note_calls_read((*shown.before, *shown.texts))
    return answer, status


def next_address(*, but: int | None = None) -> str:
    """Takes the next conversation and gives its address; the inbox's, with a word, when nobody waits."""
    me, now, leads = guards.my_id(), clock.now(), organizes()
    handoff_id = written(lambda session: lifecycle.claim_next(session, me, now, organizes=leads, but=but))
    if handoff_id is None:
        flash("Nobody waits for a word from us right now.", "good")
        return url_for("inbox.waiting")
    return url_for("inbox.conversation", handoff_id=handoff_id)


def organizes() -> bool:
    """Whether this person may read every conversation, and gets what was handed over."""
    return guards.may(guards.me(), Role.ORGANIZER)


def nonce() -> str:
    """A form's own name, so that what it says is said once."""
    return secrets.token_urlsafe(12)


def to(handoff_id: int) -> ResponseReturnValue:
    """To the conversation's page."""
    return redirect(url_for("inbox.conversation", handoff_id=handoff_id), code=303)


def _talk(session: Session, handoff_id: int, others: list[presence.Here]) -> conversations.Talk:
    return conversations.talk(session, handoff_id, guards.my_id(), clock.now(), reads_all=organizes(), others=others)
