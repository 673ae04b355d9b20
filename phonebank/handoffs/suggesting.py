"""Replies a volunteer may start from, fitted to what the supporter seems to mean (pure)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from phonebank.asks.wording import WordingError, render
from phonebank.handoffs.models import SavedAnswer
from phonebank.intents import Intent

AT_RISK_REASON = "at_risk"
"""In place of a handoff's reason, of somebody whose standing yes is in doubt."""

_ELSE = "unsure"
_OFFERS_FIRST = frozenset({Intent.NOT_NOW, Intent.NOT_THAT, Intent.NO})


@dataclass(frozen=True)
class Suggestion:
    """`text` is whole: no blank is left to fill in."""

    label: str
    text: str


@dataclass(frozen=True)
class Offer:
    """An alternative prepared for a *not now* or a *not that*, its text rendered for this person."""

    answers_to: str
    text: str


def suggestions(
    reason: str, *, language: str, fields: Mapping[str, object], offers: Sequence[Offer] = ()
) -> list[Suggestion]:
    """Replies for a handoff of this reason, the best first. `fields` are those of the ask's texts.

    English where we have no words in the supporter's language. One whose field has no value is left out.
    """
    reason = reason if reason in _reasons() else _ELSE
    spoken = language if any(language in row for row in _rows()) else "en"
    prepared = [Suggestion(_label_of(offer), offer.text) for offer in offers if _fits(offer, reason)]
    written = [
        Suggestion(row["label"], text)
        for row in _rows()
        if reason in row["for"] and (text := _rendered(row.get(spoken, ""), fields))
    ]
    return [*prepared, *written] if reason in _OFFERS_FIRST else [*written, *prepared]


def filled(saved: Sequence[SavedAnswer], fields: Mapping[str, object]) -> list[Suggestion]:
    """Saved answers with this person's values, labelled by their shortcuts. One that lacks a value is left out."""
    own: dict[str, Suggestion] = {}
    for answer in saved:  # the campaign's own come first, and keep their shortcut
        if answer.shortcut not in own and (text := _rendered(answer.body, fields)):
            own[answer.shortcut] = Suggestion(answer.shortcut, text)
    return list(own.values())


def _fits(offer: Offer, reason: str) -> bool:
    """A no may be to the day or to the action, and so may a maybe: both are offered."""
    return offer.answers_to == reason or reason not in {Intent.NOT_NOW, Intent.NOT_THAT, Intent.YES, "hostile", "help"}


def _label_of(offer: Offer) -> str:
    return "Offer the other day" if offer.answers_to == Intent.NOT_NOW else "Offer the other way to help"


def _rendered(template: str, fields: Mapping[str, object]) -> str:
    try:
        return render(template, fields)
    except WordingError:  # a field without a value
        return ""


@cache
def _rows() -> list[dict[str, str]]:
    read = tomllib.loads((files("phonebank.handoffs") / "suggestions.toml").read_text("utf-8"))
    rows: list[dict[str, str]] = read["suggestion"]
    return rows


@cache
def _reasons() -> frozenset[str]:
    return frozenset(reason for row in _rows() for reason in row["for"])
