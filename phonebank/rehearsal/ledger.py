"""Every text the carrier holds, newest last, and what it really accepted: the count that tests trust."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from phonebank.rehearsal.texts import Text


class Ledger:
    """Texts by sid, by person, and in the order they came. A deleted one leaves the listings, never the count."""

    def __init__(self) -> None:
        self.accepted: list[Text] = []
        self.segments = 0  # of all that was accepted
        self.statuses: Counter[str] = Counter()  # of all that was accepted, as they are now
        self.by_sid: dict[str, Text] = {}
        self._by_person: defaultdict[str, list[Text]] = defaultdict(list)

    def add(self, text: Text) -> None:
        self.by_sid[text.sid] = text
        self._by_person[text.person].append(text)
        if text.direction == "outbound-api":
            self.accepted.append(text)
            self.segments += text.segments
            self.statuses[text.status] += 1

    def move(self, text: Text, status: str) -> None:
        """An accepted text's new status, counted: whoever polls the counts need not look at every text."""
        self.statuses[text.status] -= 1
        self.statuses[status] += 1
        text.status = status

    def delete(self, text: Text) -> None:
        del self.by_sid[text.sid]
        self._by_person[text.person].remove(text)

    def newest_first(self, person: str | None) -> Iterator[Text]:
        """The texts to and from one person, or all of them."""
        chosen = self.by_sid.values() if person is None else self._by_person.get(person, [])
        return reversed(list(chosen))


def as_row(text: Text) -> dict[str, Any]:
    """One accepted create: when it came on the clock and in real time, whom to, from what, and what it said."""
    return {
        "sid": text.sid,
        "at": text.created_at.isoformat(),
        "epoch": text.arrived_epoch,
        "monotonic": text.arrived_monotonic,
        "to": text.to,
        "from": text.sender,
        "service_sid": text.service_sid,
        "body": text.body,
        "segments": text.segments,
        "status": text.status,
        "error_code": text.error_code,
    }
