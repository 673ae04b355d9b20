"""Why a reply was read as it was, in the person's own words, for a volunteer to check (pure)."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from phonebank.intents import Intent
from phonebank.replies.automaton import CLAUSE_ENDS, Found
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import Word
from phonebank.replies.rules import ByRules
from phonebank.replies.traits import seen_as
from phonebank.replies.weighing import weights

_MOST_QUOTES = 4
_MOST_LIKENESSES = 2
_LONGEST_LIKENESS = 3
_MOST_WORDS = 60
_LEAST_PULL = 0.15
_SPACED_MARK = re.compile(r"\s+([.,;:!?)])")
_LONGEST_QUOTE = 60
_LONGEST_NAMED = 120
_REFUSED_WITHIN = 2
_NAMES = {
    Intent.NOT_NOW: frozenset({"time", "later", "till", "revise", "then_yes"}),
    Intent.NOT_THAT: frozenset({"offer", "rather", "activity"}),
}


def why(words: Sequence[Word], by_rules: ByRules, intent: Intent) -> str:
    """The words that told, and what they told: `'can't' + 'Saturday' → not now`."""
    quotes = _told(words, by_rules) if by_rules.intent is intent else []
    quotes = quotes or _likest(words, intent)
    return f"{' + '.join(quotes) or 'nothing we know'} → {spoken(intent)}"


def named(words: Sequence[Word], by_rules: ByRules, intent: Intent) -> str:
    """The other time a *not now* names, or what a *not that* offers instead; empty when there is none."""
    tags = _NAMES.get(intent, frozenset())
    phrases = [phrase for phrase in by_rules.found if phrase.tag in tags]
    offered = [phrase for phrase in phrases if intent is Intent.NOT_THAT or not _is_refused(words, phrase)]
    spans: list[tuple[int, int]] = []
    for phrase in offered or phrases:
        end = phrase.end if intent is Intent.NOT_NOW else _end_of_clause(words, phrase.end)
        if spans and phrase.start <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((phrase.start, end))
    return ", ".join(_typed(words[start:end]) for start, end in spans)[:_LONGEST_NAMED]


def spoken(intent: Intent) -> str:
    """The intent as people say it."""
    return intent.replace("_", " ")


def _told(words: Sequence[Word], by_rules: ByRules) -> list[str]:
    tags = {*by_rules.rule.all, *by_rules.rule.any}
    telling = [phrase for phrase in by_rules.found if phrase.tag in tags][:_MOST_QUOTES]
    return [_quoted(words[phrase.start : phrase.end]) for phrase in telling]


def _likest(words: Sequence[Word], intent: Intent) -> list[str]:
    """The few runs of words that most speak for this intent in replies people have labelled."""
    seen = [seen_as(word) for word in words[:_MOST_WORDS]]
    pull = weights().pull
    runs = [
        (pulled, at, at + length)
        for length in range(1, _LONGEST_LIKENESS + 1)
        for at in range(len(seen) - length + 1)
        if (pulled := pull(tuple(seen[at : at + length]) if length > 1 else seen[at], intent)) >= _LEAST_PULL
    ]
    chosen: list[tuple[int, int]] = []
    for _, start, end in sorted(runs, reverse=True):
        if len(chosen) < _MOST_LIKENESSES and all(end <= other or start >= until for other, until in chosen):
            chosen.append((start, end))
    return [_quoted(words[start:end]) for start, end in sorted(chosen)]


def _is_refused(words: Sequence[Word], phrase: Found) -> bool:
    """Whether the clause around it, a few words to each side, says no: "can't Wed", "Friday no"."""
    before = [word.plain for word in words[max(0, phrase.start - _REFUSED_WITHIN) : phrase.start]]
    after = [word.plain for word in words[phrase.end : phrase.end + _REFUSED_WITHIN]]
    near = [
        *takewhile(lambda plain: plain not in CLAUSE_ENDS, reversed(before)),
        *(word.plain for word in words[phrase.start : phrase.end]),
        *takewhile(lambda plain: plain not in CLAUSE_ENDS, after),
    ]
    return not _refusing().isdisjoint(near)


@cache
def _refusing() -> frozenset[str]:
    return frozenset(LEXICON.tables["rules"]["named"]["refuses"].split())


def _end_of_clause(words: Sequence[Word], at: int) -> int:
    return next((end for end in range(at, len(words)) if words[end].plain in CLAUSE_ENDS), len(words))


def _quoted(words: Sequence[Word]) -> str:
    return f"'{_typed(words)[:_LONGEST_QUOTE]}'"


def _typed(words: Sequence[Word]) -> str:
    """The words as typed, each once: `can` and `not` both stand for one "can't"."""
    typed = [word.typed for at, word in enumerate(words) if not at or words[at - 1] is not word]
    shown = [word for at, word in enumerate(typed) if not at or typed[at - 1] != word]
    return _SPACED_MARK.sub(r"\1", " ".join(shown).strip())
