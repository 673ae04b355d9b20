"""Twilio's forms into our frozen models, Twilio's words into ours (pure)."""

import re
from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from phonebank.errors import BadInputError

LONGEST_BODY = 10_000
"""Longer bodies are cut: no carrier delivers them, and nothing we read needs more."""

_SMALL_NUMBER = re.compile(r"[0-9]{1,9}")

RANK = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "read": 5,
}
"""How far a text has come by Twilio's own words. Reports arrive doubled and in any order; a rank never goes down."""


class AnsweredBy(StrEnum):
    """Who took a call, by the carrier's detection; unknown is treated as a person."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    UNKNOWN = "unknown"


class Picture(BaseModel):
    model_config = ConfigDict(frozen=True)

    url: str
    content_type: str


class InboundText(BaseModel):
    """One text or picture from a person. `to` is the number of ours they wrote to; `service` its Messaging Service."""

    model_config = ConfigDict(frozen=True)

    sid: str
    phone: str
    to: str
    service: str
    body: str
    pictures: tuple[Picture, ...]
    opt_out_type: str


class DeliveryReport(BaseModel):
    """What the carrier says of one text of ours."""

    model_config = ConfigDict(frozen=True)

    sid: str
    status: str
    rank: int
    error_code: int | None


class CallReport(BaseModel):
    """What the carrier says of one call. `sequence` orders its reports; 99 is its log's own last word."""

    model_config = ConfigDict(frozen=True)

    sid: str
    status: str
    sequence: int
    answered_by: AnsweredBy | None = None
    duration_s: int | None = None
    error_code: int | None = None


CALL_RANK = {"queued": 0, "initiated": 0, "ringing": 1, "in-progress": 2, "answered": 2}
"""How far a call that is not over has come by Twilio's own words."""

LAST_WORD = 99
"""A sequence number after all that a call's reports can have: there are four of them, or a few more in transfers."""


def text_from(form: Mapping[str, str]) -> InboundText:
    """An inbound text out of Twilio's form. Raises BadInputError when it has no id or no sender."""
    return InboundText(
        sid=_needed(form, "MessageSid", "SmsSid"),
        phone=_needed(form, "From"),
        to=_said(form, "To"),
        service=_said(form, "MessagingServiceSid"),
        body=_said(form, "Body")[:LONGEST_BODY],
        pictures=_pictures(form),
        opt_out_type=_said(form, "OptOutType"),
    )


def report_from(form: Mapping[str, str]) -> DeliveryReport:
    """A delivery report out of Twilio's form; a status word we do not know ranks below every other."""
    status = (_said(form, "MessageStatus") or _said(form, "SmsStatus")).lower()
    return DeliveryReport(
        sid=_needed(form, "MessageSid", "SmsSid"),
        status=status,
        rank=RANK.get(status, -1),
        error_code=_number(form, "ErrorCode"),
    )


def call_report_from(form: Mapping[str, str]) -> CallReport:
    """A call's status report out of Twilio's form. Raises BadInputError when it names no call or no status."""
    return CallReport(
        sid=_needed(form, "CallSid"),
        status=_needed(form, "CallStatus").lower(),
        sequence=_sequence(form),
        answered_by=answered_by(_said(form, "AnsweredBy")),
        duration_s=_number(form, "CallDuration"),
        error_code=_number(form, "ErrorCode"),
    )


def _sequence(form: Mapping[str, str]) -> int:
    """Its place among the reports of its call; without a number, by how far its word has come."""
    number = _number(form, "SequenceNumber")
    return CALL_RANK.get(_said(form, "CallStatus").lower(), 3) if number is None else min(number, LAST_WORD - 1)


def answered_by(said: str | None) -> AnsweredBy | None:
    """The carrier's detection in our words; None where it says nothing."""
    if not said:
        return None
    if said.startswith("machine"):
        return AnsweredBy.MACHINE
    return AnsweredBy(said) if said in set(AnsweredBy) else AnsweredBy.UNKNOWN


def _needed(form: Mapping[str, str], *names: str) -> str:
    for name in names:
        if said := _said(form, name):
            return said[:64]
    raise BadInputError(f"The webhook has no {names[0]}.")


def _said(form: Mapping[str, str], name: str) -> str:
    """A field as it can be stored: PostgreSQL stores no NUL, and no database half a surrogate pair."""
    return form.get(name, "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _number(form: Mapping[str, str], name: str) -> int | None:
    written = form.get(name, "")
    return int(written) if _SMALL_NUMBER.fullmatch(written) else None


def _pictures(form: Mapping[str, str]) -> tuple[Picture, ...]:
    shown = min(_number(form, "NumMedia") or 0, 10)
    return tuple(
        Picture(url=_said(form, f"MediaUrl{n}"), content_type=_said(form, f"MediaContentType{n}")) for n in range(shown)
    )
