"""Texts that may or may not have gone, which nothing could settle: a person chooses."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.errors import NotFoundError
from phonebank.jobs import ring_after_commit
from phonebank.messages import lifecycle, queries, settling
from phonebank.messages.models import Priority
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web.guards import requires

blueprint = Blueprint("doubts", __name__, url_prefix="/in-doubt")
_AGAIN = "It goes out again, inside contact hours."
_OVER = "It does not go out again: its campaign is closed."
_ALREADY = "That text was settled meanwhile."


@blueprint.get("", endpoint="messages")
@requires(Role.ORGANIZER)
def show() -> ResponseReturnValue:
    with db.reading() as session:
        texts = queries.unknown(session)
        campaigns = listings.names_of_campaigns(session, {text.campaign_id for text in texts if text.campaign_id})
        return render_template("doubts/messages.html", texts=texts, campaigns=campaigns)


@blueprint.post("/<int:message_id>/sent")
@requires(Role.ORGANIZER)
def sent(message_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        moved = lifecycle.staff_says_sent(session, message_id, now)
        text = queries.by_id(session, message_id)
        if text is None:
            raise NotFoundError("There is no such text.")
        if moved:
            settling.settle_ask(session, text, now)
    flash("Marked as sent: it will not be sent again." if moved else _ALREADY, "good")
    return redirect(url_for("doubts.messages"), code=303)


@blueprint.post("/<int:message_id>/again")
@requires(Role.ORGANIZER)
def again(message_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        text = queries.by_id(session, message_id)
        if text is None:
            raise NotFoundError("There is no such text.")
        moved = settling.staff_says_again(session, message_id, clock.now())
        is_over = queries.is_of_closed_campaign(session, message_id)
        ring_after_commit(session, "texts" if text.priority == Priority.ASK else "answers", text.sender)
    flash((_OVER if is_over else _AGAIN) if moved else _ALREADY, "good")
    return redirect(url_for("doubts.messages"), code=303)
