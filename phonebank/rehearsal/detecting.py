"""Tells the product, aside from the talk, whether a person, a machine or a fax has picked up."""

from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.manners import Takes
from phonebank.rehearsal.webhooks import Webhooks

_HEARS_PERSON_S, _HEARS_MACHINE_S, _HEARS_FAX_S = 1.8, 3.6, 3.0


class Detecting:
    """`detect` runs beside the talk."""

    def __init__(self, exchange: Exchange, webhooks: Webhooks, account_sid: str) -> None:
        self._exchange = exchange
        self._webhooks = webhooks
        self._account_sid = account_sid

    async def detect(self, line: Line) -> None:
        call, manner = line.call, line.manner
        is_machine, waits = manner.takes is Takes.MACHINE, call.detection == "DetectMessageEnd"
        seconds = {Takes.MACHINE: manner.greeting_s if waits else _HEARS_MACHINE_S, Takes.FAX: _HEARS_FAX_S}
        after = seconds.get(manner.takes, _HEARS_PERSON_S)
        await self._exchange.pause(after)
        if line.ended.is_set():
            return
        if is_machine and waits:
            line.note("machine", "(beep)")
        found = {Takes.MACHINE: "machine_end_beep" if waits else "machine_start", Takes.FAX: "fax"}
        call.answered_by = manner.detected_as or found.get(manner.takes, "human")
        if call.detects_aside and call.machine_callback:
            form = {
                "AccountSid": self._account_sid,
                "AnsweredBy": call.answered_by,
                "CallSid": call.sid,
                "MachineDetectionDuration": str(round(after * 1000)),
            }
            await self._webhooks.post(call.machine_callback, form)
        line.detected.set()
