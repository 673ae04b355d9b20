"""A campaign that was launched: its live page, and the buttons that pause it, go on and close it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.campaigns import queries, resuming, steering
from phonebank.errors import RefusedError
from phonebank.people.models import Role
from phonebank.replies.queries import threshold_of
from phonebank.reports.lately import lately
from phonebank.reports.progress import progress
from phonebank.reports.standing import standing
from phonebank.web import guards, live
from phonebank.web.guards import requires

blueprint = Blueprint("underway", __name__, url_prefix="/campaigns/<int:campaign_id>")
_BY_HAND = "Paused by {}."


def page(campaign_id: int) -> ResponseReturnValue:
    """The live page, for the campaign's own address."""
    values = _standing(campaign_id)
    numbers = live.piece("campaigns/_numbers.html", **values)
    return render_template("campaigns/live.html", **values, numbers=numbers)


@blueprint.get("/numbers")
@requires(Role.ORGANIZER)
def numbers(campaign_id: int) -> ResponseReturnValue:
    return live.answer("campaigns/_numbers.html", **_standing(campaign_id))


@blueprint.post("/pause")
@requires(Role.ORGANIZER)
def pause(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        reason, by = _BY_HAND.format(guards.me().name), guards.signature()
        moved = steering.pause(session, campaign_id, reason=reason, by=by, now=clock.now())
    return done(campaign_id, moved, "Paused. Texts already with the carrier still arrive.")


@blueprint.post("/resume")
@requires(Role.ORGANIZER)
def resume(campaign_id: int) -> ResponseReturnValue:
    budget = resuming.dollars(request.form.get("budget", ""))
    with db.transaction() as session:
        campaign, by = queries.by_id(session, campaign_id), guards.signature()
        moved = steering.resume(session, campaign, budget=budget, by=by, now=clock.now())
    return done(campaign_id, moved, "It goes on.")


@blueprint.get("/close")
@requires(Role.ORGANIZER)
def ask_before_closing(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        return render_template("campaigns/close.html", campaign=campaign, now=standing(session, campaign))


@blueprint.post("/close")
@requires(Role.ORGANIZER)
def close(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = steering.close(session, campaign_id, by=guards.signature(), now=clock.now())
    return done(campaign_id, moved, "Closed. Replies are still kept and shown.")


def done(campaign_id: int, moved: bool, sentence: str) -> ResponseReturnValue:
    """Back to the campaign with this sentence. Raises RefusedError where nothing moved."""
    if not moved:
        raise RefusedError("That was not possible any more: somebody was faster. Go back and look at the campaign.")
    flash(sentence, "good")
    return to_campaign(campaign_id)


def to_campaign(campaign_id: int) -> ResponseReturnValue:
    return redirect(url_for("campaign.page", campaign_id=campaign_id), code=303)


def _standing(campaign_id: int) -> dict[str, Any]:
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        now = lately(
            (campaign_id, campaign.status, campaign.paused_reason),
            lambda: standing(session, campaign) | progress(session, campaign, clock.now()),
        )
        threshold = threshold_of(session, campaign_id)
        session.expunge_all()
    return {"campaign": campaign, "now": now, "threshold": threshold}
