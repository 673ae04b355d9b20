"""Calls over Twilio's API: dial, look into the log, redirect, hang up."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any

from phonebank.gateway.contract import Accepted, Failure, GatewayError, LoggedCall, OutgoingCall
from phonebank.gateway.twilio import IN_FLIGHT, NOT_THERE, connected, failure
from phonebank.settings import Settings

_IS_OVER = 21220


class Dialing:
    """A VoiceGateway over Twilio's API; made by `dialing` inside a running event loop."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def dial(self, call: OutgoingCall) -> Accepted:
        detection = {
            "machine_detection": "DetectMessageEnd",
            "async_amd": "true",  # the person hears us at once
            "async_amd_status_callback": call.machine_callback,
        }
        with _told_of_calls():
            made = await self._client.calls.create_async(
                to=call.to,
                from_=call.sender,
                url=call.url,
                timeout=call.ring_s,
                status_callback=call.status_callback,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                **(detection if call.machine_callback else {}),
            )
        if not made.sid or made.account_sid not in {None, self._client.account_sid}:
            raise GatewayError("The carrier took a call without giving an id of ours.", Failure.UNKNOWN)
        return Accepted(sid=made.sid, rank=0)

    async def calls_to(self, phone: str, since: datetime) -> list[LoggedCall]:
        with _told_of_calls():  # StartTime is null until a call is dialed, so the log is read by number alone
            found = await self._client.calls.list_async(to=phone, limit=50, page_size=50)
        logged = [one for each in found if (one := _logged_call(each)) is not None]
        return [one for one in logged if one.created_at >= since - timedelta(seconds=1)]

    async def fetch_call(self, sid: str) -> LoggedCall | None:
        try:
            with _told_of_calls():
                found = _logged_call(await self._client.calls(sid).fetch_async())
        except GatewayError as wrong:
            if wrong.code == NOT_THERE:
                return None
            raise
        if found is None:
            raise GatewayError("The carrier answered for a call with something else.", Failure.UNKNOWN)
        return found

    async def redirect_call(self, sid: str, url: str) -> None:
        with _told_of_calls():
            await self._client.calls(sid).update_async(url=url, method="POST")

    async def hang_up(self, sid: str) -> None:
        try:
            with _told_of_calls():
                await self._client.calls(sid).update_async(status="completed")
        except GatewayError as wrong:
            if wrong.code not in {NOT_THERE, _IS_OVER}:
                raise


def _logged_call(one: Any) -> LoggedCall | None:
    """A call of the log; None for what is none of Twilio's."""
    if not one.sid or not one.date_created:
        return None
    seconds = int(one.duration) if str(one.duration or "").isdecimal() else None
    return LoggedCall(one.sid, one.to or "", one.date_created, str(one.status), one.answered_by, seconds)


@contextmanager
def _told_of_calls() -> Iterator[None]:
    try:
        yield
    except GatewayError:
        raise
    except Exception as wrong:  # whatever is not a plain refusal may have rung
        raise failure(wrong, of_call=True) from wrong


@asynccontextmanager
async def dialing(settings: Settings, in_flight: int = IN_FLIGHT) -> AsyncIterator[Dialing]:
    """A gateway to call through, for as long as this block lasts; its connections are kept between calls."""
    async with connected(settings, in_flight) as client:
        yield Dialing(client)
