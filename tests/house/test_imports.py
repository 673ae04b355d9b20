"""Imports go down only, and each library has one room that knows it."""

import subprocess
import sys
from pathlib import Path

from tests.support.sources import ROOT


def test_the_import_contracts_are_kept():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"{done.stdout}\nThe order of the rooms stands in pyproject.toml, its reasons in docs/map.md."
    )
