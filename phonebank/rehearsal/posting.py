"""Posts what is told of one text or call in order, unless a fault says otherwise."""

import asyncio
from collections import defaultdict

from phonebank.rehearsal.faults import CALLBACK, FaultKind, Faults, Touched
from phonebank.rehearsal.timeline import Timeline
from phonebank.rehearsal.webhooks import Webhooks

Form = dict[str, str]


class Posting:
    """Posts about one thing (its `sid`) follow each other; those about different things run side by side."""

    def __init__(self, webhooks: Webhooks, faults: Faults, timeline: Timeline) -> None:
        self._webhooks = webhooks
        self._faults = faults
        self._timeline = timeline
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: defaultdict[str, list[Form]] = defaultdict(list)

    def __len__(self) -> int:
        """Things of which something is being told just now."""
        return len(self._last)

    def tell(self, sid: str, person: str, url: str, form: Form, *, is_last: bool) -> None:
        """Posts this form in its turn; faults are those of the person's number."""
        fault = self._faults.strike(CALLBACK, Touched.CREATE, person)
        match fault and fault.kind:
            case FaultKind.CALLBACK_DROPPED:
                return
            case FaultKind.CALLBACK_LATE:
                assert fault
                self._timeline.after(fault.seconds, lambda: self._send(sid, url, [form]))
                return
            case FaultKind.CALLBACK_REORDERED if not is_last:
                self._held[sid].append(form)
                return
        forms = [form, form] if fault and fault.kind is FaultKind.CALLBACK_DOUBLED else [form]
        self._send(sid, url, forms + self._held.pop(sid, []))

    def _send(self, sid: str, url: str, forms: list[Form]) -> None:
        task = asyncio.get_running_loop().create_task(self._post_in_turn(self._last.get(sid), url, forms))
        self._last[sid] = task
        task.add_done_callback(lambda done: self._forget(sid, done))

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
