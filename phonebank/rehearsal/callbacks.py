"""Delivery reports: one signed callback a status, in order unless a fault says otherwise."""

import asyncio
from collections import defaultdict
from collections.abc import Collection

from phonebank.rehearsal.faults import CALLBACK, FaultKind, Faults, Touched
from phonebank.rehearsal.texts import Text
from phonebank.rehearsal.timeline import Timeline
from phonebank.rehearsal.webhooks import Webhooks

Form = dict[str, str]


class Callbacks:
    """Posts of one text follow each other; those of different texts run side by side. `reported`: which statuses."""

    def __init__(
        self,
        account_sid: str,
        webhooks: Webhooks,
        faults: Faults,
        timeline: Timeline,
        reported: Collection[str] = (),
    ) -> None:
        self._reported = reported
        self._account_sid = account_sid
        self._webhooks = webhooks
        self._faults = faults
        self._timeline = timeline
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: defaultdict[str, list[Form]] = defaultdict(list)

    def __len__(self) -> int:
        """Texts of which something is being reported just now."""
        return len(self._last)

    def report(self, text: Text) -> None:
        """Tells the product of the text's status as it is now, if it asked to be told."""
        if not text.callback or (self._reported and text.status not in self._reported):
            return
        form = self._form(text)
        fault = self._faults.strike(CALLBACK, Touched.CREATE, text.to)
        match fault and fault.kind:
            case FaultKind.CALLBACK_DROPPED:
                return
            case FaultKind.CALLBACK_LATE:
                assert fault
                self._timeline.after(fault.seconds, lambda: self._send(text, [form]))
                return
            case FaultKind.CALLBACK_REORDERED if not text.is_final:
                self._held[text.sid].append(form)
                return
        forms = [form, form] if fault and fault.kind is FaultKind.CALLBACK_DOUBLED else [form]
        self._send(text, forms + self._held.pop(text.sid, []))

    def _send(self, text: Text, forms: list[Form]) -> None:
        assert text.callback
        previous = self._last.get(text.sid)
        task = asyncio.get_running_loop().create_task(self._post_in_turn(previous, text.callback, forms))
        self._last[text.sid] = task
        task.add_done_callback(lambda done: self._forget(text.sid, done))

    async def stop(self) -> None:
        """Whatever is still being said is left unsaid."""
        tasks = list(self._last.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _post_in_turn(self, previous: asyncio.Task[None] | None, url: str, forms: list[Form]) -> None:
        if previous:
            await asyncio.wait([previous])
        for form in forms:
            await self._webhooks.post(url, form)

    def _forget(self, sid: str, done: asyncio.Task[None]) -> None:
        if self._last.get(sid) is done:
            del self._last[sid]

    def _form(self, text: Text) -> Form:
        form = {
            "AccountSid": self._account_sid,
            "ApiVersion": "2010-04-01",
            "From": text.sender or "",
            "MessageSid": text.sid,
            "MessageStatus": text.status,
            "SmsSid": text.sid,
            "SmsStatus": text.status,
            "To": text.to,
        }
        if text.service_sid:
            form["MessagingServiceSid"] = text.service_sid
        if text.error_code:
            form["ErrorCode"] = str(text.error_code)
        if text.status in {"delivered", "undelivered"}:
            form["RawDlrDoneDate"] = text.updated_at.strftime("%y%m%d%H%M")
        return form
