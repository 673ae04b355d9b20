"""Puts the stand-in carrier together: every part, wired, and what starts and stops with it."""

import asyncio
from collections import Counter
from datetime import datetime

from phonebank.rehearsal.account import Account
from phonebank.rehearsal.blocks import Blocks
from phonebank.rehearsal.callbacks import Callbacks
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.errands import Errands
from phonebank.rehearsal.failing import FailingNumbers, published_suffixes
from phonebank.rehearsal.faults import Faults
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.messages import Messages
from phonebank.rehearsal.phones import Phones
from phonebank.rehearsal.receiving import Receiving
from phonebank.rehearsal.senders import Senders
from phonebank.rehearsal.sending import Sending
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
        self.phones.show(text, now)

    async def start(self) -> None:
        await self.webhooks.open()
        self._clockwork = asyncio.create_task(self.timeline.run())

    async def stop(self) -> None:
        self._clockwork.cancel()
        await self.errands.stop()
        await self.webhooks.close()

    @property
    def is_running(self) -> bool:
        return not self._clockwork.done()
