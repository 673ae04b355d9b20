"""What was asked, as far as an answer is read by it: its words, those an answer echoes, its kinds (pure)."""

from dataclasses import dataclass
from functools import lru_cache

from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import words_of

_KINDS = {kind: frozenset(words.split()) for kind, words in LEXICON.tables["asked"]["kinds"].items()}
_COMMON = frozenset(LEXICON.tables["asked"]["common_words"].split())
_NEVER_ECHOED = frozenset(LEXICON.tables["rules"]["echo_words"])


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask: `words` an answer may repeat without adding anything, `topics` those of them that carry meaning."""

    words: frozenset[str]
    topics: frozenset[str]
    kinds: tuple[str, ...]


@lru_cache(maxsize=4096)
def asked_in(text: str) -> Asked:
    """The ask in this text; a campaign asks everyone nearly the same, so it is kept."""
    plain = frozenset(word.plain for word in words_of(text))
    kinds = tuple(kind for kind, words in _KINDS.items() if not words.isdisjoint(plain))
    return Asked(plain - _NEVER_ECHOED, plain - _NEVER_ECHOED - _COMMON, kinds)
