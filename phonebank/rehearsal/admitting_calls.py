"""What the carrier refuses of a call at the door: the checks Twilio makes on a create."""

import re
from collections.abc import Collection

from phonebank.rehearsal.admitting import is_valid_number
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.refusals import CarrierRefusalError
from phonebank.rehearsal.twiml_rules import check_twiml

_LONGEST_TWIML = 4000
_LONGEST_RING_S = 600
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_DETECTIONS = frozenset({"Enable", "DetectMessageEnd"})
_CLIENT = re.compile(r"client:[^\s]{1,121}")


def check_call(asked: Values, owned: Collection[str]) -> None:
    """Raises CarrierRefusalError for a call that would not be dialed."""
    check_leg(asked, owned)
    if not (asked.get("Url") or asked.get("Twiml") or asked.get("ApplicationSid")):
        raise CarrierRefusalError(21205, "A Url, Twiml or ApplicationSid is required.")
    if asked.get("ApplicationSid") and not (asked.get("Url") or asked.get("Twiml")):
        raise CarrierRefusalError(21218)
    check_words(asked.get("Twiml", ""))


def check_leg(asked: Values, owned: Collection[str]) -> None:
    """The same of whatever is dialed, into a conference too."""
    to, sender = asked["To"], asked["From"]
    if not is_dialable(to):
        raise CarrierRefusalError(21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if not to.startswith("client:") and sender not in owned:
        raise CarrierRefusalError(21210 if is_valid_number(sender) else 21212)
    if not 1 <= asked.get("Timeout", 60) <= _LONGEST_RING_S:
        raise CarrierRefusalError(21208)
    if not set(asked.get("StatusCallbackEvent", [])) <= _EVENTS:
        raise CarrierRefusalError(21626)
    if asked.get("MachineDetection", "Enable") not in _DETECTIONS:
        raise CarrierRefusalError(20001, "MachineDetection is Enable or DetectMessageEnd.")
    if asked.get("AsyncAmd", "true") not in {"true", "false"}:
        raise CarrierRefusalError(20001, "AsyncAmd is true or false.")


def check_words(twiml: str) -> None:
    """TwiML that comes with the request itself."""
    if len(twiml) > _LONGEST_TWIML:
        raise CarrierRefusalError(20001, f"Twiml has {_LONGEST_TWIML:,} characters at most.")
    for wrong in check_twiml(twiml) if twiml else ():
        raise CarrierRefusalError(12100, wrong)


def is_dialable(address: str) -> bool:
    """A number that can exist, or a browser's phone."""
    return is_valid_number(address) or bool(_CLIENT.fullmatch(address))
