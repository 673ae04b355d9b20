"""A file is read in one sitting, a function on one screen, the README in two minutes."""

from tests.support import sources
from tests.support.sources import ROOT

LONGEST_FILE = 300
LONGEST_FUNCTION = 30
LONGEST_README = 80


def test_no_file_is_longer_than_one_sitting():
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in sources.files(".py", ".html", ".css", ".js")}
    long = [
        f"{path}: {lines} lines"
        for path, lines in sizes.items()
        if lines > LONGEST_FILE and "versions" not in path.parts
    ]
    sources.listed(long, f"Split these along their ideas, to {LONGEST_FILE} lines at most:")


def test_no_function_is_longer_than_one_screen():
    long = [
        f"{path}:{function.lineno} {function.name}: {lines} lines"
        for path, module in sources.modules().items()
        for function in sources.functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    sources.listed(long, f"Give the steps of these functions names of their own, {LONGEST_FUNCTION} lines at most:")


def test_the_readme_is_short():
    lines = len((ROOT / "README.md").read_text().splitlines())
    assert lines <= LONGEST_README, f"README.md has {lines} lines: move what is past {LONGEST_README} to docs/."
