"""Who may sign in: everybody, invitations for one and for many, roles, suspending at once, letting in again."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import BadInputError, NotFoundError, PhonebankError
from phonebank.handoffs import suspending
from phonebank.people import accounts, admitting, joining, queries
from phonebank.people.models import Person, Role
from phonebank.web import guards, trouble, zones
from phonebank.web.guards import requires

blueprint = Blueprint("people", __name__, url_prefix="/people")
_HOURS = {"2": "for 2 hours", "8": "for 8 hours", "24": "for a day"}
TONIGHT = "tonight"
_AT_LEAST = timedelta(hours=2)
_WITHOUT_A_ZONE = timedelta(hours=12)


@blueprint.get("")
@requires(Role.ORGANIZER)
def everyone() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@requires(Role.ORGANIZER)
def invite() -> ResponseReturnValue:
    form, now = request.form, clock.now()
    said = {"name": form.get("name", ""), "email": form.get("email", ""), "role": form.get("role", "")}
    try:
        with db.transaction() as session:
            person, token = admitting.invite(session, guards.staff(), **said, now=now)
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    return _link_page(person.name, token)


@blueprint.post("/<int:person_id>/link")
@requires(Role.ORGANIZER)
def link(person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        name = _person(session, person_id).name
        token = admitting.new_link(session, guards.staff(), person_id, clock.now())
    return _link_page(name, token)


@blueprint.post("/many")
@requires(Role.ORGANIZER)
def invite_many() -> ResponseReturnValue:
    """One link for whoever it is given to."""
    now = clock.now()
    try:
        most, until = _number(request.form.get("most", "")), _until(request.form.get("until", ""), now)
        with db.transaction() as session:
            token = joining.open_link(session, guards.staff(), most=most, until=until, now=now)
    except PhonebankError as wrong:
        return _page(wrong_many=wrong), trouble.status_of(wrong)
    address = guards.settings().address + url_for("join.form", token=token)
    return render_template("people/link_for_many.html", address=address, most=most, until=until)


@blueprint.post("/many/<int:link_id>/end")
@requires(Role.ORGANIZER)
def end_link(link_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        ended = joining.revoke(session, guards.staff(), link_id, clock.now())
    flash("Nobody joins by that link any more." if ended else "That link was over already.", "good")
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/<int:person_id>/role")
@requires(Role.ADMIN)
def change_role(person_id: int) -> ResponseReturnValue:
    before, after = request.form.get("before", ""), request.form.get("role", "")
    with db.transaction() as session:
        name = _person(session, person_id).name
        moved = admitting.change_role(session, guards.staff(), person_id, before=before, after=after, now=clock.now())
    told = (
        f"{name} is {after} now."
        if moved
        else f"Nothing was changed: {name}'s role is as it was, or changed meanwhile."
    )
    flash(told, "good" if moved else "warn")
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/<int:person_id>/suspend")
@requires(Role.ORGANIZER)
def suspend(person_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.transaction() as session:
        name = _person(session, person_id).name
        returned = suspending.suspend(session, guards.staff(), person_id, now)
        came_by = queries.open_link_of(session, person_id, now)
    flash(_suspended(name, returned), "good")
    if came_by is not None:
        flash(f"{name} came by a link for many that still works: end it below if they must not come back.", "warn")
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/<int:person_id>/reinstate")
@requires(Role.ORGANIZER)
def reinstate(person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        name = _person(session, person_id).name
        admitting.reinstate(session, guards.staff(), person_id, clock.now())
    flash(f"{name} may sign in again: give them a new link.", "good")
    return redirect(url_for("people.everyone"), code=303)


def _page(wrong: PhonebankError | None = None, wrong_many: PhonebankError | None = None) -> str:
    with db.reading() as session:
        return render_template(
            "people/everyone.html",
            people=queries.everyone(session),
            practised=queries.practised(session),
            links=queries.open_links(session, clock.now()),
            roles=[role for role in reversed(Role) if admitting.may_manage(guards.staff(), role)],
            every_role=list(reversed(Role)),
            hours=_HOURS,
            typed=request.form,
            wrong=wrong,
            wrong_many=wrong_many,
            may_manage=lambda one: admitting.may_manage(guards.staff(), one.role),
        )


def _link_page(name: str, token: str) -> str:
    address = guards.settings().address + url_for("sign_in.link", token=token)
    return render_template("people/link.html", name=name, address=address, days=accounts.LINK_LASTS.days)


def _suspended(name: str, returned: int | None) -> str:
    if returned is None:
        return f"{name} was suspended already."
    told = f"{name} is suspended and signed out everywhere."
    if returned:
        told += f" {returned} {'conversation is' if returned == 1 else 'conversations are'} back in the inbox."
    return told


def _number(typed: str) -> int:
    try:
        return int(typed)
    except ValueError:
        raise BadInputError("Say for how many people, as a number.") from None


def _until(chosen: str, now: datetime) -> datetime:
    """The end of the viewer's day, at least two hours from now, or so many hours."""
    if chosen in _HOURS:
        return now + timedelta(hours=int(chosen))
    zone = zones.of_viewer()
    if zone is None:
        return now + _WITHOUT_A_ZONE
    tomorrow = (now.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(tomorrow, now + _AT_LEAST)


def _person(session: Session, person_id: int) -> Person:
    person = queries.by_id(session, person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    return person
