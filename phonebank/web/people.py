"""Who may sign in: list, invite by a link, suspend, let in again. For admins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import NotFoundError, PhonebankError
from phonebank.people import accounts, queries
from phonebank.people.models import Person, Role
from phonebank.web import guards, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@requires(Role.ADMIN)
def everyone() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@requires(Role.ADMIN)
def invite() -> ResponseReturnValue:
    form, now = request.form, clock.now()
    try:
        with db.transaction() as session:
            person = accounts.add(session, form.get("email", ""), form.get("name", ""), form.get("role", ""), None, now)
            token = accounts.sign_in_link(session, _id(person), now)
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    return _link_page(person.name, token)


@blueprint.post("/<int:person_id>/link")
@requires(Role.ADMIN)
def link(person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        name = _person(session, person_id).name
        token = accounts.sign_in_link(session, person_id, clock.now())
    return _link_page(name, token)


@blueprint.post("/<int:person_id>/suspend")
@requires(Role.ADMIN)
def suspend(person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        person = _person(session, person_id)
        accounts.suspend(session, person.email)
    flash(f"{person.name} is suspended and signed out everywhere.", "good")
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/<int:person_id>/reinstate")
@requires(Role.ADMIN)
def reinstate(person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        person = _person(session, person_id)
        accounts.reinstate(session, person.email)
    flash(f"{person.name} may sign in again.", "good")
    return redirect(url_for("people.everyone"), code=303)


def _page(wrong: PhonebankError | None = None) -> str:
    with db.reading() as session:
        return render_template(
            "people/everyone.html",
            people=queries.everyone(session),
            roles=list(reversed(Role)),
            typed=request.form,
            wrong=wrong,
        )


def _link_page(name: str, token: str) -> str:
    address = guards.settings().address + url_for("sign_in.link", token=token)
    return render_template("people/link.html", name=name, address=address, days=accounts.LINK_LASTS.days)


def _person(session: Session, person_id: int) -> Person:
    person = queries.by_id(session, person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    return person


def _id(person: Person) -> int:
    assert person.id is not None
    return person.id
