"""Whether a campaign fares worse than chance explains (pure): a test that may be looked at after every text.

Let the usual share of bad texts be p. For any worse share q > p, the likelihood of what was seen under q over that
under p grows, on average, not at all while the true share is p or less; so does the mean of several such ratios. By
Ville's inequality it then ever reaches 1/a with a chance of at most a, however often it is looked at. A sample in which
the newest texts are not yet known to be bad only lowers it, so looking early is safe too.
"""

import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.campaigns.models import StopCause

WATCHED = (StopCause.FILTERED, StopCause.FAILED, StopCause.OPTED_OUT, StopCause.WRONG_NUMBER)

_TIMES_WORSE = (1.5, 2, 3, 5, 10, 30)
_MOST = 0.9


def is_beyond_chance(cause: StopCause, bad: int, said: int) -> bool:
    """Whether so many bad ones among so many said are more than the usual share and chance explain.

    For a campaign no worse than usual this is ever so, looked at after each text for all its life, with a chance of at
    most `false_alarm` of breaker.toml.
    """
    return log_evidence(usual(cause), bad, said) >= -math.log(false_alarm())


def log_evidence(share: float, bad: int, said: int) -> float:
    """The logarithm of the evidence against "the true share is at most `share`"."""
    good = max(0, said - bad)
    logs = [bad * for_bad + good * for_good for for_bad, for_good in _against(share)]
    highest = max(logs)
    return highest + math.log(sum(math.exp(one - highest) for one in logs) / len(logs))


@cache
def _against(share: float) -> list[tuple[float, float]]:
    """What one bad and one good text each add to the evidence, for every worse share considered."""
    worse = {min(_MOST, share * times) for times in _TIMES_WORSE} | {_MOST}
    return [(math.log(q / share), math.log((1 - q) / (1 - share))) for q in sorted(worse)]


def reason(cause: StopCause, bad: int, said: int) -> str:
    """Why it stopped, for a person: "12 of the last 340 texts were filtered …"."""
    what, _, became = str(_table()["words"][cause]).partition(" ")
    of = {"texts": "texts", "people": "people asked"}[what]
    counted = f"{bad:,} of the last {said:,} {of} {became}"
    return f"{counted}: more than chance explains where {usual(cause):.0%} is usual."


def usual(cause: StopCause) -> float:
    """The share of bad ones that is no reason to stop."""
    return float(_table()["usual"][cause])


def false_alarm() -> float:
    """The chance that a campaign no worse than usual is ever paused, for each cause."""
    return float(_table()["false_alarm"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("breaker.toml").read_text())
