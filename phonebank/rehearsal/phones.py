"""What each person sees on their phone: the thread, both ways, in the order it showed up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phonebank.rehearsal.texts import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One text on the screen. `from_me` is the phone's owner; `automatic` is the carrier's own answer."""

    sid: str
    at: datetime
    from_me: bool
    body: str
    media: tuple[str, ...]
    our_number: str
    automatic: bool


@dataclass(slots=True)
class Phone:
    """One person's phone. Once a visitor has answered on it, its simulated owner stays quiet."""

    number: str
    lines: list[Line] = field(default_factory=list)
    rung: bool = False
    visited: bool = False


class Phones:
    def __init__(self) -> None:
        self.by_number: dict[str, Phone] = {}

    def of(self, number: str) -> Phone:
        return self.by_number.setdefault(number, Phone(number))

    def is_visited(self, number: str) -> bool:
        """Whether a visitor has taken this phone over."""
        return number in self.by_number and self.by_number[number].visited

    def talking(self) -> Iterator[Phone]:
        """The phones, the latest talk first; those with nothing on them last."""
        latest_first = list(reversed(self.by_number.values()))
        yield from (phone for phone in latest_first if phone.lines or phone.rung)
        yield from (phone for phone in latest_first if not phone.lines and not phone.rung)

    def ring(self, number: str) -> None:
        """A call has come in on it."""
        self._latest(number).rung = True

    def _latest(self, number: str) -> Phone:
        """The last in the book is the latest."""
        phone = self.by_number.pop(number) if number in self.by_number else Phone(number)
        self.by_number[number] = phone
        return phone

    def show(self, text: Text, now: datetime, *, automatic: bool = False) -> Phone:
        """Puts a delivered or a written text on its person's screen."""
        phone = self._latest(text.person)
        ours = text.to if text.is_inbound else text.sender
        phone.lines.append(
            Line(
                sid=text.sid,
                at=now,
                from_me=text.is_inbound,
                body=text.body,
                media=tuple(text.media),
                our_number=ours or "",
                automatic=automatic,
            ),
        )
        return phone


def as_shown(line: Line) -> dict[str, Any]:
    return {
        "sid": line.sid,
        "at": line.at.isoformat(),
        "from_me": line.from_me,
        "body": line.body,
        "media": list(line.media),
        "our_number": line.our_number,
        "automatic": line.automatic,
    }
