"""Puts the stand-in carrier together: every part, wired, and what starts and stops with it."""

from collections import Counter
from datetime import datetime
from functools import partial

from phonebank.rehearsal.account import Account
from phonebank.rehearsal.callbacks import Callbacks
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.errands import Errands
from phonebank.rehearsal.failing import FailingNumbers, published_suffixes
from phonebank.rehearsal.faults import Faults
from phonebank.rehearsal.memory import Memory
from phonebank.rehearsal.messages import Messages
from phonebank.rehearsal.posting import Posting
from phonebank.rehearsal.receiving import Inbound, Receiving
from phonebank.rehearsal.senders import Senders
from phonebank.rehearsal.sending import Sending
from phonebank.rehearsal.supporters import Supporters, Unsaid
from phonebank.rehearsal.texts import Text
from phonebank.rehearsal.timeline import Timeline
from phonebank.rehearsal.voice import Voice
from phonebank.rehearsal.webhooks import Webhooks


class Carrier:
    """Every part of one stand-in carrier, wired."""

    def __init__(self, config: Config, memory: Memory | None = None) -> None:
        self.config = config
        self.memory = memory or Memory(Supporters(config.seed, config.reply_mix, config.reply_pace))
        self.ledger, self.phones, self.blocks = self.memory.ledger, self.memory.phones, self.memory.blocks
        self.supporters = self.memory.supporters
        self.timeline = Timeline()
        self.errands = Errands()
        self.webhooks = Webhooks(config.auth_token)
        self.faults = Faults(config.seed, config.faults)
        self.failing = FailingNumbers({**(published_suffixes() if config.failing_numbers else {}), **config.errors})
        self.refused: Counter[int] = Counter()
        self.requests: Counter[str] = Counter()
        self.account = Account(config, self.memory.addresses)
        self.posting = Posting(self.webhooks, self.faults, self.timeline)
        self.senders = Senders(config, self.memory.sticky)
        self.receiving = Receiving(self.account, self.ledger, self.senders, self.blocks, self.phones, self.webhooks)
        self.sending = self._sending()
        self.messages = Messages(self.ledger, self.sending, self.account)
        self.voice = Voice.of(self)

    def _sending(self) -> Sending:
        return Sending(
            config=self.config,
            timeline=self.timeline,
            ledger=self.ledger,
            senders=self.senders,
            blocks=self.blocks,
            failing=self.failing,
            faults=self.faults,
            callbacks=Callbacks(self.account.sid, self.posting, self.config.reported),
            on_delivered=self.show,
        )

    def show(self, text: Text, now: datetime) -> None:
        """A text has reached a phone; its simulated owner may answer, unless a visitor has taken over."""
        phone = self.phones.show(text, now)
        if phone.visited:
            return
        for said in self.supporters.hear(phone.number, text.body, now):
            unsaid = Unsaid(phone.number, text.sender or "", said)
            self.memory.unsaid.add(unsaid)
            self.timeline.at(said.at, partial(self._speak, unsaid))

    def _speak(self, unsaid: Unsaid) -> None:
        self.memory.unsaid.discard(unsaid)
        self.supporters.has_said(unsaid.number)
        if not self.phones.of(unsaid.number).visited:
            self.errands.start(self.receiving.arrive(Inbound(unsaid.number, unsaid.ours, unsaid.said.body)))

    async def start(self) -> None:
        await self.webhooks.open()
        self._take_up_what_was_begun()
        self.timeline.on_action = self.stir
        self.timeline.start()

    def stir(self) -> None:
        """Notes that something happened, so that it is kept."""
        self.memory.stirs += 1

    def _take_up_what_was_begun(self) -> None:
        for text in self.ledger.by_sid.values():
            if not text.is_final:
                self.sending.resume(text)
        self.voice.forget_open_lines()
        for unsaid in self.memory.unsaid:
            self.timeline.at(unsaid.said.at, partial(self._speak, unsaid))

    async def stop(self) -> None:
        self.timeline.stop()
        await self.errands.stop()
        await self.posting.stop()
        await self.webhooks.close()
