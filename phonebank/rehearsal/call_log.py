"""Every call the carrier holds, newest last: what it really dialed, how fast, and on how many lines at once."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from phonebank.rehearsal.phonecalls import PhoneCall


class CallLog:
    """Calls by sid, by person, and in the order they came."""

    def __init__(self) -> None:
        self.accepted: list[PhoneCall] = []
        self.by_sid: dict[str, PhoneCall] = {}
        self.statuses: Counter[str] = Counter()  # of all that was accepted, as they are now
        self.most_open = 0  # lines at once
        self.most_in_a_second = 0  # dialed, on the clock
        self._open = 0
        self._second = (0, 0)
        self._by_person: defaultdict[str, list[PhoneCall]] = defaultdict(list)

    def add(self, call: PhoneCall) -> None:
        self.by_sid[call.sid] = call
        self._by_person[call.person].append(call)
        if call.direction == "outbound-api":
            self.accepted.append(call)
            self.statuses[call.status] += 1

    def move(self, call: PhoneCall, status: str) -> None:
        """Its new status, counted."""
        if call.direction == "outbound-api":
            self.statuses[call.status] -= 1
            self.statuses[status] += 1
            self._measure(call, status)
        call.status = status

    def newest_first(self, person: str | None = None) -> Iterator[PhoneCall]:
        """The calls with one person, or all of them."""
        chosen = self.by_sid.values() if person is None else self._by_person.get(person, [])
        return reversed(list(chosen))

    def figures(self) -> dict[str, Any]:
        """What tests and the rehearsal's page count."""
        return {
            "accepted": len(self.accepted),
            "statuses": +self.statuses,
            "open": self._open,
            "most_open": self.most_open,
            "most_in_a_second": self.most_in_a_second,
            "problems": sum(len(call.problems) for call in self.by_sid.values()),
        }

    def _measure(self, call: PhoneCall, status: str) -> None:
        if status == "ringing" and call.started_at:
            self._open += 1
            self.most_open = max(self.most_open, self._open)
            second = int(call.started_at.timestamp())
            self._second = (second, self._second[1] + 1 if second == self._second[0] else 1)
            self.most_in_a_second = max(self.most_in_a_second, self._second[1])
        was_open = call.status in {"ringing", "in-progress"}
        if was_open and status not in {"ringing", "in-progress"}:
            self._open -= 1
