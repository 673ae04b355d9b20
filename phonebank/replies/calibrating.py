"""Refits the confidence from which the machine answers on what people said of past replies (pure).

Known is only what somebody judged. Replies just below the threshold went to people, nearly all of whom say in the end
what was decided, so what a lower threshold would do is seen in them. Of replies the machine answered only those are
judged that somebody took up, mostly because they were read wrongly: what nobody objected to counts as right, which
flatters the reader, so few objections suffice to raise it. The two rules therefore differ:

* lower only on proof: the judged replies that would newly be answered are right with at least `PRECISION` at the low
  end of their interval, and none of them is a wrong yes, which costs a shift. At most `_STEP` at a time.
* raise on a suspicion: `_SUSPICIOUS` corrections or more, and more than 1 - `PRECISION` of what was answered.

Opt-outs take no part: they are acted on by a threshold of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

from phonebank.errors import RefusedError
from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies.agreement import JUDGED
from phonebank.replies.replaying import Replayed
from phonebank.replies.shares import Share, least_all_right

PRECISION = 0.99
LOWEST, HIGHEST = 0.5, 1.0
LEAST_VERDICTS = 100
_STEP = 0.10
_GRID = 0.01
_SUSPICIOUS = 3
_TINY = 1e-9
_ANSWERED = ANSWERED_BY_MACHINE - {Intent.OPT_OUT}


@dataclass(frozen=True)
class Sample:
    """A past reply that the threshold decides about: how sure its reading is, whether people agree (None: unsaid)."""

    confidence: float
    is_right: bool | None
    is_yes: bool = False


@dataclass(frozen=True)
class Refit:
    """What a refit found. `changed` are the replies that would be answered from then on, or no more."""

    acts_from: float
    proposed: float
    replies: int
    verdicts: int
    answered_now: int
    answered_then: int
    changed: int
    changed_judged: int
    changed_wrong: int
    precision_low: float | None
    says: str

    @property
    def is_change(self) -> bool:
        return self.proposed != self.acts_from

    def as_json(self) -> dict[str, Any]:
        """The published form."""
        return asdict(self)


def samples_of(replies: Iterable[Replayed]) -> list[Sample]:
    """Of these replies, replayed with `acts_from=LOWEST`, those the machine would answer if it were sure enough."""
    found = []
    for one in replies:
        reading = one.reading
        if reading.acted and reading.intent in _ANSWERED:
            is_known = one.verdict is not None and reading.intent in JUDGED
            is_right = one.verdict is reading.intent if is_known else None
            found.append(Sample(reading.confidence, is_right, is_yes=reading.intent is Intent.YES))
    return found


def refit(samples: Sequence[Sample], acts_from: float) -> Refit:
    """What these samples say of a threshold. Raises RefusedError while too few of them were judged."""
    verdicts = sum(1 for one in samples if one.is_right is not None)
    if verdicts < LEAST_VERDICTS:
        raise RefusedError(
            f"There {_are(verdicts, 'verdict')} on replies that a threshold decides about, and at least "
            f"{LEAST_VERDICTS} are needed: nothing is refitted. Volunteers give them in the inbox."
        )
    proposed = _raised(samples, acts_from) or _lowered(samples, acts_from) or acts_from
    low, high = sorted((acts_from, proposed))
    changed = _between(samples, low, high)
    judged = [one for one in changed if one.is_right is not None]
    wrong = sum(1 for one in judged if not one.is_right)
    return Refit(
        acts_from=acts_from,
        proposed=proposed,
        replies=len(samples),
        verdicts=verdicts,
        answered_now=_count_from(samples, acts_from),
        answered_then=_count_from(samples, proposed),
        changed=len(changed),
        changed_judged=len(judged),
        changed_wrong=wrong,
        precision_low=round(Share(len(judged) - wrong, len(judged)).low, 4) if judged else None,
        says=_says(samples, acts_from, proposed),
    )


def _raised(samples: Sequence[Sample], acts_from: float) -> float | None:
    """The lowest threshold at which corrections are as rare as they must be; None where they are."""
    if not _is_suspicious(samples, acts_from):
        return None
    higher = [one for one in _grid() if one > acts_from]
    return next((one for one in higher if not _is_too_wrong(samples, one)), HIGHEST)


def _is_suspicious(samples: Sequence[Sample], acts_from: float) -> bool:
    return _count_wrong(samples, acts_from) >= _SUSPICIOUS and _is_too_wrong(samples, acts_from)


def _is_too_wrong(samples: Sequence[Sample], acts_from: float) -> bool:
    return _count_wrong(samples, acts_from) > (1 - PRECISION) * _count_from(samples, acts_from)


def _lowered(samples: Sequence[Sample], acts_from: float) -> float | None:
    """The lowest threshold within a step whose newly answered replies are proved right; None where none is.

    Never one at which nobody judged anything: what lies between the judged replies and it has not been seen.
    """
    seen = {floor(one.confidence / _GRID + _TINY) for one in samples if one.is_right is not None}
    within = (one for one in _grid() if max(LOWEST, acts_from - _STEP) - _TINY <= one < acts_from)
    lower = [one for one in within if round(one / _GRID) in seen]
    return next((one for one in lower if _is_proved(_between(samples, one, acts_from))), None)


def _is_proved(band: Sequence[Sample]) -> bool:
    judged = [one for one in band if one.is_right is not None]
    right = sum(1 for one in judged if one.is_right)
    has_wrong_yes = any(one.is_yes and not one.is_right for one in judged)
    return not has_wrong_yes and Share(right, len(judged)).low >= PRECISION


def _says(samples: Sequence[Sample], acts_from: float, proposed: float) -> str:
    if proposed > acts_from:
        wrong, of = _count_wrong(samples, acts_from), _count_from(samples, acts_from)
        then = "they agree" if _count_from(samples, proposed) else "nothing is left to answer"
        return f"People corrected {wrong:,} of the {of:,} replies that it answers; from {proposed:.3g} on {then}."
    band = _between(samples, proposed if proposed < acts_from else max(LOWEST, acts_from - _STEP), acts_from)
    judged = [one for one in band if one.is_right is not None]
    wrong = sum(1 for one in judged if not one.is_right)
    if proposed < acts_from:
        return f"Of {len(judged):,} judged replies just below the threshold people agreed with all but {wrong:,}."
    needed = least_all_right(PRECISION)
    return (
        f"No change: to answer more, at least {needed:,} judged replies just below the threshold must be right, "
        f"without a wrong yes; there {_are(len(judged), 'judged reply', 'judged replies')}, {wrong:,} of them wrong."
    )


def _grid() -> list[float]:
    return [round(step * _GRID, 2) for step in range(round(LOWEST / _GRID), round(HIGHEST / _GRID) + 1)]


def _between(samples: Sequence[Sample], low: float, high: float) -> list[Sample]:
    return [one for one in samples if low <= one.confidence < high]


def _count_from(samples: Sequence[Sample], acts_from: float) -> int:
    return sum(1 for one in samples if one.confidence >= acts_from)


def _count_wrong(samples: Sequence[Sample], acts_from: float) -> int:
    return sum(1 for one in samples if one.confidence >= acts_from and one.is_right is False)


def _are(number: int, one: str, several: str = "") -> str:
    return f"is 1 {one}" if number == 1 else f"are {number:,} {several or one + 's'}"
