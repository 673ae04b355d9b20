"""A reply as plain words: spelling, slang, contractions, accents and elongations settled, each with what was typed."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from phonebank.optouts.keywords import INVISIBLE, folded
from phonebank.replies.phrases import LEXICON

LONGEST_READ = 2000
"""Characters read of one reply: the first 1,600 and the last 400 of a longer one, so that no text costs much time."""

_DASHES = "\N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}"
_CLAUSE_ENDS = f'.,;:!\n()"{_DASHES}'
_TOKEN = re.compile(
    r"\d{1,2}:\d\d(?:[ap]m)?|\d+(?:[^\W\d_]{1,2})?(?![^\W_])|[^\W_]+(?:'[^\W_]+)*'?|\?"
    rf"|[{re.escape(_CLAUSE_ENDS)}]+|[^\w\s]",
)
_MERIDIEM = re.compile(r"(\d)(?::00)?\s*([ap])\.?\s?m\b\.?", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d\d(?:[ap]m)?|\d{1,2}(?:am|pm|h|ish)|\d{1,2}(?:st|nd|rd|th)")
_STRAIGHT = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{ACUTE ACCENT}": "'",
        "`": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{INVERTED QUESTION MARK}": " ",
        "\N{INVERTED EXCLAMATION MARK}": " ",
        "\r": "\n",
    },
)
_LOOSE_ACCENT = re.compile("[\u0300-\u036f]")  # on a letter that never carries it
_ACCENTED_YES = frozenset({"sí", "sì"})  # yes; "si" may be if
_MOST_APOSTROPHES = 4  # "y'all'd've": more are no word, and each would be a step deeper

_LINK = re.compile(r"(?:\w{1,20}://|www\.)\S+")

BREAK = ","
"""The plain form of whatever ends a clause: no phrase reaches across it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, what kind of word it is (`<number>`, `<time>`, `<name>` or empty) and the letters as typed."""

    plain: str
    kind: str
    typed: str
    symbol: str
    """Equal for words that no phrase tells apart."""


def words_of(text: str) -> list[Word]:
    """The plain words of a reply, in order; `?` is a word of its own and `,` stands for every other end of a clause."""
    if len(text) > LONGEST_READ:
        text = f"{text[:1600]}\n{text[-400:]}"
    text = INVISIBLE.sub("", text).translate(_STRAIGHT)
    if "://" in text or "www." in text:
        text = _LINK.sub(" ", text)  # no word of theirs
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:LONGEST_READ]
        text = _LOOSE_ACCENT.sub("", text)
    text = _MERIDIEM.sub(r"\1\2m", text)
    return [word for typed in _TOKEN.findall(text) for word in _settled(typed)]


@lru_cache(maxsize=8192)
def _settled(typed: str) -> tuple[Word, ...]:
    if typed[0] in _CLAUSE_ENDS:
        return (Word(BREAK, "", typed, BREAK),)
    if typed.lower() in _ACCENTED_YES:
        return (_word("yes", typed),)
    plain_words = _spelled(folded(typed).strip("'") or typed).split()
    return tuple(_word(plain, typed) for plain in plain_words)


def _word(plain: str, typed: str) -> Word:
    kind = _kind(plain, typed)
    return Word(plain, kind, typed, f"{plain if plain in LEXICON.vocabulary else ''}{kind}")


def _spelled(word: str) -> str:
    """The dictionary form of one folded word: `cant` → `can not`, `yesss` → `yes`, `nono` → `no`."""
    for form in _forms(word):
        if form in LEXICON.spellings:
            return LEXICON.spellings[form]
        if form in LEXICON.vocabulary:
            return form
    if 0 < word.count("'") <= _MOST_APOSTROPHES:
        return " ".join(_spelled(part) for part in _uncontracted(word))
    return word


def _forms(word: str) -> Iterator[str]:
    yield word
    yield re.sub(r"(.)\1{2,}", r"\1\1", word)
    yield re.sub(r"(.)\1+", r"\1", word)
    yield re.sub(r"^(.{2,5}?)\1+$", r"\1", word)


def _uncontracted(word: str) -> Collection[str]:
    stem, _, ending = word.rpartition("'")
    endings = {"s": "is", "re": "are", "m": "am", "ll": "will", "d": "would", "ve": "have"}
    return (stem, endings[ending]) if ending in endings else (stem + ending,)


def _kind(plain: str, typed: str) -> str:
    if plain.isdigit():
        return "<number>"
    if _CLOCK.fullmatch(plain):
        return "<time>"
    unknown = plain not in LEXICON.vocabulary and plain.isalpha()
    return "<name>" if unknown and typed[:1].isupper() else ""
