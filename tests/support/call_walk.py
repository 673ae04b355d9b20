"""Calls in a story: a campaign of them, how people take them, and what was said."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from phonebank import db
from phonebank.calls.models import Call
from tests.support.calling import SCRIPT
from tests.support.house import LONE
from tests.support.walk import Drive, Walk

OURS = LONE[0]
CONSENT = "agreed to calls on a sign-up sheet"
QUICK = {"calls_per_second": 50.0, "open_lines": 200, "voicemail": "We would love your help."}


def launch(walk: Walk, people: Sequence[str] | int = 1, *, takes: Any = None, **keys: Any) -> Drive:
    """A call campaign to these people, who have agreed to calls and take theirs in this manner (manners.Manner)."""
    people = walk.people(people) if isinstance(people, int) else people
    return launch_by(walk, people, [takes or {}] * len(people), **keys)


def launch_by(walk: Walk, people: Sequence[str], takes: Sequence[dict[str, Any]], **keys: Any) -> Drive:
    """The same, each of them with a manner of their own."""
    walk.carrier.manners(dict(zip(people, takes, strict=True)))
    walk.may_miss |= set(people)  # they are called, not texted
    script = SCRIPT | QUICK | keys.pop("call", {})
    return walk.launch(people, sender=OURS, channel="call", call=script, columns={"Consent": CONSENT}, **keys)


def until_called(walk: Walk, number: str, times: int = 1) -> dict[str, Any]:
    """The person's newest call, once there were so many and it is over, said by the carrier's rules."""

    def found() -> dict[str, Any] | None:
        rows = walk.carrier.calls(number)
        return rows[-1] if len(rows) >= times and rows[-1]["ended_at"] else None

    row: dict[str, Any] = walk.until(found, f"call {times} to the person over")
    assert row["problems"] == []
    return row


def said(row: dict[str, Any], who: str = "us") -> str:
    """All that one side said in a call, in one piece."""
    return " ".join(line["words"] for line in row["lines"] if line["who"] == who)


def in_our_books(number: str) -> list[Call]:
    """The calls with this number as we wrote them down, oldest first."""
    with db.reading() as session:
        return list(session.exec(select(Call).where(Call.phone == number).order_by(col(Call.id))))
