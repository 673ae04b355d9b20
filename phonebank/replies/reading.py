"""What a reply means: text → Intent, confidence, evidence; by phrases of `lexicon/` and `weights/` (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.optouts.keywords import folded, is_exact_help, is_exact_opt_out, is_stop_misspelled, looks_like_stop
from phonebank.replies.asked import asked_in
from phonebank.replies.evidence import named, spoken, why
from phonebank.replies.menus import choice_meant
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import LONGEST_READ, words_of
from phonebank.replies.rules import most_sure, read_by_rules
from phonebank.replies.weighing import acts_from as trained_threshold
from phonebank.replies.weighing import weigh

_RULES = LEXICON.tables["rules"]
_REACTIONS = LEXICON.tables["reactions"]["reaction"]
ACTS_FROM: float = trained_threshold()
"""The confidence from which the machine answers without a person, as training set it (`weights/CARD.md`)."""

_LANGUAGES_READ = frozenset({"en", "es"})
_QUOTE_OPENS = re.compile('["\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}]')
_LONGEST_REACTION = 40
_LEAST_SURE = 0.2
_SURE_OF_A_LONG_TEXT = 0.6
_STOPS_FROM = 0.95


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
    is_thanks: bool = False
    """Thanks and not a word more: it answers no question, and after an answer it needs none."""
    named: str = ""
    """The other time a *not now* names, or what a *not that* offers, as typed: kept for the volunteer."""


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
    known (a language we have no phrases for is never acted on, opt-outs apart). `acts_from` is the confidence from
    which the machine answers, a campaign's own where it has one; opt-outs never depend on it. Any string is safe: what
    cannot be read is `other` with low confidence, for a person.
    """
    ours = [sent] if isinstance(sent, str) else list(sent or ())
    chosen = choice_meant(text, ours)
    if chosen is not None:
        reading = _read_words(chosen, "")
        why = f"'{text.strip()}' stood for '{chosen}' in what we sent → {spoken(reading.intent)}"
        return _judged(replace(reading, why=why), acts_from)
    asked = question or (ours[-1] if ours else "")
    reading = _read_whole(text) or _read_words(text, asked)
    if lang and lang[:2].lower() not in _LANGUAGES_READ and reading.intent is not Intent.OPT_OUT:
        reading = replace(reading, confidence=min(reading.confidence, ACTS_FROM / 2, acts_from / 2))
    return _judged(reading, acts_from)


def _judged(reading: Reading, acts_from: float) -> Reading:
    opt_out = reading.intent is Intent.OPT_OUT
    sure = reading.confidence >= (_STOPS_FROM if opt_out else acts_from) and reading.intent in ANSWERED_BY_MACHINE
    acted = sure and (opt_out or not reading.hold)
    return replace(reading, acted=acted, hold=not (opt_out and acted) and (reading.hold or opt_out))


def _read_whole(text: str) -> Reading | None:
    """Readings of a text as one thing: a keyword, a slip of STOP, a phone's reaction to our text."""
    lines = text[:LONGEST_READ].splitlines()  # several texts in a row are joined by newlines
    texts = [text, *lines] if len(lines) > 1 else [text]
    shown = f"'{text.strip()[:40]}'"
    if any(map(is_exact_opt_out, texts)):
        return Reading(Intent.OPT_OUT, 1.0, f"{shown} is an opt-out keyword")
    if any(map(is_stop_misspelled, texts)):
        return Reading(Intent.OPT_OUT, 0.97, f"{shown} is one slip from STOP")
    if is_exact_help(text):
        return Reading(Intent.HELP, 1.0, f"{shown} is a help keyword")
    if looks_like_stop(text):
        return Reading(Intent.OTHER, _LEAST_SURE, f"{shown} may be a slip of STOP", hold=True)
    return _reaction(text)


def _reaction(text: str) -> Reading | None:
    quote = _QUOTE_OPENS.search(text, 0, _LONGEST_REACTION)
    opening = folded(text[: quote.start()]).strip() if quote else ""
    for reaction in _REACTIONS if opening else ():
        if any(opening.startswith(start) for start in reaction["starts"]):
            intent = Intent(reaction["intent"])
            return Reading(intent, reaction["sure"], f"a reaction to our text ('{opening}') → {spoken(intent)}")
    return None


def _read_words(text: str, asked_text: str) -> Reading:
    words, asked = words_of(text), asked_in(asked_text)
    if not words:
        return Reading(Intent.OTHER, _LEAST_SURE, "nothing we know → other")
    by_rules = read_by_rules(words, asked)
    if "opt_out" in by_rules.tags:
        return Reading(Intent.OPT_OUT, by_rules.sure, why(words, by_rules, Intent.OPT_OUT))
    weighed = weigh(words, asked, by_rules)
    confidence = min(weighed.right, most_sure(weighed.intent, by_rules.tags))
    if len(text) > LONGEST_READ:
        confidence = min(confidence, _SURE_OF_A_LONG_TEXT)
    return Reading(
        weighed.intent,
        round(max(confidence, _LEAST_SURE), 3),
        why(words, by_rules, weighed.intent),
        hold="opt_hint" in by_rules.tags or weighed.opt_out >= _RULES["holds_from"],
        asks_too=weighed.intent is Intent.YES and not by_rules.tags.isdisjoint({"question", "asks"}),
        is_thanks=weighed.intent is Intent.OTHER and by_rules.tags == {"thanks"} and not by_rules.unread,
        named=named(words, by_rules, weighed.intent),
    )
