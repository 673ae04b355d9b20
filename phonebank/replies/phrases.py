"""The phrases people answer with, their spellings and what they mean together, read from `lexicon/`."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from phonebank.replies.automaton import ANY, END, GAP, START, Found, Part, Pattern, PhraseBook, PlainWord
from phonebank.replies.slips import disguises_of, run_together, slips_of


@dataclass(frozen=True, slots=True)
class _Pause:
    plain: str = ","
    kind: str = ""
    symbol: str = ","


class _OptOuts(PhraseBook):
    """Finds opt-outs whatever emoji they come with: one that no phrase names ends a clause, as a full stop does."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(patterns)
        self._named = frozenset(self.vocabulary())

    def find(self, words: Sequence[PlainWord]) -> list[Found]:
        return super().find([word if self._is_spoken(word.plain) else _Pause() for word in words])

    def _is_spoken(self, plain: str) -> bool:
        return plain[:1].isalnum() or plain in self._named


class Lexicon:
    """All of `lexicon/*.toml`: spellings, phrase books, and the rules from tags to intents."""

    def __init__(self) -> None:
        folder = files("phonebank.replies") / "lexicon"
        self._files = {
            f.name[:-5]: tomllib.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".toml")
        }
        tables = [table for name, table in sorted(self._files.items()) if "phrases" in table]
        self._classes: dict[str, str] = {}
        self._parts: dict[str, Part] = {}  # the same few stand in many patterns
        for table in tables:
            self._add_classes(table.get("words", {}))
        optouts = {name for name in self._files if name.startswith("optouts")}
        self.optouts = _OptOuts(list(self._patterns_of(sorted(optouts))))
        self.replies = PhraseBook(list(self._patterns_of(sorted(self._files.keys() - optouts))))

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Each slang, clipped or misspelled word to the plain words it stands for."""
        tables = [table["spellings"] for _, table in sorted(self._files.items()) if "spellings" in table]
        listed = {
            variant: plain for table in tables for plain, variants in table.items() for variant in variants.split()
        }
        made = {
            variant: " ".join(listed.get(word, word) for word in plain.split())
            for variant, plain in self._slips()
            if variant not in self.vocabulary
        }
        return made | listed

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that some phrase names."""
        return frozenset(self.optouts.vocabulary()) | frozenset(self.replies.vocabulary())

    def _slips(self) -> Iterator[tuple[str, str]]:
        """Variants of the words that ask to stop, made by code; a word of its own is none of them."""
        table = self._files["optouts_slips"]
        kept = frozenset(table["not_slips"].split())
        for word in table["slips"].split():
            yield from ((slip, word) for slip in slips_of(word) if slip not in kept)
        for word in table["disguised"].split():
            yield from ((disguise, word) for disguise in disguises_of(word))
        for line in table["together"].splitlines():
            yield from run_together(line)

    def _add_classes(self, classes: dict[str, str]) -> None:
        if twice := self._classes.keys() & classes.keys():
            raise ValueError(
                f"Word classes are shared by all files, and these stand in two: {', '.join(sorted(twice))}."
            )
        self._classes.update(classes)

    @property
    def tables(self) -> dict[str, Any]:
        return self._files

    def _patterns_of(self, names: list[str]) -> Iterator[Pattern]:
        for name in names:
            for tag, lines in self._files[name].get("phrases", {}).items():
                for line in lines.splitlines():
                    if written := line.partition("#")[0].split():
                        yield Pattern(tag, tuple(self._parts.get(part) or self._part(part) for part in written))

    def _part(self, written: str) -> Part:
        may_be_missing = len(written) > 1 and written.endswith("?")
        accepts = written[:-1] if may_be_missing else written
        if accepts not in (GAP, ANY, START, END):
            named = re.sub(r"\{(\w+)\}", lambda name: self._class(name[1]), accepts)
            self._parts[written] = Part(frozenset(named.split("|")), may_be_missing)
        else:
            self._parts[written] = Part(accepts, may_be_missing)
        return self._parts[written]

    def _class(self, name: str) -> str:
        return "|".join(re.sub(r"\{(\w+)\}", lambda inner: self._class(inner[1]), self._classes[name]).split())


LEXICON = Lexicon()
