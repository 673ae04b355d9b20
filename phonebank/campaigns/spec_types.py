"""What the values of a campaign file may be (pure): lines, templates, moments, spans, senders."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from phonebank.asks import wording
from phonebank.errors import BadInputError

FIRST_LANGUAGE = "en"
_SPAN = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?")
_SENDER = re.compile(r"MG[0-9a-fA-F]{32}|\+[1-9]\d{7,14}|\d{5,6}")


def _one_line(text: str) -> str:
    text = text.strip()
    if not text.isprintable():
        raise ValueError("must be one line of ordinary characters")
    return text


def _parses(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write the text or leave the key out")
    try:
        wording.parse(text)
    except BadInputError as wrong:
        raise ValueError(str(wrong)) from None
    return text


def sender(text: str) -> str:
    """A sender as the carrier writes it. Raises ValueError that goes on from its name."""
    plain = re.sub(r"[\s().-]", "", text) if text.strip().startswith("+") else text.strip()
    if not _SENDER.fullmatch(plain):
        raise ValueError(
            "must be a Messaging Service (MG and 32 hexadecimal digits), "
            "a number with its country code (+12025550143) or a short code (5 or 6 digits)",
        )
    return plain


def zone_name(name: str) -> str:
    """The name of a time zone there is. Raises ValueError that goes on from it."""
    if known_zone(name) is None:
        raise ValueError("is not a time zone; write one like America/New_York")
    return name


def known_zone(name: object) -> ZoneInfo | None:
    """The IANA zone of this name; None when there is none."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError only in name: a bad key is a ValueError
        return None
    except KeyError:
        return None


def _event_time(value: object, info: ValidationInfo) -> datetime:
    return event_time(value, (info.context or {}).get("zone") or ZoneInfo("UTC"))


def event_time(value: object, zone: ZoneInfo) -> datetime:
    """A date and time, in the zone unless it has an offset. Raises ValueError that goes on from its name."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip()) if len(value.strip()) > len("2027-02-10") else None
        except ValueError:
            value = None
    if not isinstance(value, datetime):
        reason = "has no time" if isinstance(value, date) else "is not a date and time"
        raise ValueError(f"{reason}; write it like 2027-02-10T18:00:00")  # noqa: TRY004 - pydantic reads ValueErrors
    return value if value.tzinfo else _in_zone(value, zone)


def _in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time in the zone. Raises ValueError for one that the clocks jump over."""
    there = local.replace(tzinfo=zone)
    back = datetime.fromtimestamp(there.timestamp(), zone).replace(tzinfo=None)
    if back != local.replace(fold=0):
        raise ValueError(f"does not exist in {zone.key}: the clocks go forward then")
    return there


def span(value: object) -> timedelta:
    """A length of time out of words like "24h", "2h30m" or "1d". Raises ValueError that goes on from its name."""
    found = _SPAN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not span:
        raise ValueError('must be a length of time like "24h", "2h30m", "1d" or "45m"')
    return span


def _hour(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}:\d{2}", value.strip()):
        hours, minutes = value.strip().split(":")
        if int(hours) < 24 and int(minutes) < 60:  # noqa: PLR2004 - a clock's own limits
            return time(int(hours), int(minutes))
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    raise ValueError('must be a time of day like "09:00"')


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise ValueError('a language is two or three small letters, like "es"')
    if code == FIRST_LANGUAGE:
        raise ValueError(f'"{FIRST_LANGUAGE}" is what stands outside of languages; name only the others here')
    return code


Line = Annotated[str, AfterValidator(_one_line), Field(max_length=500)]
Name = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=100)]
Template = Annotated[str, AfterValidator(_parses)]
EventTime = Annotated[datetime, BeforeValidator(_event_time)]
Language = Annotated[str, AfterValidator(_language)]
TimeOfDay = Annotated[time, BeforeValidator(_hour)]


class SpecTable(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
