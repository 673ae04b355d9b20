"""Where phrases stand in a list of words: a small automaton, built as far as the words met so far need it (pure)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

GAP, ANY, START, END = "..", "<any>", "^", "$"
CLAUSE_ENDS = frozenset({",", "?"})
_WIDEST_GAP = 3
_MOST_STEPS_KEPT = 200_000  # words people make up must not fill the memory of a worker

Place = tuple[int, int, int]
"""A pattern's number, the part it waits for, and how many words its gap let pass (`_OWES_A_WORD` just after it)."""
_OWES_A_WORD = -1


class PlainWord(Protocol):
    """What a phrase looks at in a word."""

    @property
    def plain(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def symbol(self) -> str:
        """Equal for words that no phrase tells apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found: its tag and the half-open span of words it covers."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a pattern: the words it accepts (or one of the marks above), and whether it may be missing."""

    accepts: frozenset[str] | str
    may_be_missing: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase of the lexicon."""

    tag: str
    parts: tuple[Part, ...]


class _State:
    """Every place the patterns may have come to; `tag` is of the first of them that is complete here."""

    __slots__ = ("at_clause_end", "places", "steps", "tag")

    def __init__(self, places: frozenset[Place], tag: str, at_clause_end: str) -> None:
        self.places, self.tag, self.at_clause_end = places, tag, at_clause_end
        self.steps: dict[str, _State | None] = {}


class PhraseBook:
    """Finds patterns in words, at a cost that hardly grows with their number."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._beginnings = self._by_first_word()
        self._forget()

    def vocabulary(self) -> Iterator[str]:
        """Every word that some pattern names."""
        for pattern in self._patterns:
            for part in pattern.parts:
                if isinstance(part.accepts, frozenset):
                    yield from part.accepts

    def find(self, words: Sequence[PlainWord]) -> list[Found]:
        """Phrases in these words, left to right, none overlapping; of phrases that collide, the longer ones win."""
        count = len(words)
        scores: list[int] = [0] * (count + 1)  # the best that can be found from each word on
        chosen: list[Found | None] = [None] * count
        for at in range(count - 1, -1, -1):
            score = scores[at + 1]
            state: _State | None = self._starts[not at or words[at - 1].plain in CLAUSE_ENDS]
            end = at
            while state is not None and end < count:
                word = words[end]
                state = state.steps[word.symbol] if word.symbol in state.steps else self._step(state, word)
                if state is None:
                    break
                end += 1
                tag = state.tag
                if state.at_clause_end and (end >= count or words[end].plain in CLAUSE_ENDS):
                    tag = state.at_clause_end
                if tag and (end - at) ** 2 + scores[end] > score:
                    score, chosen[at] = (end - at) ** 2 + scores[end], Found(tag, at, end)
            scores[at] = score
        return list(_in_order(chosen))

    def _step(self, state: _State, word: PlainWord) -> _State | None:
        """Where this word leads, worked out once."""
        places: Collection[Place] = state.places
        if state in self._starts:
            by_word = self._beginnings[self._starts.index(state)]
            places = {place for key in (word.plain, word.kind) for place in by_word.get(key, ())}
        moved = {after for place in places for after in self._past(place, word)}
        settled = frozenset(closed for place in moved for closed in self._closure(place))
        if self._steps_kept >= _MOST_STEPS_KEPT:
            self._forget()
        self._steps_kept += 1
        if settled and settled not in self._states:
            self._states[settled] = self._state(settled)
        state.steps[word.symbol] = reached = self._states.get(settled)
        return reached

    def _forget(self) -> None:
        self._states: dict[frozenset[Place], _State] = {}
        self._starts = (_State(frozenset(), "", ""), _State(frozenset(), "", ""))
        self._steps_kept = 0

    def _past(self, place: Place, word: PlainWord) -> Iterator[Place]:
        number, at, let_pass = place
        parts = self._patterns[number].parts
        if at >= len(parts):
            return
        accepts = parts[at].accepts
        if isinstance(accepts, frozenset):
            if word.plain in accepts or word.kind in accepts:
                yield number, at + 1, 0
        elif word.plain in CLAUSE_ENDS:
            return
        elif accepts == ANY:
            yield number, at + 1, 0
        elif accepts == GAP and let_pass < _WIDEST_GAP:
            yield number, at, max(let_pass, 0) + 1

    def _closure(self, place: Place) -> Iterator[Place]:
        """The place, and those that come into question because parts before them may be missing.

        A gap that let words pass is over at a word of the pattern, not at its end: it must not swallow what follows.
        """
        number, at, let_pass = place
        parts = self._patterns[number].parts
        yield place
        while at < len(parts) and (parts[at].may_be_missing or parts[at].accepts == GAP):
            at += 1
            yield number, at, _OWES_A_WORD if let_pass else 0

    def _state(self, places: frozenset[Place]) -> _State:
        complete, at_clause_end = [], []
        for number, at, let_pass in places:
            parts = self._patterns[number].parts
            if at == len(parts):
                if let_pass != _OWES_A_WORD:
                    complete.append(number)
            elif parts[at].accepts == END:
                at_clause_end.append(number)
        first = min(complete, default=None)
        ending = min((*complete, *at_clause_end), default=None) if at_clause_end else None
        return _State(
            places,
            "" if first is None else self._patterns[first].tag,
            "" if ending is None else self._patterns[ending].tag,
        )

    def _by_first_word(self) -> tuple[dict[str, list[Place]], dict[str, list[Place]]]:
        """Where patterns may begin, by their first word: within a clause, and where one opens."""
        within: dict[str, list[Place]] = {}
        opening: dict[str, list[Place]] = {}
        for number, pattern in enumerate(self._patterns):
            needs_opening = pattern.parts[0].accepts == START
            for place in self._closure((number, int(needs_opening), 0)):
                accepts = pattern.parts[place[1]].accepts if place[1] < len(pattern.parts) else ""
                for word in accepts if isinstance(accepts, frozenset) else ():
                    opening.setdefault(word, []).append(place)
                    if not needs_opening:
                        within.setdefault(word, []).append(place)
        return within, opening


def _in_order(chosen: Sequence[Found | None]) -> Iterator[Found]:
    at = 0
    while at < len(chosen):
        found = chosen[at]
        if found:
            yield found
        at = found.end if found else at + 1
