"""A phone in tests: webhooks of one call as the carrier signs them, and what our answers say."""

from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from phonebank import db
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.campaigns.models import Channel
from phonebank.gateway import twilio
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.rehearsal.twiml_rules import check_twiml
from tests.support import conversations as make
from tests.support.factories import fresh, member, sid

PUBLIC = "https://phonebank.example.org"
ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
SCRIPT = {"ask": "We are making calls {{ ask.when }}. Can I count on you to join us?", "toll_free": "+18005550143"}


def calling(session, now, **fields):
    """A running campaign of calls."""
    return make.campaign(session, now, **({"channel": Channel.CALL, "call_script": SCRIPT} | fields))


def a_call(session, drive, now, *, rings: Recipient | None = None, **fields: Any) -> int:
    """The id of a call that was dialed, and is about to be taken."""
    to = rings or member(session, drive, now, status=RecipientStatus.PENDING)
    words: dict[str, Any] = {
        "kind": CallKind.SCRIPTED,
        "status": CallStatus.DIALING,
        "recipient_id": to.id,
        "step": "call",
        "phone": to.phone,
        "language": to.language,
        "attempts": 1,
        "claimed_at": now,
        "carrier_sid": sid().replace("SM", "CA"),
    }
    row = Call(campaign_id=drive.id, sender=drive.sender, created_at=now, **(words | fields))
    return make.kept(session, row).id


@dataclass
class Phone:
    """One call. Each answer is checked by the carrier's rules; `heard` is what they hear, `next` where it goes on."""

    client: Any
    call_id: int
    heard: str = ""
    next: str = ""
    is_over: bool = False
    said: list[str] = field(default_factory=list)

    def picks_up(self):
        return self.posts(f"/twilio/calls/{self.call_id}/start")

    def presses(self, key):
        return self.posts(self.next, Digits=key)

    def says(self, words, confidence="0.9"):
        return self.posts(self.next, SpeechResult=words, Confidence=confidence)

    def is_silent(self):
        return self.posts(self.next)

    def goes_on(self):
        return self.posts(self.next)

    def machine(self, told):
        return self._sent(f"/twilio/calls/{self.call_id}/machine", {"AnsweredBy": told})

    def posts(self, path, **form):
        answered = self._sent(path, form)
        assert answered.status_code == 200
        twiml = answered.get_data(as_text=True)
        assert check_twiml(twiml) == []
        root = ET.fromstring(twiml)
        self.heard = " ".join(one.text for one in root.iter("Say"))
        listens, goes_on = root.find("Gather"), root.find("Redirect")
        assert self.heard or root.find("Play") is not None or goes_on is not None or "voicemail" in path
        self.said.append(self.heard)
        self.is_over = root.find("Hangup") is not None
        self.next = listens.get("action") if listens is not None else goes_on.text if goes_on is not None else ""
        self.next = self.next.removeprefix(PUBLIC)
        assert self.is_over or self.next
        return self

    def _sent(self, path, form):
        with db.reading() as session:
            call = session.get(Call, self.call_id)
            told = {"CallSid": call.carrier_sid if call else "CA" + "f" * 32, "AccountSid": ACCOUNT}
            told |= {"To": call.phone, "From": call.sender, "Direction": "outbound-api"} if call else {}
            told |= form
        headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + path, told, TOKEN)}
        return self.client.post(path, data=told, headers=headers, environ_overrides={"RAW_URI": path})

    @property
    def row(self):
        return fresh(Call, self.call_id)
