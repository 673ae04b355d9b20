"""Phrases are found where a slow and obvious matcher finds them, whatever was read before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.replies import automaton
from phonebank.replies.automaton import ANY, CLAUSE_ENDS, END, GAP, START, Found, Part, Pattern, PhraseBook
from phonebank.replies.phrases import LEXICON
from phonebank.replies.plain import words_of


@dataclass(frozen=True)
class Spoken:
    plain: str
    kind: str = ""

    @property
    def symbol(self) -> str:
        return self.plain + self.kind


def _pattern(written: str, tag: str = "found") -> Pattern:
    return Pattern(tag, tuple(map(_part, written.split())))


def _part(written: str) -> Part:
    name = written.rstrip("?") or written
    is_mark = name in {GAP, ANY, START, END}
    return Part(name if is_mark else frozenset(name.split("|")), may_be_missing=name != written)


def _spoken(text: str) -> list[Spoken]:
    return [Spoken(word, "<number>" if word.isdigit() else "") for word in text.split()]


def _spans(written: str, text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[found.start : found.end]) for found in PhraseBook([_pattern(written)]).find(_spoken(text))]


@pytest.mark.parametrize(
    ("written", "text", "spans"),
    [
        ("a b", "c a b d", ["a b"]),
        ("a|b c", "b c a c", ["b c", "a c"]),
        ("a b? c", "a c , a b c", ["a c", "a b c"]),
        ("a? b", "b a b", ["b", "a b"]),
        ("a .. b", "a b", ["a b"]),
        ("a .. b", "a x y z b", ["a x y z b"]),
        ("a .. b", "a w x y z b", []),
        ("a .. b", "a x , b", []),
        ("a .. b", "a x ? b", []),
        ("a ..", "a x y", ["a"]),
        ("a .. b?", "a x y", ["a"]),
        ("a <any> b", "a x b", ["a x b"]),
        ("a <any> b", "a b", []),
        ("a <any> b", "a , b", []),
        ("a <any>? b", "a b", ["a b"]),
        ("^ a", "a x a , a", ["a", "a"]),
        ("^ a", "x a", []),
        ("a $", "a x , a , a ? a", ["a", "a", "a"]),
        ("^ a $", "a , a x , x a", ["a"]),
        ("a .. $", "a x y , z", ["a x y"]),
        ("a , b", "a , b", ["a , b"]),
        ("at <number>", "at 7 at x", ["at 7"]),
    ],
)
def test_a_phrase_stands_where_its_syntax_says(written: str, text: str, spans: list[str]):
    assert _spans(written, text) == spans


def test_the_longer_phrase_wins_and_of_two_equal_ones_the_first():
    book = PhraseBook([_pattern("stop", "opt_out"), _pattern("stop by", "spared"), _pattern("stop by", "never")])
    assert [found.tag for found in book.find(_spoken("stop by , stop"))] == ["spared", "opt_out"]


_LETTERS = ["a", "b", "c"]
_WORDS = st.sampled_from([*map(Spoken, [*_LETTERS, "x", ",", "?"]), Spoken("7", "<number>")])
_TEXTS = st.lists(_WORDS, max_size=9)
_NAMED = st.sets(st.sampled_from([*_LETTERS, "<number>", ","]), min_size=1, max_size=2).map("|".join)
_OPTIONAL = st.sampled_from(["", "", "?"])
_PARTS = st.builds(str.__add__, _NAMED | st.sampled_from([GAP, ANY]), _OPTIONAL)


@st.composite
def _written(draw: st.DrawFn) -> str:
    first = draw(st.builds(str.__add__, _NAMED, _OPTIONAL))
    inner = draw(st.lists(_PARTS, max_size=4))
    return " ".join([*draw(st.sampled_from([[], [START]])), first, *inner, *draw(st.sampled_from([[], [], [END]]))])


_PATTERNS = st.lists(_written(), min_size=1, max_size=5).map(
    lambda lines: [_pattern(line, f"tag {at}") for at, line in enumerate(lines)]
)


@given(_PATTERNS, _TEXTS)
def test_what_is_found_is_what_an_obvious_matcher_finds(patterns: list[Pattern], words: list[Spoken]):
    assert PhraseBook(patterns).find(words) == _obviously(patterns, words)


@given(_PATTERNS, st.lists(_TEXTS, min_size=1, max_size=4))
def test_what_was_read_before_changes_nothing(patterns: list[Pattern], texts: list[list[Spoken]]):
    book = PhraseBook(patterns)
    together = [book.find(words) for words in texts]
    assert together == [PhraseBook(patterns).find(words) for words in texts]


@given(_PATTERNS, st.lists(_TEXTS, min_size=1, max_size=4))
def test_forgetting_its_steps_changes_nothing(patterns: list[Pattern], texts: list[list[Spoken]]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automaton, "_MOST_STEPS_KEPT", 2)
        forgetful = PhraseBook(patterns)
        found = [forgetful.find(words) for words in texts]
        assert forgetful._steps_kept <= 2
    assert found == [PhraseBook(patterns).find(words) for words in texts]


def test_words_people_make_up_do_not_fill_the_memory():
    words = words_of(" ".join(f"Zq{letter}x{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"))
    LEXICON.replies.find(words)
    kept = LEXICON.replies._steps_kept
    LEXICON.replies.find([word for word in words_of("Blorptang Vexigo Quazzle Trimbold") if word.kind == "<name>"])
    assert LEXICON.replies._steps_kept == kept  # one unknown name is like another


# The obvious matcher: every part of every pattern at every place, without a memory.


def _obviously(patterns: Sequence[Pattern], words: Sequence[Spoken]) -> list[Found]:
    best: list[tuple[int, list[Found]]] = [(0, [])]
    for start in reversed(range(len(words))):
        score, chosen = best[0]
        for end in range(start + 1, len(words) + 1):
            fitting = [p.tag for p in patterns if end in set(_ends(p.parts, words, start, start))]
            after, rest = best[end - start - 1]
            if fitting and (end - start) ** 2 + after > score:
                score, chosen = (end - start) ** 2 + after, [Found(fitting[0], start, end), *rest]
        best.insert(0, (score, chosen))
    return best[0][1]


def _ends(parts: Sequence[Part], words: Sequence[Spoken], start: int, at: int, owes: bool = False) -> Iterator[int]:
    """Where the parts may end from this place on; a gap that let words pass owes a word, or the clause's end."""
    if not parts:
        if not owes:
            yield at
        return
    (part, *rest), ahead = parts, words[at : at + 1]
    if part.accepts == START:
        if not at or words[at - 1].plain in CLAUSE_ENDS:
            yield from _ends(rest, words, start, at)
        return
    if part.accepts == END:
        if not ahead or ahead[0].plain in CLAUSE_ENDS:
            yield at
        return
    if part.may_be_missing:
        yield from _ends(rest, words, start, at, owes)
    if part.accepts == GAP:
        yield from _after_a_gap(rest, words, start, at, owes)
    elif ahead and _takes(part, ahead[0], begins=at == start):
        yield from _ends(rest, words, start, at + 1)


def _after_a_gap(rest: Sequence[Part], words: Sequence[Spoken], start: int, at: int, owes: bool) -> Iterator[int]:
    for passed in range(4 if at > start else 1):  # a phrase begins with a word
        between = words[at : at + passed]
        if len(between) == passed and not any(word.plain in CLAUSE_ENDS for word in between):
            yield from _ends(rest, words, start, at + passed, owes or passed > 0)


def _takes(part: Part, word: Spoken, *, begins: bool) -> bool:
    if part.accepts == ANY:
        return not begins and word.plain not in CLAUSE_ENDS
    return word.plain in part.accepts or word.kind in part.accepts
