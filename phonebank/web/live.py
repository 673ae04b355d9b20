"""Pieces of a page that keep themselves up to date.

A live piece is a partial whose outermost element carries `id` and `{{ live(url) }}`: htmx asks for the same partial
again every 1.5 seconds and is told 204 while nothing has changed, so that focus, selection and screen readers are left
alone. A live piece holds no CSRF token (it would change each time): its buttons name a form outside it, `form="act"`.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

_UNCHANGED = 204
_UNSEEN = "not-seen-yet"


def live(url: str, verb: str = "get", also_when: str = "", every_ms: int = 1500) -> Markup:
    """The attributes that make an element ask `url` for itself again.

    With the verb "post" what the page's own form says goes along (`hx-include`) without standing in an address.
    """
    seen, trigger = "&" if "?" in url else "?", f"every {every_ms}ms{also_when and ', '}{also_when}"
    made = Markup('hx-{}="{}{}seen={}" hx-trigger="{}" hx-swap="outerHTML"')
    return made.format(verb, url, seen, _UNSEEN, trigger)


def piece(template: str, **values: Any) -> Markup:
    """The partial as it first stands on the page, stamped with what the browser has seen."""
    return _stamped(render_template(template, **values))


def answer(template: str, **values: Any) -> ResponseReturnValue:
    """What the partial's own route returns: itself anew, or 204 when the browser has it already."""
    body = render_template(template, **values)
    return ("", _UNCHANGED) if request.args.get("seen") == _hash(body) else _stamped(body)


def piece_at(stamp: str, template: str, **values: Any) -> Markup:
    """As `piece`, but `stamp` says what has been seen: for what many ask for and few find changed."""
    return _stamped(render_template(template, **values), stamp)


def answer_at(stamp: str, template: str, values: Callable[[], Mapping[str, Any]]) -> ResponseReturnValue:
    """As `answer`, but nothing is read or rendered while the stamp is the one that the browser has."""
    return ("", _UNCHANGED) if request.args.get("seen") == stamp else piece_at(stamp, template, **values())


def stamp_of(*seen: object) -> str:
    """A short word that changes with any of these."""
    return _hash(repr(seen))


def _stamped(body: str, stamp: str = "") -> Markup:
    return Markup(body.replace(_UNSEEN, stamp or _hash(body)))  # noqa: S704  # rendered with autoescape on


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]
