"""The phrases people answer with, their spellings and what they mean together, read from `lexicon/`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from typing import Any

from phonebank.replies.automaton import ANY, END, GAP, START, Part, Pattern, PhraseBook


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
        self.optouts = PhraseBook(list(self._patterns_of(["optouts"])))
        self.replies = PhraseBook(list(self._patterns_of(sorted(self._files.keys() - {"optouts"}))))

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

    def _patterns_of(self, names: list[str]) -> Iterator[Pattern]:
        for name in names:
            for tag, lines in self._files[name].get("phrases", {}).items():
                for line in lines.splitlines():
                    if written := line.partition("#")[0].split():
                        yield Pattern(tag, tuple(map(self._part, written)))

    def _part(self, written: str) -> Part:
        may_be_missing = len(written) > 1 and written.endswith("?")
        if may_be_missing:
            written = written[:-1]
        if written in (GAP, ANY, START, END):
            return Part(written, may_be_missing)
        named = re.sub(r"\{(\w+)\}", lambda name: self._class(name[1]), written)
        return Part(frozenset(named.split("|")), may_be_missing)

    def _class(self, name: str) -> str:
        return "|".join(re.sub(r"\{(\w+)\}", lambda inner: self._class(inner[1]), self._classes[name]).split())


LEXICON = Lexicon()
