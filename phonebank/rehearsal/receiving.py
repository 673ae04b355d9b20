"""The way in: a person's text is logged, heard for opt-out words, and posted to the product."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.account import Account
from phonebank.rehearsal.blocks import ANSWERS, Blocks
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.phones import Phones
from phonebank.rehearsal.segments import count_segments
from phonebank.rehearsal.senders import Senders
from phonebank.rehearsal.texts import Text
from phonebank.rehearsal.webhooks import Answer, Webhooks


@dataclass(frozen=True)
class Inbound:
    """What a person sends: from their number to one of ours. A known `sid` is delivered again, not logged again."""

    sender: str
    to: str
    body: str
    media: Sequence[str] = ()
    sid: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A person's text and what the product answered (0: not reached). `monotonic` is real time, when it answered."""

    sid: str
    sender: str
    body: str
    answers: tuple[int, ...]
    monotonic: float


@dataclass
class Receiving:
    """`arrive` takes one text in, and posts it to the webhook of the number it came to, if that has one."""

    account: Account
    ledger: Ledger
    senders: Senders
    blocks: Blocks
    phones: Phones
    webhooks: Webhooks
    told: list[Told] = field(default_factory=list)

    async def arrive(self, inbound: Inbound) -> tuple[Text, list[Answer]]:
        """The text as logged, and the product's answers to its webhook (`times` of them, posted at once)."""
        now = clock.now()
        text = self.ledger.by_sid.get(inbound.sid or "") or self._log(inbound, now)
        address = self.account.address_for(text.to)
        if not address:
            return text, []
        form = self._form(text)
        answers = await asyncio.gather(*(self.webhooks.post(address, form) for _ in range(inbound.times)))
        statuses = tuple(answer.status for answer in answers)
        self.told.append(Told(text.sid, inbound.sender, text.body, statuses, time.monotonic()))
        for answer in answers:
            self._say_what_was_answered(text, answer)
        return text, answers

    def _log(self, inbound: Inbound, now: datetime) -> Text:
        sid = inbound.sid or ("MM" if inbound.media else "SM") + secrets.token_hex(16)
        text = self._text(sid, inbound.sender, inbound.to, inbound.body, now)
        text.media = list(inbound.media)
        self.ledger.add(text)
        self.phones.show(text, now)
        self.senders.stick(inbound.sender, inbound.to)
        keyword = self.blocks.hear(self.senders.scope_of(inbound.to), inbound.sender, inbound.body)
        if keyword:
            self._reply(text, ANSWERS[keyword], now, automatic=True)
        return text

    def _say_what_was_answered(self, text: Text, answer: Answer) -> None:
        """Twilio texts back whatever a webhook answers: TwiML messages, or a plain-text body as it stands."""
        for body in _messages_in(answer):
            self._reply(text, body, clock.now(), automatic=False)

    def _reply(self, to: Text, body: str, now: datetime, *, automatic: bool) -> None:
        reply = self._text("SM" + secrets.token_hex(16), to.to, to.sender or "", body, now)
        reply.status, reply.direction = "delivered", "outbound-reply"
        self.ledger.add(reply)
        self.phones.show(reply, now, automatic=automatic)

    def _text(self, sid: str, sender: str, to: str, body: str, now: datetime) -> Text:
        return Text(
            sid=sid,
            to=to,
            sender=sender,
            service_sid=self.account.service_for(to) or self.account.service_for(sender),
            body=body,
            segments=count_segments(body),
            status="received",
            direction="inbound",
            created_at=now,
            updated_at=now,
            listed_at=now,
            sent_at=now,
        )

    def _form(self, text: Text) -> dict[str, str]:
        form = {
            "AccountSid": self.account.sid,
            "ApiVersion": "2010-04-01",
            "Body": text.body,
            "From": text.sender or "",
            "FromCountry": "US",
            "MessageSid": text.sid,
            "NumMedia": str(len(text.media)),
            "NumSegments": str(text.segments),
            "SmsMessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "To": text.to,
            "ToCountry": "US",
        }
        if text.service_sid:
            form["MessagingServiceSid"] = text.service_sid
        for index, url in enumerate(text.media):
            form[f"MediaUrl{index}"] = url
            form[f"MediaContentType{index}"] = "image/jpeg"
        return form


def _messages_in(answer: Answer) -> list[str]:
    if answer.status != 200 or not answer.body.strip():  # noqa: PLR2004
        return []
    if answer.content_type == "text/plain":
        return [answer.body]
    try:
        root = ET.fromstring(answer.body)  # noqa: S314  # the product's own answer, on loopback
    except ET.ParseError:
        return []
    return ["".join(message.itertext()).strip() for message in root.iter("Message")]
