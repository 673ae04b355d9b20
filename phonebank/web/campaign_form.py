"""A campaign's form ⇄ the table of a campaign file (pure). Inputs are named by the file's own keys: `ask.starts_at`.

What the form does not show stays as it was in `base`.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from phonebank.campaigns.models import Channel
from phonebank.campaigns.spec_models import CampaignSpec

SINGLE = frozenset(
    {
        "name",
        "channel",
        "organization",
        "sender_name",
        "sender",
        "timezone",
        "disclaimer",
        "sent_by",
        "exclude.asked_within_days",
        "hours.start",
        "hours.end",
        "limits.segments_per_second",
        "limits.budget",
        "limits.segments_per_day",
        "limits.pace_by_inbox",
        "ask.action",
        "ask.starts_at",
        "ask.ends_at",
        "ask.place",
        "ask.why",
        "ask.shift",
        "ask.answers.yes",
        "ask.answers.no",
        "ask.answers.help",
        "ask.answers.wrong_number",
        "call.mode",
        "call.voice",
        "call.greeting",
        "call.ask",
        "call.voicemail",
        "call.attempts",
        "call.spacing",
        "call.calls_per_second",
        "call.open_lines",
        "call.toll_free",
        "call.missed_text",
        "call.record",
        "call.audio.greeting",
        "call.audio.ask",
        "call.audio.voicemail",
    }
)
MANY = frozenset({"lists", "exclude.lists", "ask.texts"})
_ROW = re.compile(
    r"(ask\.alternatives|followups|questions)\.(\d{1,2})\.(for|text|action|place|starts_at|ends_at|before|question|answer)"
)
_TEXTS_IN_LANGUAGE = re.compile(r"ask\.languages\.([a-z]{2,3})")
_IN_LANGUAGE = re.compile(
    r"(?:ask\.answers\.languages\.([a-z]{2,3})\.(?:yes|no|help|wrong_number)"
    r"|call\.languages\.([a-z]{2,3})\.(?:greeting|ask|voicemail)"
    r"|(?:ask\.alternatives|followups)\.\d{1,2}\.languages\.([a-z]{2,3}))"
)
_BESIDE = frozenset({"again_of", "languages"})  # what no campaign file says: whom it asks again, languages begun
_SPOKEN = {"channel", "call", "lists", "exclude", "organization", "sender_name", "timezone", "disclaimer", "hours"}
_SPOKEN_OF_ASK = {"action", "starts_at", "ends_at", "place", "why", "texts", "languages"}
_LONGEST_SPARE = 2

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)

Values = dict[str, Any]


def to_table(form: MultiDict[str, str], base: Mapping[str, Any] | None = None) -> Values:
    """The table of a campaign file that this form says; blank inputs are left out, so that defaults hold."""
    table = deepcopy(dict(base or {}))
    for path in SINGLE & form.keys():
        _put(table, path, form[path].strip() or None)
    for path in MANY:
        _put(table, path, [value for value in form.getlist(path) if value.strip()])
    for path in form:
        if _ROW.fullmatch(path) or _IN_LANGUAGE.fullmatch(path):
            _put(table, path, form[path].strip() or None)
        elif _TEXTS_IN_LANGUAGE.fullmatch(path):
            _put(table, path, [value for value in form.getlist(path) if value.strip()] or None)
    _drop_blank_rows(table)
    _drop_blank_languages(table)
    _drop_other_channel(table, base or {})
    return table


def spoken_part(form: MultiDict[str, str], texts: list[str] | None = None) -> Values:
    """The table of what a person would read, with dots for what a campaign needs and nobody has typed yet.

    `texts` stand in for those of the form: one that cannot be read yet spoils nothing else then.
    """
    table = to_table(form)
    kept = {key: table[key] for key in _SPOKEN & table.keys()}
    ask = {key: value for key, value in table.get("ask", {}).items() if key in _SPOKEN_OF_ASK}
    if texts is not None:
        ask = {key: value for key, value in ask.items() if key != "languages"} | {"texts": texts}
    needed = {"name": "…", "organization": "…", "sender": "+12025550100"}
    return {**needed, **kept, "ask": {"action": "…", **ask}}


def raw_of(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was typed, as it was typed, finished or not."""
    return {name: form.getlist(name) for name in form if is_input(name)}


def is_input(name: str) -> bool:
    """Whether the form has an input of this name."""
    return name in SINGLE | MANY | _BESIDE or any(
        pattern.fullmatch(name) for pattern in (_ROW, _TEXTS_IN_LANGUAGE, _IN_LANGUAGE)
    )


def languages_of(shown: Values) -> list[str]:
    """The languages beside the first that the form shows, in order."""
    spoken = (_TEXTS_IN_LANGUAGE.fullmatch(name) or _IN_LANGUAGE.fullmatch(name) for name in shown)
    found = {next(code for code in match.groups() if code) for match in spoken if match}
    begun = {code for code in shown.get("languages", []) if re.fullmatch("[a-z]{2,3}", code) and code != "en"}
    return sorted(found | begun)


def from_spec(said: CampaignSpec) -> tuple[Values, Values]:
    """(what the inputs show, by name; the whole table, to be handed back as `base`)."""
    table = _plain(said.model_dump(by_alias=True, exclude_none=True), ZoneInfo(said.timezone))
    shown: Values = {}
    _flatten(table, "", shown)
    return shown, table


def shown_of(form: MultiDict[str, str]) -> Values:
    """What the inputs showed when the form was sent, to show it again beside what is wrong."""
    return {name: form.getlist(name) if _is_many(name) else form[name] for name in form}


def rows_of(shown: Values, prefix: str) -> int:
    """How many rows of this kind to show: those filled in, and one to spare (two when there are none)."""
    numbers = [int(name.split(".")[-2]) for name, value in shown.items() if name.startswith(f"{prefix}.") and value]
    return max(numbers) + 2 if numbers else _LONGEST_SPARE


def zones(chosen: str) -> list[tuple[str, str]]:
    """(value, label) of the zones to choose among; another that a file named stays to be chosen."""
    names = ZONES if chosen in ZONES or not chosen else (chosen, *ZONES)
    return [(name, name.replace("_", " ")) for name in names]


def complaints_by_field(sentences: str) -> tuple[dict[str, str], list[str]]:
    """({input: what is wrong with it}, [what belongs to no input]) from sentences like `ask.starts_at: has no time`."""
    by_field: dict[str, str] = {}
    others: list[str] = []
    for line in sentences.splitlines():
        path, colon, reason = line.partition(": ")
        name = re.sub(r"\[(\d+)\]", lambda found: f".{int(found[1]) - 1}", path)
        name = re.sub(r"(ask\.languages\.[a-z]{2,3})\..*", r"\1", name)
        name = "ask.texts" if name.startswith("ask.texts") else "lists" if name.startswith("lists") else name
        if colon and is_input(name):
            by_field.setdefault(name, reason[:1].upper() + reason[1:])
        else:
            others.append(line)
    return by_field, others


def _is_many(name: str) -> bool:
    return name in MANY or name == "languages" or _TEXTS_IN_LANGUAGE.fullmatch(name) is not None


def _put(table: Values, path: str, value: Any) -> None:
    *above, last = parts = path.split(".")
    here: Any = table
    for part, following in zip(above, parts[1:], strict=True):
        here = _step(here, part, is_list=following.isdigit())
    if value is None:
        here.pop(last, None)
    else:
        here[last] = value


def _step(here: Any, part: str, *, is_list: bool) -> Any:
    if isinstance(here, list):
        while len(here) <= int(part):
            here.append({})
        return here[int(part)]
    return here.setdefault(part, [] if is_list else {})


def _drop_blank_rows(table: Values) -> None:
    for holder, name in ((table.get("ask", {}), "alternatives"), (table, "followups"), (table, "questions")):
        if name in holder:
            holder[name] = [row for row in holder[name] if row.get("text") or row.get("question") or row.get("answer")]


def _drop_blank_languages(table: Values) -> None:
    ask = table.get("ask", {})
    answers = ask.get("answers", {})
    if "languages" in answers:
        answers["languages"] = {code: words for code, words in answers["languages"].items() if words}
    for holder in (ask, answers, *ask.get("alternatives", []), *table.get("followups", [])):
        if holder.get("languages") == {}:
            del holder["languages"]


def _drop_other_channel(table: Values, base: Mapping[str, Any]) -> None:
    """A form that asks by text says nothing of calls, and the other way round."""
    if table.get("channel") == Channel.CALL:
        table.get("ask", {}).update(texts=[], languages={})
        spoken = table.get("call", {}).get("languages", {})
        table.setdefault("call", {})["languages"] = {code: words for code, words in spoken.items() if words}
        return
    table.pop("call", None)
    if base.get("call"):
        table["call"] = deepcopy(base["call"])


def _plain(value: Any, zone: ZoneInfo) -> Any:
    match value:
        case dict():
            return {key: _plain(held, zone) for key, held in value.items()}
        case list() | tuple():
            return [_plain(held, zone) for held in value]
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%dT%H:%M}"
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            minutes = int(value.total_seconds() // 60)
            return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        case _:
            return value


def _flatten(value: Any, path: str, into: Values) -> None:
    if isinstance(value, dict):
        for key, held in value.items():
            _flatten(held, f"{path}.{key}" if path else key, into)
    elif isinstance(value, list) and not _is_many(path):
        for number, held in enumerate(value):
            _flatten(held, f"{path}.{number}", into)
    else:
        into[path] = value
