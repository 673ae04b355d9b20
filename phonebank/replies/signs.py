"""What tells whether the likeliest intent is right: how clearly it leads, what the rules say, what was found (pure)."""

from collections.abc import Sequence
from math import log

from phonebank.intents import Intent
from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules

INTENTS = tuple(Intent)
"""The order in which chances stand."""

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
_EPSILON = 1e-6


def signs(
    chances: Sequence[float], known: float, by_rules: ByRules, words: Sequence[Word], asked: Asked
) -> dict[str, float]:
    """The signs of one reply by name; one that is not named is nought. `known`: the share of traits met in training."""
    best, second = _two_highest(chances)
    chance = min(max(chances[best], _EPSILON), 1 - _EPSILON)
    intent, count = INTENTS[best], len(words)
    told = {
        "odds": log(chance / (1 - chance)),
        "lead": chances[best] - chances[second],
        "rules are sure": by_rules.sure,
        "known": known,
        "unread": by_rules.unread / 5,
        "unread share": by_rules.unread / max(count, 1),
        "length": min(count, _LONGEST_COUNTED) / 10,
        f"best {intent}": 1.0,
        f"second {INTENTS[second]}": 1.0,
    }
    if by_rules.intent is intent:
        told |= {"agrees": 1, f"agrees {intent}": 1, "agrees and sure": by_rules.sure}
    if asked.words:
        told["asked"] = 1
    if intent in _REFUSALS and any(word.plain in _OF_NOW for word in words):
        told |= {"for now": 1, f"for now {intent}": 1}
    return told | _by_tags(by_rules.tags, intent, told["odds"], is_asked=bool(asked.words))


def _by_tags(tags: frozenset[str], intent: Intent, odds: float, *, is_asked: bool) -> dict[str, float]:
    told = dict.fromkeys(tags & _TAGS_TOLD, 1.0)
    if tags.isdisjoint(_DIRECT):
        told |= {"indirect": 1, "indirect odds": odds, f"indirect {intent}": 1, f"indirect asked {is_asked}": 1}
    return told


def _two_highest(chances: Sequence[float]) -> tuple[int, int]:
    best = max(range(len(chances)), key=chances.__getitem__)
    return best, max((at for at in range(len(chances)) if at != best), key=chances.__getitem__)
