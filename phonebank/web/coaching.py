"""The coach's word on each text of the form."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.asks import coach, rewriting
from phonebank.asks.coach import Verdict
from phonebank.asks.models import Ask
from phonebank.campaigns.call_spec import CallSpec
from phonebank.campaigns.models import Channel
from phonebank.errors import PhonebankError
from phonebank.web import campaign_form, previewing


@dataclass(frozen=True)
class Coached:
    """One text: the verdict, and a `harder` wording ("" for none)."""

    number: int
    verdict: Verdict
    harder: str


def coached(session: Session, form: MultiDict[str, str], now: datetime) -> list[Coached]:
    """Every text of the form that says something; of a call, its spoken ask."""
    if form.get("channel") == Channel.CALL:
        return _spoken(session, form, now)
    texts = [text for text in form.getlist("ask.texts") if text.strip()]
    ask = _ask(session, form, now) if texts else None
    ready = _ready(form)
    return [_one(number, text, ask, ready) for number, text in enumerate(texts, 1)]


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


def _spoken(session: Session, form: MultiDict[str, str], now: datetime) -> list[Coached]:
    said = form.get("call.ask", "").strip()
    if not said:
        return []
    ask, ready = _ask(session, form, now), _ready(form)
    greeting = form.get("call.greeting", "").strip() or CallSpec.model_fields["greeting"].default
    said = f"{greeting} {said}"  # one breath on the telephone: who calls need not be said twice
    return [Coached(1, coach.check(said, channel="call", ask=ask, alternatives=ready if ask else None), "")]


def _one(number: int, text: str, ask: Ask | None, ready: list[str] | None) -> Coached:
    verdict = coach.check(text, ask=ask, alternatives=ready if ask else None)
    return Coached(number, verdict, rewriting.rewrite(text, ask=ask) or "")


def _ask(session: Session, form: MultiDict[str, str], now: datetime) -> Ask | None:
    """The facts of the ask, when they can be read."""
    try:
        return previewing.parts_so_far(session, form, now, ["…"]).ask
    except PhonebankError:
        return None


def _ready(form: MultiDict[str, str]) -> list[str]:
    rows = range(campaign_form.rows_of(campaign_form.shown_of(form), "ask.alternatives"))
    return [
        form.get(f"ask.alternatives.{row}.for", "")
        for row in rows
        if form.get(f"ask.alternatives.{row}.text", "").strip()
    ]
