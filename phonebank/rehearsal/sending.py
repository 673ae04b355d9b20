"""The way out: a create is taken, a sender chosen, the queue waited in, the text delivered or not."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from phonebank import clock
from phonebank.rehearsal.admitting import LONGEST_VALIDITY_S, check_content, check_parties, send_at
from phonebank.rehearsal.blocks import Blocks
from phonebank.rehearsal.callbacks import Callbacks
from phonebank.rehearsal.chance import between
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.failing import FailingNumbers
from phonebank.rehearsal.faults import Faults
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.refusals import CarrierRefusalError, meaning
from phonebank.rehearsal.segments import count_segments
from phonebank.rehearsal.senders import Senders
from phonebank.rehearsal.texts import Text
from phonebank.rehearsal.timeline import Timeline


@dataclass
class Sending:
    """`accept` refuses or takes a create; the rest happens on the timeline, each status reported as it comes."""

    config: Config
    timeline: Timeline
    ledger: Ledger
    senders: Senders
    blocks: Blocks
    failing: FailingNumbers
    faults: Faults
    callbacks: Callbacks
    on_delivered: Callable[[Text, datetime], None]

    def accept(self, asked: Values, default_callback: str | None) -> Text:
        """The new text, already in the ledger. Raises CarrierRefusalError."""
        now = clock.now()
        check_content(asked)
        check_parties(asked, self.config)
        self._check_person(asked, now)
        text = self._made(asked, now)
        text.send_at = send_at(asked, now)
        text.callback = asked.get("StatusCallback") or (default_callback if text.service_sid else None)
        self.ledger.add(text)
        self._begin(text, now)
        return text

    def cancel(self, text: Text) -> None:
        """Takes back a scheduled text. Raises CarrierRefusalError for any other: Twilio's error 30409."""
        if text.status != "scheduled":
            raise CarrierRefusalError(30409)
        self._move(text, "canceled", clock.now())

    def resume(self, text: Text) -> None:
        """Goes on, after a restart, with a text that was on its way."""
        now = clock.now()
        match text.status:
            case "scheduled":
                assert text.send_at
                self.timeline.at(text.send_at, partial(self._send_scheduled, text))
            case "accepted":
                self._queue(text)
            case "queued":
                self._wait_in_queue(text, now)
            case "sent":
                self._deliver_later(text, now)
            case _:
                return  # it has come to its end

    def _check_person(self, asked: Values, now: datetime) -> None:
        sender = asked.get("From")
        scope = self.senders.scope_of(sender) if sender else self.config.service_sid
        if self.blocks.has(scope, asked["To"]):
            raise CarrierRefusalError(21610)
        code = self.failing.at_create(asked["To"])
        if code is not None:
            raise CarrierRefusalError(code)
        if sender and not asked.get("MessagingServiceSid") and self.senders.queue_of(sender).is_full(now):
            raise CarrierRefusalError(21611)

    def _made(self, asked: Values, now: datetime) -> Text:
        body = asked.get("Body", "")
        return Text(
            sid=("MM" if asked.get("MediaUrl") else "SM") + secrets.token_hex(16),
            to=asked["To"],
            sender=asked.get("From"),
            service_sid=asked.get("MessagingServiceSid"),
            body=body,
            segments=count_segments(body),
            status="new",
            direction="outbound-api",
            created_at=now,
            updated_at=now,
            listed_at=now + timedelta(seconds=self.faults.lag(asked["To"])),
            media=asked.get("MediaUrl", []),
            expires_at=now + timedelta(seconds=asked.get("ValidityPeriod", LONGEST_VALIDITY_S)),
            arrived_epoch=time.time(),  # noqa: TID251  # the ledger also notes real time, whatever the rehearsal's clock shows
            arrived_monotonic=time.monotonic(),
        )

    def _begin(self, text: Text, now: datetime) -> None:
        """The initial status: scheduled, accepted (the service has yet to choose a sender) or queued. Not reported."""
        if text.send_at and text.send_at > now:
            self.ledger.move(text, "scheduled")
            self.timeline.at(text.send_at, partial(self._send_scheduled, text))
        elif text.service_sid:
            self.ledger.move(text, "accepted")
            self.timeline.after(self._delay("pick", text, self.config.pick_delay), partial(self._queue, text))
        else:
            self.ledger.move(text, "queued")
            self._wait_in_queue(text, now)

    def _send_scheduled(self, text: Text) -> None:
        if text.status == "scheduled":
            text.expires_at = clock.now() + timedelta(seconds=LONGEST_VALIDITY_S)
            self._queue(text)

    def _queue(self, text: Text) -> None:
        now = clock.now()
        text.sender = text.sender or self.senders.pick(text.to)
        if self.senders.queue_of(text.sender).is_full(now):
            self._fail(text, 30001)
            return
        self._move(text, "queued", now)
        self._wait_in_queue(text, now)

    def _wait_in_queue(self, text: Text, now: datetime) -> None:
        assert text.sender
        assert text.expires_at
        leaves_at = self.senders.queue_of(text.sender).take(now, text.segments, text.expires_at)
        if leaves_at is None:
            self.timeline.at(text.expires_at, partial(self._fail, text, 30036))
        else:
            self.timeline.at(leaves_at, partial(self._leave, text))

    def _leave(self, text: Text) -> None:
        now = clock.now()
        code = self.failing.at_delivery(text.to)
        if code is not None and meaning(code)["status"] == "failed":
            self._fail(text, code)
            return
        text.sent_at = now
        self._move(text, "sent", now)
        self._deliver_later(text, now)

    def _deliver_later(self, text: Text, now: datetime) -> None:
        delay = timedelta(seconds=self._delay("deliver", text, self.config.delivery_delay))
        self.timeline.at(now + delay, partial(self._deliver, text))

    def _deliver(self, text: Text) -> None:
        now = clock.now()
        text.error_code = self.failing.at_delivery(text.to)
        if text.error_code is not None:
            self._move(text, "undelivered", now)
            return
        self._move(text, "delivered", now)
        self.on_delivered(text, now)

    def _fail(self, text: Text, code: int) -> None:
        text.error_code = code
        self._move(text, "failed", clock.now())

    def _move(self, text: Text, status: str, now: datetime) -> None:
        self.ledger.move(text, status)
        text.updated_at = now
        self.callbacks.report(text)

    def _delay(self, step: str, text: Text, limits: tuple[float, float]) -> float:
        return between(*limits, self.config.seed, step, text.to, text.body)
