"""What importing a list would do, foreseen by the importing's own reading and a dry run of its own storing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from phonebank.contacts import columns, importing, people
from phonebank.contacts.importing import ImportResult
from phonebank.contacts.rows import Row
from phonebank.contacts.storing import Storing

_EXAMPLE = 100  # characters


@dataclass(frozen=True)
class Choices:
    """What each column of the header is, and the country of numbers without a country code."""

    header: Sequence[str]
    fields: Sequence[str]
    region: str


@dataclass
class _Reasons:
    """Counts rejected rows by why, with the first of each as an example."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, row: Row, because: str) -> None:
        shown = " · ".join(filter(None, row.cells))[:_EXAMPLE]
        one = self.found.setdefault(because, {"because": because, "rows": 0, "line": row.line, "example": shown})
        one["rows"] += 1


def foresee(rows: Iterator[Row], choices: Choices, now: datetime) -> Iterator[dict[str, Any]]:
    """After each batch, what is counted so far: the counts of an import, `reasons`, `zones`, `languages`, `placed_by`.

    Raises BadInputError when no column holds numbers. The counts are an import's own, since its own verbs count.
    """
    reader = people.PeopleReader(columns.of_fields(choices.header, choices.fields), choices.region)
    storing = Storing("", by="", consent="", dry_run=True, now=now)
    seen: set[int] = set()
    reasons, result = _Reasons(), ImportResult()
    zones: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    placed_by: Counter[str] = Counter()
    while (batch := importing.read_batch(islice(rows, importing.BATCH), reader, reasons, seen)).rows:
        result.add(batch, storing.store(batch.arrivals))
        zones.update(arrival.zones for arrival in batch.arrivals)
        languages.update(arrival.language or "en" for arrival in batch.arrivals)
        placed_by.update(str(arrival.placed_by) for arrival in batch.arrivals)
        yield {
            **result.counts,
            "reasons": sorted(reasons.found.values(), key=lambda one: -one["rows"]),
            "zones": dict(zones.most_common()),
            "languages": dict(languages.most_common()),
            "placed_by": dict(placed_by.most_common()),
        }
