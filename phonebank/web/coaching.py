"""The coach's word on each text of the form, its size and price, and how it reads for one real person."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.asks import coach, segments
from phonebank.asks.coach import Verdict
from phonebank.campaigns import merging, queries, spec
from phonebank.campaigns.queries import Parts
from phonebank.errors import PhonebankError
from phonebank.web import campaign_form

_MICROS = 1_000_000


@dataclass(frozen=True)
class Coached:
    """One text: the verdict, its price for one person, and `example`, or why there is none yet."""

    number: int
    verdict: Verdict
    cost_micros: int
    segments: int
    example: str
    example_for: str
    why_no_example: str


def coached(session: Session, form: MultiDict[str, str], now: datetime) -> list[Coached]:
    """Every text of the form that says something."""
    texts = [text for text in form.getlist("ask.texts") if text.strip()]
    parts, why_not = _parts(session, form, now) if texts else (None, "")
    person = next(iter(queries.people_to_ask(session, parts, now=now)), None) if parts else None
    if parts and person is None:
        why_not = "Nobody on these lists can be reached yet."
    return [_one(number, text, parts, person, why_not, now) for number, text in enumerate(texts)]


def _one(number: int, text: str, parts: Parts | None, person: object, why_not: str, now: datetime) -> Coached:
    verdict = coach.check(text, ask=parts.ask if parts else None)
    example = ""
    if parts and person is not None:
        try:
            example = merging.ask_text(parts.campaign, parts.ask, person, number, now)  # type: ignore[arg-type]  # a row
        except PhonebankError as wrong:
            why_not = str(wrong)
    size = segments.count(example).segments if example else verdict.segments
    return Coached(
        number=number + 1,
        verdict=verdict,
        cost_micros=int(segments.cost(size, on=now.date()) * _MICROS),
        segments=size,
        example=example,
        example_for=str(getattr(person, "first_name", "") or "someone on the list"),
        why_no_example=why_not,
    )


def _parts(session: Session, form: MultiDict[str, str], now: datetime) -> tuple[Parts | None, str]:
    try:
        return spec.rows(session, spec.parse_table(campaign_form.to_table(form)), now), ""
    except PhonebankError as wrong:
        return None, str(wrong).splitlines()[0]
