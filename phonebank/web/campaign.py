"""One campaign while a draft: its pre-flight and launch. What is launched shows itself: see underway."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db, phone
from phonebank.calls import queries as calls
from phonebank.calls import recorded_lines
from phonebank.calls import sampling as trying_out
from phonebank.campaigns import launching, preflight, queries, steering
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.campaigns.preflight import Preflight
from phonebank.errors import BadInputError, NotFoundError, PhonebankError, RefusedError
from phonebank.gateway import codes
from phonebank.messages import sampling
from phonebank.messages.models import Message, MessageKind
from phonebank.people.models import Role
from phonebank.reports import audience
from phonebank.web import checklist, editing, guards, hours, live, spoken, trouble, underway
from phonebank.web.guards import requires

blueprint = Blueprint("campaign", __name__, url_prefix="/campaigns/<int:campaign_id>")
_LAUNCHED = {
    Channel.TEXT: "Launched. The first texts are on their way.",
    Channel.CALL: "Launched. The first calls are on their way.",
}
_AT_ONCE = 20_000  # people whose texts are looked at before the page comes; more of them take seconds


@blueprint.get("")
@requires(Role.ORGANIZER)
def page(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        is_draft = queries.by_id(session, campaign_id).status is CampaignStatus.DRAFT
    return _draft_page(campaign_id) if is_draft else underway.page(campaign_id)


@blueprint.get("/preflight")
@requires(Role.ORGANIZER)
def look_ahead(campaign_id: int) -> ResponseReturnValue:
    """Every check, at once; where a list is long, the page stands first and asks for them."""
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        people = audience.listed(session, campaign)
    if campaign.status is not CampaignStatus.DRAFT:
        return underway.to_campaign(campaign_id)
    if request.headers.get("HX-Request"):
        return render_template("campaigns/_preflight.html", **_preflight(campaign_id))
    if people > _AT_ONCE and "whole" not in request.args:
        return render_template("campaigns/preflight.html", found=None, people=people, **_said(campaign_id))
    return render_template("campaigns/preflight.html", **_preflight(campaign_id))


@blueprint.post("/launch")
@requires(Role.ORGANIZER)
def launch(campaign_id: int) -> ResponseReturnValue:
    now, because = clock.now(), request.form.get("because", "").strip() or None
    try:
        with db.reading() as session:  # long, and waits for the carrier: nobody's writing waits for it
            campaign = queries.by_id(session, campaign_id)
            at, seen = _launch_time(campaign), editing.stamp(session, campaign)
            _refuse_unseen(session, campaign, request.form.get("seen", seen), seen)
            found = _check(session, campaign, at or now)
            session.expunge_all()
        with db.transaction() as session:
            launching.launch(session, campaign, found, by=guards.signature(), because=because, at=at, now=clock.now())
            _refuse_unseen(session, campaign, seen, editing.stamp(session, campaign))
    except PhonebankError as wrong:
        _refuse_what_is_launched(campaign_id)
        values = _preflight(campaign_id)
        page = render_template("campaigns/preflight.html", wrong=wrong, typed=request.form, **values)
        return page, trouble.status_of(wrong)
    flash("It will launch itself then." if at else _LAUNCHED[campaign.channel], "good")
    return underway.to_campaign(campaign_id)


@blueprint.post("/test")
@requires(Role.ORGANIZER)
def send_test(campaign_id: int) -> ResponseReturnValue:
    """The chosen text to oneself, at any hour."""
    try:
        message_id = _sent_test(campaign_id)
    except PhonebankError as wrong:
        if request.headers.get("HX-Request"):
            return render_template("campaigns/_tested.html", message=None, wrong=wrong)
        flash(str(wrong), "bad")
        return redirect(url_for("campaign.page", campaign_id=campaign_id, _anchor="test"), code=303)
    if request.headers.get("HX-Request"):
        return live.piece("campaigns/_tested.html", **_test_fares(campaign_id, message_id))
    return redirect(url_for("campaign.page", campaign_id=campaign_id, tested=message_id, _anchor="test"), code=303)


@blueprint.post("/call-me")
@requires(Role.ORGANIZER)
def call_me(campaign_id: int) -> ResponseReturnValue:
    """The script to oneself, at any hour."""
    try:
        if not guards.settings().has_twilio_keys:
            raise RefusedError(preflight.SET_KEYS)
        with db.transaction() as session:
            campaign, number = queries.by_id(session, campaign_id), request.form.get("number", "")
            trying_out.call_me(session, campaign, number, clock.now(), language=request.form.get("language", "en"))
        flash("Your telephone rings in a moment.", "good")
    except PhonebankError as wrong:
        flash(str(wrong), "bad")
    return redirect(url_for("campaign.page", campaign_id=campaign_id, _anchor="test"), code=303)


@blueprint.get("/test/<int:message_id>")
@requires(Role.ORGANIZER)
def test_fares(campaign_id: int, message_id: int) -> ResponseReturnValue:
    return live.answer("campaigns/_tested.html", **_test_fares(campaign_id, message_id))


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
    tested = request.args.get("tested", type=int)
    piece = live.piece("campaigns/_tested.html", **_test_fares(campaign_id, tested)) if tested else ""
    return render_template("campaigns/draft.html", tested=piece, **_said(campaign_id))


def _said(campaign_id: int) -> dict[str, Any]:
    """What the draft says, and whether somebody has changes to it that are not finished."""
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        parts, lists = queries.parts_of(session, campaign), queries.lists_of(session, campaign)
        script = spoken.of_campaign(session, campaign, clock.now()) if campaign.channel is Channel.CALL else None
        changes = editing.unfinished(session, campaign)
        return {"campaign": campaign, "parts": parts, "lists": lists, "changes": changes, "script": script} | {
            "recorded": calls.audio_of(session, campaign_id),
            "recordable": recorded_lines.LINES,
            "test_call": calls.last_test(session, campaign_id) if script else None,
        }


def _preflight(campaign_id: int) -> dict[str, Any]:
    now = clock.now()
    said = _said(campaign_id)
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        seen = editing.stamp(session, campaign)
        found = _check(session, campaign, now)
        session.expunge_all()
    checklist.look_at_the_house(found)
    checks, openings = checklist.checks(found, said["parts"], now), hours.openings(found.windows, now)
    return said | {"found": found, "checks": checks, "openings": openings, "seen": seen}


def _check(session: Session, campaign: Campaign, now: datetime) -> Preflight:
    settings = guards.settings()
    parts = queries.parts_of(session, campaign)
    return preflight.check(session, parts, settings=settings, account=launching.account_of(settings), now=now)


def _refuse_what_is_launched(campaign_id: int) -> None:
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
    if campaign.status is not CampaignStatus.DRAFT:
        raise RefusedError(f"“{campaign.name}” was launched already, by {campaign.launched_by}. It goes out once.")


def _refuse_unseen(session: Session, campaign: Campaign, seen: str, now_stands: str) -> None:
    """Nobody launches words that they did not look at."""
    if seen != now_stands:
        raise RefusedError(f"{editing.who_was_faster(session, campaign)} after you looked: read it once more.")


def _sent_test(campaign_id: int) -> int:
    if not guards.settings().has_twilio_keys:
        raise RefusedError(preflight.SET_KEYS)
    language, _, version = request.form.get("which", "en.1").partition(".")
    number, text = request.form.get("number", ""), int(version) if version.isdigit() and version != "0" else 1
    with db.transaction() as session:
        campaign = queries.by_id(session, campaign_id)
        return sampling.send_test(session, campaign, number, clock.now(), language=language, version=text)


def _test_fares(campaign_id: int, message_id: int) -> dict[str, Any]:
    with db.reading() as session:
        message = session.get(Message, message_id)
    if message is None or message.kind is not MessageKind.TEST:
        raise NotFoundError("There is no such test.")
    return {
        "message": message,
        "wrong": None,
        "why": codes.meaning(message.error_code),
        "masked": phone.mask(message.phone),
        "url": url_for("campaign.test_fares", campaign_id=campaign_id, message_id=message_id),
    }


def _launch_time(campaign: Campaign) -> datetime | None:
    """The moment in the form, on the campaign's own clock; None for now."""
    typed = request.form.get("at", "").strip()
    if not typed or request.form.get("when") == "now":
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(campaign.timezone))
    except ValueError:
        raise BadInputError("Give the launch time as a date and a time.") from None
