"""The rehearsal's own door, /_standin/: ledger, phones, faults, errors, supporters. Loopback and a token only."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from itertools import chain, islice
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from phonebank import clock
from phonebank.rehearsal.call_control import CallControl
from phonebank.rehearsal.carrier import Carrier
from phonebank.rehearsal.faults import Fault
from phonebank.rehearsal.ledger import as_row
from phonebank.rehearsal.phones import Phone, as_shown
from phonebank.rehearsal.receiving import Inbound
from phonebank.rehearsal.supporters import Supporter

Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Reply(_Asked):
    body: str = ""
    media: list[str] = []


class _Inbound(_Asked):
    sender: str = Field(alias="from")
    to: str
    body: str = ""
    media: list[str] = []
    sid: str | None = None
    times: int = Field(1, ge=1, le=50)


class _Faults(_Asked):
    clear: bool = False
    add: list[Fault] = []


class _Errors(_Asked):
    clear: bool = False
    add: dict[str, int] = {}


class _Supporters(_Asked):
    replace: bool = False
    people: list[Supporter]


class Control:
    """Answers as JSON; refuses with 400 and one sentence."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def add_routes(self, app: web.Application) -> None:
        for method, path, endpoint in (
            ("GET", "health", self.health),
            ("GET", "ledger", self.ledger),
            ("GET", "told", self.told),
            ("GET", "stats", self.stats),
            ("GET", "phones", self.phones),
            ("GET", "phones/{number}/thread", self.thread),
            ("POST", "phones/{number}/reply", self.reply),
            ("POST", "inbound", self.inbound),
            ("POST", "faults", self.faults),
            ("POST", "errors", self.errors),
            ("POST", "supporters", self.supporters),
            *CallControl(self._carrier.voice, self._carrier.phones).endpoints,
        ):
            app.router.add_route(method, f"/_standin/{path}", self._guarded(endpoint))

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        token = f"Bearer {self._carrier.config.auth_token}"

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != token or request.remote not in {"127.0.0.1", "::1"}:
                return web.json_response({"error": "Ask from this machine, with the auth token as bearer."}, status=403)
            if request.method == "POST":
                self._carrier.stir()
            try:
                return await endpoint(request)
            except ValidationError as wrong:
                return web.json_response({"error": str(wrong)}, status=400)

        return answer

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def ledger(self, request: web.Request) -> web.Response:
        """Every accepted create, oldest first; `?to=` for one person's, `?since=` leaves out the first so many."""
        person = request.query.get("to")
        since = TypeAdapter(int).validate_python(request.query.get("since", "0"))
        rows = [as_row(text) for text in self._carrier.ledger.accepted[since:] if person in (None, text.to)]
        return web.json_response(rows)

    async def told(self, request: web.Request) -> web.Response:
        """Every text of a person posted to the product, with its answers; `?since=` leaves out the first so many."""
        since = TypeAdapter(int).validate_python(request.query.get("since", "0"))
        return web.json_response([asdict(one) for one in self._carrier.receiving.told[since:]])

    async def stats(self, _request: web.Request) -> web.Response:
        carrier = self._carrier
        next_at = carrier.timeline.next_at
        return web.json_response(
            {
                "accepted": len(carrier.ledger.accepted),
                "segments": carrier.ledger.segments,
                "statuses": +carrier.ledger.statuses,
                "requests": carrier.requests,
                "refused": carrier.refused,
                "faults": carrier.faults.struck,
                "webhooks": carrier.webhooks.answered,
                "phones": len(carrier.phones.by_number),
                "calls": carrier.voice.log.figures(),
                "to_come": len(carrier.timeline),
                "next_at": next_at.isoformat() if next_at else None,
                "posting": len(carrier.webhooks) + len(carrier.posting),
                "behind_s": self._behind_s(next_at),
            },
        )

    def _behind_s(self, next_at: datetime | None) -> float:
        """By how much the carrier itself, or the product it posts to, is behind the clock."""
        due = [moment for moment in (next_at, self._carrier.webhooks.waiting_since) if moment is not None]
        return max(0.0, (clock.now() - min(due)).total_seconds()) if due else 0.0

    async def phones(self, request: web.Request) -> web.Response:
        """The phones with the latest talk first, then supporters nobody has texted; `?limit=` of them (200)."""
        limit = TypeAdapter(int).validate_python(request.query.get("limit", "200"))
        phones = self._carrier.phones
        waiting = (Phone(number) for number in self._carrier.supporters.people if number not in phones.by_number)
        return web.json_response([self._summary(phone) for phone in islice(chain(phones.talking(), waiting), limit)])

    async def thread(self, request: web.Request) -> web.Response:
        """The phone as its owner sees it, oldest first."""
        phone = self._carrier.phones.of(request.match_info["number"])
        return web.json_response({**self._summary(phone), "lines": [as_shown(line) for line in phone.lines]})

    async def reply(self, request: web.Request) -> web.Response:
        """A visitor answers as this person, to the number that texted them last; the simulated owner goes quiet."""
        asked = _Reply.model_validate_json(await request.read())
        number = request.match_info["number"]
        phone = self._carrier.phones.of(number)
        phone.visited = True
        ours = phone.lines[-1].our_number if phone.lines else self._carrier.senders.pick(number)
        return await self._arrive(Inbound(number, ours, asked.body, asked.media))

    async def inbound(self, request: web.Request) -> web.Response:
        """A text from any number to any of ours, `times` at once with one MessageSid."""
        asked = _Inbound.model_validate_json(await request.read())
        return await self._arrive(Inbound(asked.sender, asked.to, asked.body, asked.media, asked.sid, asked.times))

    async def faults(self, request: web.Request) -> web.Response:
        asked = _Faults.model_validate_json(await request.read())
        if asked.clear:
            self._carrier.faults.replace([])
        self._carrier.faults.add(asked.add)
        return web.json_response([rule.model_dump(mode="json") for rule in self._carrier.faults.rules])

    async def errors(self, request: web.Request) -> web.Response:
        asked = _Errors.model_validate_json(await request.read())
        if asked.clear:
            self._carrier.failing.codes.clear()
        self._carrier.failing.codes.update(asked.add)
        return web.json_response(self._carrier.failing.codes)

    async def supporters(self, request: web.Request) -> web.Response:
        asked = _Supporters.model_validate_json(await request.read())
        self._carrier.supporters.register(asked.people, replace=asked.replace)
        return web.json_response({"supporters": len(self._carrier.supporters.people)})

    async def _arrive(self, inbound: Inbound) -> web.Response:
        text, answers = await self._carrier.receiving.arrive(inbound)
        return web.json_response({"sid": text.sid, "answers": [answer.status for answer in answers]})

    def _newest_call(self, number: str) -> dict[str, Any] | None:
        """As far as a list of phones tells of it."""
        call = next(self._carrier.voice.log.newest_first(number), None)
        if call is None:
            return None
        said = [line.words for line in call.lines if line.words]
        return {"sid": call.sid, "status": call.status, "is_over": call.is_final, "said": said[-1] if said else ""}

    def _summary(self, phone: Phone) -> dict[str, Any]:
        last = phone.lines[-1] if phone.lines else None
        person = self._carrier.supporters.people.get(phone.number)
        return {
            "number": phone.number,
            "first_name": person.first_name if person else "",
            "zone": person.zone if person else None,
            "automatic": person is not None and not phone.visited,
            "texts": len(phone.lines),
            "last": as_shown(last) if last else None,
            "call": self._newest_call(phone.number),
            "blocked": self._carrier.blocks.any_for(phone.number),
            "visited": phone.visited,
        }
