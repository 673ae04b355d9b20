"""Reads several texts in a row as one reply, against what the person had read of us by then (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phonebank.intents import Intent
from phonebank.replies.reading import ACTS_FROM, Reading, read


@dataclass(frozen=True)
class Context:
    """What a reply answers: our last question in the words they got, our last texts oldest first, their language."""

    question: str | None = None
    sent: Sequence[str] = ()
    lang: str | None = None


def read_together(bodies: Sequence[str], context: Context, acts_from: float = ACTS_FROM) -> Reading:
    """One reading of several texts in a row. An opt-out in any of them is an opt-out of all."""
    known: dict[str, Any] = {**vars(context), "acts_from": acts_from}
    if len(bodies) > 1:
        for body in bodies:
            alone = read(body, **known)
            if alone.intent is Intent.OPT_OUT and (alone.acted or alone.hold):
                return alone
    return read("\n".join(bodies), **known)
