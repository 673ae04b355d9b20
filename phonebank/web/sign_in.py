"""Signing in by a one-time link or by e-mail and password, signing out, and one's own password."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.errors import BadInputError
from phonebank.people import accounts, queries
from phonebank.people.models import Person, Role
from phonebank.web import guards, nav, waits
from phonebank.web.guards import public, requires
from phonebank.web.throttle import Throttle
from phonebank.web.trouble import page

blueprint = Blueprint("sign_in", __name__)
_BY_PERSON_AND_PLACE, _BY_PLACE, _BY_PERSON = Throttle(5), Throttle(30), Throttle(50)
_WRONG = "That address and password do not go together. Check both, or ask an admin for a sign-in link."


@blueprint.get("/")
@requires(Role.VOLUNTEER)
def start() -> ResponseReturnValue:
    return redirect(url_for(nav.home(guards.me())), code=303)


@blueprint.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    person = guards.whoever()
    if person is not None:
        return redirect(_onward(request.args.get("next"), person), code=303)
    return render_template("sign_in/form.html", next=request.args.get("next", ""), email="", wrong="")


@blueprint.post("/sign-in")
@public
def by_password() -> ResponseReturnValue:
    email, now = request.form.get("email", "").strip().lower(), clock.now()
    place = request.remote_addr or ""
    keys = ((_BY_PERSON_AND_PLACE, f"{place} {email}"), (_BY_PLACE, place), (_BY_PERSON, email))
    if any(throttle.is_closed(key, now) for throttle, key in keys):
        return page("Too many tries. Wait a quarter of an hour, or ask an admin for a sign-in link.", 429)
    with db.reading() as reading:
        person = accounts.check_password(reading, email, request.form.get("password", ""))
        reading.expunge_all()
    if person is None:
        for throttle, key in keys:
            throttle.failed(key, now)
        onward = request.form.get("next", "")
        return render_template("sign_in/form.html", next=onward, email=email, wrong=_WRONG), 401
    _BY_PERSON_AND_PLACE.succeeded(keys[0][1])
    return _let_in(person)


@blueprint.get("/sign-in/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    with db.reading() as reading:
        works = accounts.link_works(reading, token, clock.now())
    return (render_template("sign_in/link.html", token=token), 200) if works else _spent()


@blueprint.post("/sign-in/<token>")
@public
def by_link(token: str) -> ResponseReturnValue:
    with db.transaction() as writing:
        person = accounts.use_link(writing, token, clock.now())
    return _let_in(person) if person is not None else _spent()


@blueprint.post("/sign-out")
@public
def out() -> ResponseReturnValue:
    session.clear()
    flash("You are signed out.", "good")
    return redirect(url_for("sign_in.form"), code=303)


@blueprint.get("/me")
@requires(Role.VOLUNTEER)
def account() -> ResponseReturnValue:
    return _account()


@blueprint.post("/me/password")
@requires(Role.VOLUNTEER)
def choose_password() -> ResponseReturnValue:
    try:
        with db.transaction() as writing:
            accounts.set_password(writing, guards.my_id(), request.form.get("password", ""))
    except BadInputError as wrong:
        return _account(str(wrong)), 400
    with db.reading() as reading:
        person = queries.by_id(reading, guards.my_id())
        assert person is not None
        guards.begin_session(person)
    flash("Your password is set. Everywhere else you are signed out.", "good")
    return redirect(url_for("sign_in.account"), code=303)


def _account(wrong: str = "") -> str:
    has_mail = guards.settings().smtp_url is not None
    return render_template("sign_in/account.html", wrong=wrong, wish=waits.my_wish(), has_mail=has_mail)


def _let_in(person: Person) -> ResponseReturnValue:
    guards.begin_session(person)
    return redirect(_onward(request.form.get("next"), person), code=303)


def _onward(asked: str | None, person: Person) -> str:
    return asked if asked and is_ours(asked) else url_for(nav.home(person))


def is_ours(path: str) -> bool:
    r"""Whether a redirect there stays on this site. Browsers read `//x` and `/\x` as another host."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


def _spent() -> ResponseReturnValue:
    return render_template("sign_in/spent.html"), 410
