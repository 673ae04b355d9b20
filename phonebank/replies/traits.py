"""What the trained weights look at: words and their order, what the rules made of them, echoes of the ask (pure)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat

from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules

Trait = str | tuple[str, ...]
"""A word, a run of words, or what else is so of a reply."""

_ECHO, _GAP, _START, _END = "<echo>", "..", "^", "$"
_MOST_WORDS = 60
_LENGTHS = (1, 2, 3, 4, 5, 7, 10, 15, 25)
_MOST_UNREAD = 4


def traits_of(words: Sequence[Word], asked: Asked, by_rules: ByRules) -> list[Trait]:
    """Everything that is so of this reply, as often as it is so; in training and in reading alike."""
    seen = [_START, *map(seen_as, words[:_MOST_WORDS]), _END]
    tags = [_START, *(found.tag for found in by_rules.found if found.tag != "filler"), _END]
    traits = [
        *seen,
        *_runs(seen),
        *zip(repeat("tag"), tags, strict=False),
        *zip(repeat("tags"), tags, tags[1:], strict=False),
        ("length", str(bisect_left(_LENGTHS, len(words)))),
        *_rule_traits(by_rules.rule.name, by_rules.intent, min(by_rules.unread, _MOST_UNREAD)),
    ]
    if asked.words:
        traits += _asked_traits(asked.kinds, by_rules.intent)
    if not asked.topics.isdisjoint(seen):
        traits += _echo_traits(seen, asked, by_rules.intent)
    return traits


def seen_as(word: Word) -> str:
    """A word as training saw it: one number or time is like another."""
    return word.kind if word.kind in {"<number>", "<time>"} else word.plain


def _runs(seen: Sequence[str]) -> list[tuple[str, ...]]:
    """Two and three words in a row, and two with any word between."""
    after, beyond = seen[1:], seen[2:]
    return [
        *zip(seen, after, strict=False),
        *zip(seen, after, beyond, strict=False),
        *zip(seen, repeat(_GAP), beyond, strict=False),
    ]


@lru_cache(maxsize=4096)
def _rule_traits(rule: str, intent: str, unread: int) -> tuple[Trait, ...]:
    return ("rule", rule), ("rule", intent), ("rule", intent, str(unread)), ("unread", str(unread))


@lru_cache(maxsize=4096)
def _asked_traits(kinds: Sequence[str], intent: str) -> tuple[Trait, ...]:
    each = [trait for kind in kinds for trait in (("asked", kind), ("asked", kind, intent))]
    return ("asked", intent), *each


def _echo_traits(seen: Sequence[str], asked: Asked, intent: str) -> Iterator[Trait]:
    """The same words with those of the ask itself made alike: "I love jazz" to "Some jazz tonight?"."""
    yield "echo", intent
    alike = [_ECHO if word in asked.topics else word for word in seen]
    yield from (run for run in _runs(alike) if _ECHO in run)
    yield from (("beside echo", word) for word in alike[1:-1] if word != _ECHO)
