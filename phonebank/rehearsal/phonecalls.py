"""One call as the carrier keeps it, and as Twilio's API shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from math import ceil
from typing import Any

PRICE_PER_MINUTE = 0.014
"""US dollars, the list price of a call to a US number, 2026-07."""

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True)
class Spoken:
    """One thing said or done in a call. `who`: us, them, machine, or line (a beep, a bridge, a hang-up)."""

    at: datetime
    who: str
    words: str = ""
    digits: str = ""
    voice: str = ""
    language: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class PhoneCall:
    """`status` and `direction` in Twilio's words, moments on the clock. `problems`: what the product did wrong."""

    sid: str
    to: str
    sender: str
    direction: str
    status: str
    created_at: datetime
    updated_at: datetime
    listed_at: datetime
    parent_sid: str | None = None
    url: str = ""
    twiml: str = ""
    fallback_url: str = ""
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    ring_s: int = 60
    time_limit_s: int = 14_400
    detection: str = ""
    detects_aside: bool = False
    machine_callback: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str | None = None
    sequence: int = 0
    longest_quiet_s: float = 0.0
    lines: list[Spoken] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    arrived_epoch: float = 0.0
    arrived_monotonic: float = 0.0

    @property
    def is_inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def person(self) -> str:
        """The number, or client, at the other end."""
        return self.sender if self.is_inbound else self.to

    @property
    def ours(self) -> str:
        return self.to if self.is_inbound else self.sender

    @property
    def duration_s(self) -> int:
        if not self.answered_at or not self.ended_at:
            return 0
        return max(0, ceil((self.ended_at - self.answered_at).total_seconds()))


def as_twilio_shows(call: PhoneCall, account_sid: str, number_sid: str | None) -> dict[str, Any]:
    """The Call resource (2010-04-01): numbers as strings, dates as RFC 2822, price null until settled."""
    path = f"/2010-04-01/Accounts/{account_sid}/Calls/{call.sid}"
    none = dict.fromkeys(("caller_name", "forwarded_from", "group_sid", "trunk_sid"))
    return none | {
        "account_sid": account_sid,
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "date_created": format_datetime(call.created_at),
        "date_updated": format_datetime(call.updated_at),
        "direction": call.direction,
        "duration": str(call.duration_s) if call.is_final else None,
        "end_time": call.ended_at and format_datetime(call.ended_at),
        "from": call.sender,
        "from_formatted": call.sender,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": number_sid,
        "price": _price(call),
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": call.started_at and format_datetime(call.started_at),
        "status": call.status,
        "subresource_uris": {"recordings": f"{path}/Recordings.json"},
        "to": call.to,
        "to_formatted": call.to,
        "uri": f"{path}.json",
    }


def _price(call: PhoneCall) -> str | None:
    return f"{-PRICE_PER_MINUTE * ceil(call.duration_s / 60):.5f}" if call.status == "completed" else None


def as_row(call: PhoneCall) -> dict[str, Any]:
    """One call as the control door tells of it: when, whom, how it ended, and all that was said."""
    return as_brief_row(call) | {"lines": [as_shown(line) for line in call.lines]}


def as_brief_row(call: PhoneCall) -> dict[str, Any]:
    """The same without what was said: for thousands at once."""
    return {
        "sid": call.sid,
        "parent_sid": call.parent_sid,
        "direction": call.direction,
        "at": call.created_at.isoformat(),
        "epoch": call.arrived_epoch,
        "monotonic": call.arrived_monotonic,
        "to": call.to,
        "from": call.sender,
        "url": call.url,
        "status": call.status,
        "answered_by": call.answered_by,
        "started_at": call.started_at and call.started_at.isoformat(),
        "answered_at": call.answered_at and call.answered_at.isoformat(),
        "ended_at": call.ended_at and call.ended_at.isoformat(),
        "duration_s": call.duration_s,
        "longest_quiet_s": round(call.longest_quiet_s, 3),
        "problems": call.problems,
    }


def as_shown(line: Spoken) -> dict[str, Any]:
    return {
        "at": line.at.isoformat(),
        "who": line.who,
        "words": line.words,
        "digits": line.digits,
        "voice": line.voice,
        "language": line.language,
        "seconds": round(line.seconds, 1),
    }
