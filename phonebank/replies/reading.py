"""What a reply means: text → Intent, confidence and evidence; rules and phrases from `lexicon/` (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.optouts.keywords import folded, is_exact_help, is_exact_opt_out, is_stop_misspelled, looks_like_stop
from phonebank.replies.menus import choice_meant
from phonebank.replies.automaton import Found
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import BREAK, LONGEST_READ, Word, words_of

_RULES = LEXICON.tables["rules"]
_REACTIONS = LEXICON.tables["reactions"]["reaction"]
ACTS_FROM: float = _RULES["acts_from"]
"""The confidence from which the machine answers without a person."""

_LANGUAGES_READ = frozenset({"en", "es"})
_QUOTE_OPENS = re.compile('["\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}]')
_LONGEST_REACTION = 40
_LEAST_SURE = 0.2
_MOST_EVIDENCE = 4
_MOST_WORDS = 300  # of a long text only opt-outs are sought to its end: it goes to a person anyway


@dataclass(frozen=True)
class Reading:
    """What one reply means, how sure that is (0 to 1), and why, in words a volunteer can check."""

    intent: Intent
    confidence: float
    why: str
    acted: bool = False
    """The machine may answer now."""
    hold: bool = False
    """It may be an opt-out: nothing at all goes to this number until a person has read it."""
    asks_too: bool = False
    """A clear yes that also asks something: answered, and shown to a person."""


def read(
    text: str,
    *,
    question: str | None = None,
    sent: str | Sequence[str] | None = None,
    lang: str | None = None,
    acts_from: float = ACTS_FROM,
) -> Reading:
    """What a reply means; several texts in a row are read as one when joined by newlines.

    `question` is the ask being answered, `sent` our texts before it, oldest first, `lang` the person's language when
    known (a language we have no phrases for is never acted on, opt-outs apart). `acts_from` is the confidence from which
    the machine answers, a campaign's own where it has one; opt-outs never depend on it. Any string is safe: what cannot be
    read is `other` with low confidence, for a person.
    """
    ours = [sent] if isinstance(sent, str) else list(sent or ())
    chosen = choice_meant(text, ours)
    if chosen is not None:
        reading = _read_words(chosen, "")
        why = f"'{text.strip()}' stood for '{chosen}' in what we sent → {_spoken(reading.intent)}"
        return _judged(replace(reading, why=why), acts_from)
    asked = question or (ours[-1] if ours else "")
    reading = _read_whole(text) or _read_words(text, asked)
    if lang and lang[:2].lower() not in _LANGUAGES_READ and reading.intent is not Intent.OPT_OUT:
        reading = replace(reading, confidence=min(reading.confidence, ACTS_FROM / 2, acts_from / 2))
    return _judged(reading, acts_from)


def _judged(reading: Reading, acts_from: float) -> Reading:
    opt_out = reading.intent is Intent.OPT_OUT
    sure = reading.confidence >= (ACTS_FROM if opt_out else acts_from) and reading.intent in ANSWERED_BY_MACHINE
    acted = sure and (opt_out or not reading.hold)
    return replace(reading, acted=acted, hold=not (opt_out and acted) and (reading.hold or opt_out))


def _read_whole(text: str) -> Reading | None:
    """Readings of a text as one thing: a keyword, a slip of STOP, a phone's reaction to our text."""
    shown = f"'{text.strip()[:40]}'"
    lines = text[:LONGEST_READ].splitlines()  # several texts in a row are joined by newlines
    if is_exact_opt_out(text) or any(map(is_exact_opt_out, lines)):
        return Reading(Intent.OPT_OUT, 1.0, f"{shown} is an opt-out keyword")
    if is_stop_misspelled(text) or any(map(is_stop_misspelled, lines)):
        return Reading(Intent.OPT_OUT, 0.97, f"{shown} is one slip from STOP")
    if is_exact_help(text):
        return Reading(Intent.HELP, 1.0, f"{shown} is a help keyword")
    if looks_like_stop(text):
        return Reading(Intent.OTHER, _LEAST_SURE, f"{shown} may be a slip of STOP", hold=True)
    return _reaction(text)


def _reaction(text: str) -> Reading | None:
    quote = _QUOTE_OPENS.search(text, 0, _LONGEST_REACTION)
    opening = folded(text[: quote.start()]).strip() if quote else ""
    for reaction in _REACTIONS:
        if any(opening.startswith(start) for start in reaction["starts"]):
            intent = Intent(reaction["intent"])
            return Reading(intent, reaction["sure"], f"a reaction to our text ('{opening}') → {_spoken(intent)}")
    return None


def _read_words(text: str, asked: str) -> Reading:
    words = words_of(text)
    stops = [found for found in LEXICON.optouts.find(words) if found.tag != "spared"]
    echo = {word.plain for word in words_of(asked)} - set(_RULES["echo_words"]) if asked else set()
    phrases = [found for found in LEXICON.replies.find(words[:_MOST_WORDS]) if not _echoes_time(found, words, echo)]
    tags = {found.tag for found in (*stops, *phrases)}
    rule = next(rule for rule in _RULES["rule"] if _fits(rule, tags))
    unread = _unread(words, (*stops, *phrases), echo)
    intent = Intent(rule["intent"])
    sure = (
        rule["sure"]
        - rule.get("doubt", 0.03) * unread
        - (0.3 if len(text) > LONGEST_READ and intent is not Intent.OPT_OUT else 0)
    )
    return Reading(
        intent,
        round(max(sure, _LEAST_SURE), 3),
        _evidence(words, (*stops, *phrases), rule, intent),
        hold="opt_hint" in tags,
        asks_too=intent is Intent.YES and bool({"question", "asks"} & tags),
    )


def _fits(rule: dict[str, list[str]], tags: set[str]) -> bool:
    return (
        tags.issuperset(rule.get("all", ()))
        and ("any" not in rule or not tags.isdisjoint(rule["any"]))
        and tags.isdisjoint(rule.get("none", ()))
    )


def _echoes_time(found: Found, words: Sequence[Word], echo: set[str]) -> bool:
    """A day or hour that the ask named itself is no time of their own."""
    return found.tag in {"time", "now", "activity"} and all(
        word.plain in echo for word in words[found.start : found.end]
    )


def _unread(words: Sequence[Word], found: Sequence[Found], echo: set[str]) -> int:
    read_at = {at for phrase in found for at in range(phrase.start, phrase.end)}
    return sum(
        1
        for at, word in enumerate(words)
        if at not in read_at and word.plain not in {BREAK, "?"} and word.plain not in echo
    )


def _evidence(words: Sequence[Word], found: Sequence[Found], rule: dict[str, list[str]], intent: Intent) -> str:
    wanted = {*rule.get("all", ()), *rule.get("any", ())}
    telling = [phrase for phrase in found if phrase.tag in wanted][:_MOST_EVIDENCE]
    quotes = " + ".join(f"'{_typed(words[phrase.start : phrase.end])}'" for phrase in telling)
    return f"{quotes or 'nothing we know'} → {_spoken(intent)}"


def _typed(words: Sequence[Word]) -> str:
    """The words as typed, each once: `can` and `not` both stand for one "can't"."""
    typed = [word.typed for at, word in enumerate(words) if not at or words[at - 1] is not word]
    shown = [word for at, word in enumerate(typed) if not at or typed[at - 1] != word]
    return " ".join(shown).strip()[:60]


def _spoken(intent: Intent) -> str:
    return intent.replace("_", " ")
