"""How likely each intent is by trained weights, and how likely the likeliest is right; weights in `weights/` (pure)."""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat
from math import exp, log
from operator import mul

from phonebank.intents import Intent
from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules
from phonebank.replies.traits import pieced, pieces_of, traits_of

INTENTS = tuple(Intent)
SIGNS_FILE, WEIGHTS_FILE = "signs.json", "weights.z"
_DIRECT = frozenset(
    {"yes", "no", "cannot", "ok", "keen", "approve", "later", "busy", "opt_out", "wrong_number", "help"}
)
_TAGS_TOLD = (
    *("yes", "no", "cannot", "hedge", "limit", "but", "question", "asks", "time", "later", "now", "moment"),
    *("rather", "keen", "ok", "approve", "activity", "busy", "closing", "thanks", "unclear"),
)
_OF_NOW = frozenset({"now", "moment", "time"})
_LONGEST_COUNTED = 20
_LANE_BYTES = 3
_LANE = (1 << 8 * _LANE_BYTES) - 1
_LANES = tuple(8 * _LANE_BYTES * at for at in range(len(INTENTS)))
_LANE_OF = dict(zip(INTENTS, _LANES, strict=True))
_NOUGHT = 128  # bytes have no sign
_COUNT_AT = 8 * _LANE_BYTES * len(INTENTS)
_SPREAD = tuple(byte.to_bytes(_LANE_BYTES, "little") for byte in range(256))
_ONE = b"\1"
_EPSILON = 1e-6


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
        self._rows = {
            name: _in_lanes(rows[at * len(INTENTS) : (at + 1) * len(INTENTS)])
            for at, name in enumerate(names.decode().split("\n"))
        }
        self._of_pieces = lru_cache(maxsize=16_384)(self._sum_of_pieces)

    def chances(self, traits: Collection[str], words: Collection[str]) -> tuple[list[float], float]:
        """How likely each of INTENTS is, together 1; and what share of the traits was ever met in training."""
        total = sum(map(self._rows.get, traits, repeat(0)))
        known = (total >> _COUNT_AT) / max(len(traits), 1)
        total += sum(map(self._of_pieces, words))
        scale = self._scale
        scores = [((total >> at) & _LANE) * scale + bias for at, bias in zip(_LANES, self._bias, strict=True)]
        highest = max(scores)
        odds = [exp(score - highest) for score in scores]
        whole = sum(odds)
        return [odd / whole for odd in odds], known

    def pull(self, trait: str, intent: Intent) -> float:
        """How strongly this trait speaks for the intent; 0 when it was never met."""
        row = self._rows.get(trait)
        return 0.0 if row is None else ((row >> _LANE_OF[intent] & _LANE) - _NOUGHT) * self._scale

    def _sum_of_pieces(self, word: str) -> int:
        return sum(self._rows.get(piece, 0) for piece in pieces_of(word))


def _in_lanes(row: bytes) -> int:
    """One byte an intent, each in a lane wide enough for any sum; above them a lane that counts rows."""
    return int.from_bytes(b"".join(_SPREAD[byte] for byte in row) + _ONE, "little")


def signs(chances: Sequence[float], known: float, by_rules: ByRules, count: int, *, asked: bool) -> list[float]:
    """What tells whether the likeliest intent is right; the same numbers, in the same order, for every reply."""
    best, second = _two_highest(chances)
    chance = min(max(chances[best], _EPSILON), 1 - _EPSILON)
    tags, odds, agrees = by_rules.tags, log(chance / (1 - chance)), by_rules.intent is INTENTS[best]
    indirect = tags.isdisjoint(_DIRECT)
    told = [odds, chances[best] - chances[second], agrees, agrees * by_rules.sure, by_rules.sure, known]
    told += [by_rules.unread / 5, by_rules.unread / max(count, 1), min(count, _LONGEST_COUNTED) / 10]
    told += [indirect, indirect * odds, asked, indirect and not asked]
    told += [tag in tags for tag in _TAGS_TOLD]
    by_intent = [0.0] * (4 * len(INTENTS))
    by_intent[best], by_intent[len(INTENTS) + second] = 1, 1
    by_intent[2 * len(INTENTS) + best], by_intent[3 * len(INTENTS) + best] = agrees, indirect
    now = "no" in tags and not tags.isdisjoint(_OF_NOW)
    return [*told, *by_intent, now, now and INTENTS[best] is Intent.NO, now and INTENTS[best] is Intent.NOT_NOW]


def _two_highest(chances: Sequence[float]) -> tuple[int, int]:
    best = max(range(len(chances)), key=chances.__getitem__)
    return best, max((at for at in range(len(chances)) if at != best), key=chances.__getitem__)


def weigh(words: Sequence[Word], asked: Asked, by_rules: ByRules) -> Weighed:
    """What the weights make of these words, which answer what was asked."""
    chances, known = weights().chances(traits_of(words, asked, by_rules), pieced(words))
    told = _signs_told()
    told_by = signs(chances, known, by_rules, len(words), asked=bool(asked.words))
    score = told.bias + sum(map(mul, told.weights, told_by))
    right = 1 / (1 + exp(-min(max(score, -30), 30)))
    best = max(range(len(INTENTS)), key=chances.__getitem__)
    return Weighed(INTENTS[best], right, chances[INTENTS.index(Intent.OPT_OUT)])


@dataclass(frozen=True, slots=True)
class _SignsTold:
    acts_from: float
    bias: float
    weights: list[float]


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
