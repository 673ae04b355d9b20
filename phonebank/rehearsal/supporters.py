"""Simulated supporters: people with a name, a zone and a language who answer what reaches their phones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator

from phonebank.errors import BadInputError
from phonebank.rehearsal.chance import in_turn
from phonebank.rehearsal.config import read_json
from phonebank.rehearsal.conversing import SILENT, decide, delay_s, gap_s, hear, say, script_of, when_awake

_MOST_ANSWERS = 8
"""A person answers this often at most, so that no two machines talk for ever."""


@cache
def _zones() -> set[str]:
    """Read once: it walks the whole database on disk, which took twenty milliseconds for every person."""
    return available_timezones()


class Supporter(BaseModel):
    """One person. `persona` is a name of personas.toml; without one their answers follow the mix."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    first_name: str = ""
    zone: str = "America/New_York"
    language: str = "en"
    persona: str | None = None

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in _zones():
            raise ValueError("use a time zone of the IANA database, as America/Chicago")
        return zone

    @field_validator("persona")
    @classmethod
    def _is_a_persona(cls, persona: str | None) -> str | None:
        try:
            script_of(persona)
        except KeyError:
            raise ValueError("use a persona, or an answer of the mix, of personas.toml") from None
        return persona


@dataclass(slots=True)
class _Mood:
    last_answer: str | None = None
    answers: int = 0
    to_say: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One text a supporter will send, and when on the clock."""

    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A text a supporter has yet to send, from their number to one of ours."""

    number: str
    ours: str
    said: Said


class Supporters:
    """Who is simulated. `pace` multiplies every delay; 0 answers at once at any hour."""

    def __init__(self, seed: int, mix: Mapping[str, float], pace: float) -> None:
        self._seed = seed
        self._mix = mix
        self._pace = pace
        self.people: dict[str, Supporter] = {}
        self._moods: dict[str, _Mood] = {}
        self._places: dict[str, int] = {}

    def register(self, people: Iterable[Supporter], *, replace: bool = False) -> None:
        """Adds these people, or lets them take the place of all before. Who is registered again starts afresh."""
        if replace:
            self.people.clear()
            self._places.clear()
        for person in people:
            self.people[person.number] = person
            self._places.setdefault(person.number, len(self._places))
            self._moods.pop(person.number, None)

    def hear(self, number: str, body: str, now: datetime) -> list[Said]:
        """What this person will send back, soonest first; nothing for a stranger, in silence, or while typing."""
        person = self.people.get(number)
        mood = self._moods.setdefault(number, _Mood())
        if person is None or mood.answers >= _MOST_ANSWERS or mood.to_say:
            return []
        heard = hear(mood.last_answer, body)
        question = (self._seed, number, mood.answers, body)
        luck = in_turn(self._places[number], self._seed, "ask")
        answer = decide(heard, person.persona, self._mix, luck, *question)
        if mood.last_answer is None or answer != SILENT:
            mood.last_answer = mood.last_answer if answer == "thanks" else answer
        if answer == SILENT:
            return []
        start = now + timedelta(seconds=self._pace * delay_s(heard, *question))
        if self._pace:
            start = when_awake(start, ZoneInfo(person.zone), *question)
        said = list(self._spoken(say(answer, person.language, person.first_name, *question), start, question))
        mood.answers += 1
        mood.to_say = len(said)
        return said

    def has_said(self, number: str) -> None:
        """One of the texts that `hear` gave is out."""
        mood = self._moods.setdefault(number, _Mood())
        mood.to_say = max(0, mood.to_say - 1)

    def _spoken(self, texts: Iterable[str], start: datetime, question: tuple[object, ...]) -> Iterator[Said]:
        at = start
        for nth, text in enumerate(texts):
            at += timedelta(seconds=self._pace * gap_s(*question, nth) if nth else 0)
            yield Said(at, text)


def load_supporters(path: Path) -> list[Supporter]:
    """The people in a JSON file: a list of objects with a number each. Raises BadInputError."""
    try:
        return TypeAdapter(list[Supporter]).validate_python(read_json(path))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInputError(f"Mend `{where}` of the supporters' file: {first['msg']}.") from None
