"""Recordings of calls: begun by TwiML, told of when they are done, fetched as MP3 and deleted. They are silent."""

import asyncio
import secrets
from math import ceil
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.account import Reply
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.listening import listen
from phonebank.rehearsal.refusals import CarrierRefusalError
from phonebank.rehearsal.talking import CHARACTERS_A_SECOND, Next, Talking
from phonebank.rehearsal.webhooks import Webhooks

_SILENT_FRAME = bytes.fromhex("fffb9000") + bytes(413)
_FRAMES_A_SECOND = 44_100 / 1152
_LONGEST_S = 600


class Recording:
    """What was recorded, by its sid. Adds the verbs Record and Start to those of `talking`."""

    def __init__(self, exchange: Exchange, talking: Talking, webhooks: Webhooks, account_sid: str) -> None:
        self._exchange = exchange
        self._webhooks = webhooks
        self._account_sid = account_sid
        self._seconds: dict[str, int] = {}
        talking.verbs |= {"Record": self._record, "Start": self._start}

    def mp3(self, sid: str) -> bytes:
        """Its sound. Raises CarrierRefusalError when there is none (any more)."""
        return _SILENT_FRAME * max(1, int(min(self._found(sid), _LONGEST_S) * _FRAMES_A_SECOND))

    def delete(self, sid: str) -> Reply:
        self._found(sid)
        del self._seconds[sid]
        return 204, None

    def _found(self, sid: str) -> int:
        if sid not in self._seconds:
            raise CarrierRefusalError(20404, f"The requested resource /Recordings/{sid} was not found")
        return self._seconds[sid]

    async def _start(self, line: Line, verb: ET.Element) -> None:
        """From here to the call's end everything is recorded, while the document goes on."""
        for noun in verb:
            line.note("line", "(recording)")
            self._exchange.errands.start(self._until_the_end(line, noun))

    async def _until_the_end(self, line: Line, noun: ET.Element) -> None:
        since = clock.now()
        await line.ended.wait()
        self._keep(line, noun, ceil((clock.now() - since).total_seconds()))

    async def _record(self, line: Line, verb: ET.Element) -> Next | None:
        """Their next answer is recorded; silence is not, and the document goes on."""
        if verb.get("playBeep", "true") == "true":
            line.note("line", "(beep)")
        heard = await listen(line, verb, asyncio.ensure_future(asyncio.sleep(0)), self._exchange, for_ear="speech dtmf")
        if heard is None:
            return None
        made = self._keep(line, verb, 1 + int(len(heard.words) / CHARACTERS_A_SECOND))
        action = urljoin(line.url, verb.get("action") or line.url)
        return Next(action, made | ({"Digits": heard.digits} if heard.digits else {}))

    def _keep(self, line: Line, asked: ET.Element, seconds: int) -> dict[str, str]:
        """It is there from now on, and whoever asked for it is told."""
        sid = "RE" + secrets.token_hex(16)
        self._seconds[sid] = seconds
        made = {
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{self._account_sid}/Recordings/{sid}",
            "RecordingDuration": str(seconds),
        }
        if told := asked.get("recordingStatusCallback"):
            about: dict[str, Any] = {"AccountSid": self._account_sid, "CallSid": line.call.sid}
            done = about | {"RecordingStatus": "completed"} | made
            self._exchange.errands.start(self._webhooks.post(urljoin(line.url, told), done))
        return made
