"""Does on an open line what TwiML says, verb by verb, strictly: what the carrier would refuse ends the call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.call_reports import call_form
from phonebank.rehearsal.exchange import Exchange, Talk
from phonebank.rehearsal.faults import QUESTION, Touched
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.listening import listen
from phonebank.rehearsal.twiml_rules import check_twiml
from phonebank.rehearsal.webhooks import Answer, Webhooks

CHARACTERS_A_SECOND = 15.0  # a voice at its usual pace
_PLAYED_S = 5.0
_TAKES_IT = 200
_XML = frozenset({"text/xml", "application/xml"})


@dataclass(frozen=True, slots=True)
class Next:
    """The document to go on with: at an address, with what was heard; or `twiml` itself. Neither: hang up."""

    url: str = ""
    form: dict[str, str] = field(default_factory=dict)
    twiml: str = ""
    fallback: str = ""


Verb = Callable[[Line, ET.Element], Awaitable[Next | None]]
HANG_UP = Next()
LEAVE = Next(form={"leaves": "the queue"})
"""Where a document may end instead of running out."""


class Talking:
    """`verbs` gains those of others: Dial, Enqueue, Record, Start."""

    def __init__(self, exchange: Exchange, webhooks: Webhooks, account_sid: str) -> None:
        self._exchange = exchange
        self._webhooks = webhooks
        self._account_sid = account_sid
        self.verbs: dict[str, Verb] = {
            "Say": self._say,
            "Play": self._play,
            "Pause": self._pause,
            "Gather": self._gather,
            "Redirect": self._redirect,
            "Hangup": self._hang_up,
            "Reject": self._hang_up,
        }

    async def answer(self, line: Line) -> None:
        """What the call was made to do, from its first document on."""
        form: dict[str, str] = {}
        call = line.call
        if call.detection and not call.detects_aside:
            await line.detected.wait()
            form = {"AnsweredBy": call.answered_by or "unknown"}
        await self.follow(line, Next(call.url, form, "" if call.url else call.twiml, call.fallback_url))

    def from_here(self, following: Next) -> Talk:
        """Follows this, as something to do on a line."""

        async def talk(line: Line) -> None:
            await self.follow(line, following)

        return talk

    async def follow(self, line: Line, following: Next, room: str = "call", **told: str) -> Next | None:
        """One document after another, until they run out (None), or one cannot be read or says HANG_UP or LEAVE."""
        step: Next | None = following
        while step is not None and step not in (HANG_UP, LEAVE):
            document = await self._read(line, step, room, told)
            if document is None:
                return HANG_UP
            line.url = step.url or line.url
            step = await self._do(line, document)
        return step

    def tell_of_end(self, line: Line, url: str | None, form: dict[str, str]) -> None:
        """An action is told of its verb's end even when nobody is on the line to hear what follows."""
        if url and line.ended.is_set():
            told = call_form(line.call, self._account_sid) | form
            self._exchange.errands.start(self._webhooks.post(urljoin(line.url, url), told))

    async def _do(self, line: Line, document: ET.Element) -> Next | None:
        for verb in document:
            if verb.tag == "Leave":
                return LEAVE
            if (step := await self.verbs[verb.tag](line, verb)) is not None:
                return step
        return None

    async def _read(self, line: Line, step: Next, room: str, told: dict[str, str]) -> ET.Element | None:
        """The document, or None when the carrier cannot take it, which is the product's fault and noted."""
        text = step.twiml
        if not text:
            fetched = await self._fetch(line, step, told)
            if fetched is None:
                return None
            text = fetched
        if wrong := check_twiml(text, room):
            self._blame(line, *wrong)
            return None
        document = ET.fromstring(text)  # noqa: S314  # check_twiml has read it
        if any(value == "GET" for verb in document.iter() for value in verb.attrib.values()):
            self._blame(line, "The document asks for GET: this stand-in only posts.")
            return None
        return document

    async def _fetch(self, line: Line, step: Next, told: dict[str, str]) -> str | None:
        form = call_form(line.call, self._account_sid) | told | step.form
        for url in filter(None, (step.url, step.fallback)):
            answer = await self._ask(line, url, form)
            if answer.status == _TAKES_IT and answer.content_type in _XML:
                return answer.body
            line.call.problems.append(f"{url} answered {answer.status} {answer.content_type}".strip())
        self._blame(line)
        return None

    async def _ask(self, line: Line, url: str, form: dict[str, str]) -> Answer:
        """Not broken off when the line ends meanwhile: the product has been asked."""
        if self._exchange.faults.strike(QUESTION, Touched.CREATE, line.call.person):
            self._exchange.errands.start(self._webhooks.post(url, form))
        return await asyncio.shield(self._exchange.errands.start(self._webhooks.post(url, form)))

    def _blame(self, line: Line, *wrong: str) -> None:
        line.call.problems += wrong
        line.note("line", "An application error has occurred. Goodbye.")

    async def _say(self, line: Line, verb: ET.Element) -> None:
        words = " ".join("".join(verb.itertext()).split())
        seconds = len(words) / CHARACTERS_A_SECOND
        about = {"voice": verb.get("voice", ""), "language": verb.get("language", "")}
        await self._sound(line, words, seconds * int(verb.get("loop", "1") or 1), **about)

    async def _play(self, line: Line, verb: ET.Element) -> None:
        played = (verb.text or "").strip()
        await self._sound(line, f"(plays {played})" if played else f"(tones {verb.get('digits')})", _PLAYED_S)

    async def _sound(self, line: Line, words: str, seconds: float, **about: str) -> None:
        line.sounds(clock.now())
        line.note("us", words, seconds=seconds, **about)
        await self._exchange.pause(seconds)
        line.falls_quiet(clock.now())

    async def _pause(self, _line: Line, verb: ET.Element) -> None:
        await self._exchange.pause(int(verb.get("length", "1")))

    async def _gather(self, line: Line, verb: ET.Element) -> Next | None:
        line.forget()
        prompt = asyncio.ensure_future(self._prompt(line, verb))
        try:
            heard = await listen(line, verb, prompt, self._exchange)
        finally:
            prompt.cancel()
        line.falls_quiet(clock.now())
        if heard is None and verb.get("actionOnEmptyResult") != "true":
            return None
        action = urljoin(line.url, verb.get("action") or line.url)
        return Next(action, heard.form() if heard else {})

    async def _prompt(self, line: Line, verb: ET.Element) -> None:
        for inner in verb:
            await self.verbs[inner.tag](line, inner)

    async def _redirect(self, line: Line, verb: ET.Element) -> Next:
        return Next(urljoin(line.url, (verb.text or "").strip()))

    async def _hang_up(self, _line: Line, _verb: ET.Element) -> Next:
        return HANG_UP
