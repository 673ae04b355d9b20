"""Listens on a line as Gather does: keys or words, the first that counts, for as long as it was told to."""

import asyncio
from typing import Any
from xml.etree import ElementTree as ET

from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line, LineEndedError
from phonebank.rehearsal.manners import Input

_THINKS_S = 1.2
_BARGES_IN_AFTER_S = 0.5
_VISITOR_THINKS_S = 30.0
"""A visitor reads before they answer, in real seconds whatever the clock does."""


async def listen(
    line: Line, verb: ET.Element, prompt: "asyncio.Future[None]", exchange: Exchange, for_ear: str = ""
) -> Input | None:
    """What was heard while the prompt was said or after it; None for nothing. Raises LineEndedError."""
    kinds = (for_ear or verb.get("input", "dtmf")).split()
    if line.is_by_hand():
        return await _to_visitor(line, verb, prompt, kinds)
    if line.manner.barges_in and verb.get("bargeIn") != "false":
        await exchange.pause(_BARGES_IN_AFTER_S)
        prompt.cancel()
    else:
        await prompt
    if line.call.detection and not line.is_person:
        await line.detected.wait()  # at a pace of 0 the call would be over before anybody could tell
    patience = float(verb.get("timeout", "5"))
    if patience < _THINKS_S and not line.manner.barges_in:
        await exchange.pause(patience)
        return None
    await exchange.pause(_THINKS_S)
    if line.is_by_hand():
        return await _to_visitor(line, verb, prompt, kinds)
    said = line.next_answer()
    if said is None:
        exchange.put_down(line)
        raise LineEndedError
    line.hear(said)
    heard = _that_counts(line.ear.get_nowait(), verb, kinds)
    if heard is None:
        await exchange.pause(patience - _THINKS_S)
    return heard


async def _to_visitor(line: Line, verb: ET.Element, prompt: "asyncio.Future[None]", kinds: list[str]) -> Input | None:
    """Keys come one by one, and may come while we speak."""
    keys, bars = "", verb.get("bargeIn") == "false"
    while True:
        said = await _next_from(line, prompt, bars=bars, within=_patience(verb))
        if said is None or not (said.digits or said.words):
            return Input(digits=keys) if keys else None
        heard = _that_counts(Input(keys + said.digits, said.words, said.confidence), verb, kinds)
        if heard is None:
            continue
        prompt.cancel()
        if heard.words or _is_whole(heard.digits, said.digits, verb):
            return heard
        keys = heard.digits


def _patience(verb: ET.Element) -> float:
    """Of a visitor's question. One that waits for nobody to think does not wait for a visitor either."""
    asked = float(verb.get("timeout", "5"))
    return asked if asked < _THINKS_S else _VISITOR_THINKS_S


async def _next_from(line: Line, prompt: "asyncio.Future[None]", *, bars: bool, within: float) -> Input | None:
    if bars:
        await prompt
        line.forget()
    ear = asyncio.ensure_future(line.ear.get())
    try:
        if not prompt.done():
            either: set[asyncio.Future[Any]] = {ear, prompt}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return await asyncio.wait_for(ear, within)
    except TimeoutError:
        return None
    finally:
        ear.cancel()


def _that_counts(said: Input, verb: ET.Element, kinds: list[str]) -> Input | None:
    """What of it this question hears: keys up to so many, or words; None when it hears neither."""
    if said.digits and "dtmf" in kinds:
        digits = said.digits.split(verb.get("finishOnKey", "#") or "none")[0]
        return Input(digits=digits[: int(verb.get("numDigits", "1000"))]) if digits else None
    return Input(words=said.words, confidence=said.confidence) if said.words and "speech" in kinds else None


def _is_whole(digits: str, pressed: str, verb: ET.Element) -> bool:
    ends = verb.get("finishOnKey", "#")
    return len(digits) >= int(verb.get("numDigits", "1000")) or bool(ends and ends in pressed)
