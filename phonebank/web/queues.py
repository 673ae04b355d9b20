"""What waits for an organizer, in one place: strangers' texts, late replies, holds, texts that may not have gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import NotFoundError
from phonebank.gateway.codes import meaning
from phonebank.handoffs import lifecycle as handoffs
from phonebank.jobs import ring_after_commit
from phonebank.messages import lifecycle, settling, tidying
from phonebank.messages import queries as messages
from phonebank.messages.models import Direction, Message, Priority
from phonebank.optouts import signing
from phonebank.people.models import Role
from phonebank.replies import filing
from phonebank.reports import queues
from phonebank.reports.queues import Shown
from phonebank.web import guards
from phonebank.web.guards import requires

blueprint = Blueprint("queues", __name__)
_TOLD_OF = timedelta(days=1)
_USUAL = 2  # the urgency of a conversation nobody had to interrupt for
_FASTER = "Somebody was faster: that row is dealt with already. Nothing was changed."


@dataclass(frozen=True)
class Queue:
    """One tab: its rows, and what it calls itself."""

    name: str
    label: str
    rows: Callable[[Session, int], Shown]


QUEUES = (
    Queue("held", "Stop requests", queues.held),
    Queue("strangers", "Unknown numbers", queues.strangers),
    Queue("late", "Late replies", queues.late),
    Queue("unknown", "Sent or not?", queues.unknown),
)


@blueprint.get("/queues")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    """The first queue that has something in it."""
    with db.reading() as session:
        counts = queues.counts(session)
    first = next((queue for queue in QUEUES if getattr(counts, queue.name)), QUEUES[0])
    return _page(first)


@blueprint.get("/queues/<name>")
@requires(Role.ORGANIZER)
def one(name: str) -> ResponseReturnValue:
    queue = next((queue for queue in QUEUES if queue.name == name), None)
    if queue is None:
        raise NotFoundError("There is no such queue.")
    return _page(queue)


@blueprint.get("/queues/failed")
@requires(Role.ORGANIZER)
def failed() -> ResponseReturnValue:
    """Nothing to act on: why texts of the last day did not arrive."""
    with db.reading() as session:
        found = queues.failures(session, clock.now() - _TOLD_OF)
        rows = [(meaning(row.code), row.texts, row.campaigns) for row in found]
        return render_template("queues/failed.html", rows=rows, queues=QUEUES, counts=queues.counts(session), here=None)


@blueprint.get("/unmatched")
@requires(Role.ORGANIZER)
def once_unmatched() -> ResponseReturnValue:
    return redirect(url_for("queues.one", name="strangers"))


@blueprint.get("/in-doubt")
@requires(Role.ORGANIZER)
def once_in_doubt() -> ResponseReturnValue:
    return redirect(url_for("queues.one", name="unknown"))


@blueprint.post("/queues/strangers/<int:message_id>/answer")
@requires(Role.ORGANIZER)
def answer_stranger(message_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        text = _theirs(session, message_id)
        if not lifecycle.file_stranger(session, text.phone, up_to=message_id, by=guards.my_id(), now=now):
            return _back("strangers", _FASTER, "bad")
        handoff_id = handoffs.open_(
            session,
            phone=text.phone,
            campaign_id=None,
            recipient_id=None,
            reason="other",
            why="taken up by an organizer",
            urgency=_USUAL,
            now=now,
        )
        handoffs.claim(session, handoff_id, guards.my_id(), now)
    return redirect(url_for("inbox.conversation", handoff_id=handoff_id), code=303)


@blueprint.post("/queues/strangers/<int:message_id>/file")
@requires(Role.ORGANIZER)
def file_stranger(message_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        text = _theirs(session, message_id)
        moved = lifecycle.file_stranger(session, text.phone, up_to=message_id, by=guards.my_id(), now=clock.now())
    return _back("strangers", "Put away: not for us." if moved else _FASTER, _kind(moved))


@blueprint.post("/queues/strangers/<int:message_id>/opt-out")
@requires(Role.ORGANIZER)
def stranger_said_stop(message_id: int) -> ResponseReturnValue:
    now, by = clock.now(), guards.signature()
    with db.transaction() as session:
        text = _theirs(session, message_id)
        lifecycle.file_stranger(session, text.phone, up_to=message_id, by=guards.my_id(), now=now)
        is_new = signing.opt_out(session, text.phone, because=f"Wrote: “{text.body[:200]}”", by=by, now=now)
        tidying.leave_alone(session, text.phone, now)
    told = "That number will not be reached: opted out." if is_new else "That number was opted out already."
    return _back("strangers", told)


@blueprint.post("/queues/late/<int:handoff_id>/answer")
@requires(Role.ORGANIZER)
def answer_late(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        taken = handoffs.claim(session, handoff_id, guards.my_id(), clock.now())
    if not taken:
        return _back("late", _FASTER, "bad")
    return redirect(url_for("inbox.conversation", handoff_id=handoff_id), code=303)


@blueprint.post("/queues/late/<int:handoff_id>/file")
@requires(Role.ORGANIZER)
def file_late(handoff_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = filing.file_late(session, handoff_id, guards.my_id(), clock.now())
    return _back("late", "Put away: no answer needed." if moved else _FASTER, _kind(moved))


@blueprint.post("/queues/held/<int:hold_id>/stop")
@requires(Role.ORGANIZER)
def they_did(hold_id: int) -> ResponseReturnValue:
    address = guards.settings().address
    with db.transaction() as session:
        moved = filing.they_did(session, hold_id, guards.staff(), address=address, now=clock.now())
    return _back("held", "Opted out: they hear nothing more from us." if moved else _FASTER, _kind(moved))


@blueprint.post("/queues/held/<int:hold_id>/no-stop")
@requires(Role.ORGANIZER)
def they_did_not(hold_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = filing.they_did_not(session, hold_id, guards.staff(), clock.now())
    told = "Let go: the conversation waits in the inbox for an answer."
    return _back("held", told if moved else _FASTER, _kind(moved))


@blueprint.post("/queues/unknown/<int:message_id>/sent")
@requires(Role.ORGANIZER)
def it_went(message_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        text = _ours(session, message_id)
        moved = lifecycle.staff_says_sent(session, message_id, now)
        if moved:
            settling.settle_ask(session, text, now)
    return _back("unknown", "Marked as sent: it will not be sent again." if moved else _FASTER, _kind(moved))


@blueprint.post("/queues/unknown/<int:message_id>/again")
@requires(Role.ORGANIZER)
def it_did_not(message_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        text = _ours(session, message_id)
        moved = settling.staff_says_again(session, message_id, clock.now())
        is_over = messages.is_of_closed_campaign(session, message_id)
        ring_after_commit(session, "texts" if text.priority == Priority.ASK else "answers", text.sender)
    over, again = "It does not go out again: its campaign is closed.", "It goes out again, inside contact hours."
    return _back("unknown", (over if is_over else again) if moved else _FASTER, _kind(moved))


def _page(queue: Queue) -> str:
    after = request.args.get("after", 0, type=int)
    with db.reading() as session:
        shown, counts = queue.rows(session, after), queues.counts(session)
        return render_template(
            f"queues/{queue.name}.html", shown=shown, queues=QUEUES, counts=counts, here=queue.name, now=clock.now()
        )


def _back(name: str, told: str, kind: str = "good") -> ResponseReturnValue:
    flash(told, kind)
    return redirect(url_for("queues.one", name=name), code=303)


def _kind(moved: int) -> str:
    return "good" if moved else "bad"


def _theirs(session: Session, message_id: int) -> Message:
    text = messages.by_id(session, message_id)
    if text is None or text.direction is not Direction.IN or text.recipient_id is not None:
        raise NotFoundError("There is no such text.")
    return text


def _ours(session: Session, message_id: int) -> Message:
    text = messages.by_id(session, message_id)
    if text is None or text.direction is not Direction.OUT:
        raise NotFoundError("There is no such text.")
    return text
