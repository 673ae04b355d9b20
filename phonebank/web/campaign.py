"""One campaign: its pre-flight and launch while a draft, then its live numbers, pause, resume and close."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns import launching, preflight, queries, resuming, steering
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.campaigns.preflight import Preflight
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.messages import sampling
from phonebank.people.models import Role
from phonebank.replies.queries import threshold_of
from phonebank.reports.lately import lately
from phonebank.reports.progress import progress
from phonebank.reports.standing import standing
from phonebank.web import guards, hours, live, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("campaign", __name__, url_prefix="/campaigns/<int:campaign_id>")
_BY_HAND = "Paused by {}."


@blueprint.get("")
@requires(Role.ORGANIZER)
def page(campaign_id: int) -> ResponseReturnValue:
    values = _standing(campaign_id)
    if values["campaign"].status is CampaignStatus.DRAFT:
        return _draft_page(campaign_id)
    numbers = live.piece("campaigns/_numbers.html", **values)
    return render_template("campaigns/live.html", **values, numbers=numbers)


@blueprint.get("/numbers")
@requires(Role.ORGANIZER)
def numbers(campaign_id: int) -> ResponseReturnValue:
    return live.answer("campaigns/_numbers.html", **_standing(campaign_id))


@blueprint.get("/preflight")
@requires(Role.ORGANIZER)
def look_ahead(campaign_id: int) -> ResponseReturnValue:
    """The pre-flight looks at everyone on the lists, so the page asks for it once it stands."""
    values = _preflight(campaign_id)
    if request.headers.get("HX-Request"):
        return render_template("campaigns/_preflight.html", **values)
    return render_template("campaigns/draft.html", checked=True, **values)


@blueprint.post("/launch")
@requires(Role.ORGANIZER)
def launch(campaign_id: int) -> ResponseReturnValue:
    now, because = clock.now(), request.form.get("because", "").strip() or None
    try:
        with db.reading() as session:  # long, and waits for the carrier: nobody's writing waits for it
            campaign = queries.by_id(session, campaign_id)
            at = _launch_time(campaign)
            found = _check(session, campaign, at or now)
            session.expunge_all()
        with db.transaction() as session:
            launching.launch(session, campaign, found, by=guards.signature(), because=because, at=at, now=clock.now())
    except PhonebankError as wrong:
        values = _preflight(campaign_id)
        page = render_template("campaigns/draft.html", checked=True, wrong=wrong, typed=request.form, **values)
        return page, trouble.status_of(wrong)
    flash("It will launch itself then." if at else "Launched. The first texts are on their way.", "good")
    return _to(campaign_id)


@blueprint.post("/test")
@requires(Role.ORGANIZER)
def send_test(campaign_id: int) -> ResponseReturnValue:
    """The first text to oneself, at any hour."""
    if not guards.settings().has_twilio_keys:
        raise RefusedError(preflight.SET_KEYS)
    with db.transaction() as session:
        sampling.send_test(session, queries.by_id(session, campaign_id), request.form.get("number", ""), clock.now())
    flash("The test is on its way to that phone.", "good")
    return _to(campaign_id)


@blueprint.post("/unschedule")
@requires(Role.ORGANIZER)
def unschedule(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = steering.unschedule(session, campaign_id, by=guards.signature(), now=clock.now())
    return _done(campaign_id, moved, "It waits for you again.")


@blueprint.post("/pause")
@requires(Role.ORGANIZER)
def pause(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        reason, by = _BY_HAND.format(guards.me().name), guards.signature()
        moved = steering.pause(session, campaign_id, reason=reason, by=by, now=clock.now())
    return _done(campaign_id, moved, "Paused. Texts already with the carrier still arrive.")


@blueprint.post("/resume")
@requires(Role.ORGANIZER)
def resume(campaign_id: int) -> ResponseReturnValue:
    budget = resuming.dollars(request.form.get("budget", ""))
    with db.transaction() as session:
        campaign, by = queries.by_id(session, campaign_id), guards.signature()
        moved = steering.resume(session, campaign, budget=budget, by=by, now=clock.now())
    return _done(campaign_id, moved, "It goes on.")


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
    return _done(campaign_id, moved, "Closed. Replies are still kept and shown.")


def _draft_page(campaign_id: int) -> str:
    with db.reading() as session:
        parts = queries.parts_of(session, queries.by_id(session, campaign_id))
        lists = queries.lists_of(session, parts.campaign)
        return render_template("campaigns/draft.html", campaign=parts.campaign, parts=parts, lists=lists, checked=False)


def _preflight(campaign_id: int) -> dict[str, Any]:
    now = clock.now()
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        parts, lists = queries.parts_of(session, campaign), queries.lists_of(session, campaign)
        found = _check(session, campaign, now)
        session.expunge_all()
    openings = hours.openings(found.windows, now)
    return {"campaign": campaign, "parts": parts, "lists": lists, "found": found, "openings": openings}


def _check(session: Session, campaign: Campaign, now: datetime) -> Preflight:
    settings = guards.settings()
    parts = queries.parts_of(session, campaign)
    return preflight.check(session, parts, settings=settings, account=launching.account_of(settings), now=now)


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


def _launch_time(campaign: Campaign) -> datetime | None:
    """The moment in the form, on the campaign's own clock; None for now."""
    typed = request.form.get("at", "").strip()
    if not typed or request.form.get("when") == "now":
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(campaign.timezone))
    except ValueError:
        raise BadInputError("Give the launch time as a date and a time.") from None


def _done(campaign_id: int, moved: bool, sentence: str) -> ResponseReturnValue:
    if not moved:
        raise RefusedError("That was not possible any more: somebody was faster. Go back and look at the campaign.")
    flash(sentence, "good")
    return _to(campaign_id)


def _to(campaign_id: int) -> ResponseReturnValue:
    return redirect(url_for("campaign.page", campaign_id=campaign_id), code=303)
