"""The supporter's own page: what they said yes to, for their calendar, with a reminder, a change of mind and an end.

Behind an unguessable address that expires, in their language, without sign-in, script, cookie or any trace of visits.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.errors import BadInputError, RefusedError
from phonebank.followups import queries as followups
from phonebank.followups import wishing
from phonebank.followups.calendar import ics
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.followups.wishing import Wish
from phonebank.intents import Intent
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients import queries as recipients
from phonebank.replies import handling
from phonebank.web import guards, supporter_words
from phonebank.web.guards import holders_of_its_address
from phonebank.web.throttle import Throttle

blueprint = Blueprint("supporter", __name__, url_prefix="/y/<token>")

OPEN_AFTER_THE_EVENT = timedelta(days=14)
OPEN_WITHOUT_A_DATE = timedelta(days=60)
"""How long the address opens the page: after its event, or after the yes to something without a date."""

GUESSES = Throttle(30)

_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)  # PostgreSQL takes no NUL, and nobody should ask it for a novel
_CHOICES = {"yes": Intent.YES, "no": Intent.NO, "stop": Intent.OPT_OUT}


@dataclass(frozen=True)
class _Yes:
    """One commitment with all that its page says."""

    commitment: Commitment
    ask: Ask
    campaign: Campaign
    contact: Contact
    has_stopped: bool

    @property
    def language(self) -> str:
        return supporter_words.language_for(self.contact.language)

    def is_expired(self, now: datetime) -> bool:
        over_at = self.ask.over_at
        until = over_at + OPEN_AFTER_THE_EVENT if over_at else self.commitment.pledged_at + OPEN_WITHOUT_A_DATE
        return until <= now

    def state(self, now: datetime) -> str:
        """expired, stopped, kept, past, standing or off."""
        if self.is_expired(now):
            return "expired"
        if self.has_stopped:
            return "stopped"
        if self.commitment.status is CommitmentStatus.KEPT:
            return "kept"
        if self.ask.is_over(now) or self.commitment.status is CommitmentStatus.MISSED:
            return "past"
        return "standing" if self.commitment.status in STANDING else "off"


@blueprint.get("")
@holders_of_its_address
def page(token: str) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        yes = _find(session, token, now)
        if yes is None:
            return missing(token, now)
        if yes.is_expired(now):
            return _expired(yes, token)
        return _page(session, yes, token, now)


@blueprint.get("/event.ics")
@holders_of_its_address
def event(token: str) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        yes = _find(session, token, now)
        if yes is None or yes.ask.starts_at is None:
            return missing(token, now)
        if yes.is_expired(now):
            return _expired(yes, token)
        calendar = ics(yes.commitment, yes.ask, yes.campaign)
    file = Response(calendar, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    file.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return quiet(file)


@blueprint.post("/mind")
@holders_of_its_address
def mind(token: str) -> ResponseReturnValue:
    """They changed their mind, or ask us to stop. Pressed twice, it happens once. To stop works on an expired page."""
    intent = _CHOICES.get(request.form.get("choice", ""))
    if intent is None:
        abort(400)
    now = clock.now()
    with db.transaction() as session:
        yes = _find(session, token, now, lock=True)
        if yes is None:
            return missing(token, now)
        if _changes(yes, intent, now):
            address = guards.settings().address
            handling.change_of_mind(session, yes.commitment, intent, address=address, now=now)
    return _back(token)


@blueprint.post("/later")
@holders_of_its_address
def later(token: str) -> ResponseReturnValue:
    """They want to hear of it again. Pressed twice, or said anew, one text comes."""
    now = clock.now()
    with db.transaction() as session:
        yes = _find(session, token, now, lock=True)
        if yes is None:
            return missing(token, now)
        if yes.state(now) == "standing":
            try:
                wishing.wish_for(session, yes.commitment, _wish(), on=_day(), now=now)
            except (BadInputError, RefusedError) as wrong:
                which = "remind_wrong" if isinstance(wrong, BadInputError) else "remind_enough"
                return _page(session, yes, token, now, wrong=which)
    return _back(token)


def _wish() -> Wish:
    try:
        return Wish(request.form.get("when", ""))
    except ValueError:
        raise BadInputError("Choose when.") from None


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        return None


def _changes(yes: _Yes, intent: Intent, now: datetime) -> bool:
    if intent is Intent.OPT_OUT:
        return not yes.has_stopped
    return yes.state(now) == ("off" if intent is Intent.YES else "standing")


def _find(session: Session, token: str, now: datetime, *, lock: bool = False) -> _Yes | None:
    """None for a wrong address, somebody who was forgotten, and whoever guesses too often."""
    if GUESSES.is_closed(request.remote_addr or "", now):
        return None
    commitment = followups.by_token(session, token) if _TOKEN.fullmatch(token) else None
    recipient = recipients.by_id(session, commitment.recipient_id, lock=lock) if commitment else None
    ask = session.get(Ask, commitment.ask_id) if commitment else None
    campaign = session.get(Campaign, commitment.campaign_id) if commitment else None
    if (
        commitment is None
        or recipient is None
        or ask is None
        or campaign is None
        or not recipient.phone.startswith("+")
    ):
        return None
    if lock:
        session.refresh(commitment)  # another tab may have been first
    contact = recipients.contact_of(session, recipient)
    return _Yes(commitment, ask, campaign, contact, has_stopped=is_opted_out(session, recipient.phone))


def _page(session: Session, yes: _Yes, token: str, now: datetime, wrong: str = "") -> Response:
    state = yes.state(now)
    words = supporter_words.words()[yes.language]
    wished = followups.wished(session, yes.commitment.id or 0) if state == "standing" else None
    shown: dict[str, Any] = {
        "when": supporter_words.when(yes.ask, yes.language, now),
        "map_query": "" if supporter_words.is_online(yes.ask.place) else yes.ask.place,
        "choices": wishing.choices(yes.ask, now) if state == "standing" else [],
        "reminded": supporter_words.day(wished.due_at, yes.ask, yes.language, now) if wished else "",
        "last_day": yes.ask.starts_at.date() if yes.ask.starts_at else None,
    }
    page = render_template(
        "supporter/page.html", yes=yes, state=state, words=words, token=token, wrong=wrong, today=now.date(), **shown
    )
    return quiet(make_response(page, 400 if wrong else 200))


def missing(token: str, now: datetime) -> Response:
    """The same for every wrong address, in each language; guessing is slowed down."""
    place = request.remote_addr or ""
    is_closed = GUESSES.is_closed(place, now)
    if not is_closed and _TOKEN.fullmatch(token):
        GUESSES.failed(place, now)
    page = render_template("supporter/missing.html", languages=supporter_words.words())
    return quiet(make_response(page, 429 if is_closed else 404))


def _expired(yes: _Yes, token: str) -> Response:
    """Nothing personal any more, in each language; to stop works for good."""
    languages = supporter_words.words()
    page = render_template("supporter/expired.html", languages=languages, token=token, has_stopped=yes.has_stopped)
    return quiet(make_response(page, 410))


def _back(token: str) -> Response:
    return quiet(make_response(redirect(url_for("supporter.page", token=token), code=303)))


def quiet(response: Response) -> Response:
    """Nothing of this address reaches a search engine or the next site."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
