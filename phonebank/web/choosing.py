"""The rules of a new list as a form says them, and as a page tells them."""

import re
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.audiences import queries, rules
from phonebank.audiences.queries import Counts, Offered
from phonebank.audiences.rules import Answer, How, Rules, Where
from phonebank.contacts.columns import words
from phonebank.errors import BadInputError
from phonebank.reports import listings
from phonebank.reports.places import place

LONGEST = 10  # digits of an id
ANSWERS = {
    Answer.YES: "yes",
    Answer.MAYBE: "maybe",
    Answer.NOT_NOW: "not now",
    Answer.NOT_THAT: "not that",
    Answer.NO: "no",
    Answer.SILENT: "nothing yet",
}
HOWS = {
    How.IS: "is",
    How.IS_NOT: "is not",
    How.CONTAINS: "contains",
    How.FILLED: "is filled in",
    How.BLANK: "is blank",
}
_ANY = "any"


@dataclass(frozen=True)
class Names:
    """What lists and campaigns are called, by id."""

    lists: dict[int, str]
    campaigns: dict[int, str]

    def of_lists(self, ids: tuple[int, ...]) -> str:
        return " or ".join(f"“{self.lists.get(one, 'a list that is gone')}”" for one in ids)

    def of_campaigns(self, ids: tuple[int, ...]) -> str:
        return " or ".join(f"“{self.campaigns.get(one, 'a campaign that is gone')}”" for one in ids)


def names(session: Session) -> Names:
    lists = {found.id or 0: found.name for found, _ in listings.lists(session)}
    return Names(lists, dict(queries.campaigns(session)))


def rules_of(form: MultiDict[str, str]) -> Rules:
    """The rules that the form says. Raises BadInputError in one sentence."""
    consent, kept, said_to = form.get("consent", ""), form.get("kept", ""), form.get("said_to", "")
    if bool(said_to) != bool(form.getlist("said")):
        raise BadInputError("Say to which campaign they said it." if not said_to else "Tick what they said to it.")
    return rules.parse(
        {
            "lists": _ids(form, "lists"),
            "on_all": form.get("of") == "all",
            "states": _listed(form, "states"),
            "zips": _listed(form, "zips"),
            "zones": form.getlist("zones"),
            "languages": form.getlist("languages"),
            "columns": _columns(form),
            "connection": form.get("connection", ""),
            "has_consent": {"yes": True, "no": False}.get(consent),
            "said_to": said_to or None,
            "said": form.getlist("said"),
            "kept": bool(kept),
            "kept_in": None if kept in {"", _ANY} else kept,
            "without_lists": _ids(form, "without_lists"),
            "asked_within_days": form.get("asked_within_days", "").strip() or None,
            "not_in_running": "not_in_running" in form,
            "refused_to": _ids(form, "refused_to"),
            "refused_action": form.get("refused_action", ""),
        }
    )


def told(rules: Rules, found: Counts, names: Names) -> list[list[Any]]:
    """Each rule in words with how many it takes away, begun with where all of them come from."""
    joined = " and ".join if rules.on_all else " or ".join
    start = f"On {joined(names.of_lists((one,)) for one in rules.lists)}"
    return [[start, found.on_lists], *([_why(one.name, one.nth, rules, names), -one.people] for one in found.taken)]


def _why(name: str, nth: int, rules: Rules, names: Names) -> str:
    """Why somebody is left out by this rule."""
    match name:
        case "states":
            return f"Not in {_either(rules.states)}, as far as a column or ZIP says"
        case "zips":
            return f"ZIP does not begin with {_either(rules.zips)}"
        case "zones":
            return f"Not in the time zone {_either(tuple(place(one) for one in rules.zones))}"
        case "languages":
            return f"Do not speak {_either(tuple(language_name(one) for one in rules.languages))}"
        case "columns":
            return _column(rules.columns[nth])
        case "connection":
            return f"How we know them says nothing of “{rules.connection}”"
        case "has_consent":
            return "No consent on file" if rules.has_consent else "Consent on file"
        case _:
            return _why_by_answers(name, rules, names)


def _why_by_answers(name: str, rules: Rules, names: Names) -> str:
    match name:
        case "said":
            said = _either(tuple(ANSWERS[one] for one in rules.said))
            return f"Did not say {said} to {names.of_campaigns((rules.said_to or 0,))}"
        case "kept":
            where = f" in {names.of_campaigns((rules.kept_in,))}" if rules.kept_in is not None else ""
            return f"Kept no commitment{where}"
        case "opted_out":
            return "Opted out (always left out)"
        case "without_lists":
            return f"On {names.of_lists(rules.without_lists)}"
        case "asked_within_days":
            return f"Asked within the last {rules.asked_within_days} days"
        case "not_in_running":
            return "In a running campaign"
        case _:
            action = (f"“{rules.refused_action}”",) if rules.refused_action else ()
            refused = (names.of_campaigns(rules.refused_to),) if rules.refused_to else ()
            return f"Said no to {_either((*refused, *action))}"


def _column(one: Where) -> str:
    opposite = {How.IS: "is not", How.IS_NOT: "is", How.CONTAINS: "does not contain"}
    if one.how in opposite:
        return f"{one.column} {opposite[one.how]} “{one.value}”"
    return f"{one.column} is blank" if one.how is How.FILLED else f"{one.column} is filled in"


def _either(written: tuple[str, ...]) -> str:
    return " or ".join(written)


def zones_of(offered: Offered) -> list[tuple[str, str, int]]:
    return [(zone, place(zone), people) for zone, people in offered.zones]


def languages_of(offered: Offered) -> list[tuple[str, str, int]]:
    return [(code, language_name(code), people) for code, people in offered.languages]


def language_name(code: str) -> str:
    """English for en; a code nobody has named as it is."""
    return str(words()["languages"].get(code, [code])[0]).capitalize()


def _ids(form: MultiDict[str, str], name: str) -> list[str]:
    return [one for one in form.getlist(name) if one.isdecimal() and len(one) < LONGEST]


def _listed(form: MultiDict[str, str], name: str) -> list[str]:
    return [one for part in re.split(r"[,;\n]", form.get(name, "")) if (one := part.strip())]


def _columns(form: MultiDict[str, str]) -> list[dict[str, str]]:
    told = zip(form.getlist("column"), form.getlist("how"), form.getlist("value"), strict=False)
    return [{"column": column, "how": how, "value": value} for column, how, value in told if column.strip()]
