"""How likely each intent is by trained weights, and how likely the likeliest is right; weights in `weights/` (pure)."""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat
from math import exp, log

from phonebank.intents import Intent
from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules
from phonebank.replies.traits import Trait, traits_of

INTENTS = tuple(Intent)
SIGNS_FILE, WEIGHTS_FILE = "signs.json", "weights.z"
_DIRECT = frozenset(
    ("yes", "no", "cannot", "ok", "keen", "approve", "later", "busy", "opt_out", "wrong_number", "help"),
)
_TAGS_TOLD = frozenset(
    (
        *("yes", "no", "cannot", "hedge", "limit", "but", "question", "asks", "time", "later", "rather", "keen", "ok"),
        *("approve", "activity", "busy", "closing", "thanks", "unclear", "offer", "unfit", "dislike", "glad"),
    ),
)
_REFUSALS = frozenset({Intent.NO, Intent.NOT_NOW})
_OF_NOW = frozenset(("now", "moment", "minute", "today", "yet", "currently", "ahora", "momento", "hoy"))
_LONGEST_COUNTED = 20
_LANE_BYTES = 3
_ROW_BYTES = _LANE_BYTES * (len(INTENTS) + 1)  # the last lane is always 1: it counts the rows of a sum
_LANE = (1 << 8 * _LANE_BYTES) - 1
_LANES = tuple(8 * _LANE_BYTES * at for at in range(len(INTENTS)))
_LANE_OF = dict(zip(INTENTS, _LANES, strict=True))
_NOUGHT = 128  # bytes have no sign
_COUNT_AT = 8 * _LANE_BYTES * len(INTENTS)
_EPSILON = 1e-6
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


def signs(
    chances: Sequence[float], known: float, by_rules: ByRules, words: Sequence[Word], asked: Asked
) -> dict[str, float]:
    """What tells whether the likeliest intent is right, by name; a sign that is not named is nought."""
    best, second = _two_highest(chances)
    chance = min(max(chances[best], _EPSILON), 1 - _EPSILON)
    tags, odds, intent, count = by_rules.tags, log(chance / (1 - chance)), INTENTS[best], len(words)
    told = {
        "odds": odds,
        "lead": chances[best] - chances[second],
        "rules are sure": by_rules.sure,
        "known": known,
        "unread": by_rules.unread / 5,
        "unread share": by_rules.unread / max(count, 1),
        "length": min(count, _LONGEST_COUNTED) / 10,
        f"best {intent}": 1,
        f"second {INTENTS[second]}": 1,
    }
    told.update(dict.fromkeys(tags & _TAGS_TOLD, 1))
    if by_rules.intent is intent:
        told |= {"agrees": 1, f"agrees {intent}": 1, "agrees and sure": by_rules.sure}
    if tags.isdisjoint(_DIRECT):
        told |= {
            "indirect": 1,
            "indirect odds": odds,
            f"indirect {intent}": 1,
            f"indirect asked {bool(asked.words)}": 1,
        }
    if asked.words:
        told["asked"] = 1
    if intent in _REFUSALS and any(word.plain in _OF_NOW for word in words):
        told |= {"for now": 1, f"for now {intent}": 1}
    return told


def _two_highest(chances: Sequence[float]) -> tuple[int, int]:
    best = max(range(len(chances)), key=chances.__getitem__)
    return best, max((at for at in range(len(chances)) if at != best), key=chances.__getitem__)


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
