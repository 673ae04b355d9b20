"""The carrier's voice to the product: signed forms posted to its webhooks, with Twilio's own timeouts and one retry."""

import asyncio
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from urllib.parse import urldefrag, urlencode

import aiohttp

from phonebank import clock
from phonebank.gateway.twilio import sign

_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
"""https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: 15 s in all, 5 s to connect."""
_KEPT_FOR_S = 1.0
"""A connection nobody uses for so long is closed, before the other side does it under our next request."""
_AT_ONCE = 64
"""So many wait for an answer at a time; the next wait their turn, and their 15 seconds start then."""


@dataclass(frozen=True)
class Answer:
    """What the product said to one webhook; status 0 when it could not be reached."""

    status: int
    content_type: str = ""
    body: str = ""


class Webhooks:
    def __init__(self, auth_token: str) -> None:
        self._auth_token = auth_token
        self._session: aiohttp.ClientSession | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self.answered: Counter[str] = Counter()
        self._under_way: dict[int, datetime] = {}
        self._count = count()

    def __len__(self) -> int:
        """How many are being posted, or wait for their turn."""
        return len(self._under_way)

    @property
    def waiting_since(self) -> datetime | None:
        """When the oldest of them should have been posted, on the clock."""
        return next(iter(self._under_way.values()), None)

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_FOR_S),
            timeout=_TIMEOUT,
            headers={"User-Agent": "TwilioProxy/1.1", "Content-Type": "application/x-www-form-urlencoded"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def post(self, url: str, form: dict[str, str]) -> Answer:
        """Posts once, and once more only if no connection was made (Twilio's default, rp=ct)."""
        address = urldefrag(url).url  # a fragment holds connection overrides and is not signed
        headers = {"X-Twilio-Signature": sign(address, form, self._auth_token)}
        written = urlencode(form).encode()
        number = next(self._count)
        self._under_way[number] = clock.now()
        try:
            answer = await self._attempt(address, written, headers)
            if answer is None:
                headers["I-Twilio-Idempotency-Token"] = secrets.token_hex(16)
                answer = await self._attempt(address, written, headers)
        finally:
            del self._under_way[number]
        answer = answer or Answer(0)
        self.answered[f"{answer.status // 100}xx" if answer.status else "unreachable"] += 1
        return answer

    async def _attempt(self, url: str, form: bytes, headers: dict[str, str]) -> Answer | None:
        """None when no connection was made."""
        assert self._session, "open() comes first"
        try:
            async with (
                self._turn,
                self._session.post(url, data=form, headers=headers, allow_redirects=False) as response,
            ):
                body = await response.text(errors="replace")
                return Answer(response.status, response.content_type, body)
        except aiohttp.ClientConnectorError:
            return None
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0)
