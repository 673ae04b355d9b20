"""Who may open which page. Every route carries one mark; a route without one opens for nobody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from phonebank import db
from phonebank.people import queries
from phonebank.people.admitting import Staff, signed
from phonebank.people.models import Person, PersonStatus, Role
from phonebank.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
SMALL_BODY = 1_000_000  # bytes; a form, a pasted campaign file, a webhook

_MARK = "guard"
_OWN_PAGES = ("same-origin", "none")  # what browsers call our own page, and an address that was typed
_RANK = {Role.VOLUNTEER: 0, Role.ORGANIZER: 1, Role.ADMIN: 2}
csrf = CSRFProtect()  # type: ignore[no-untyped-call]  # Flask-WTF ships no types


@dataclass(frozen=True)
class Guard:
    """`role`: the least role that may open it.

    Twilio's signature (`signed`) or an unguessable address (`by_address`) stand in for session and CSRF token.
    """

    role: Role | None = None
    signed: bool = False
    by_address: bool = False
    largest_body: int = SMALL_BODY


def public(view: View) -> View:
    """Anybody may open it; its forms still need their CSRF token."""
    return _marked(view, Guard())


def signed_by_twilio(view: View) -> View:
    """Only Twilio may post here: the view itself checks the signature, first thing."""
    return _marked(view, Guard(signed=True))


def holders_of_its_address(view: View) -> View:
    """Whoever knows the unguessable address may open it and post to it: no session, no cookie.

    A CSRF token would add nothing: a page that could forge the form would have to know the address, and so could read
    the token. What a browser itself says comes from another site is refused all the same.
    """
    return _marked(view, Guard(by_address=True))


def requires(role: Role) -> Callable[[View], View]:
    """`@requires(Role.ORGANIZER)`: organizers and those above them, signed in and not suspended."""
    return lambda view: _marked(view, Guard(role=role))


def accepts_body(largest: int) -> Callable[[View], View]:
    """Lets this view take up to so many bytes. Goes above the guard's own mark."""
    return lambda view: _marked(view, replace(guard_of(view) or Guard(), largest_body=largest))


def guard_of(view: Callable[..., Any]) -> Guard | None:
    found: Guard | None = vars(view).get(_MARK)
    return found


def check() -> ResponseReturnValue | None:
    """Before every request: the right person, a small enough body, a form of our own. Nothing is read before that."""
    g.person = None
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such page: 404, by Flask
    guard = guard_of(view)
    if guard is None:
        abort(403)
    request.max_content_length = guard.largest_body
    if guard.signed:
        return None
    if guard.by_address:
        _refuse_other_sites()
        return None
    if guard.role is not None:
        g.person = whoever()
        if g.person is None:
            return _refused() if g.get("is_suspended") else _to_sign_in()
        if not may(g.person, guard.role):
            abort(403)
    csrf.protect()  # type: ignore[no-untyped-call]  # Flask-WTF ships no types
    return None


def _refuse_other_sites() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in _OWN_PAGES:
        abort(400)


def may(person: Person | None, role: Role) -> bool:
    """Whether this person may do what this role may."""
    return person is not None and _RANK[person.role] >= _RANK[role]


def whoever() -> Person | None:
    """Who is signed in on this browser. Nobody for who is suspended, or whose sessions were ended."""
    person_id = session.get("person")
    if not isinstance(person_id, int):
        return None
    with db.reading() as reading:
        person = queries.by_id(reading, person_id)
        reading.expunge_all()  # the rest of the request knows them without this session
    if person is None or person.status is not PersonStatus.ACTIVE or person.sessions_begun != session.get("begun"):
        g.is_suspended = person is not None and person.status is PersonStatus.SUSPENDED
        if not g.is_suspended:
            session.clear()  # who is suspended stays known, so that each of their open pages is told why
        return None
    return person


def me() -> Person:
    """The person whom `requires` let in."""
    person: Person = g.person
    return person


def my_id() -> int:
    """The id of the person whom `requires` let in."""
    person_id = me().id
    assert person_id is not None
    return person_id


def signature() -> str:
    """How this person signs what is kept: "Amanda Alvarez (amanda@example.org)"."""
    return signed(me())


def staff() -> Staff:
    """The person whom `requires` let in, as the one who decides about others."""
    return Staff(signature(), me().role, me().id)


def settings() -> Settings:
    """The settings this application was made with."""
    found: Settings = current_app.extensions["settings"]
    return found


def begin_session(person: Person) -> None:
    """Sign this person in on this browser; whatever session was there is gone."""
    session.clear()
    session.permanent = True
    session["person"], session["begun"] = person.id, person.sessions_begun


_SUSPENDED = "Your access has ended: an organizer suspended you, so nothing was saved or sent."


def _refused() -> ResponseReturnValue:
    """A page of somebody suspended: one that is open leaves by itself, at its next poll or press of a button."""
    if request.headers.get("HX-Request"):
        return {"wrong": _SUSPENDED}, 403, {"HX-Redirect": url_for("sign_in.start")}
    return render_template("sign_in/suspended.html"), 403


def _to_sign_in() -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("sign_in.form")}
    if request.method != "GET":
        flash("You were signed out, so nothing was saved. Sign in and do it again.", "bad")
        return redirect(url_for("sign_in.form"), code=303)
    if request.path == "/":
        return redirect(url_for("sign_in.form"), code=303)
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")), code=303)


def _marked(view: View, guard: Guard) -> View:
    vars(view)[_MARK] = guard
    return view
