"""One pass over everyone a campaign would ask: their rendered texts counted, the blanks in their rows noted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phonebank import phone
from phonebank.asks import segments, wording
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import merging
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.timing import Group

_NAMED = 5
_REMEMBERED = 20_000


@dataclass
class Rows:
    """How many people something is wrong for, and the first few by first name and the end of their number."""

    people: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, person: Any) -> None:
        self.people += 1
        if len(self.named) < _NAMED:
            self.named.append(f"{person.first_name or 'someone'} {phone.mask(person.phone)}")

    def __str__(self) -> str:
        more = ", …" if self.people > len(self.named) else ""
        return f"{self.people:,} {'person' if self.people == 1 else 'people'} ({', '.join(self.named)}{more})"


@dataclass
class Survey:
    """What the pass found. `columns` are the lists' extra ones; `blank` is by field, `unusable` by reason."""

    people: int = 0
    segments: int = 0
    columns: set[str] = field(default_factory=set)
    blank: dict[str, Rows] = field(default_factory=dict)
    unusable: dict[str, Rows] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)


def survey(
    people: Iterable[Any], *, campaign: Campaign, ask: Ask, needed: dict[str, frozenset[str]], now: datetime
) -> Survey:
    """Render the first text for each person. `needed` names, by language, the fields no text can do without."""
    found, sizes = Survey(), _Sizes(campaign)
    spoken = {language: _Spoken.of(language, campaign, ask, needed[language], now) for language in ask.texts}
    for variant, person in enumerate(people):
        theirs = spoken.get(person.language) or spoken[FIRST_LANGUAGE]
        group = found.groups.setdefault((person.zones, person.state), Group(person.zones, person.state))
        found.people += 1
        group.people += 1
        if person.fields:
            found.columns.update(person.fields)
        blank = [name for name in theirs.needed if not str(theirs.value(person, name) or "").strip()]
        for name in blank:
            found.blank.setdefault(name, Rows()).add(person)
        if blank:
            continue
        try:
            size = sizes.of(person, theirs, variant)
        except WordingError as wrong:
            found.unusable.setdefault(str(wrong), Rows()).add(person)
            continue
        group.segments += size
        found.segments += size
    return found


@dataclass(frozen=True)
class _Spoken:
    """What everyone shares who is asked in one language: the versions, each with its fields, and the common values."""

    language: str
    needed: frozenset[str]
    versions: list[tuple[str, tuple[str, ...]]]
    same: dict[str, object]
    fields: Callable[[Any], dict[str, object]]

    @classmethod
    def of(cls, language: str, campaign: Campaign, ask: Ask, needed: frozenset[str], now: datetime) -> "_Spoken":
        versions = [(str(one), tuple(wording.parse(str(one)).fields)) for one in ask.texts[language]]
        same = merging.fields_of_campaign(campaign) | merging.fields_of(ask, language=language, now=now)
        return cls(language, needed, versions, same, lambda one: merging.fields_for(one, campaign, ask, now=now))

    def value(self, person: Any, name: str) -> object:
        """As `fields(person).get(name)`, which makes them all: a million people make a million of each."""
        if name in self.same:
            return self.same[name]
        if name == "name":
            return f"{person.first_name} {person.last_name}".strip()
        return getattr(person, name) if name in merging.CONTACT_FIELDS else person.fields.get(name)


class _Sizes:
    """Segments of a rendered text. Whoever shares every value it uses shares the text, so most are looked up."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._known: dict[tuple[object, ...], int] = {}

    def of(self, person: Any, spoken: _Spoken, variant: int) -> int:
        template, names = spoken.versions[variant % len(spoken.versions)]
        key = (template, spoken.language, *[spoken.value(person, name) for name in names])
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            text = merging.first_text(self._campaign, template, spoken.fields(person), spoken.language)
            self._known[key] = segments.count(text).segments
        return self._known[key]
