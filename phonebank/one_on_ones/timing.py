"""When a one-on-one may be: a real hour of their clock, while they are awake, and when it is reminded of (pure)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonebank.errors import BadInputError

SHORTEST, LONGEST = 20, 45  # minutes, as the guides advise; the source stands in sheet.toml
WAKES, SLEEPS = time(8), time(21)  # the federal hours for a call, 47 CFR 64.1200(c)(1)
REMINDED_BEFORE = (timedelta(hours=24), timedelta(hours=2))
_FAR = timedelta(days=365)


def moment(day: str, at: str, timezone: str) -> datetime:
    """The moment of this date and time in this zone. Raises BadInputError for one that never comes."""
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(at))
    except ValueError:
        raise BadInputError("Choose a date and a time.") from None
    if local.tzinfo is not None:
        raise BadInputError("Choose a date and a time.")
    zone = ZoneInfo(timezone)
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise BadInputError(f"There is no {local:%H:%M} on {local:%B} {local.day} there: the clocks skip that hour.")
    return found


def check(starts_at: datetime, minutes: int, now: datetime) -> None:
    """Raises BadInputError for a time that is past or absurdly far, or a length the guides would not advise."""
    if starts_at <= now:
        raise BadInputError("That time has passed: choose one that is still ahead.")
    if starts_at > now + _FAR:
        raise BadInputError("That is more than a year ahead: choose a nearer day.")
    if not SHORTEST <= minutes <= LONGEST:
        raise BadInputError(f"A one-on-one lasts {SHORTEST} to {LONGEST} minutes.")


def is_waking(starts_at: datetime, minutes: int, zones: Sequence[str]) -> bool:
    """Whether all of it lies in waking hours, in every zone they may be in."""
    return all(_is_waking(starts_at.astimezone(ZoneInfo(zone)), minutes) for zone in zones)


def _is_waking(begins: datetime, minutes: int) -> bool:
    ends = begins.replace(tzinfo=None) + timedelta(minutes=minutes)
    return begins.time() >= WAKES and ends <= datetime.combine(begins.date(), SLEEPS)
