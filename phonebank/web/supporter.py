"""The supporter's own page: what they said yes to, for their calendar, with a change of mind and an end to it all.

Behind an unguessable address, in their language, without sign-in, script or any trace of who looked.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.asks.models import Ask
from phonebank.asks.wording import ask_fields, when
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.followups import queries as followups
from phonebank.followups.calendar import ics
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment
from phonebank.intents import Intent
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients import queries as recipients
from phonebank.replies import handling
from phonebank.web import guards
from phonebank.web.guards import public

blueprint = Blueprint("supporter", __name__, url_prefix="/y/<token>")

_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)  # PostgreSQL takes no NUL, and nobody should ask it for a novel
_STILL_ON = timedelta(hours=1)  # an event without an end
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
        return self.contact.language if self.contact.language in _words() else "en"

    @property
    def is_standing(self) -> bool:
        return self.commitment.status in STANDING

    def state(self, now: datetime) -> str:
        """stopped, past, standing or off."""
        starts_at = self.ask.starts_at
        if self.has_stopped:
            return "stopped"
        if starts_at is not None and (self.ask.ends_at or starts_at + _STILL_ON) <= now:
            return "past"
        return "standing" if self.is_standing else "off"


@blueprint.get("")
@public
def page(token: str) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        yes = _find(session, token)
        if yes is None:
            return _missing()
        shown = render_template(
            "supporter/page.html",
            yes=yes,
            state=yes.state(now),
            words=_words()[yes.language],
            when=_when(yes, now),
            token=token,
        )
    return _quiet(make_response(shown))


@blueprint.get("/event.ics")
@public
def event(token: str) -> ResponseReturnValue:
    with db.reading() as session:
        yes = _find(session, token)
        if yes is None or yes.ask.starts_at is None:
            return _missing()
        calendar = ics(yes.commitment, yes.ask, yes.campaign)
    file = Response(calendar, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    file.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return _quiet(file)


@blueprint.post("/mind")
@public
def mind(token: str) -> ResponseReturnValue:
    """They changed their mind, or ask us to stop. Pressed twice, it happens once."""
    intent = _CHOICES.get(request.form.get("choice", ""))
    if intent is None:
        abort(400)
    now = clock.now()
    with db.transaction() as session:
        yes = _find(session, token)
        if yes is None:
            return _missing()
        if _changes(yes, intent, now):
            address = guards.settings().address
            handling.change_of_mind(session, yes.commitment, intent, address=address, now=now)
    return _quiet(make_response(redirect(url_for("supporter.page", token=token), code=303)))


def _changes(yes: _Yes, intent: Intent, now: datetime) -> bool:
    state = yes.state(now)
    if intent is Intent.OPT_OUT:
        return state != "stopped"
    return state == ("off" if intent is Intent.YES else "standing")


def _find(session: Session, token: str) -> _Yes | None:
    commitment = followups.by_token(session, token) if _TOKEN.fullmatch(token) else None
    recipient = recipients.by_id(session, commitment.recipient_id) if commitment else None
    ask = session.get(Ask, commitment.ask_id) if commitment else None
    if commitment is None or recipient is None or ask is None:
        return None
    return _Yes(
        commitment=commitment,
        ask=ask,
        campaign=campaigns.by_id(session, commitment.campaign_id),
        contact=recipients.contact_of(session, recipient),
        has_stopped=is_opted_out(session, recipient.phone),
    )


def _when(yes: _Yes, now: datetime) -> str:
    """With zone and end ("Wednesday, February 10 at 6 pm EST, until 8 pm"): the page may be read far from the event."""
    ask, words = yes.ask, _words()[yes.language]
    if ask.starts_at is None:
        return ""
    zone = ZoneInfo(ask.timezone)
    starts_at = ask.starts_at.astimezone(zone)
    said = f"{when(starts_at, ask.ends_at, timezone=ask.timezone, language=yes.language, now=now)} {starts_at.tzname()}"
    if ask.ends_at is not None and ask.ends_at.astimezone(zone).date() == starts_at.date():
        end = ask.model_copy(update={"starts_at": ask.ends_at})
        said += f", {words['until']} {ask_fields(end, now=now, language=yes.language)['ask.time']}"
    for plain, right in words["spelled"].items():
        said = said.replace(plain, right)
    return said


def _missing() -> ResponseReturnValue:
    """The same for every wrong address, in each language."""
    return _quiet(make_response(render_template("supporter/missing.html", languages=_words()), 404))


def _quiet(response: Response) -> Response:
    """Nothing of this address reaches a search engine or the next site."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("phonebank.web") / "supporter.toml").read_text("utf-8"))
