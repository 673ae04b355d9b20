"""The coach's word on each text of the form, its size and price, and how it reads for one real person."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.asks import coach, rewriting, segments
from phonebank.asks.coach import Verdict
from phonebank.campaigns import merging, queries, spec
from phonebank.campaigns.queries import Parts
from phonebank.errors import PhonebankError
from phonebank.web import campaign_form

_MICROS = 1_000_000


@dataclass(frozen=True)
class Coached:
    """One text: the verdict, a `harder` wording ("" for none), its price for one person, an `example` or why not."""

    number: int
    verdict: Verdict
    harder: str
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


def take_harder(session: Session, form: MultiDict[str, str], number: str, now: datetime) -> MultiDict[str, str]:
    """The form with this text (counted from 1 among those that say something) in the coach's wording."""
    harder = {str(one.number): one.harder for one in coached(session, form, now)}.get(number)
    texts = form.getlist("ask.texts")
    said = [place for place, text in enumerate(texts) if text.strip()]
    if harder:
        texts[said[int(number) - 1]] = harder
    changed = form.copy()
    changed.setlist("ask.texts", texts)
    return changed


def _one(number: int, text: str, parts: Parts | None, person: object, why_not: str, now: datetime) -> Coached:
    ask = parts.ask if parts else None
    ready = [alternative.answers_to for alternative, _ in parts.alternatives] if parts else None
    verdict = coach.check(text, ask=ask, alternatives=ready)
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
        harder=rewriting.rewrite(text, ask=ask) or "",
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
