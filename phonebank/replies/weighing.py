"""How likely each intent is by trained weights, and how likely the likeliest is right; weights in `weights/` (pure)."""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat
from math import exp

from phonebank.intents import Intent
from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules
from phonebank.replies.signs import INTENTS, signs
from phonebank.replies.traits import Trait, traits_of

SIGNS_FILE, WEIGHTS_FILE = "signs.json", "weights.z"
_LANE_BYTES = 3
_ROW_BYTES = _LANE_BYTES * (len(INTENTS) + 1)  # the last lane is always 1: it counts the rows of a sum
_LANE = (1 << 8 * _LANE_BYTES) - 1
_LANES = tuple(8 * _LANE_BYTES * at for at in range(len(INTENTS)))
_LANE_OF = dict(zip(INTENTS, _LANES, strict=True))
_NOUGHT = 128  # bytes have no sign
_COUNT_AT = 8 * _LANE_BYTES * len(INTENTS)
_BETWEEN = "\t"  # no word holds one


@dataclass(frozen=True, slots=True)
class Weighed:
    """The likeliest intent, how likely it is to be right (0 to 1), and how likely an opt-out is."""

    intent: Intent
    right: float
    opt_out: float


class Weights:
    """A linear model: each trait has a row of small numbers, one an intent, kept as the lanes of a single integer.

    A reply's rows are then added in one sum, exactly, in whatever order they come.
    """

    def __init__(self, packed: bytes) -> None:
        head, _, rest = zlib.decompress(packed).partition(b"\n\n")
        names, _, rows = rest.partition(b"\n\n")
        self._scale: float = json.loads(head)["scale"]
        self._bias: list[float] = json.loads(head)["bias"]
        spread = bytearray(_LANE_BYTES * len(rows))
        spread[::_LANE_BYTES] = rows
        self._rows = {
            trait_named(name): int.from_bytes(spread[at * _ROW_BYTES : (at + 1) * _ROW_BYTES], "little")
            for at, name in enumerate(names.decode().split("\n"))
        }

    def chances(self, traits: Collection[Trait]) -> tuple[list[float], float]:
        """How likely each of INTENTS is, together 1; and what share of the traits was ever met in training."""
        total = sum(map(self._rows.get, traits, repeat(0)))
        known = (total >> _COUNT_AT) / max(len(traits), 1)
        scale = self._scale
        scores = [((total >> at) & _LANE) * scale + bias for at, bias in zip(_LANES, self._bias, strict=True)]
        highest = max(scores)
        odds = [exp(score - highest) for score in scores]
        whole = sum(odds)
        return [odd / whole for odd in odds], known

    def pull(self, trait: Trait, intent: Intent) -> float:
        """How strongly this trait speaks for the intent; 0 when it was never met."""
        row = self._rows.get(trait)
        return 0.0 if row is None else ((row >> _LANE_OF[intent] & _LANE) - _NOUGHT) * self._scale


def name_of(trait: Trait) -> str:
    """A trait as it is written in the file of weights."""
    return trait if isinstance(trait, str) else _BETWEEN.join(trait)


def trait_named(name: str) -> Trait:
    """The trait written so."""
    return tuple(name.split(_BETWEEN)) if _BETWEEN in name else name


def weigh(words: Sequence[Word], asked: Asked, by_rules: ByRules) -> Weighed:
    """What the weights make of these words, which answer what was asked."""
    chances, known = weights().chances(traits_of(words, asked, by_rules))
    told = _signs_told()
    told_by = signs(chances, known, by_rules, words, asked)
    score = told.bias + sum(told.weights.get(sign, 0.0) * value for sign, value in told_by.items())
    right = 1 / (1 + exp(-min(max(score, -30), 30)))
    best = max(range(len(INTENTS)), key=chances.__getitem__)
    return Weighed(INTENTS[best], right, chances[INTENTS.index(Intent.OPT_OUT)])


@dataclass(frozen=True, slots=True)
class _SignsTold:
    acts_from: float
    bias: float
    weights: dict[str, float]


@lru_cache(maxsize=1)
def _signs_told() -> _SignsTold:
    return _SignsTold(**json.loads(_shipped(SIGNS_FILE)))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that came with this version."""
    return Weights(_shipped(WEIGHTS_FILE))


def acts_from() -> float:
    """From which chance of being right the machine answers, as training set it."""
    return _signs_told().acts_from


def _shipped(name: str) -> bytes:
    return (files("phonebank.replies") / "weights" / name).read_bytes()
