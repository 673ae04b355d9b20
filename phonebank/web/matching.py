"""What the columns of an upload are, as a form says it, and what importing them so would do, as a page shows it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from phonebank import clock
from phonebank import phone as phones
from phonebank.contacts import columns, foreseeing
from phonebank.contacts.foreseeing import Choices
from phonebank.contacts.models import ContactImport
from phonebank.contacts.sampling import Sample
from phonebank.reports.places import place

NO_NUMBER = "No column is the phone number yet: say which one is."
FIELDS = {
    "phone": "Phone number",
    "first_name": "First name",
    "last_name": "Last name",
    "name": "Whole name",
    "zip": "ZIP code",
    "state": "State",
    "timezone": "Time zone",
    "language": "Language",
    "email": "E-mail",
    "connection": "How we know them",
    "consent": "Consent",
}
_MOST_ZONES = 6


@dataclass(frozen=True)
class Matched:
    """One column of the file: its title, what its first rows say, what it is, and its own name as a merge field."""

    at: int
    title: str
    examples: list[str]
    field: str
    own: str

    @property
    def is_own(self) -> bool:
        return self.field not in FIELDS


def columns_of(sample: Sample, fields: list[str]) -> list[Matched]:
    return [
        Matched(at, title or f"Column {at + 1}", sample.examples(at), fields[at], columns.own_field(title, at))
        for at, title in enumerate(sample.header)
    ]


def said(form: Mapping[str, str], sample: Sample) -> list[str]:
    """What each column is said to be; one that the form leaves out, or says nonsense of, is its own merge field."""
    own = [columns.own_field(title, at) for at, title in enumerate(sample.header)]
    return [word if (word := form.get(f"column_{at}")) == "" or word in FIELDS else own[at] for at in range(len(own))]


def chosen(form: Mapping[str, str], sample: Sample, upload: ContactImport) -> dict[str, Any]:
    """The fields, region, what they would do, and their mark. Raises BadInputError for a country nobody knows."""
    fields = said(form, sample)
    region = form.get("region", "").strip().upper() or "US"
    phones.check_region(region)
    mark = hashlib.sha256(json.dumps([upload.id, fields, region]).encode()).hexdigest()[:16]
    return {"fields": fields, "region": region, "choices": mark, "foreseen": foreseen(sample, fields, region)}


def foreseen(sample: Sample, fields: list[str], region: str) -> dict[str, Any]:
    """What the first rows say that importing would do; of a file that has no more, that is all."""
    if "phone" not in fields:
        return {"trouble": NO_NUMBER}
    *_, first = foreseeing.foresee(iter(sample.rows), Choices(sample.header, fields, region), clock.now())
    return {"first": first, "whole": first} if sample.is_whole else {"first": first}


def is_partial(foreseen: Mapping[str, Any]) -> bool:
    """Whether the whole file is still to be counted."""
    return not ("whole" in foreseen or "trouble" in foreseen)


def shown(upload: ContactImport, foreseen: Mapping[str, Any]) -> dict[str, Any]:
    """The values of contacts/_effects.html."""
    counts = foreseen.get("whole") or foreseen.get("first") or {}
    zones: Counter[str] = Counter()
    for names, people in counts.get("zones", {}).items():
        zones[place(names)] += people
    return {
        "upload": upload,
        "trouble": foreseen.get("trouble", ""),
        "is_partial": is_partial(foreseen),
        "percent": foreseen.get("percent"),
        "counts": counts,
        "zones": zones.most_common(_MOST_ZONES),
        "elsewhere": sum(zones.values()) - sum(people for _, people in zones.most_common(_MOST_ZONES)),
    }


def suggested_name(file_name: str, taken: set[str]) -> str:
    """A name for the new list after the file's, that no list has."""
    stem = " ".join(PurePath(file_name).stem.replace("_", " ").split())[:80]
    plain = stem if stem and stem.isprintable() else "New list"
    return next(name for number in range(1, len(taken) + 3) if (name := _numbered(plain, number)) not in taken)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"
