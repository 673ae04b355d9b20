"""One campaign while a draft: its pre-flight and launch. What is launched shows itself: see underway."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns import launching, preflight, queries, steering
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.campaigns.preflight import Preflight
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.messages import sampling
from phonebank.people.models import Role
from phonebank.web import guards, hours, trouble, underway
from phonebank.web.guards import requires

blueprint = Blueprint("campaign", __name__, url_prefix="/campaigns/<int:campaign_id>")


@blueprint.get("")
@requires(Role.ORGANIZER)
def page(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        is_draft = queries.by_id(session, campaign_id).status is CampaignStatus.DRAFT
    return _draft_page(campaign_id) if is_draft else underway.page(campaign_id)


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
    return underway.to_campaign(campaign_id)


@blueprint.post("/test")
@requires(Role.ORGANIZER)
def send_test(campaign_id: int) -> ResponseReturnValue:
    """The first text to oneself, at any hour."""
    if not guards.settings().has_twilio_keys:
        raise RefusedError(preflight.SET_KEYS)
    with db.transaction() as session:
        sampling.send_test(session, queries.by_id(session, campaign_id), request.form.get("number", ""), clock.now())
    flash("The test is on its way to that phone.", "good")
    return underway.to_campaign(campaign_id)


@blueprint.post("/unschedule")
@requires(Role.ORGANIZER)
def unschedule(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = steering.unschedule(session, campaign_id, by=guards.signature(), now=clock.now())
    return underway.done(campaign_id, moved, "It waits for you again.")


@blueprint.get("/delete")
@requires(Role.ORGANIZER)
def ask_before_deleting(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        return render_template("campaigns/delete.html", campaign=queries.by_id(session, campaign_id))


@blueprint.post("/delete")
@requires(Role.ORGANIZER)
def delete(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        campaign = queries.by_id(session, campaign_id)
        name = campaign.name
        steering.delete(session, campaign, by=guards.signature(), now=clock.now())
    flash(f"“{name}” is deleted.", "good")
    return redirect(url_for("campaigns.everything"), code=303)


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


def _launch_time(campaign: Campaign) -> datetime | None:
    """The moment in the form, on the campaign's own clock; None for now."""
    typed = request.form.get("at", "").strip()
    if not typed or request.form.get("when") == "now":
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(campaign.timezone))
    except ValueError:
        raise BadInputError("Give the launch time as a date and a time.") from None
