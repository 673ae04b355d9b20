"""One pass over everyone a campaign would ask: their rendered texts counted, the blanks in their rows noted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phonebank import phone
from phonebank.asks import segments, wording
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import merging
from phonebank.campaigns.models import Campaign
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
    for variant, person in enumerate(people):
        fields = merging.fields_for(person, campaign, ask, now=now)
        language = merging.language_of(person, ask)
        group = found.groups.setdefault((person.zones, person.state), Group(person.zones, person.state))
        found.people += 1
        group.people += 1
        found.columns.update(person.fields)
        blank = [name for name in needed[language] if not str(fields.get(name) or "").strip()]
        for name in blank:
            found.blank.setdefault(name, Rows()).add(person)
        if blank:
            continue
        try:
            size = sizes.of(merging.template_for(ask, person, variant), fields, language)
        except WordingError as wrong:
            found.unusable.setdefault(str(wrong), Rows()).add(person)
            continue
        group.segments += size
        found.segments += size
    return found


class _Sizes:
    """Segments of a rendered text. Whoever shares every value it uses shares the text, so most are looked up."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._known: dict[tuple[object, ...], int] = {}

    def of(self, template: str, fields: dict[str, object], language: str) -> int:
        key = (template, language, *[fields.get(name) for name in wording.parse(template).fields])
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            text = merging.first_text(self._campaign, template, fields, language)
            self._known[key] = segments.count(text).segments
        return self._known[key]
