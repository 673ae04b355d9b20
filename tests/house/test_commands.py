"""The commands that the project's own files name exist."""

import os
import re

import click
import pytest

from phonebank.cli import main
from tests.support.sources import ROOT

PARTS = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_procfile_is_a_command_of_ours(part):
    program, *words = PARTS[part].removeprefix("python -m ").split()
    assert program == "phonebank"
    command: click.Command | None = main
    with click.Context(main) as context:
        for word in words:
            assert isinstance(command, click.Group)
            command = command.get_command(context, word)
    assert command, f"Procfile: `phonebank {' '.join(words)}` is not a command."


def test_the_build_runs_the_readmes_test_command():
    runs = (ROOT / ".ci" / "run").read_text().splitlines()[-1].removeprefix("exec ")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert runs == "make test"
    assert runs in (ROOT / "README.md").read_text(), "Name `make test` in README.md: it is what the build runs."


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    named = {word for document in documents for word in re.findall(r"`make ([a-z]+)", document.read_text())}
    assert named <= targets, f"No such target in the Makefile: {', '.join(sorted(named - targets))}."
