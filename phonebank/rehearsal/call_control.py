"""The rehearsal's own door to its calls: the log, people's manners, and what a visitor does on the phone."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from phonebank.rehearsal.calling_in import Incoming
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.manners import Input, Manner
from phonebank.rehearsal.phonecalls import as_brief_row, as_row
from phonebank.rehearsal.phones import Phones
from phonebank.rehearsal.voice import Voice


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Manners(_Asked):
    clear: bool = False
    people: dict[str, Manner] = {}


class _Deed(_Asked):
    """What a visitor does on the open line of this number."""

    does: Literal["pick_up", "hang_up", "press", "speak", "wait"]
    digits: str = Field("", pattern=r"^[0-9*#]*$")
    words: str = Field("", max_length=1000)
    confidence: float = Field(0.95, ge=0, le=1)


class _Call(_Asked):
    sender: str = Field(alias="from")
    to: str
    url: str = ""
    told: dict[str, str] = {}
    manner: Manner = Manner(by_hand=True)


class CallControl:
    """Endpoints under /_standin/, guarded by Control."""

    def __init__(self, voice: Voice, phones: Phones) -> None:
        self._voice = voice
        self._phones = phones
        self.endpoints = (
            ("GET", "calls", self.calls),
            ("GET", "calls/{sid}", self.call),
            ("POST", "calls", self.call_in),
            ("POST", "manners", self.manners),
            ("POST", "lines/{number}", self.act),
        )

    async def calls(self, request: web.Request) -> web.Response:
        """Every call, oldest first; `?with=` one person's, `?since=` without the first so many, `?brief=1` unspoken."""
        person = request.query.get("with")
        since = TypeAdapter(int).validate_python(request.query.get("since", "0"))
        calls = list(self._voice.log.by_sid.values())[since:]
        show = as_brief_row if request.query.get("brief") else as_row
        return web.json_response([show(call) for call in calls if person in (None, call.person)])

    async def call(self, request: web.Request) -> web.Response:
        call = self._voice.log.by_sid.get(request.match_info["sid"])
        if call is None:
            return web.json_response({"error": "There is no such call."}, status=404)
        return web.json_response(as_row(call))

    async def call_in(self, request: web.Request) -> web.Response:
        """Somebody calls one of our numbers."""
        asked = _Call.model_validate_json(await request.read())
        incoming = Incoming(asked.sender, asked.to, asked.url, asked.told, asked.manner)
        return web.json_response(as_row(self._voice.calling_in.arrive(incoming)))

    async def manners(self, request: web.Request) -> web.Response:
        """How these numbers and clients take their calls from now on."""
        asked = _Manners.model_validate_json(await request.read())
        if asked.clear:
            self._voice.callees.told.clear()
        self._voice.callees.told.update(asked.people)
        return web.json_response({"people": len(self._voice.callees.told)})

    async def act(self, request: web.Request) -> web.Response:
        """A visitor picks up, presses keys, speaks, says nothing, or hangs up."""
        asked = _Deed.model_validate_json(await request.read())
        number = request.match_info["number"]
        line = self._voice.exchange.line_to(number)
        if line is None:
            return web.json_response({"error": "No line is open to this number."}, status=409)
        line.take_over()
        if not number.startswith("client:"):
            self._phones.of(number).visited = True
        self._do(line, asked)
        return web.json_response(as_row(line.call))

    def _do(self, line: Line, asked: _Deed) -> None:
        match asked.does:
            case "pick_up":
                line.picked_up.set()
            case "hang_up":
                self._voice.exchange.put_down(line)
            case "press" | "speak" | "wait":
                line.hear(Input(asked.digits, asked.words, asked.confidence))
