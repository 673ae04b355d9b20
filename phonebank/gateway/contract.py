"""What the house asks of a carrier, whoever it is: speak one text, look into the log, and say plainly what failed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from phonebank.errors import PhonebankError


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text about to be spoken. `valid_s` is how long the carrier may keep it in its queue, in seconds."""

    to: str
    sender: str
    body: str
    valid_s: int
    status_callback: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took it: its own id, and how far it says the text has come (see inbound.RANK)."""

    sid: str
    rank: int


@dataclass(frozen=True, slots=True)
class LoggedText:
    """One text in the carrier's own log."""

    sid: str
    to: str
    body: str
    created_at: datetime
    status: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One call about to be dialed. The carrier fetches `url` when somebody answers.

    `machine_callback`: where it tells who answered, without the person waiting for it; None: no detection.
    """

    to: str
    sender: str
    url: str
    status_callback: str
    ring_s: int = 25
    machine_callback: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One call in the carrier's own log. `url` is not in it: calls are told apart by number and moment."""

    sid: str
    to: str
    created_at: datetime
    status: str
    answered_by: str | None
    duration_s: int | None


class Failure(StrEnum):
    """What is known about a text that was not plainly accepted."""

    REFUSED = "refused"  # certainly not taken, and asking again will not help
    LATER = "later"  # certainly not taken, and asking again may help
    UNKNOWN = "unknown"  # it may have been taken: reconcile, never resend blindly


class GatewayError(PhonebankError):
    """The carrier did not plainly accept. `code` is its own error number when it gave one."""

    def __init__(self, message: str, kind: Failure, code: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code


class Gateway(Protocol):
    """A carrier that can be spoken to. Every method raises GatewayError and waits at most half a minute."""

    async def send(self, text: OutgoingText) -> Accepted: ...

    async def texts_to(self, phone: str, since: datetime) -> list[LoggedText]:
        """What the log holds for this number, created since this moment, newest first."""

    async def fetch(self, sid: str) -> LoggedText | None:
        """How one text stands in the log now; None when the carrier knows none of this id."""


class VoiceGateway(Protocol):
    """A carrier that can be called through. Every method raises GatewayError and waits at most half a minute."""

    async def dial(self, call: OutgoingCall) -> Accepted: ...

    async def calls_to(self, phone: str, since: datetime) -> list[LoggedCall]:
        """The calls the log holds to this number, created since this moment, newest first."""

    async def fetch_call(self, sid: str) -> LoggedCall | None:
        """How one call stands in the log now; None when the carrier knows none of this id."""

    async def redirect_call(self, sid: str, url: str) -> None:
        """Let a call that is under way fetch this address and go on from there."""

    async def hang_up(self, sid: str) -> None:
        """End a call, ringing or under way. One that is over is left as it is."""
