"""The rules by which people are chosen from lists, as one frozen value (pure)."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from phonebank.contacts import zones
from phonebank.contacts.columns import merge_field
from phonebank.errors import BadInputError
from phonebank.intents import Outcome

_Word = Annotated[str, Field(max_length=200)]
_MOST_DAYS = 3650


class How(StrEnum):
    """How a column's value is compared."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    FILLED = "filled"
    BLANK = "blank"


class Answer(StrEnum):
    """What somebody said to a campaign; silent: asked, and nothing yet."""

    YES = Outcome.YES.value
    NO = Outcome.NO.value
    NOT_NOW = Outcome.NOT_NOW.value
    NOT_THAT = Outcome.NOT_THAT.value
    MAYBE = Outcome.MAYBE.value
    SILENT = "silent"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Where(_Frozen):
    """A column of the list, other than those every contact has, and what it must say."""

    column: _Word
    how: How = How.IS
    value: _Word = ""

    @field_validator("column")
    @classmethod
    def _as_templates_name_it(cls, written: str) -> str:
        return merge_field(written)


class Rules(_Frozen):
    """Everybody on any (or `on_all`) of the lists, only those who …, without those who …; ids are the database's."""

    lists: tuple[int, ...] = ()
    on_all: bool = False

    states: tuple[str, ...] = ()
    zips: tuple[Annotated[str, Field(pattern=r"^\d{1,5}$")], ...] = ()
    zones: tuple[_Word, ...] = ()
    languages: tuple[_Word, ...] = ()
    columns: tuple[Where, ...] = ()
    connection: _Word = ""
    has_consent: bool | None = None
    said_to: int | None = None
    said: tuple[Answer, ...] = ()
    kept: bool = False
    kept_in: int | None = None

    without_lists: tuple[int, ...] = ()
    asked_within_days: int | None = Field(None, ge=1, le=_MOST_DAYS)
    not_in_running: bool = False
    refused_to: tuple[int, ...] = ()
    refused_action: _Word = ""

    @field_validator("states")
    @classmethod
    def _known_states(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        codes = tuple(zones.state_code(one) for one in written)
        if "" in codes:
            raise ValueError(f"“{written[codes.index('')][:40]}” is not a state we know")
        return tuple(dict.fromkeys(codes))


def parse(said: dict[str, Any]) -> Rules:
    """The rules that a form says. Raises BadInputError in one sentence."""
    try:
        return Rules.model_validate(said)
    except ValidationError as wrong:
        raise BadInputError(_sentence(wrong)) from wrong


def _sentence(wrong: ValidationError) -> str:
    first = wrong.errors()[0]
    match str(first["loc"][0]):
        case "zips":
            return "A ZIP begins with 1 to 5 digits: write 902, 10001 and so on."
        case "asked_within_days":
            return f"Write the days as a whole number from 1 to {_MOST_DAYS:,}."
        case "said":
            return "Say what they answered, and to which campaign."
        case field:
            return f"{first['msg'].removeprefix('Value error, ')} ({field.replace('_', ' ')})."
