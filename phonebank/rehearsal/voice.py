"""Puts the half of the carrier together that calls."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from phonebank.rehearsal.call_log import CallLog
from phonebank.rehearsal.call_reports import CallReports
from phonebank.rehearsal.callees import Callees
from phonebank.rehearsal.calling_in import CallingIn
from phonebank.rehearsal.calls import Calls
from phonebank.rehearsal.conferences import Conferences
from phonebank.rehearsal.detecting import Detecting
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.joining import Joining
from phonebank.rehearsal.participants import Participants
from phonebank.rehearsal.recording import Recording
from phonebank.rehearsal.talking import Talking

if TYPE_CHECKING:
    from phonebank.rehearsal.carrier import Carrier


@dataclass
class Voice:
    """Every part of it that others speak to."""

    log: CallLog
    callees: Callees
    exchange: Exchange
    calls: Calls
    participants: Participants
    calling_in: CallingIn
    recording: Recording

    @classmethod
    def of(cls, carrier: "Carrier") -> Self:
        """Wired to this carrier's clock, faults and memory."""
        log, account = carrier.memory.calls, carrier.account
        told = carrier.memory.manners
        callees = Callees(carrier.config.seed, carrier.supporters, carrier.phones.is_visited, told)
        exchange = _exchange(carrier, callees)
        talking = Talking(exchange, carrier.webhooks, account.sid)
        exchange.talk = talking.answer
        exchange.detect = Detecting(exchange, carrier.webhooks, account.sid).detect
        conferences = Conferences(exchange, talking, carrier.posting, account.sid)
        Joining(exchange, talking, conferences)
        return cls(
            log=log,
            callees=callees,
            exchange=exchange,
            calls=Calls(exchange, talking, account),
            participants=Participants(exchange, conferences, account),
            calling_in=CallingIn(exchange, talking, account, log, carrier.config.voice_url),
            recording=Recording(exchange, talking, carrier.webhooks, account.sid),
        )

    def forget_open_lines(self) -> None:
        """After a restart: the lines that were open are dead, and the product is told."""
        for call in self.log.by_sid.values():
            if not call.is_final:
                self.exchange.forget(call)


def _exchange(carrier: "Carrier", callees: Callees) -> Exchange:
    return Exchange(
        config=carrier.config,
        timeline=carrier.timeline,
        errands=carrier.errands,
        log=carrier.memory.calls,
        failing=carrier.failing,
        faults=carrier.faults,
        reports=CallReports(carrier.account.sid, carrier.posting),
        manner_of=callees.manner_of,
        on_ring=carrier.phones.ring,
    )
