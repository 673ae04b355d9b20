"""A text in the making: sandboxed templates, and the parts a first text must have (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from phonebank.asks.grammar import FILTERS, WordingError, fields_in, refuse_what_is_not_wording
from phonebank.asks.moments import AskFields, ask_fields, when
from phonebank.asks.vocabulary import opt_out_patterns, words_in

__all__ = [
    "LONGEST_TEXT",
    "AskFields",
    "Completed",
    "Wording",
    "WordingError",
    "ask_fields",
    "fields_used",
    "missing_parts",
    "parse",
    "render",
    "when",
    "with_required_parts",
]

LONGEST_TEXT = 1600
"""Characters; the carrier refuses more (Twilio error 21617)."""

_LONGEST_TEMPLATE = 4000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class _Missing(jinja2.Undefined):
    """A field without a value: false in a condition, equal to nothing, and an error that names it when it is needed."""

    def __str__(self) -> str:
        if self._undefined_name is None:  # {{ "…" if field }} with no else: nothing was asked for
            return ""
        field = f"ask.{self._undefined_name}" if isinstance(self._undefined_obj, dict) else self._undefined_name
        raise WordingError(
            f"{field} is missing and the text has no fallback for it: fill it in, or write "
            f'{{{{ {field} | default("…") }}}}.',
        )


def _kept_missing(change: Callable[..., Any]) -> Callable[..., Any]:
    """So that `title | default("friend")` falls back too: a missing field stays missing through a filter."""
    return lambda value, *rest, **named: value if isinstance(value, _Missing) else change(value, *rest, **named)


def _truncate(value: object, length: int = 255, *_: object) -> str:
    """Three dots, since one "…" would double the price of the text."""
    words = str(value)
    if len(words) <= length:
        return words
    return words[: max(0, length - 3)].rstrip() + "..."


def _environment() -> ImmutableSandboxedEnvironment:
    # A text is plain text: escaping would show people "&amp;". Its fields are never rendered again.
    environment = ImmutableSandboxedEnvironment(undefined=_Missing, autoescape=False)
    environment.globals.clear()
    falls_back = {"default": environment.filters["default"], "d": environment.filters["d"]}
    changes = {name: environment.filters[name] for name in FILTERS} | {"truncate": _truncate}
    environment.filters = {name: _kept_missing(change) for name, change in changes.items()} | falls_back
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True)
class Wording:
    """A template that can only speak: `fields` says of each merge field whether the text can do without it."""

    fields: dict[str, bool]
    template: jinja2.Template


@lru_cache(maxsize=512)
def parse(template: str) -> Wording:
    """A checked template; WordingError says what to mend and in which line."""
    if len(template) > _LONGEST_TEMPLATE:
        raise WordingError(
            f"The text has {len(template):,} characters; a message holds at most {LONGEST_TEXT:,}. Shorten it.",
        )
    try:
        tree = _ENVIRONMENT.parse(template)
        refuse_what_is_not_wording(tree)
        return Wording(fields_in(tree), _ENVIRONMENT.from_string(template))
    except jinja2.TemplateSyntaxError as error:
        raise WordingError(
            f"Line {error.lineno} of the text cannot be read: {str(error.message).split('. ')[0].rstrip('.')}. "
            "A merge field is one word in double braces, like {{ first_name }}.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise WordingError("The text cannot be read: its braces are nested too deeply.") from error


def fields_used(template: str) -> dict[str, bool]:
    """Merge field ("first_name", "ask.when") → whether the text can do without it (a fallback, or inside an if)."""
    return dict(parse(template).fields)


def render(template: str, fields: Mapping[str, object], *, longest: int = LONGEST_TEXT) -> str:
    """The text for one person. `fields` is flat ("first_name", "ask.when"); a blank value counts as missing.

    Values are plain words whatever they hold: never rendered again, on one line, without control characters.
    WordingError names the field that is missing without a fallback, or says that the text is too long.
    """
    wording = parse(template)
    said = {name: words for name in wording.fields if (words := _one_line(fields.get(name), longest))}
    ask = {name.removeprefix("ask."): words for name, words in said.items() if name.startswith("ask.")}
    text = wording.template.render({**said, "ask": ask})
    text = _CONTROL.sub("", text.replace("\t", " ")).strip()
    if len(text) > longest:
        raise WordingError(f"The text comes to {len(text):,} characters; a message holds at most {longest:,}.")
    return text


def _one_line(value: object, longest: int) -> str:
    if value is None:
        return ""
    # One more than fits, so that what is far too long is still seen to be too long.
    return _CONTROL.sub("", _BLANKS.sub(" ", str(value)[: longest + 1])).strip()


@dataclass(frozen=True)
class Completed:
    """A text, what was `added` to it ("disclaimer", "opt_out"), and what only its writer can add ("organization")."""

    text: str
    added: tuple[str, ...]
    missing: tuple[str, ...]


def with_required_parts(text: str, *, organization: str, language: str = "en", disclaimer: str = "") -> Completed:
    """A rendered first text that says how to stop and carries the disclaimer, each added only when it is not there.

    Carriers ask for both in the first text (CTIA Messaging Principles §5.1; 47 CFR 64.1200(a)(10) for the words).
    """
    added = []
    if disclaimer.strip() and _flat(disclaimer) not in _flat(text):
        text, added = _joined(text, disclaimer.strip()), ["disclaimer"]
    if not _says_how_to_stop(text):
        text, added = _joined(text, words_in(language).opt_out), [*added, "opt_out"]
    return Completed(text, tuple(added), () if _names(text, organization) else ("organization",))


def missing_parts(template: str, organization: str) -> tuple[str, ...]:
    """Which of "organization" and "opt_out" a template lacks; {{ organization }} counts as naming it."""
    names_it = "organization" in fields_used(template) or _names(template, organization)
    lacks = {"organization": not names_it, "opt_out": not _says_how_to_stop(template)}
    return tuple(part for part, is_missing in lacks.items() if is_missing)


def _joined(text: str, line: str) -> str:
    text = text.rstrip()
    return f"{text}{' ' if text.endswith(('.', '?', '!', ':')) else chr(10) if text else ''}{line}"


def _says_how_to_stop(text: str) -> bool:
    return any(pattern.search(text.lower()) for pattern in opt_out_patterns())


def _names(text: str, organization: str) -> bool:
    name = re.escape(_flat(organization))
    return bool(name) and re.search(rf"(?<!\w){name}(?!\w)", _flat(text)) is not None


def _flat(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split())
