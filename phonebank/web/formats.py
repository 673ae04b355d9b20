"""How numbers, moments and words look on a page (Jinja filters; pure)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from phonebank.phone import mask

_MICROS = 1_000_000
_SHORT = {"second": "s", "minute": "min", "hour": "h"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def count(number: int | None) -> str:
    """12,345."""
    return f"{number or 0:,}"


def money(micros: int | None) -> str:
    """Millionths of a dollar as $1,234.56; what is not nothing never shows as $0.00."""
    dollars = (micros or 0) / _MICROS
    return f"${dollars:,.2f}" if not micros or dollars >= 0.01 else "less than $0.01"  # noqa: PLR2004  # a cent


def price(micros: int | None) -> str:
    """A small price in cents: 1.6¢."""
    return f"{(micros or 0) / _MICROS * 100:.3g}¢"


def words(value: str | None) -> str:
    """`with_volunteer` as "with volunteer"."""
    return (value or "").replace("_", " ")


def moment(at: datetime | None, zone: str | None = None) -> str | Markup:
    """A <time>; in this zone when one is named, else in UTC until the browser shows it in its own (times.js)."""
    if at is None:
        return ""
    shown = at.astimezone(ZoneInfo(zone) if zone else UTC)
    hour = f"{shown:%I:%M %p}".lstrip("0")
    text = f"{shown:%a, %b} {shown.day}, {hour} {shown.tzname()}"
    local = Markup("") if zone else Markup(" data-local")
    return Markup('<time datetime="{}"{}>{}</time>').format(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", local, text)


def parsed(at: str) -> datetime:
    """A moment out of its ISO form."""
    return datetime.fromisoformat(at)


def span(seconds: float) -> str:
    """A length of time in words: "40 seconds", "12 minutes", "3 hours", "2 days"."""
    for size, word in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return _some(round(seconds / size), word)
    return _some(max(round(seconds), 1), "second")


def brief(seconds: float) -> str:
    """A length of time where there is little room: "40 s", "12 min", "3 h", "2 days"."""
    number_, word = span(seconds).split()
    return f"{number_} {_SHORT.get(word.rstrip('s'), word)}"


def roughly(seconds: float) -> str:
    """A wait in words that do not change each second: "less than a minute", "12 minutes", "3 hours"."""
    return "less than a minute" if seconds < _MINUTE else span(seconds)


def pace(a_minute: float) -> str:
    """How many people are asked, in the unit that reads best."""
    if a_minute >= 10:  # noqa: PLR2004  # below, an hour tells more
        return f"{round(a_minute):,} people a minute"
    return f"{max(1, round(a_minute * 60)):,} people an hour"


def number(phone: str) -> str:
    """A number as people of its country write it: (555) 123-4567."""
    try:
        parsed = parse(phone)
    except NumberParseException:
        return phone
    national = parsed.country_code == 1
    return format_number(parsed, PhoneNumberFormat.NATIONAL if national else PhoneNumberFormat.INTERNATIONAL)


FILTERS: dict[str, Callable[..., Any]] = {
    "count": count,
    "money": money,
    "price": price,
    "words": words,
    "moment": moment,
    "parsed": parsed,
    "span": span,
    "brief": brief,
    "roughly": roughly,
    "pace": pace,
    "number": number,
    "masked": mask,
}


def _some(many: int, word: str) -> str:
    return f"{many:,} {word}" + ("" if many == 1 else "s")
