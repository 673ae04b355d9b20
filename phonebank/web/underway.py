"""A campaign that was launched: its live page, and the buttons that pause it, go on and close it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db, jobs
from phonebank.campaigns import queries, resuming, steering
from phonebank.campaigns.models import Campaign
from phonebank.errors import NotFoundError, RefusedError
from phonebank.people import queries as people
from phonebank.people.models import Deed, Role
from phonebank.replies.queries import threshold_of
from phonebank.reports.lately import lately
from phonebank.reports.newest import newest
from phonebank.reports.pace import pace
from phonebank.reports.present import present
from phonebank.tallies import queries as tallies
from phonebank.tallies.counting import counted
from phonebank.web import guards, live
from phonebank.web.guards import requires

blueprint = Blueprint("underway", __name__, url_prefix="/campaigns/<int:campaign_id>")
_BY_HAND = "Paused by {}."
_PIECES = {name: f"campaigns/_{name}.html" for name in ("numbers", "replies", "detail", "curve", "calls")}
_OF_CAMPAIGNS = (Deed.LAUNCHED, Deed.PAUSED, Deed.RESUMED, Deed.CLOSED, Deed.EXPORTED)


def page(campaign_id: int) -> ResponseReturnValue:
    """The live page, for the campaign's own address."""
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        beside = {
            "deeds": people.deeds_about(session, campaign.name, _OF_CAMPAIGNS),
            "threshold": threshold_of(session, campaign_id),
        }
        values = _standing(session, campaign) | {"replies": newest(session, campaign_id)}
        session.expunge_all()
    _see_to_counting(values)
    pieces = {name: live.piece(template, **values) for name, template in _PIECES.items()}
    return render_template("campaigns/live.html", **values, **beside, pieces=pieces)


@blueprint.get("/live/<name>")
@requires(Role.ORGANIZER)
def piece(campaign_id: int, name: str) -> ResponseReturnValue:
    """One piece of the page, anew. Of a campaign that somebody deleted meanwhile the page is told so."""
    if name not in _PIECES:
        raise NotFoundError("There is no such piece of the page.")
    try:
        values = _values(campaign_id, name)
    except NotFoundError:
        if "seen" not in request.args:
            raise
        return render_template("campaigns/_gone.html") if name == "numbers" else ""
    _see_to_counting(values)
    return live.answer(_PIECES[name], **values)


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
        values = _standing(session, queries.by_id(session, campaign_id))
        return render_template("campaigns/close.html", **values)


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


def _values(campaign_id: int, name: str) -> dict[str, Any]:
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        if name == "replies":
            values: dict[str, Any] = {"campaign": campaign, "replies": newest(session, campaign_id)}
        else:
            values = _standing(session, campaign)
        session.expunge_all()
    return values


def _standing(session: Session, campaign: Campaign) -> dict[str, Any]:
    """campaign; now: its counts and what is true this moment; pace; as_of and is_due where the counts are kept ones.

    A campaign too large to be counted for a page shows what was counted last; `now` lacks that before it was.
    """
    assert campaign.id is not None
    now = clock.now()
    shown = present(session, campaign, now)
    if tallies.is_small(session, campaign.id):
        key = (campaign.id, campaign.status, campaign.paused_reason)
        counts, as_of, is_due = lately(key, lambda: counted(session, campaign, now)), None, False
    else:
        kept = tallies.of(session, campaign.id)
        counts, as_of = (kept.counts, kept.counted_at) if kept else ({}, None)
        is_due = tallies.is_stale(kept, now, is_looked_at=True)
    told = pace(campaign, counts, as_of or now) if counts else None
    return {"campaign": campaign, "now": counts | shown, "pace": told, "as_of": as_of, "is_due": is_due}


def _see_to_counting(values: dict[str, Any]) -> None:
    if values.get("is_due"):
        jobs.ring("tallying", str(values["campaign"].id))
