"""What we ask: one action at one time, in the words of each language, with the answers prepared for it."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment

_WITHOUT_AN_END = timedelta(hours=1)


class Ask(SQLModel, table=True):
    """One hard ask. An alternative is an Ask of its own.

    `texts` maps a language to its versions ({"en": ["Hi …", "Hello …"], "es": ["Hola …"]}); `answers` maps a language
    to the prepared words by name ({"en": {"yes": "Wonderful …"}}). With `shift`, the version that
    earns more yeses gets more of the people.
    """

    id: int | None = Field(default=None, primary_key=True)
    action: str = ""
    starts_at: datetime | None = Field(default=None, sa_type=Moment)
    ends_at: datetime | None = Field(default=None, sa_type=Moment)
    timezone: str = "America/New_York"
    place: str = ""
    why: str = ""
    link: str = ""
    texts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    shift: bool = False

    def has_begun(self, now: datetime) -> bool:
        """Whether its event has; an ask without a date never does."""
        return self.starts_at is not None and self.starts_at <= now

    @property
    def over_at(self) -> datetime | None:
        """When its event is over: an hour after it began where no end is said; None without a date."""
        is_after = self.ends_at is not None and self.starts_at is not None and self.ends_at > self.starts_at
        return self.ends_at if is_after else self.starts_at and self.starts_at + _WITHOUT_AN_END

    def is_over(self, now: datetime) -> bool:
        """Whether its event is; an ask without a date never is."""
        return self.over_at is not None and self.over_at <= now
