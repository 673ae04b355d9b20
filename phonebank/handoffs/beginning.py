"""The practice conversation before a first shift: who answers the ask, and what is said of the volunteer (pure)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from phonebank.handoffs import practising
from phonebank.handoffs.practising import Feedback, Stage
from phonebank.intents import Intent


@dataclass(frozen=True)
class Beginner:
    """A made-up person: their first reply (a `stage` of the guides), what they write `then`, and what that decided."""

    slug: str
    name: str
    stage: Stage
    says: str
    then: str
    verdict: Intent
    because: str


@cache
def everybody() -> tuple[Beginner, ...]:
    """Who there is to practise with, the first to begin with first."""
    read = tomllib.loads((files("phonebank.handoffs") / "first_shift.toml").read_text("utf-8"))
    return tuple(
        Beginner(**row | {"stage": Stage(row["stage"]), "verdict": Intent(row["verdict"])}) for row in read["person"]
    )


def named(slug: str) -> Beginner:
    """The one of this name, or the first."""
    return next((one for one in everybody() if one.slug == slug), everybody()[0])


def after(person: Beginner) -> Beginner:
    """Who comes next."""
    order = everybody()
    return order[(order.index(person) + 1) % len(order)]


def judge(person: Beginner, asked: str, answer: str) -> Feedback:
    """What an organizer would say of this answer to their first reply."""
    return practising.judge(person.stage, answer, known=f"{asked}\n{person.says}")
