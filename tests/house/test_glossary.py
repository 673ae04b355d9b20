"""Every word that stands in the database and on the page stands in the glossary, too."""

import importlib
import inspect
from enum import StrEnum

from phonebank import tables
from tests.support import sources
from tests.support.sources import ROOT


def test_every_status_and_intent_is_explained_in_the_glossary():
    assert tables.metadata.tables
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    missing = [
        f"{kind.__name__}: {word.value}"
        for kind in _vocabularies()
        for word in kind
        if f"`{word.value}`" not in glossary
    ]
    sources.listed(missing, "Explain these words in docs/glossary.md, each in backquotes:")


def _vocabularies():
    speaking = [
        path for path in sources.modules() if path.name in {"models.py", "intents.py"} and path.parts[0] == "phonebank"
    ]
    for path in speaking:
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        for _name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, StrEnum) and kind.__module__ == module.__name__:
                yield kind
