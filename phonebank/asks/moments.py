"""How the day, time and place of an ask are said in its merge fields (pure)."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from phonebank.asks.vocabulary import words_in
from phonebank.errors import BadInputError

_FAR_AWAY = timedelta(days=304)
_WEEKEND = timedelta(hours=20)


class AskFields(Protocol):
    """The structured part of an ask: what, when, where and why. Moments are aware, or naive in `timezone`."""

    @property
    def action(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def timezone(self) -> str: ...


def ask_fields(ask: AskFields, *, now: datetime, language: str = "en", link: str = "") -> dict[str, str]:
    """The `ask.*` merge fields ("ask.when", …), blank where the ask says nothing. `link` replaces the ask's own."""
    fields = {"ask.place": ask.place, "ask.why": ask.why, "ask.action": ask.action, "ask.link": link or ask.link}
    if ask.starts_at is None:
        return fields | {"ask.when": "", "ask.day": "", "ask.time": ""}
    starts_at = _local(ask.starts_at, ask.timezone)
    return fields | {
        "ask.when": when(ask.starts_at, ask.ends_at, timezone=ask.timezone, language=language, now=now),
        "ask.day": _day(starts_at, language, now),
        "ask.time": _time(starts_at, language),
    }


def when(
    starts_at: datetime,
    ends_at: datetime | None = None,
    *,
    timezone: str,
    language: str = "en",
    now: datetime,
) -> str:
    """Say a moment: "Wednesday, February 10 at 6 pm", in the event's zone and in plain GSM-7.

    The end is said only when it is another day ("from … to …"), the year only when it is more than ten months away.
    """
    start = _local(starts_at, timezone)
    words = words_in(language)
    if ends_at is not None and _local(ends_at, timezone) - start > _WEEKEND:
        end = _moment(_local(ends_at, timezone), language, now)
        return words.span.format(start=_moment(start, language, now), end=end)
    return _moment(start, language, now)


def _local(moment: datetime, timezone: str) -> datetime:
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise BadInputError(f"There is no time zone “{timezone}”; use a name like America/New_York.") from error
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _moment(local: datetime, language: str, now: datetime) -> str:
    words = words_in(language)
    pattern = words.at_one if local.hour in (1, 13) else words.at
    return pattern.format(day=_day(local, language, now), time=_time(local, language))


def _day(local: datetime, language: str, now: datetime) -> str:
    words = words_in(language)
    names = {"weekday": words.weekdays[local.weekday()], "month": words.months[local.month - 1]}
    day = words.day.format(day=local.day, **names)
    return day + words.year.format(year=local.year) if abs(local - now) > _FAR_AWAY else day


def _time(local: datetime, language: str) -> str:
    if (local.hour, local.minute) == (12, 0):
        return words_in(language).noon
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon
