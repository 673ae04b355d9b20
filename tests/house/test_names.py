"""Every module says its one job, in a name that means something."""

import ast

from tests.support import sources

EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "service",
    "services",
    "process",
    "data",
    "common",
    "misc",
}


def test_every_module_opens_with_its_one_job():
    silent = [str(path) for path, module in sources.modules().items() if not ast.get_docstring(module)]
    sources.listed(silent, "Open these modules with one line that says their one job:")


def test_no_module_has_a_name_that_says_nothing():
    empty = [str(path) for path in sources.modules() if EMPTY_NAMES & {path.stem, *path.parts}]
    sources.listed(empty, "Name these after the idea they hold:")


def test_every_room_is_a_package():
    bare = {str(path.parent) for path in sources.modules() if not (sources.ROOT / path.parent / "__init__.py").exists()}
    sources.listed(
        sorted(bare),
        "Give these folders an __init__.py with the room's one job, or the import contract cannot see them:",
    )
