"""What the trained weights look at: words and their order, what the rules made of them, echoes of the ask (pure)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from phonebank.replies.asked import Asked
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules

_ECHO = "<echo>"
_MOST_WORDS = 60
_LENGTHS = (1, 2, 3, 4, 5, 7, 10, 15, 25)
_SHORTEST_PIECE, _LONGEST_PIECE = 3, 4


def traits_of(words: Sequence[Word], asked: Asked, by_rules: ByRules) -> set[str]:
    """The names of everything that is so of this reply; in training and in reading alike."""
    seen = ["^", *map(seen_as, words[:_MOST_WORDS]), "$"]
    traits = {*seen, *_runs(seen), *_rule_traits(by_rules)}
    traits.add(f"length {bisect_left(_LENGTHS, len(seen) - 2)}")
    if asked.words:
        traits.update(_asked_traits(asked, by_rules.intent))
    if not asked.topics.isdisjoint(seen):
        traits.update(_echo_traits(seen, asked, by_rules.intent))
    return traits


def pieces_of(word: str) -> Iterator[str]:
    """The runs of three and four letters in a word: what a slip of the thumb leaves whole."""
    held = f"<{word}>"
    for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
        for at in range(len(held) - length + 1):
            yield f"~{held[at : at + length]}"


def pieced(words: Sequence[Word]) -> set[str]:
    """The words whose pieces count, each once."""
    return {seen_as(word) for word in words[:_MOST_WORDS]}


def seen_as(word: Word) -> str:
    """A word as training saw it: one number or time is like another."""
    return word.kind if word.kind in {"<number>", "<time>"} else word.plain


def _runs(seen: Sequence[str]) -> list[str]:
    """Two and three words in a row, and two with any word between."""
    after, beyond = seen[1:], seen[2:]
    return [
        *map("{} {}".format, seen, after),
        *map("{} {} {}".format, seen, after, beyond),
        *map("{} .. {}".format, seen, beyond),
    ]


def _rule_traits(by_rules: ByRules) -> list[str]:
    intent, unread = by_rules.intent, min(by_rules.unread, 4)
    tags = [found.tag for found in by_rules.found if found.tag != "filler"]
    return [
        f"rule {by_rules.rule.name}",
        f"rule {intent}",
        f"rule {intent} unread {unread}",
        f"unread {unread}",
        *map("tag {}".format, tags),
        *map("tags {} {}".format, ["^", *tags], [*tags, "$"]),
    ]


def _asked_traits(asked: Asked, intent: str) -> Iterator[str]:
    yield f"asked {intent}"
    for kind in asked.kinds:
        yield f"asked {kind}"
        yield f"asked {kind} {intent}"


def _echo_traits(seen: Sequence[str], asked: Asked, intent: str) -> Iterator[str]:
    """The same words with those of the ask itself made alike: "I love jazz" to "Some jazz tonight?"."""
    yield "echo"
    yield f"echo {intent}"
    alike = [_ECHO if word in asked.topics else word for word in seen]
    yield from (run for run in _runs(alike) if _ECHO in run)
    yield from (f"beside echo {word}" for word in alike[1:-1] if word != _ECHO)
