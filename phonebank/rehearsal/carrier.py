"""Puts the stand-in carrier together: every part, wired, and what starts and stops with it."""

from collections import Counter
from datetime import datetime
from functools import partial

from phonebank.rehearsal.account import Account
from phonebank.rehearsal.blocks import Blocks
from phonebank.rehearsal.callbacks import Callbacks
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.errands import Errands
from phonebank.rehearsal.failing import FailingNumbers, published_suffixes
from phonebank.rehearsal.faults import Faults
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.messages import Messages
from phonebank.rehearsal.phones import Phone, Phones
from phonebank.rehearsal.receiving import Inbound, Receiving
from phonebank.rehearsal.senders import Senders
from phonebank.rehearsal.sending import Sending
from phonebank.rehearsal.supporters import Supporters
from phonebank.rehearsal.texts import Text
from phonebank.rehearsal.timeline import Timeline
from phonebank.rehearsal.webhooks import Webhooks


class Carrier:
    """Every part of one stand-in carrier, wired."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.timeline = Timeline()
        self.ledger = Ledger()
        self.account = Account(config)
        self.faults = Faults(config.seed, config.faults)
        self.failing = FailingNumbers({**(published_suffixes() if config.failing_numbers else {}), **config.errors})
        self.phones = Phones()
        self.blocks = Blocks()
        self.errands = Errands()
        self.webhooks = Webhooks(config.auth_token)
        self.refused: Counter[int] = Counter()
        self.requests: Counter[str] = Counter()
        self.supporters = Supporters(config.seed, config.reply_mix, config.reply_pace)
        self.senders = senders = Senders(config)
        self.receiving = Receiving(
            account_sid=config.account_sid,
            ledger=self.ledger,
            senders=senders,
            blocks=self.blocks,
            phones=self.phones,
            webhooks=self.webhooks,
            address_for=self.account.address_for,
            service_for=self.account.service_for,
        )
        self.sending = Sending(
            config=config,
            timeline=self.timeline,
            ledger=self.ledger,
            senders=senders,
            blocks=self.blocks,
            failing=self.failing,
            faults=self.faults,
            callbacks=Callbacks(config.account_sid, self.webhooks, self.faults, self.timeline),
            on_delivered=self.show,
        )
        self.messages = Messages(config.account_sid, self.ledger, self.sending, self.account)

    def show(self, text: Text, now: datetime) -> None:
        """A text has reached a phone; its simulated owner may answer, unless a visitor has taken over."""
        phone = self.phones.show(text, now)
        if phone.visited:
            return
        for said in self.supporters.hear(phone.number, text.body, now):
            self.timeline.at(said.at, partial(self._speak, phone, text.sender or "", said.body))

    def _speak(self, phone: Phone, ours: str, body: str) -> None:
        if not phone.visited:
            self.errands.start(self.receiving.arrive(Inbound(phone.number, ours, body)))

    async def start(self) -> None:
        await self.webhooks.open()
        self.timeline.start()

    async def stop(self) -> None:
        self.timeline.stop()
        await self.errands.stop()
        await self.webhooks.close()
