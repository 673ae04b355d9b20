"""Volunteers at their inbox, over HTTP: each takes, reads, polls, types, answers and goes on, as the pages do."""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, CookieJar, TCPConnector

POLLED_EVERY_S = 1.5
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
_PIECE = re.compile(r'hx-get="([^"]+)"')
_ID = re.compile(r"/inbox/(\d+)")
_SCRIPT = {"HX-Request": "true"}


@dataclass
class Log:
    """What was measured, and what must hold: the seconds of each kind of request, each answer's and draft's words."""

    counts_from: float = float("inf")
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: list[str] = field(default_factory=list)
    drafts: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, kind: str, seconds: float) -> None:
        if time.monotonic() >= self.counts_from:
            self.took[kind].append(seconds)


class Volunteer:
    """One person's browser. `every_s`: how often they answer."""

    def __init__(self, name: str, address: str, log: Log, every_s: float) -> None:
        self._name, self._address, self._log, self._every_s = name, address, log, every_s
        self._random = random.Random(name)
        self._token, self._page, self._at = "", "", ""
        self._session = ClientSession(
            cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout(30), connector=TCPConnector(limit=6)
        )

    async def sign_in(self, link: str) -> None:
        await self._get(link, "sign in")
        await self._post(link, "sign in", {})

    async def work(self, until: Callable[[], bool]) -> None:
        """Answers, one every so often, until told otherwise; then leaves a draft behind."""
        await asyncio.sleep(self._random.uniform(0, self._every_s))
        await self._get("/inbox", "page: inbox")
        while not until():
            if not _ID.search(self._at):
                await self._post("/inbox/next", "action: next", {})
            if not _ID.search(self._at):
                await self._poll_for(POLLED_EVERY_S * 2)
                continue
            await self._answer()
        if _ID.search(self._at):
            await self._leave_a_draft()
        await self._session.close()

    async def _answer(self) -> None:
        words = f"{self._name}'s answer {len(self._log.answers)} {self._random.random()}"
        began = time.monotonic()
        for share in (0.3, 0.6):
            await self._poll_for(self._every_s * share - (time.monotonic() - began), writing="&writing=yes")
            await self._draft(words[: int(len(words) * share)])
        await self._poll_for(self._every_s * self._random.uniform(0.8, 1.1) - (time.monotonic() - began))
        chance = self._random.random()
        if chance < 0.05:  # shares of what people do
            await self._deed("snooze", {"until": "soon", "body": words})
        elif chance < 0.1:
            await self._deed("hand-over", {"note": "please", "body": words})
        elif chance < 0.3:
            await self._send(words, "")
            await self._deed("verdict", {"intent": self._random.choice(["yes", "no", "maybe", "not_now"])})
        else:
            await self._send(words, "next")

    async def _send(self, words: str, then: str) -> None:
        """Once in ten, a double tap: the same form twice at once."""
        found = _NONCE.search(self._page)
        form = {"body": words, "nonce": found[1] if found else "", "then": then}
        taps = 2 if self._random.random() < 0.1 else 1
        told = await asyncio.gather(*(self._script("answer", "action: answer", form) for _ in range(taps)))
        if any(status == 200 for status, _ in told):
            self._log.answers.append(words)
        onward = next((found[1] for _, text in told if (found := re.search(r'"to": ?"([^"]*)"', text))), "")
        if onward:
            await self._get(onward, "page: conversation")

    async def _draft(self, words: str) -> None:
        status, _ = await self._script("draft", "action: draft", {"body": words})
        if status not in (204, 409):
            self._log.wrong.append(f"draft: {status}")

    async def _leave_a_draft(self) -> None:
        words = f"unsent by {self._name}"
        status, _ = await self._script("draft", "action: draft", {"body": words})
        if status == 204:  # kept, says the server
            self._log.drafts[int(_ID.search(self._at)[1])] = words  # type: ignore[index]  # asked before

    async def _script(self, deed: str, kind: str, form: dict[str, str]) -> tuple[int, str]:
        return await self._post(f"{self._here()}/{deed}", kind, form, follow=False)

    async def _deed(self, deed: str, form: dict[str, str]) -> None:
        await self._post(f"{self._here()}/{deed}", f"action: {deed}", form)

    async def _poll_for(self, seconds: float, writing: str = "") -> None:
        """The live piece of the open page asks for itself; what has changed takes its place."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await asyncio.sleep(min(POLLED_EVERY_S, max(0.0, ends - time.monotonic())))
            found = _PIECE.search(self._page)
            if found is None:
                return
            kind = "poll: list" if "rows" in found[1] else "poll: conversation"
            status, text = await self._asked("GET", found[1].replace("&amp;", "&") + writing, kind, headers=_SCRIPT)
            if status == 200 and (fresh := _PIECE.search(text)):
                self._page = self._page.replace(found[1], fresh[1])

    def _here(self) -> str:
        found = _ID.search(self._at)
        return f"/inbox/{found[1]}" if found else "/inbox/0"

    async def _get(self, path: str, kind: str) -> None:
        await self._asked("GET", path, kind, keep=True)

    async def _post(self, path: str, kind: str, form: dict[str, str], *, follow: bool = True) -> tuple[int, str]:
        data = {"csrf_token": self._token, **form}
        if not follow:
            return await self._asked("POST", path, kind, data=data, headers=_SCRIPT)
        return await self._asked("POST", path, kind, data=data, keep=True)

    async def _asked(self, method: str, path: str, kind: str, *, keep: bool = False, **more: object) -> tuple[int, str]:
        """A redirect is followed as its own request, and counted as the page it is."""
        began = time.monotonic()
        try:
            async with self._session.request(
                method,
                self._address + path,
                allow_redirects=False,
                **more,  # type: ignore[arg-type]  # passed on
            ) as answer:
                text, status, onward = await answer.text(), answer.status, answer.headers.get("Location")
        except (OSError, TimeoutError) as wrong:
            self._log.wrong.append(f"{kind}: {type(wrong).__name__}")
            return 0, ""
        self._log.note(kind, time.monotonic() - began)
        if status >= 500:
            self._log.wrong.append(f"{kind}: {status}")
        if onward and keep:
            page = "page: conversation" if _ID.search(onward) else "page: inbox"
            return await self._asked("GET", onward, page, keep=True)
        if keep and status == 200:
            self._page, self._at = text, path
            found = _TOKEN.search(text)
            self._token = found[1] if found else self._token
        return status, text
