"""The form that books or moves a one-on-one: as it is typed, and its page."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock
from phonebank.campaigns.models import Campaign
from phonebank.one_on_ones import booking, queries, timing
from phonebank.one_on_ones.booking import Plan
from phonebank.one_on_ones.models import OneOnOne
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient
from phonebank.web import guards

_USUAL_MINUTES = "30"


@dataclass(frozen=True)
class Typed:
    """What stands in the form's fields."""

    meets: int
    day: str
    at: str
    minutes: str
    place: str
    nonce: str
    anyway: bool = False

    def plan(self) -> Plan:
        """As a plan; a length that is no number is none at all."""
        minutes = int(self.minutes) if self.minutes.isascii() and self.minutes.isdecimal() else 0
        return Plan(self.meets, self.day, self.at, min(minutes, timing.LONGEST + 1), self.place)


def typed() -> Typed:
    """What came with this request."""
    form = request.form
    return Typed(
        meets=form.get("meets", guards.my_id(), type=int),
        day=form.get("day", "").strip(),
        at=form.get("at", "").strip(),
        minutes=form.get("minutes", "").strip()[:4],
        place=" ".join(form.get("place", "").replace("\x00", "").split()),
        nonce=form.get("nonce", "")[:40] or secrets.token_urlsafe(12),
        anyway="anyway" in form,
    )


def of(one: OneOnOne) -> Typed:
    """The form of one that is booked already."""
    local = one.starts_at.astimezone(ZoneInfo(one.timezone))
    return Typed(one.meets_id, f"{local:%Y-%m-%d}", f"{local:%H:%M}", str(one.minutes), one.place, "")


def warnings(
    session: Session, form: Typed, recipient: Recipient, campaign: Campaign, but: int | None = None
) -> list[str]:
    """What to think about before it is booked; nothing once they have said that they did, or it is booked already."""
    if form.anyway or (form.nonce and queries.by_nonce(session, form.nonce)):
        return []
    return booking.warnings(session, form.plan(), recipient, campaign, clock.now(), but)


def page(  # noqa: PLR0913  # everything the page says
    session: Session,
    recipient: Recipient,
    campaign: Campaign,
    form: Typed | None = None,
    *,
    one: OneOnOne | None = None,
    wrong: str = "",
    warnings: Sequence[str] = (),
) -> ResponseReturnValue:
    """The form, with what is wrong with it; blank for a new one."""
    contact = recipients.contact_of(session, recipient)
    timezone = booking.timezone_of(recipient, campaign)
    shown = render_template(
        "one_on_ones/form.html",
        form=form or Typed(guards.my_id(), "", "", _USUAL_MINUTES, "", secrets.token_urlsafe(12)),
        first_name=contact.first_name,
        one=one,
        handoff_id=request.values.get("handoff", 0, type=int),
        people=[(str(person.id), person.name) for person in queries.people_to_meet(session)],
        today=f"{clock.now().astimezone(ZoneInfo(timezone)):%Y-%m-%d}",
        city=timezone.rpartition("/")[2].replace("_", " "),
        wrong=wrong,
        warnings=warnings,
    )
    return shown, 409 if warnings else 400 if wrong else 200
