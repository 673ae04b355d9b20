"""Nothing in the project depends on the machine it was written on, or on where packages came from."""

import re

from tests.support import sources
from tests.support.sources import ROOT

MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|farm|root|home|Users)/[A-Za-z]")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|yarnpkg)\.(?:org|com)\b")
SKIPPED = {".gz", ".png", ".ico", ".woff2"}


def test_no_file_names_a_path_of_one_machine():
    sources.listed(_lines_with(MACHINE_PATH), "Take these paths from the settings or from the file's own place:")


def test_no_file_names_a_package_registry():
    sources.listed(_lines_with(REGISTRY), "Leave the registry to the person's own pip or npm:")


def test_the_locks_pin_every_package_by_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text()
        pinned, hashed = (
            re.findall(r"^[a-z0-9][\w.-]*==", lock, re.MULTILINE),
            re.findall(r"\\\n +--hash=sha256:", lock),
        )
        assert pinned, f"{name} is empty: run `make lock`."
        assert len(hashed) >= len(pinned), f"{name} lacks hashes: run `make lock`."
        assert "://" not in lock, f"{name} names an address: run `make lock`."


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number} {line.strip()[:100]}"
        for path in sources.files()
        if path.suffix not in SKIPPED
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
