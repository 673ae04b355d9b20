"""When a time that somebody named is, where that can be known: "Thursday at 6pm", in their own zone (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    "monday": 0, "mon": 0, "lunes": 0,
    "tuesday": 1, "tues": 1, "tue": 1, "martes": 1,
    "wednesday": 2, "wed": 2, "miércoles": 2, "miercoles": 2,
    "thursday": 3, "thurs": 3, "thu": 3, "jueves": 3,
    "friday": 4, "fri": 4, "viernes": 4,
    "saturday": 5, "sat": 5, "sábado": 5, "sabado": 5,
    "sunday": 6, "sun": 6, "domingo": 6,
}  # fmt: skip
_AHEAD = {"today": 0, "tonight": 0, "hoy": 0, "tomorrow": 1, "tmrw": 1, "mañana": 1}
_DAY = re.compile(rf"(?<!\w)(next\s+)?({'|'.join([*_DAYS, *_AHEAD])})s?(?!\w)", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\w:])(\d{1,2})(?::(\d\d))?\s*([ap])\.?\s?m\b|(?<![\w:])([01]?\d|2[0-3]):(\d\d)(?!\w)|(?<!\w)noon(?!\w)",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"can'?t|cannot|\bnot?\b|isn'?t|won'?t|except|unable|\bbusy\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,.;!?\n]|\b(?:but|pero)\b")
_NOON, _CERTAIN_FROM, _HOUR = 12, 13, 60
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class NamedTime:
    """A day, and the moment on it where an hour was named with its half of the day."""

    day: date
    at: datetime | None


def named_times(named: str, *, said_at: datetime, zone: str) -> list[NamedTime]:
    """The days that these words offer, in the order named. A day they say they cannot is none of them."""
    local = said_at.astimezone(ZoneInfo(zone))
    found = [time_ for clause in _CLAUSE.split(named.replace("’", "'")) for time_ in _in_clause(clause, local)]
    return list(dict.fromkeys(found))


def _in_clause(clause: str, local: datetime) -> Iterator[NamedTime]:
    if _REFUSED.search(clause):
        return
    hour = _hour(clause)
    for match in _DAY.finditer(clause):
        day = _day(match[2].lower(), local.date(), is_next=bool(match[1]))
        at = datetime.combine(day, hour, local.tzinfo) if hour else None
        if at is None or at > local:
            yield NamedTime(day, at)


def _day(word: str, today: date, *, is_next: bool) -> date:
    if word in _AHEAD:
        return today + timedelta(days=_AHEAD[word])
    ahead = (_DAYS[word] - today.weekday()) % 7 or 7
    coming = today + timedelta(days=ahead)
    in_this_week = coming.isocalendar().week == today.isocalendar().week
    return coming + _WEEK if is_next and in_this_week else coming


def _hour(clause: str) -> time | None:
    """Only what can be one hour: "at 6" may be either half of the day, and "from 3pm to 5pm" is a span."""
    found = list(_TIME.finditer(clause))
    if len(found) != 1:
        return None
    hour, minute, half, of_day, past = found[0].groups()
    if half:
        later = _NOON if half.lower() == "p" else 0
        return _clock(int(hour) % _NOON + later, int(minute or 0)) if 1 <= int(hour) <= _NOON else None
    if of_day:
        return _clock(int(of_day), int(past)) if int(of_day) >= _CERTAIN_FROM else None
    return time(_NOON)


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if minute < _HOUR else None
