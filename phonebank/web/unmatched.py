"""Texts from numbers we never wrote to: kept, shown, and theirs to be left alone."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.errors import NotFoundError
from phonebank.messages import queries, tidying
from phonebank.messages.models import Direction
from phonebank.optouts import queries as optouts
from phonebank.optouts import signing
from phonebank.people.models import Role
from phonebank.web import guards
from phonebank.web.guards import requires

blueprint = Blueprint("unmatched", __name__, url_prefix="/unmatched")


@blueprint.get("")
@requires(Role.ORGANIZER)
def texts() -> ResponseReturnValue:
    with db.reading() as session:
        stray = queries.unmatched(session)
        opted_out = optouts.opted_out_among(session, {text.phone for text in stray})
        return render_template("unmatched/texts.html", texts=stray, opted_out=opted_out)


@blueprint.post("/<int:message_id>/opt-out")
@requires(Role.ORGANIZER)
def opt_out(message_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        text = queries.by_id(session, message_id)
        if text is None or text.direction is not Direction.IN:
            raise NotFoundError("There is no such text.")
        signing.opt_out(session, text.phone, because=f"Wrote: “{text.body[:200]}”", by=guards.signature(), now=now)
        tidying.leave_alone(session, text.phone, now)
    flash("That number will not be reached.", "good")
    return redirect(url_for("unmatched.texts"), code=303)
