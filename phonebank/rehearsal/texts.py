"""One text as the carrier keeps it, and as Twilio's API shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

PRICE_PER_SEGMENT = 0.0083
"""US dollars, the list price of a US text either way, 2026-07."""

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})


@dataclass(slots=True)
class Text:
    """Outbound or inbound; `status` and `direction` in Twilio's words, moments on the clock."""

    sid: str
    to: str
    sender: str | None
    service_sid: str | None
    body: str
    segments: int
    status: str
    direction: str
    created_at: datetime
    updated_at: datetime
    listed_at: datetime
    sent_at: datetime | None = None
    media: list[str] = field(default_factory=list)
    error_code: int | None = None
    callback: str | None = None
    expires_at: datetime | None = None
    send_at: datetime | None = None
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
        """The number of the person at the other end."""
        return (self.sender or "") if self.is_inbound else self.to


def as_twilio_shows(text: Text, account_sid: str, error_message: str | None) -> dict[str, Any]:
    """The Message resource (2010-04-01): numbers as strings, dates as RFC 2822, price null until settled."""
    path = f"/2010-04-01/Accounts/{account_sid}/Messages/{text.sid}"
    settled = text.status in {"delivered", "undelivered", "sent", "received"}
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": format_datetime(text.created_at),
        "date_sent": text.sent_at and format_datetime(text.sent_at),
        "date_updated": format_datetime(text.updated_at),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": error_message,
        "from": text.sender,
        "messaging_service_sid": text.service_sid,
        "num_media": str(len(text.media)),
        "num_segments": "0" if text.status == "scheduled" else str(text.segments),
        "price": f"-{PRICE_PER_SEGMENT * text.segments:.5f}" if settled else None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text.to,
        "uri": f"{path}.json",
    }
