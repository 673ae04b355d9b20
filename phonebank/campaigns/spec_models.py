"""The tables of a campaign file, validated and frozen (pure): what may be said in it, and its defaults."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from phonebank.asks import wording
from phonebank.campaigns.models import Channel, SentBy
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


def _sender(text: str) -> str:
    plain = re.sub(r"[\s().-]", "", text) if text.strip().startswith("+") else text.strip()
    if not _SENDER.fullmatch(plain):
        raise ValueError(
            "must be a Messaging Service (MG and 32 hexadecimal digits), "
            "a number with its country code (+12025550143) or a short code (5 or 6 digits)",
        )
    return plain


def _zone_name(name: str) -> str:
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


def _span(value: object) -> timedelta:
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


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ExcludeSpec(_Table):
    asked_within_days: int = Field(0, ge=0, le=3650)
    lists: tuple[Name, ...] = ()


class HoursSpec(_Table):
    """The contact's own time, in every zone they may be in."""

    start: TimeOfDay = time(9)
    end: TimeOfDay = time(20)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "HoursSpec":
        if self.start >= self.end:
            raise ValueError(f"start ({self.start:%H:%M}) must be before end ({self.end:%H:%M})")
        return self


class LimitsSpec(_Table):
    """`budget` is in US dollars; None is no limit. `segments_per_day` is the whole account's; 0 is no limit."""

    segments_per_second: int = Field(75, ge=1, le=10_000)
    budget: float | None = Field(None, ge=0, le=10_000_000, allow_inf_nan=False)
    segments_per_day: int = Field(0, ge=0, le=10_000_000)
    pace_by_inbox: int = Field(0, ge=0, le=100_000)


class _Event(_Table):
    starts_at: EventTime | None = None
    ends_at: EventTime | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Any:
        if self.ends_at is not None and self.starts_at is None:
            raise ValueError("ends_at is given without starts_at")
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        return self


class AnswerWords(_Table):
    """The words we answer with, in one language; None uses our own."""

    yes: Template | None = None
    no: Template | None = None
    help: Template | None = None
    wrong_number: Template | None = None


class AnswersSpec(AnswerWords):
    languages: dict[Language, AnswerWords] = Field(default_factory=dict)


class AlternativeSpec(_Event):
    answers_to: Literal["not_now", "not_that"] = Field(alias="for")
    text: Template
    languages: dict[Language, Template] = Field(default_factory=dict)
    action: Line = ""
    place: Line = ""
    why: Line = ""


class AskSpec(_Event):
    action: Line = ""
    place: Line = ""
    why: Line = ""
    texts: tuple[Template, ...] = ()
    shift: bool = False  # of several texts, the one that earns more yeses gets more people
    languages: dict[Language, Annotated[tuple[Template, ...], Field(min_length=1)]] = Field(default_factory=dict)
    answers: AnswersSpec = AnswersSpec()
    alternatives: tuple[AlternativeSpec, ...] = ()


class FollowUpSpec(_Table):
    before: Annotated[timedelta, BeforeValidator(_span)]
    text: Template
    languages: dict[Language, Template] = Field(default_factory=dict)


class QuestionSpec(_Table):
    """What people ask, and our answer: shown to volunteers before their first shift and beside the answer box."""

    question: Annotated[Line, Field(min_length=1)]
    answer: Template


class CallSpec(_Table):
    """The script of a call campaign."""

    voice: Name = "Polly.Joanna-Neural"
    greeting: Template = (
        "Hi {{ first_name }}, this is {{ sender_name }} with {{ organization }}. Press 9 and we will not call again."
    )
    ask: Template
    voicemail: Template | None = None
    attempts: int = Field(3, ge=1, le=10)


class CampaignSpec(_Table):
    """One campaign file. Every date is aware; every text parses."""

    name: Name
    channel: Channel = Channel.TEXT
    lists: Annotated[tuple[Name, ...], Field(min_length=1)]
    exclude: ExcludeSpec = ExcludeSpec()
    organization: Name
    sender_name: Line = ""
    sender: Annotated[str, AfterValidator(_sender)]
    timezone: Annotated[str, AfterValidator(_zone_name)] = "America/New_York"
    disclaimer: Line = ""
    sent_by: SentBy = SentBy.MACHINE
    hours: HoursSpec = HoursSpec()
    limits: LimitsSpec = LimitsSpec()
    ask: AskSpec = AskSpec()
    followups: tuple[FollowUpSpec, ...] = ()
    questions: tuple[QuestionSpec, ...] = ()
    call: CallSpec | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "CampaignSpec":
        if self.channel is Channel.CALL and self.call is None:
            raise ValueError("a campaign of calls needs a [call] table with its ask")
        if self.channel is Channel.TEXT and not self.ask.action:
            raise ValueError("[ask] needs an action: what people are asked to do, in a few words")
        if self.channel is Channel.TEXT and not self.ask.texts:
            raise ValueError("[ask] needs texts: at least one first text, in a list")
        if self.followups and self.ask.starts_at is None:
            raise ValueError("[[followups]] need ask.starts_at: a reminder counts back from the event")
        return self
