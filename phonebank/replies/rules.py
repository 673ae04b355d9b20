"""What the tags of the phrases found in a reply mean together, by the rules of `lexicon/rules.toml` (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from phonebank.intents import Intent
from phonebank.replies.automaton import Found
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import BREAK, Word

_RULES = LEXICON.tables["rules"]
_NEVER_ECHOED = frozenset(_RULES["echo_words"])
_OF_THE_ASK = frozenset({"time", "now", "activity"})
_LEAST_SURE = 0.2
_USUAL_DOUBT = 0.03
_MOST_WORDS = 300  # of a long text only opt-outs are sought to its end: it goes to a person anyway


@dataclass(frozen=True, slots=True)
class ByRules:
    """A reading by rules alone: `number` and `intent` of the rule, how sure it is, and what it saw."""

    number: int
    intent: Intent
    sure: float
    found: Sequence[Found]
    """Phrases in their order; opt-outs are sought apart and may overlap others."""
    tags: frozenset[str]
    unread: int
    """Words that no phrase explains and the ask did not bring up."""
    echo: frozenset[str]
    """The plain words of the ask."""


def read_by_rules(words: Sequence[Word], asked: Sequence[Word]) -> ByRules:
    """The first rule that fits the phrases found in these words, which answer what was asked."""
    echo = frozenset(word.plain for word in asked) - _NEVER_ECHOED
    stops = [found for found in LEXICON.optouts.find(words) if found.tag != "spared"]
    phrases = [found for found in LEXICON.replies.find(words[:_MOST_WORDS]) if not _echoes_time(found, words, echo)]
    found = sorted((*stops, *phrases), key=lambda phrase: phrase.start) if stops else phrases
    tags = frozenset([phrase.tag for phrase in found])
    number, rule = _rule_for(tags)
    unread = _unread(words, found, echo)
    sure = max(rule["sure"] - rule.get("doubt", _USUAL_DOUBT) * unread, _LEAST_SURE)
    return ByRules(number, Intent(rule["intent"]), sure, found, tags, unread, echo)


def telling_tags(number: int) -> frozenset[str]:
    """The tags that this rule asks for: what its reading rests on."""
    rule = _RULES["rule"][number]
    return frozenset((*rule.get("all", ()), *rule.get("any", ())))


@lru_cache(maxsize=8192)
def _rule_for(tags: frozenset[str]) -> tuple[int, Mapping[str, Any]]:
    return next((number, rule) for number, rule in enumerate(_RULES["rule"]) if _fits(rule, tags))


def _fits(rule: Mapping[str, Sequence[str]], tags: frozenset[str]) -> bool:
    return (
        tags.issuperset(rule.get("all", ()))
        and ("any" not in rule or not tags.isdisjoint(rule["any"]))
        and tags.isdisjoint(rule.get("none", ()))
    )


def _echoes_time(found: Found, words: Sequence[Word], echo: frozenset[str]) -> bool:
    """A day or hour that the ask named itself is no time of their own."""
    return found.tag in _OF_THE_ASK and all(word.plain in echo for word in words[found.start : found.end])


def _unread(words: Sequence[Word], found: Sequence[Found], echo: frozenset[str]) -> int:
    read_at = {at for phrase in found for at in range(phrase.start, phrase.end)}
    return sum(
        1
        for at, word in enumerate(words)
        if at not in read_at and word.plain not in {BREAK, "?"} and word.plain not in echo
    )
