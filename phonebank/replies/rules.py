"""What the tags of the phrases found in a reply mean together, by the rules of `lexicon/rules.toml` (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from phonebank.intents import Intent
from phonebank.replies.asked import Asked
from phonebank.replies.automaton import CLAUSE_ENDS, Found
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import Word

_OF_THE_ASK = frozenset({"time", "now", "activity"})
_LEAST_SURE = 0.2
_USUAL_DOUBT = 0.03
_MOST_WORDS = 300  # of a long text only opt-outs are sought to its end: it goes to a person anyway


@dataclass(frozen=True, slots=True)
class Rule:
    """Which tags mean an intent together, and how sure that is; less `doubt` for every word no phrase explains."""

    intent: Intent
    sure: float
    doubt: float = _USUAL_DOUBT
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    name: str = ""

    def fits(self, tags: frozenset[str]) -> bool:
        return (
            tags.issuperset(self.all) and (not self.any or not tags.isdisjoint(self.any)) and tags.isdisjoint(self.none)
        )


def _rule(written: Mapping[str, Any]) -> Rule:
    parts = {key: tuple(written.get(key, ())) for key in ("all", "any", "none")}
    name = f"{written['intent']} {'+'.join(parts['all'])} {'|'.join(parts['any'])}"
    return Rule(Intent(written["intent"]), written["sure"], written.get("doubt", _USUAL_DOUBT), **parts, name=name)


_GUARDS = LEXICON.tables["rules"]["guards"]
_GUARDED = 0.6
_RULES = tuple(map(_rule, LEXICON.tables["rules"]["rule"]))


@dataclass(frozen=True, slots=True)
class ByRules:
    """A reading by rules alone: the rule that fitted, its intent, how sure it is, and what it saw."""

    rule: Rule
    intent: Intent
    sure: float
    found: Sequence[Found]
    """Phrases in their order; opt-outs are sought apart and may overlap others."""
    tags: frozenset[str]
    unread: int
    """Words that no phrase explains and the ask did not bring up."""


def read_by_rules(words: Sequence[Word], asked: Asked) -> ByRules:
    """The first rule that fits the phrases found in these words, which answer what was asked."""
    echo = asked.words
    stops = [found for found in LEXICON.optouts.find(words) if found.tag != "spared"]
    phrases = [found for found in LEXICON.replies.find(words[:_MOST_WORDS]) if not _echoes_time(found, words, echo)]
    found = sorted((*stops, *phrases), key=lambda phrase: phrase.start) if stops else phrases
    tags = frozenset([phrase.tag for phrase in found])
    rule = _rule_for(tags)
    unread = _unread(words, found, echo)
    sure = max(rule.sure - rule.doubt * unread, _LEAST_SURE)
    return ByRules(rule, rule.intent, sure, found, tags, unread)


def most_sure(intent: Intent, tags: frozenset[str]) -> float:
    """How sure a reading may be at most, whatever the weights say: what the machine does must rest on plain words."""
    guard = _GUARDS.get(intent.value, {})
    is_limited = not tags.isdisjoint(guard.get("none", ()))
    lacks_words = "any" in guard and tags.isdisjoint(guard["any"])
    is_doubted = intent is Intent.YES and "asks" in tags and "question" not in tags  # "Yes?"
    return _GUARDED if is_limited or lacks_words or is_doubted else 1.0


@lru_cache(maxsize=8192)
def _rule_for(tags: frozenset[str]) -> Rule:
    return next(rule for rule in _RULES if rule.fits(tags))


def _echoes_time(found: Found, words: Sequence[Word], echo: frozenset[str]) -> bool:
    """A day or hour that the ask named itself is no time of their own."""
    return found.tag in _OF_THE_ASK and all(word.plain in echo for word in words[found.start : found.end])


def _unread(words: Sequence[Word], found: Sequence[Found], echo: frozenset[str]) -> int:
    unread, at = 0, 0
    for phrase in (*found, None):
        until = phrase.start if phrase else len(words)
        unread += sum(1 for word in words[at:until] if word.plain not in CLAUSE_ENDS and word.plain not in echo)
        at = max(at, phrase.end) if phrase else at
    return unread
