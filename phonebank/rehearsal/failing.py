"""Numbers that meet an error: at create, or in the delivery report."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from phonebank.rehearsal.refusals import is_met_at_delivery


class FailingNumbers:
    """Codes by whole number or by its last digits; the longest match counts."""

    def __init__(self, codes: Mapping[str, int]) -> None:
        self.codes = dict(codes)

    def at_create(self, number: str) -> int | None:
        code = self._code(number)
        return code if code is not None and not is_met_at_delivery(code) else None

    def at_delivery(self, number: str) -> int | None:
        code = self._code(number)
        return code if code is not None and is_met_at_delivery(code) else None

    def _code(self, number: str) -> int | None:
        matching = [digits for digits in self.codes if number.endswith(digits)]
        return self.codes[max(matching, key=len)] if matching else None


def published_suffixes() -> dict[str, int]:
    """The 555-01xx numbers of codes.toml that fail in a rehearsal started with `failing_numbers`."""
    table: dict[str, int] = tomllib.loads(Path(__file__).with_name("codes.toml").read_text())["suffixes"]
    return table
