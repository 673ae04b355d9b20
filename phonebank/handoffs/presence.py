"""Who else looks at a conversation just now, and who writes: known for a few seconds, kept in Redis and nowhere else.

It guards nothing. A Redis that is flushed or down shows nobody, and the claim, a row, still refuses a second sender.
"""

from dataclasses import dataclass
from pathlib import Path

from phonebank import jobs
from phonebank.errors import UnavailableError

_SCRIPT = Path(__file__).with_suffix(".lua")
_LASTS_MS = 5000  # three looks missed
_LOOKS, _WRITES = "looks", "writes"


@dataclass(frozen=True)
class Here:
    """One other person at the same conversation."""

    name: str
    is_writing: bool


def note(handoff_id: int, person_id: int, name: str, *, is_writing: bool) -> list[Here]:
    """Say that this person is here, and what they do; who else is, by name."""
    told = f"{_WRITES if is_writing else _LOOKS}:{name}"
    try:
        others = jobs.run_script(_SCRIPT, [f"phonebank:here:{handoff_id}"], [person_id, told, _LASTS_MS])
    except UnavailableError:
        return []
    return [_here(words.decode()) for words in others]


def _here(words: str) -> Here:
    doing, _, name = words.partition(":")
    return Here(name, is_writing=doing == _WRITES)
