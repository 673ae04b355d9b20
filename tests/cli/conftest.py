"""The command as a person types it, in an empty home folder."""

import json

import pytest
from click.testing import CliRunner

from phonebank.cli import main
from phonebank.settings import Settings


class Command:
    """`phonebank("contacts", "list")` → a result with exit_code, stdout and stderr."""

    def __call__(self, *words, typed=None):
        result = CliRunner().invoke(main, [str(word) for word in words], input=typed, prog_name="phonebank")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ok(self, *words, typed=None):
        """What it printed; the command must succeed."""
        result = self(*words, typed=typed)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def refused(self, *words, typed=None):
        """The sentence on stderr; the command must refuse, and print nothing else."""
        result = self(*words, typed=typed)
        assert (result.exit_code, result.stdout) == (1, ""), result.stdout
        return result.stderr.strip()

    def records(self, *words, typed=None):
        """The JSON objects it printed, one a line."""
        return [json.loads(line) for line in self.ok(*words, typed=typed).splitlines()]


@pytest.fixture
def phonebank():
    return Command()


@pytest.fixture
def noon(clock, monkeypatch):
    """The commands, too, go by the wound clock."""
    monkeypatch.setattr(Settings, "clock_file", clock.path)
    return clock.now()
