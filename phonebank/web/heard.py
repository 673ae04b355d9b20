"""Every conversation, for organizers: late ones, strays and settled ones too, each with its number masked."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import NotFoundError
from phonebank.handoffs import lifecycle, queries
from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Direction, Message
from phonebank.messages.queries import by_id
from phonebank.people.models import Role
from phonebank.phone import mask
from phonebank.web import conversations, guards
from phonebank.web.guards import requires

blueprint = Blueprint("heard", __name__, url_prefix="/conversations")

_A_PAGE = 50
_USUAL = 2  # the urgency of a conversation nobody had to interrupt for


@dataclass(frozen=True)
class Row:
    """One number that wrote to us: its newest text, and the handoff that stands for it."""

    message: Message
    first_name: str
    masked: str
    handoff: Handoff | None


@blueprint.get("")
@requires(Role.ORGANIZER)
def everyone() -> ResponseReturnValue:
    with db.reading() as session:
        found = queries.heard_from(session, before=request.args.get("before", type=int), limit=_A_PAGE + 1)
        rows = [_row(session, message) for message in found[:_A_PAGE]]
        older = found[_A_PAGE - 1].id if len(found) > _A_PAGE else None
        return render_template("inbox/everyone.html", rows=rows, older=older)


@blueprint.get("/<int:message_id>")
@requires(Role.ORGANIZER)
def one(message_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        row = _row(session, _theirs(session, message_id))
        texts = conversations.said(session, row.message.phone)
        answer = render_template("inbox/one.html", row=row, texts=texts)
    conversations.note_calls_read(texts)
    return answer


@blueprint.post("/<int:message_id>/take")
@requires(Role.ORGANIZER)
def take(message_id: int) -> ResponseReturnValue:
    """Open a conversation nobody was asked to answer, and take it."""
    now = clock.now()
    with db.transaction() as session:
        theirs = _theirs(session, message_id)
        handoff_id = lifecycle.open_(
            session,
            phone=theirs.phone,
            campaign_id=theirs.campaign_id,
            recipient_id=theirs.recipient_id,
            reason="other",
            why="taken up by an organizer",
            urgency=_USUAL,
            now=now,
        )
        lifecycle.claim(session, handoff_id, guards.my_id(), now, organizes=True)
    return redirect(url_for("inbox.conversation", handoff_id=handoff_id), code=303)


def _theirs(session: Session, message_id: int) -> Message:
    message = by_id(session, message_id)
    if message is None or message.direction is not Direction.IN:
        raise NotFoundError("There is no such conversation.")
    return message


def _row(session: Session, message: Message) -> Row:
    name = conversations.first_name(session, message.phone)
    return Row(message, name, mask(message.phone), queries.standing_of(session, message.phone))
