"""First texts that volunteers send by hand: the campaigns that need them, a batch, one person at a time."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.asks import segments
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, SentBy
from phonebank.errors import BadInputError, NotFoundError, PhonebankError, RefusedError
from phonebank.messages import queries as messages
from phonebank.messages import texting
from phonebank.messages.models import MessageStatus
from phonebank.messages.texting import Passing
from phonebank.people.models import Role
from phonebank.recipients import queries as recipients
from phonebank.web import guards, live, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("first_texts", __name__, url_prefix="/first-texts")
_MOST_COUNTED = 1000
_WAITS = (MessageStatus.QUEUED, MessageStatus.SENDING)
_WENT = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNKNOWN)


@blueprint.get("")
@requires(Role.VOLUNTEER)
def campaigns_to_help() -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        shown = [_to_help(session, campaign, now) for campaign in campaigns.sent_by_people(session)]
        return render_template("first_texts/campaigns.html", shown=shown, most=_MOST_COUNTED, batch=texting.BATCH)


@blueprint.get("/<int:campaign_id>")
@requires(Role.VOLUNTEER)
def page(campaign_id: int) -> ResponseReturnValue:
    return _page(campaign_id)


@blueprint.get("/<int:campaign_id>/standing")
@requires(Role.VOLUNTEER)
def standing(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        return live.answer(
            "first_texts/_standing.html", now=_standing(session, _campaign(session, campaign_id), clock.now())
        )


@blueprint.post("/<int:campaign_id>/take")
@requires(Role.VOLUNTEER)
def take(campaign_id: int) -> ResponseReturnValue:
    try:
        with db.transaction() as session:
            texting.take(session, campaign_id, guards.me(), clock.now())
    except RefusedError as wrong:
        flash(str(wrong), "bad")
    return _to(campaign_id)


@blueprint.post("/<int:campaign_id>/<int:recipient_id>/send")
@requires(Role.VOLUNTEER)
def send(campaign_id: int, recipient_id: int) -> ResponseReturnValue:
    """One tap, one text, and the next person at once."""
    typed = request.form.get("body", "")
    try:
        with db.transaction() as session:
            sent = texting.send(session, campaign_id, recipient_id, guards.me(), typed, clock.now())
    except (BadInputError, RefusedError) as wrong:
        return _go_on(campaign_id, wrong=wrong, typed=(recipient_id, typed))
    return _go_on(campaign_id, says=sent.says)


@blueprint.post("/<int:campaign_id>/<int:recipient_id>/pass")
@requires(Role.VOLUNTEER)
def pass_by(campaign_id: int, recipient_id: int) -> ResponseReturnValue:
    why = request.form.get("why", "")
    if why not in list(Passing):
        raise BadInputError("Say why you do not text them: choose one of the buttons on the page.")
    with db.transaction() as session:
        texting.pass_by(session, recipient_id, guards.me(), Passing(why))
    says = "They are left to another volunteer." if why == Passing.KNOW_THEM else "They are left out of this campaign."
    return _go_on(campaign_id, says=says)


@blueprint.post("/<int:campaign_id>/back")
@requires(Role.VOLUNTEER)
def give_back(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        given = texting.give_back(session, campaign_id, guards.me())
    flash(f"{given} given back for others to text." if given else "You had nobody in hand.", "good")
    return redirect(url_for("first_texts.campaigns_to_help"), code=303)


def _go_on(
    campaign_id: int, *, says: str = "", wrong: PhonebankError | None = None, typed: tuple[int, str] | None = None
) -> ResponseReturnValue:
    """The next person: alone for the page's script, else the whole page."""
    if request.headers.get("HX-Request") == "true":
        with db.reading() as session:
            return render_template("first_texts/_person.html", **_hand(session, campaign_id, says, wrong, typed))
    if wrong is not None:
        return _page(campaign_id, wrong=wrong, typed=typed)
    if says:
        flash(says, "good")
    return _to(campaign_id)


def _page(
    campaign_id: int, *, wrong: PhonebankError | None = None, typed: tuple[int, str] | None = None
) -> ResponseReturnValue:
    with db.reading() as session:
        campaign = _campaign(session, campaign_id)
        piece = live.piece("first_texts/_standing.html", now=_standing(session, campaign, clock.now()))
        shown = render_template(
            "first_texts/page.html", campaign=campaign, piece=piece, **_hand(session, campaign_id, "", wrong, typed)
        )
    return shown, trouble.status_of(wrong) if wrong else 200


def _hand(
    session: Session, campaign_id: int, says: str, wrong: PhonebankError | None, typed: tuple[int, str] | None
) -> dict[str, Any]:
    """Who is next in this volunteer's hand; their own words once more when these could not go."""
    now, me = clock.now(), guards.me()
    hand = texting.in_hand(session, campaign_id, me, now)
    first = hand[0] if hand else None
    is_theirs = first is not None and typed is not None and typed[0] == first.recipient_id
    return {
        "campaign_id": campaign_id,
        "text": first,
        "body": typed[1] if is_theirs and typed else first.body if first else "",
        "left": len(hand),
        "batch": texting.BATCH,
        "says": says,
        "wrong": str(wrong or ""),
        "free": 0
        if hand
        else recipients.count_free_for(session, campaign_id, guards.my_id(), now=now, most=_MOST_COUNTED),
        "opens_at": None if hand else recipients.next_opening(session, campaign_id, now),
        "gsm": segments.GSM_BASIC,
        "gsm_extension": segments.GSM_EXTENSION,
        "passing": {Passing.KNOW_THEM: "I know them", Passing.WRONG_PERSON: "Not the right person"},
    }


def _to_help(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """As `_standing`, with how many people wait for a text, and for this volunteer's own."""
    found, me = _standing(session, campaign, now), guards.my_id()
    return found | {
        "free": recipients.count_free_for(session, campaign.id or 0, me, now=now, most=_MOST_COUNTED),
        "in_hand": len(recipients.in_hand(session, campaign.id or 0, me, now)),
    }


def _standing(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What the campaign asks, why it stands still if it does, and how this volunteer's texts have come."""
    assert campaign.id is not None
    me, ask = guards.my_id(), campaigns.ask_of(session, campaign)
    mine = messages.by_hand(session, campaign.id, me)
    went, waits = sum(mine.get(one, 0) for one in _WENT), sum(mine.get(one, 0) for one in _WAITS)
    return {
        "campaign": campaign,
        "ask": ask,
        "still": texting.why_still(session, campaign, ask, now),
        "went": went,
        "waits": waits,
        "lost": sum(mine.values()) - went - waits,
    }


def _campaign(session: Session, campaign_id: int) -> Campaign:
    campaign = campaigns.by_id(session, campaign_id)
    if campaign.sent_by != SentBy.PEOPLE:
        raise NotFoundError("No first texts of this campaign are sent by hand.")
    return campaign


def _to(campaign_id: int) -> ResponseReturnValue:
    return redirect(url_for("first_texts.page", campaign_id=campaign_id), code=303)
