"""What puts two lines together, or lets somebody wait, as the carrier's TwiML (pure).

A caller waits in a queue of their own, whose words may let them out again; a conference could not. Whoever is dialed
by a volunteer meets them in a conference, where the volunteer is first.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from phonebank.gateway.twiml import Spoken


def waits(name: str, *, wait_url: str, action: str, spoken: Sequence[Spoken] = ()) -> str:
    """They wait in this queue; the carrier asks `wait_url` again and again what they hear, and `action` what then."""
    response = _response(spoken)
    ET.SubElement(response, "Enqueue", waitUrl=wait_url, waitUrlMethod="POST", action=action, method="POST").text = name
    return _document(response)


def hears(spoken: Sequence[Spoken], music: str) -> str:
    """What somebody hears who waits: friendly words, then music."""
    response = _response(spoken)
    ET.SubElement(response, "Play").text = music
    return _document(response)


def leaves() -> str:
    """They wait no longer: the queue's action says what then."""
    response = ET.Element("Response")
    ET.SubElement(response, "Leave")
    return _document(response)


def takes(name: str, spoken: Sequence[Spoken] = ()) -> str:
    """A volunteer's line is put together with whoever waits in this queue."""
    response = _response(spoken)
    dial = ET.SubElement(response, "Dial", timeout="15")
    ET.SubElement(dial, "Queue").text = name
    ET.SubElement(response, "Hangup")
    return _document(response)


def meets(name: str, *, label: str, wait_url: str = "", action: str = "", spoken: Sequence[Spoken] = ()) -> str:
    """They enter this conference, which is over when either of the two leaves. `wait_url`: what the first one hears."""
    response = _response(spoken)
    dial = ET.SubElement(response, "Dial", {"action": action, "method": "POST"} if action else {})
    waiting = {"waitUrl": wait_url, "waitMethod": "POST"} if wait_url else {}
    ET.SubElement(
        dial,
        "Conference",
        {
            "beep": "false",
            "startConferenceOnEnter": "true",
            "endConferenceOnExit": "true",
            "maxParticipants": "2",
            "participantLabel": label,
            **waiting,
        },
    ).text = name
    return _document(response)


def asks_key(spoken: Sequence[Spoken], action: str) -> str:
    """One key goes to `action`; none, or no person at all, ends the call."""
    response = ET.Element("Response")
    gather = ET.SubElement(response, "Gather", input="dtmf", numDigits="1", timeout="8", action=action, method="POST")
    _say(gather, spoken)
    ET.SubElement(response, "Hangup")
    return _document(response)


def goes_on(address: str, spoken: Sequence[Spoken] = ()) -> str:
    """The carrier fetches what follows from here."""
    response = _response(spoken)
    ET.SubElement(response, "Redirect", method="POST").text = address
    return _document(response)


def pauses(seconds: int, *, then: str) -> str:
    """They hear nothing for so long; the carrier fetches what follows from `then`."""
    response = ET.Element("Response")
    ET.SubElement(response, "Pause", length=str(seconds))
    ET.SubElement(response, "Redirect", method="POST").text = then
    return _document(response)


def ends(spoken: Sequence[Spoken] = ()) -> str:
    """These words, and the call is over."""
    response = _response(spoken)
    ET.SubElement(response, "Hangup")
    return _document(response)


def _response(spoken: Sequence[Spoken]) -> ET.Element:
    response = ET.Element("Response")
    _say(response, spoken)
    return response


def _say(parent: ET.Element, spoken: Sequence[Spoken]) -> None:
    for one in spoken:
        ET.SubElement(parent, "Say", voice=one.voice, language=one.language).text = one.words


def _document(response: ET.Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(response, encoding="unicode")
