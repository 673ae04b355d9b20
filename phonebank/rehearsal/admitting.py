"""What the carrier refuses at the door: the checks Twilio makes on a create, in its order."""

from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers

from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.refusals import CarrierRefusalError

LONGEST_BODY = 1600
LONGEST_VALIDITY_S = 36_000
SOONEST, LATEST = timedelta(seconds=900), timedelta(days=35)
"""A scheduled text goes out between 15 minutes and 35 days from now (error 35114)."""


def check_content(asked: Values) -> None:
    """Raises CarrierRefusalError when there is nothing to say, too much, or for too long."""
    body = asked.get("Body", "")
    if not body and not asked.get("MediaUrl") and not asked.get("ContentSid"):
        raise CarrierRefusalError(21619)
    if len(body) > LONGEST_BODY:
        raise CarrierRefusalError(21617)
    if not 1 <= asked.get("ValidityPeriod", LONGEST_VALIDITY_S) <= LONGEST_VALIDITY_S:
        raise CarrierRefusalError(21624)


def check_parties(asked: Values, config: Config) -> None:
    """Raises CarrierRefusalError unless To is a real number and the sender is the account's own."""
    if not asked.get("From") and not asked.get("MessagingServiceSid"):
        raise CarrierRefusalError(21603)
    if not is_valid_number(asked["To"]):
        raise CarrierRefusalError(21211, f"The 'To' number {asked['To']} is not a valid phone number.")
    if asked.get("MessagingServiceSid", config.service_sid) != config.service_sid:
        raise CarrierRefusalError(21705)
    sender = asked.get("From")
    if sender in config.owned and (sender in config.numbers or not asked.get("MessagingServiceSid")):
        return
    if sender:
        raise CarrierRefusalError(21606 if is_valid_number(sender) else 21212)
    if not config.numbers:
        raise CarrierRefusalError(21704)


def send_at(asked: Values, now: datetime) -> datetime | None:
    """When a scheduled text should go; None for one that goes now. Raises CarrierRefusalError."""
    if not asked.get("ScheduleType") and not asked.get("SendAt"):
        return None
    if not asked.get("ScheduleType") or not asked.get("SendAt"):
        raise CarrierRefusalError(35111)
    if not asked.get("MessagingServiceSid"):
        raise CarrierRefusalError(35118)
    moment = datetime.fromisoformat(asked["SendAt"])
    moment = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    if not SOONEST <= moment - now <= LATEST:
        raise CarrierRefusalError(35114)
    return moment


@lru_cache(maxsize=200_000)
def is_valid_number(number: str) -> bool:
    """E.164 and a number that can exist. 555-01xx, kept free for fiction, counts."""
    if not number.startswith("+") or not number[1:].isdecimal():
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
