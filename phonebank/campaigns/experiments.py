"""Several texts are an experiment: what is known of each, at every look, and how the next people are dealt (pure).

The evidence for “these two texts do not earn yeses alike” is a likelihood averaged over plausible rates, divided by the
best likelihood that one common rate (or one given difference) can reach. Under that rate its chance of ever passing
1/a, at whatever look and however people were dealt so far, is at most a (Ville's inequality; universal inference:
Wasserman, Ramdas, Balakrishnan 2020). Rates and differences not so refuted make the intervals: all hold at once over
all looks. docs/experiments.md says what was measured.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from itertools import combinations
from math import exp, inf, lgamma, log
from random import Random

ANSWERED_AFTER = timedelta(hours=1)
"""Someone counts from an hour after their ask: before, most who will say yes have not had the time."""

TELLING_AFTER = timedelta(minutes=10)
"""Whom the next people's deal may look at: it needs no exact rate, and a blast is soon over."""

ALPHA = 0.05
WORTH = 0.25  # a difference smaller than this share of the yes-rate is not worth waiting for
LEAST_SHARE = 0.10

# Plausible rates: near one common rate anywhere from 0.2 % to 80 %, as far apart as texts are (0.10 ± 0.03).
_LIKENESS = 100.0
_LOWEST, _HIGHEST, _STEPS = -6.2, 1.4, 24  # log-odds
_DRAWS = 1000


class Verdict(StrEnum):
    NOT_YET = "not_yet"  # no difference shown
    BETTER = "better"  # one text earns more yeses than every other
    ALIKE = "alike"  # a difference worth waiting for is excluded


@dataclass(frozen=True)
class Tally:
    """People asked with one version long enough ago, and what they decided. `recent` were asked since: not counted."""

    asked: int = 0
    yes: int = 0
    no: int = 0
    other: int = 0
    opted_out: int = 0
    recent: int = 0


@dataclass(frozen=True)
class Interval:
    """Shares of one (or differences between two), 0.05 for 5 %; `best` is what was counted, None of nobody."""

    best: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """What may be said now. `best` is the index of the better text; no two differ by more than `largest`."""

    verdict: Verdict
    best: int | None
    largest: float

    def __str__(self) -> str:
        points = f"{100 * self.largest:.1f} points"
        match self.verdict:
            case Verdict.BETTER:
                return f"Text {(self.best or 0) + 1} is better: it earns more yeses than any other."
            case Verdict.ALIKE:
                return f"They do alike: a difference of more than {points} is excluded. Choose either."
            case Verdict.NOT_YET:
                at_most = f" If there is one, it is at most {points}." if self.largest < 1 else ""
                return f"No difference is shown yet.{at_most}"


@dataclass(frozen=True)
class Design:
    """The languages whose people take part, as many `versions` in each; in the others there is nothing to compare."""

    versions: int
    languages: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def is_experiment(self) -> bool:
        return self.versions > 1


def design(texts: Mapping[str, Sequence[str]], first: str) -> Design:
    """Version 2 in one language is version 2 in each that has as many: as the `first` language has, or the most."""
    in_first = len(texts.get(first, ()))
    versions = in_first if in_first > 1 else max((len(said) for said in texts.values()), default=0)
    languages = tuple(sorted(language for language, said in texts.items() if len(said) == versions))
    return Design(versions, languages, tuple(sorted(texts.keys() - set(languages))))


def rate(asked: int, had: int, alpha: float = ALPHA) -> Interval:
    """The share among those asked, with an interval that holds over all looks together."""
    if not asked:
        return Interval(None, 0.0, 1.0)
    limit = _averaged(((asked, had),)) - log(1 / alpha)
    best = had / asked
    return Interval(
        best,
        _edge(lambda share: _likelihood(asked, had, share) > limit, best, 0.0),
        _edge(lambda share: _likelihood(asked, had, share) > limit, best, 1.0),
    )


def difference(one: Tally, other: Tally, alpha: float = ALPHA) -> Interval:
    """How much higher the yes-rate of `one` is than that of `other`."""
    if not one.asked or not other.asked:
        return Interval(None, -1.0, 1.0)
    limit = _averaged(((one.asked, one.yes), (other.asked, other.yes))) - log(1 / alpha)
    best = one.yes / one.asked - other.yes / other.asked
    return Interval(
        best,
        _edge(lambda gap: _apart(one, other, gap) > limit, best, -1.0),
        _edge(lambda gap: _apart(one, other, gap) > limit, best, 1.0),
    )


def differ(one: Tally, other: Tally, alpha: float = ALPHA) -> bool:
    """Whether it is shown that the two yes-rates differ: the interval of their difference leaves out nought."""
    asked, yes = one.asked + other.asked, one.yes + other.yes
    evidence = _averaged(((one.asked, one.yes), (other.asked, other.yes))) - _likelihood(asked, yes, yes / (asked or 1))
    return evidence >= log(1 / alpha)


def judge(tallies: Sequence[Tally]) -> Finding:
    """The stopping rule, over all pairs of texts (Bonferroni): may be asked at every look."""
    pairs = list(combinations(range(len(tallies)), 2))
    gaps = {pair: difference(tallies[pair[0]], tallies[pair[1]], ALPHA / len(pairs)) for pair in pairs}
    largest = max((max(-gap.low, gap.high) for gap in gaps.values()), default=1.0)
    best = next((text for text in range(len(tallies)) if pairs and _beats_all(text, gaps)), None)
    if best is not None:
        return Finding(Verdict.BETTER, best, largest)
    asked, yes = sum(one.asked for one in tallies), sum(one.yes for one in tallies)
    is_known = bool(asked) and largest <= WORTH * yes / asked
    return Finding(Verdict.ALIKE if is_known else Verdict.NOT_YET, None, largest)


def shares(tallies: Sequence[Tally], chance: Random) -> list[float]:
    """The share of the next people that each text gets: how likely it is to be the best one, but a tenth at least.

    When the stopping rule has found a better text, that one gets all of them.
    """
    found = judge(tallies)
    if found.best is not None:
        return [float(text == found.best) for text in range(len(tallies))]
    wins = [0] * len(tallies)
    for _ in range(_DRAWS):
        draws = [chance.betavariate(1 + one.yes, 1 + max(0, one.asked - one.yes)) for one in tallies]
        wins[draws.index(max(draws))] += 1
    least = min(LEAST_SHARE, 1 / len(tallies))
    return [least + (1 - least * len(tallies)) * won / _DRAWS for won in wins]


def allot(tallies: Sequence[Tally], people: int, chance: Random) -> list[int]:
    """The text (from 0) for each of the next so many people, in the proportion of `shares`, in random order."""
    wanted = [share * people for share in shares(tallies, chance)]
    counts = [int(number) for number in wanted]
    # The people left over from rounding go by chance, each text as often as its fraction says.
    fractions = [number - count for number, count in zip(wanted, counts, strict=True)]
    left = people - sum(counts)
    dealt = [text for text, count in enumerate(counts) for _ in range(count)]
    if left:
        dealt += chance.choices(range(len(tallies)), fractions if sum(fractions) else None, k=left)
    chance.shuffle(dealt)
    return dealt


def _beats_all(text: int, gaps: dict[tuple[int, int], Interval]) -> bool:
    ahead = (gap.low > 0 if text == one else gap.high < 0 for (one, other), gap in gaps.items() if text in (one, other))
    return all(ahead)


def _likelihood(asked: int, had: int, share: float) -> float:
    """Logarithm of the chance of exactly these answers, one after the other."""
    if (share <= 0 and had) or (share >= 1 and had < asked):
        return -inf
    return (had * log(share) if had else 0.0) + ((asked - had) * log(1 - share) if had < asked else 0.0)


def _averaged(counts: Sequence[tuple[int, int]]) -> float:
    """The same, averaged over all plausible rates of these (asked, had)."""
    terms = []
    for a, b, whole in _plausible():
        terms.append(
            sum(lgamma(a + had) + lgamma(b + asked - had) - lgamma(_LIKENESS + asked) + whole for asked, had in counts)
        )
    most = max(terms)
    return most + log(sum(exp(term - most) for term in terms) / len(terms))


@cache
def _plausible() -> tuple[tuple[float, float, float], ...]:
    """Beta distributions, one around each common rate: its two numbers and the logarithm of what makes it whole."""
    found = []
    for step in range(_STEPS):
        common = 1 / (1 + exp(-(_LOWEST + (_HIGHEST - _LOWEST) * step / (_STEPS - 1))))
        a, b = _LIKENESS * common, _LIKENESS * (1 - common)
        found.append((a, b, lgamma(_LIKENESS) - lgamma(a) - lgamma(b)))
    return tuple(found)


def _apart(one: Tally, other: Tally, gap: float) -> float:
    """The best likelihood that two rates so far apart can reach: it has one top, found by halving."""
    low, high = max(0.0, -gap), min(1.0, 1.0 - gap)
    for _ in range(50):
        share = (low + high) / 2
        rises = _slope(one.asked, one.yes, share + gap) + _slope(other.asked, other.yes, share)
        low, high = (share, high) if rises > 0 else (low, share)
    share = (low + high) / 2
    return _likelihood(one.asked, one.yes, share + gap) + _likelihood(other.asked, other.yes, share)


def _slope(asked: int, had: int, share: float) -> float:
    if share <= 0 or share >= 1:
        return inf if share <= 0 else -inf
    return (had / share if had else 0.0) - ((asked - had) / (1 - share) if had < asked else 0.0)


def _edge(is_inside: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where it ends on the way from a value inside to one that may be outside."""
    if is_inside(outside):
        return outside
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return outside
