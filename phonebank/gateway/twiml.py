"""What a call does next, as the carrier's TwiML (pure): say these words, then listen, go on, or hang up."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

LONGEST_SAID = 3000
"""Bytes (UTF-8) of one Say that every voice takes: Amazon's say the least (https://www.twilio.com/docs/api/errors/13521)."""

_MOST_HINTS, _LONGEST_HINT = 500, 100


@dataclass(frozen=True)
class Spoken:
    """Words for an artificial voice, or (`audio`) a recording of them, by its address."""

    words: str
    voice: str
    language: str
    audio: str | None = None


@dataclass(frozen=True)
class Listen:
    """Keys and speech go to `action`, and so does silence, after `seconds` of it."""

    action: str
    language: str
    hints: Sequence[str] = ()
    seconds: int = 6
    pause_s: int = 2
    model: str = "experimental_utterances"


@dataclass(frozen=True)
class GoOn:
    """The carrier fetches what follows from here."""

    address: str


@dataclass(frozen=True)
class HangUp:
    """The call is over."""


@dataclass(frozen=True)
class Recorded:
    """The call is recorded once this notice was heard to its end; what became of it is told to `told`."""

    notice: Sequence[Spoken]
    told: str


def document(spoken: Sequence[Spoken], then: Listen | GoOn | HangUp, recorded: Recorded | None = None) -> str:
    """The whole answer to a webhook of a call. Keys and words count from the first word we say on.

    Who presses a key during the notice of a recording is answered, and not recorded.
    """
    response = ET.Element("Response")
    if recorded is not None and isinstance(then, Listen):
        keys = {"input": "dtmf", "numDigits": "1", "finishOnKey": "", "timeout": "1"}
        _say(ET.SubElement(response, "Gather", keys | {"action": then.action, "method": "POST"}), recorded.notice)
        ET.SubElement(ET.SubElement(response, "Start"), "Recording", recordingStatusCallback=recorded.told)
    match then:
        case Listen():
            _say(ET.SubElement(response, "Gather", _gather(then)), spoken)
        case GoOn(address):
            _say(response, spoken)
            ET.SubElement(response, "Redirect", method="POST").text = address
        case HangUp():
            _say(response, spoken)
            ET.SubElement(response, "Hangup")
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(response, encoding="unicode")


def _say(parent: ET.Element, spoken: Sequence[Spoken]) -> None:
    for one in spoken:
        if one.audio:
            ET.SubElement(parent, "Play").text = one.audio
        elif one.words.strip():
            said = ET.SubElement(parent, "Say", voice=one.voice, language=one.language)
            said.text = one.words.strip().encode()[:LONGEST_SAID].decode(errors="ignore")


def _gather(listen: Listen) -> dict[str, str]:
    hints = [hint[:_LONGEST_HINT].replace(",", " ") for hint in listen.hints][:_MOST_HINTS]
    return {
        "input": "dtmf speech",
        "numDigits": "1",
        "finishOnKey": "",  # so that # and * are keys like any other, and never end in silence
        "timeout": str(listen.seconds),
        "speechTimeout": str(listen.pause_s),
        "speechModel": listen.model,
        "language": listen.language,
        "action": listen.action,
        "method": "POST",
        "actionOnEmptyResult": "true",
        **({"hints": ",".join(hints)} if hints else {}),
    }
