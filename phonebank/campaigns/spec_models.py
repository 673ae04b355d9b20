"""The tables of a campaign file, validated and frozen (pure): what may be said in it, and its defaults."""

from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from phonebank.campaigns.call_spec import CallSpec
from phonebank.campaigns.models import Channel, SentBy
from phonebank.campaigns.spec_types import (
    EventTime,
    Language,
    Line,
    Name,
    SpecTable,
    Template,
    TimeOfDay,
    sender,
    span,
    zone_name,
)


class ExcludeSpec(SpecTable):
    asked_within_days: int = Field(0, ge=0, le=3650)
    lists: tuple[Name, ...] = ()


class HoursSpec(SpecTable):
    """The contact's own time, in every zone they may be in."""

    start: TimeOfDay = time(9)
    end: TimeOfDay = time(20)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "HoursSpec":
        if self.start >= self.end:
            raise ValueError(f"start ({self.start:%H:%M}) must be before end ({self.end:%H:%M})")
        return self


class LimitsSpec(SpecTable):
    """`budget` is in US dollars; None is no limit. `segments_per_day` is the whole account's; 0 is no limit."""

    segments_per_second: int = Field(75, ge=1, le=10_000)
    budget: float | None = Field(None, ge=0, le=10_000_000, allow_inf_nan=False)
    segments_per_day: int = Field(0, ge=0, le=10_000_000)
    pace_by_inbox: int = Field(0, ge=0, le=100_000)


class _Event(SpecTable):
    starts_at: EventTime | None = None
    ends_at: EventTime | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Any:
        if self.ends_at is not None and self.starts_at is None:
            raise ValueError("ends_at is given without starts_at")
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        return self


class AnswerWords(SpecTable):
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


class FollowUpSpec(SpecTable):
    before: Annotated[timedelta, BeforeValidator(span)]
    text: Template
    languages: dict[Language, Template] = Field(default_factory=dict)


class QuestionSpec(SpecTable):
    """What people ask, and our answer: shown to volunteers before their first shift and beside the answer box."""

    question: Annotated[Line, Field(min_length=1)]
    answer: Template


class CampaignSpec(SpecTable):
    """One campaign file. Every date is aware; every text parses."""

    name: Name
    channel: Channel = Channel.TEXT
    lists: Annotated[tuple[Name, ...], Field(min_length=1)]
    exclude: ExcludeSpec = ExcludeSpec()
    organization: Name
    sender_name: Line = ""
    sender: Annotated[str, AfterValidator(sender)]
    timezone: Annotated[str, AfterValidator(zone_name)] = "America/New_York"
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
