"""Puts on one sheet what helps to prepare a one-on-one: what we know of the person, questions, and the ask."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.moments import ask_fields
from phonebank.campaigns import queries as campaigns
from phonebank.followups import queries as followups
from phonebank.messages.models import Direction, MessageKind
from phonebank.messages.queries import conversation
from phonebank.one_on_ones import queries
from phonebank.one_on_ones.models import OneOnOne
from phonebank.one_on_ones.texting import STEP, Meeting
from phonebank.recipients import queries as recipients

_LATELY = 6


@dataclass(frozen=True)
class Said:
    """One text between us and them."""

    is_theirs: bool
    body: str
    at: datetime


@dataclass(frozen=True)
class Promise:
    """A yes of theirs, and what became of it."""

    action: str
    when: str
    status: str


@dataclass(frozen=True)
class AskOf:
    """An ask in words; `answers_to` is what the alternative answers."""

    words: str
    why: str
    answers_to: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything on the page beside who, when and where."""

    known: list[tuple[str, str]]
    said: list[Said]
    promises: list[Promise]
    before: list[OneOnOne]
    ask: AskOf
    alternatives: list[AskOf]
    factual: list[str]
    open_questions: list[str]
    roadmap: list[dict[str, str]]


def sheet(session: Session, about: Meeting, now: datetime, *, is_full: bool) -> Sheet:
    """The preparation sheet. Never a number, an address or a gift: only what helps to talk.

    `is_full`: an organizer reads it, who may know the last name too.
    """
    written = _written()
    others = campaigns.alternatives_of(session, about.campaign)
    return Sheet(
        known=_known(about, is_full=is_full),
        said=_said(session, about),
        promises=_promises(session, about, now),
        before=queries.before(session, about.one),
        ask=_ask(campaigns.ask_of(session, about.campaign), now),
        alternatives=[_ask(ask, now, row.answers_to) for row, ask in others],
        factual=written["factual"],
        open_questions=written["open"],
        roadmap=written["roadmap"],
    )


def _known(about: Meeting, *, is_full: bool) -> list[tuple[str, str]]:
    contact = about.contact
    name = f"{contact.first_name} {contact.last_name}".strip() if is_full else contact.first_name
    own = [("Name", name), ("What we share", contact.connection)]
    helpful = [
        (name.replace("_", " ").capitalize(), str(value))
        for name, value in contact.fields.items()
        if any(part.startswith(_helpful()) for part in name.split("_"))
    ]
    return [(name, value) for name, value in [*own, *helpful] if value]


def _said(session: Session, about: Meeting) -> list[Said]:
    texts = [
        Said(one.direction is Direction.IN, one.body, one.created_at)
        for one in conversation(session, about.recipient.phone, about.campaign.id)
        if one.body and one.kind is not MessageKind.TEST and not (one.step or "").startswith(STEP)
    ]
    return texts[-_LATELY:]


def _promises(session: Session, about: Meeting, now: datetime) -> list[Promise]:
    each = recipients.of_phone(session, about.recipient.phone)
    theirs = [one for recipient in each for one in followups.of_recipient(session, recipient.id or 0)]
    asks = {one.ask_id: session.get(Ask, one.ask_id) for one in theirs}
    return [
        Promise(ask.action, ask_fields(ask, now=now)["ask.when"], one.status.value)
        for one in theirs
        if (ask := asks[one.ask_id]) is not None
    ]


def _ask(ask: Ask, now: datetime, answers_to: str = "") -> AskOf:
    fields = ask_fields(ask, now=now)
    parts = [ask.action or "join us", fields["ask.when"], ask.place]
    return AskOf(f"Can I count on you to {', '.join(part for part in parts if part)}?", ask.why, answers_to)


@cache
def _helpful() -> tuple[str, ...]:
    return tuple(_written()["fields"]["help"])


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((files("phonebank.one_on_ones") / "sheet.toml").read_text("utf-8"))
