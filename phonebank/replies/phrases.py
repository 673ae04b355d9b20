"""The phrases people answer with, read from `lexicon/`, and where they stand in a list of words."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Protocol

GAP, ANY, START, END = "..", "<any>", "^", "$"
Parts = tuple[frozenset[str] | str, ...]
_ENDS_A_CLAUSE = frozenset({",", "?"})
_WIDEST_GAP = 3


class PlainWord(Protocol):
    """What a phrase looks at in a word."""

    @property
    def plain(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found: its tag and the half-open span of words it covers."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """One pattern of words. Each part is the set of words it accepts, or one of the marks above."""

    tag: str
    parts: Parts

    def end_in(self, words: Sequence[PlainWord], at: int, part: int = 0) -> int:
        """Where the phrase ends if it starts at `at`, else -1."""
        for index in range(part, len(self.parts)):
            wanted = self.parts[index]
            if isinstance(wanted, frozenset):
                if at >= len(words) or not (words[at].plain in wanted or words[at].kind in wanted):
                    return -1
                at += 1
            elif wanted == GAP:
                return self._end_past_gap(words, at, index + 1)
            elif not _mark_holds(wanted, words, at):
                return -1
            elif wanted == ANY:
                at += 1
        return at

    def _end_past_gap(self, words: Sequence[PlainWord], at: int, part: int) -> int:
        for skipped in range(_WIDEST_GAP + 1):
            end = self.end_in(words, at + skipped, part)
            if end > 0 or at + skipped >= len(words) or words[at + skipped].plain in _ENDS_A_CLAUSE:
                return end
        return -1


def _mark_holds(mark: str, words: Sequence[PlainWord], at: int) -> bool:
    if mark == START:
        return not at or words[at - 1].plain in _ENDS_A_CLAUSE
    ends = at >= len(words) or words[at].plain in _ENDS_A_CLAUSE
    return ends if mark == END else not ends


class PhraseBook:
    """Phrases indexed by their first words."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[frozenset[str] | None, Phrase]]] = {}
        self._candidates = lru_cache(maxsize=65_536)(self._beginning_with)

    def add(self, tag: str, parts: Parts) -> None:
        named = [part for part in parts if part != START]
        second = named[1] if len(named) > 1 and isinstance(named[1], frozenset) else None
        for word in named[0]:
            self._by_first.setdefault(word, []).append((second, Phrase(tag, parts)))

    def vocabulary(self) -> Iterator[str]:
        """Every word that some phrase names."""
        for phrases in self._by_first.values():
            for _, phrase in phrases:
                for part in phrase.parts:
                    if isinstance(part, frozenset):
                        yield from part

    def find(self, words: Sequence[PlainWord]) -> list[Found]:
        """Phrases in these words, left to right, none overlapping; of phrases that collide, the longer ones win."""
        best: list[tuple[int, Found | None]] = [(0, None)] * (len(words) + 1)  # from each word on: score, phrase
        after = ("", "")
        for at in range(len(words) - 1, -1, -1):
            here = (words[at].plain, words[at].kind)
            score, chosen = best[at + 1][0], None
            for phrase in self._candidates(here, after):
                end = phrase.end_in(words, at)
                if end > at and (reached := (end - at) ** 2 + best[end][0]) > score:
                    score, chosen = reached, Found(phrase.tag, at, end)
            best[at], after = (score, chosen), here
        return list(_chosen(best))

    def _beginning_with(self, here: tuple[str, str], after: tuple[str, str]) -> tuple[Phrase, ...]:
        """The phrases whose first word is `here` and whose second may be `after` (each a plain form and a kind)."""
        phrases: dict[object, Phrase] = {}
        for key in filter(None, here):
            for second, phrase in self._by_first.get(key, ()):
                if second is None or not second.isdisjoint(after):
                    # of phrases that end right here only the first can win, so the rest need not be tried
                    whole = len(phrase.parts) <= 1 + (second is not None) and START not in phrase.parts
                    phrases.setdefault(len(phrase.parts) if whole else phrase, phrase)
        return tuple(phrases.values())


def _chosen(best: Sequence[tuple[int, Found | None]]) -> Iterator[Found]:
    at = 0
    while at < len(best) - 1:
        found = best[at][1]
        if found:
            yield found
        at = found.end if found else at + 1


class Lexicon:
    """All of `lexicon/*.toml`: spellings, phrase books, and the rules from tags to intents."""

    def __init__(self) -> None:
        folder = files("phonebank.replies") / "lexicon"
        self._files = {
            f.name[:-5]: tomllib.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".toml")
        }
        tables = [table for name, table in sorted(self._files.items()) if "phrases" in table]
        self._classes: dict[str, str] = {}
        for table in tables:
            self._classes.update(table.get("words", {}))
        self.optouts, self.replies = PhraseBook(), PhraseBook()
        for name, table in sorted(self._files.items()):
            book = self.optouts if name == "optouts" else self.replies
            for tag, lines in table.get("phrases", {}).items():
                for parts in self._patterns(lines):
                    book.add(tag, parts)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Each slang, clipped or misspelled word to the plain words it stands for."""
        table = self._files["spellings"]["spellings"]
        return {variant: plain for plain, variants in table.items() for variant in variants.split()}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that some phrase names."""
        return frozenset(self.optouts.vocabulary()) | frozenset(self.replies.vocabulary())

    @property
    def tables(self) -> dict[str, Any]:
        return self._files

    def _patterns(self, lines: str) -> Iterator[Parts]:
        for line in lines.splitlines():
            pattern = line.partition("#")[0].strip()
            if pattern:
                yield from self._expanded(pattern.split())

    def _expanded(self, parts: list[str]) -> Iterator[Parts]:
        """Both readings of the last optional part, and so on; `a b?` gives `a b` and `a`."""
        for index, part in enumerate(parts):
            if len(part) > 1 and part.endswith("?"):
                yield from self._expanded([*parts[:index], part[:-1], *parts[index + 1 :]])
                yield from self._expanded([*parts[:index], *parts[index + 1 :]])
                return
        if any(self._part(part) not in (GAP, START, END) for part in parts):
            yield tuple(self._part(part) for part in parts)

    def _part(self, part: str) -> frozenset[str] | str:
        if part in (GAP, ANY, START, END):
            return part
        named = re.sub(r"\{(\w+)\}", lambda name: self._class(name[1]), part)
        return frozenset(named.split("|"))

    def _class(self, name: str) -> str:
        return "|".join(re.sub(r"\{(\w+)\}", lambda inner: self._class(inner[1]), self._classes[name]).split())


LEXICON = Lexicon()
