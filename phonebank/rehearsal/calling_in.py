"""The way in: somebody calls one of our numbers, or a browser's phone calls through us."""

import secrets
from dataclasses import dataclass, field

from phonebank import clock
from phonebank.rehearsal.account import Account
from phonebank.rehearsal.call_log import CallLog
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.manners import Manner
from phonebank.rehearsal.phonecalls import PhoneCall
from phonebank.rehearsal.talking import Next, Talking


@dataclass(frozen=True)
class Incoming:
    """Who calls which number of ours. `url`: instead of the number's own address, as a TwiML app has one."""

    sender: str
    to: str
    url: str = ""
    told: dict[str, str] = field(default_factory=dict)
    """What a browser's phone says of its call, beside the usual."""
    manner: Manner = field(default_factory=lambda: Manner(by_hand=True))


@dataclass
class CallingIn:
    """`arrive` gives the call as it begins; it goes on by itself."""

    exchange: Exchange
    talking: Talking
    account: Account
    log: CallLog
    voice_url: str | None

    def arrive(self, incoming: Incoming) -> PhoneCall:
        """A number without an address lets the call fail at once and in silence, as at Twilio."""
        now = clock.now()
        number = self.account.numbers.get(incoming.to)
        url = incoming.url or (number["voice_url"] if number else "") or self.voice_url or ""
        call = PhoneCall(
            sid="CA" + secrets.token_hex(16),
            to=incoming.to,
            sender=incoming.sender,
            direction="inbound",
            status="ringing",
            created_at=now,
            updated_at=now,
            listed_at=now,
            started_at=now,
            url=url,
        )
        self.log.add(call)
        line = Line(call, incoming.manner)
        self.exchange.open[call.sid] = line
        if url:
            talk = self.talking.from_here(Next(url, incoming.told))
            self.exchange.pick_up(line)
            line.task = self.exchange.errands.start(self.exchange.talk_until_over(line, talk))
        else:
            self.exchange.end(line, "failed", "The number has no address for calls.")
        return call
