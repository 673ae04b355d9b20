"""The supporter's own page of a one-on-one: when and where, their calendar, a change of mind, an end to it all."""

import re
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Intent
from phonebank.one_on_ones import lifecycle, queries, texting
from phonebank.one_on_ones.calendar import ics
from phonebank.one_on_ones.texting import Meeting
from phonebank.optouts.queries import is_opted_out
from phonebank.replies import handling
from phonebank.replies.carrying_out import AT_RISK
from phonebank.web import guards, supporter, supporter_words
from phonebank.web.guards import holders_of_its_address

blueprint = Blueprint("meeting", __name__, url_prefix="/y/meet/<token>")

_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
_KEPT_FOR = timedelta(days=30)  # after it, the address opens nothing


@blueprint.get("")
@holders_of_its_address
def page(token: str) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        about = _find(session, token, now)
        if about is None:
            return supporter.missing(token, now)
        shown = render_template(
            "supporter/meeting.html",
            about=about,
            state=_state(session, about, now),
            words=supporter_words.words()[about.language] | texting.words()[about.language],
            when=_spelled(about, now),
            token=token,
        )
    return supporter.quiet(make_response(shown))


@blueprint.get("/event.ics")
@holders_of_its_address
def event(token: str) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        about = _find(session, token, now)
        if about is None:
            return supporter.missing(token, now)
    words = texting.words()[about.language]
    summary = f"{words['with'].format(from_name=about.from_name)} ({about.campaign.organization})"
    calendar = ics(about.one, summary=summary, place=about.one.place or words["call"])
    file = Response(calendar, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    file.headers["Content-Disposition"] = 'attachment; filename="one-on-one.ics"'
    return supporter.quiet(file)


@blueprint.post("/mind")
@holders_of_its_address
def mind(token: str) -> ResponseReturnValue:
    """They cannot make it, can after all, or ask us to stop. Pressed twice, it happens once."""
    choice, now = request.form.get("choice", ""), clock.now()
    if choice not in {"no", "yes", "stop"}:
        abort(400)
    with db.transaction() as session:
        about = _find(session, token, now)
        if about is None:
            return supporter.missing(token, now)
        state = _state(session, about, now)
        if choice == "stop" and state != "stopped":
            _stop(session, about, now)
        elif choice == "no" and state == "standing":
            _cannot(session, about, now)
        elif choice == "yes" and state == "off":
            _can(session, about, now)
    return supporter.quiet(make_response(redirect(url_for("meeting.page", token=token), code=303)))


def _stop(session: Session, about: Meeting, now: datetime) -> None:
    address, step = guards.settings().address, f"one_on_one:{about.one.id}:stop"
    handling.say_for_them(
        session, about.one.recipient_id, Intent.OPT_OUT, by="their page", step=step, address=address, now=now
    )


def _cannot(session: Session, about: Meeting, now: datetime) -> None:
    """It is off, and who was to meet them hears of it in the inbox."""
    lifecycle.call_off(session, about.one.id or 0, now)
    handoffs.open_(
        session,
        phone=about.recipient.phone,
        campaign_id=about.campaign.id,
        recipient_id=about.recipient.id,
        reason=queries.ONE_ON_ONE,
        why=f"On their page they said that they cannot make the one-on-one with {about.meets.name}.",
        urgency=AT_RISK,
        now=now,
    )


def _can(session: Session, about: Meeting, now: datetime) -> None:
    one = about.one
    remind_at = texting.next_reminder(about.recipient, about.campaign, one.starts_at, one.timezone, now)
    lifecycle.stand_again(session, one.id or 0, remind_at=remind_at, now=now)


def _find(session: Session, token: str, now: datetime) -> Meeting | None:
    if supporter.GUESSES.is_closed(request.remote_addr or "", now):
        return None
    one = queries.by_token(session, token) if _TOKEN.fullmatch(token) else None
    return texting.meeting(session, one) if one is not None and now < one.ends_at + _KEPT_FOR else None


def _state(session: Session, about: Meeting, now: datetime) -> str:
    """stopped, past, standing or off."""
    if is_opted_out(session, about.recipient.phone):
        return "stopped"
    if about.one.ends_at <= now:
        return "past"
    return "standing" if about.one.is_standing else "off"


def _spelled(about: Meeting, now: datetime) -> str:
    said = texting.when(about.one, about.language, now)
    for plain, right in supporter_words.words()[about.language]["spelled"].items():
        said = said.replace(plain, right)
    return said
