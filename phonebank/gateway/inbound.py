"""Twilio's forms into our frozen models, Twilio's words into ours (pure)."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from phonebank.errors import BadInputError

LONGEST_BODY = 10_000
"""Longer bodies are cut: no carrier delivers them, and nothing we read needs more."""

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


def text_from(form: Mapping[str, str]) -> InboundText:
    """An inbound text out of Twilio's form. Raises BadInputError when it has no id or no sender."""
    return InboundText(
        sid=_needed(form, "MessageSid", "SmsSid"),
        phone=_needed(form, "From"),
        to=form.get("To", ""),
        service=form.get("MessagingServiceSid", ""),
        body=_storable(form.get("Body", ""))[:LONGEST_BODY],
        pictures=_pictures(form),
        opt_out_type=form.get("OptOutType", ""),
    )


def report_from(form: Mapping[str, str]) -> DeliveryReport:
    """A delivery report out of Twilio's form; a status word we do not know ranks below every other."""
    status = (form.get("MessageStatus") or form.get("SmsStatus") or "").lower()
    code = form.get("ErrorCode", "")
    return DeliveryReport(
        sid=_needed(form, "MessageSid", "SmsSid"),
        status=status,
        rank=RANK.get(status, -1),
        error_code=int(code) if code.isdigit() else None,
    )


def _needed(form: Mapping[str, str], *names: str) -> str:
    for name in names:
        if form.get(name):
            return _storable(form[name])[:64]
    raise BadInputError(f"The webhook has no {names[0]}.")


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL, and no database stores half a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _pictures(form: Mapping[str, str]) -> tuple[Picture, ...]:
    count = form.get("NumMedia", "0")
    shown = min(int(count), 10) if count.isdigit() else 0
    return tuple(
        Picture(url=form.get(f"MediaUrl{n}", ""), content_type=form.get(f"MediaContentType{n}", ""))
        for n in range(shown)
    )
