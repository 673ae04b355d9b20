"""Joining by a link for many: a name, and one is in as a volunteer."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.errors import BadInputError
from phonebank.people import joining
from phonebank.web import guards, nav
from phonebank.web.guards import public
from phonebank.web.throttle import Throttle
from phonebank.web.trouble import page

blueprint = Blueprint("join", __name__, url_prefix="/join")
_BY_PLACE = Throttle(30)


@blueprint.get("/<token>")
@public
def form(token: str) -> ResponseReturnValue:
    person = guards.whoever()
    if person is not None:
        return redirect(url_for(nav.home(person)))
    with db.reading() as session:
        works = joining.works(session, token, clock.now())
    return _form(token) if works else _over()


@blueprint.post("/<token>")
@public
def join(token: str) -> ResponseReturnValue:
    person, now, place = guards.whoever(), clock.now(), request.remote_addr or ""
    if person is not None:
        return redirect(url_for(nav.home(person)), code=303)
    if _BY_PLACE.is_closed(place, now):
        return page("Too many tries. Wait a quarter of an hour, or ask an organizer for a link.", 429)
    with db.reading() as session:
        works = joining.works(session, token, now)
    if not works and not request.form.get("form"):
        return _over()
    try:
        with db.transaction() as session:
            person = joining.join(
                session, token, request.form.get("name", ""), form=request.form.get("form", ""), now=now
            )
    except BadInputError as wrong:
        return _form(token, str(wrong)), 400
    guards.begin_session(person)
    return redirect(url_for(nav.home(person)), code=303)


def _form(token: str, wrong: str = "") -> str:
    fresh = request.form.get("form") or secrets.token_urlsafe(16)
    return render_template("join/form.html", token=token, wrong=wrong, typed=request.form, fresh=fresh)


def _over() -> ResponseReturnValue:
    return render_template("join/over.html"), 410
