"""The check-in page for the day: find somebody by name, tap, next. For organizers, and whoever was handed the door."""

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import NotFoundError
from phonebank.followups import lifecycle, queries
from phonebank.followups.models import CommitmentStatus
from phonebank.people.models import Role
from phonebank.reports import events as reading
from phonebank.reports.events import Event, Guest
from phonebank.web import guards, live
from phonebank.web.guards import requires

blueprint = Blueprint("door", __name__, url_prefix="/check-in")

MOST_SHOWN = 60
"""So many names stand on the page at once: more than that are found by typing."""

_OPEN_BEFORE = timedelta(days=1)
_OPEN_AFTER = timedelta(days=1)
_LONGEST_SEARCH = 80
_NOT_YOURS = "This event was not handed to you, or its day is over. Ask an organizer to hand you the door."


@blueprint.get("")
@requires(Role.VOLUNTEER)
def doors() -> ResponseReturnValue:
    """The events this person may greet at."""
    now = clock.now()
    with db.reading() as session:
        is_staff = guards.may(guards.me(), Role.ORGANIZER)
        found = reading.events(session, ask_ids=None if is_staff else queries.doors_of(session, guards.my_id()))
        mine = [one for one in found if not one.ask.is_over(now - _OPEN_AFTER)]
        return render_template("door/doors.html", events=mine, now=now)


@blueprint.route("/<int:ask_id>", methods=["GET", "POST"])
@requires(Role.VOLUNTEER)
def page(ask_id: int) -> ResponseReturnValue:
    """The door. Posted when somebody looks for a name without scripts: no name may stand in an address."""
    with db.reading() as session:
        values = _door(session, ask_id)
        words = queries.walk_ins(session, ask_id)
        piece = live.piece("door/_people.html", **values)
        return render_template("door/page.html", piece=piece, walk_ins=words, **values)


@blueprint.post("/<int:ask_id>/people")
@requires(Role.VOLUNTEER)
def people(ask_id: int) -> ResponseReturnValue:
    """The live piece of the page: those whom the typed letters find."""
    with db.reading() as session:
        return live.answer("door/_people.html", **_door(session, ask_id))


@blueprint.post("/<int:ask_id>/keep")
@requires(Role.VOLUNTEER)
def keep(ask_id: int) -> ResponseReturnValue:
    """They are here. Tapped twice, or by two greeters, they are here once."""
    with db.transaction() as session:
        guest = _guest(session, ask_id, request.form.get("here", 0, type=int))
        is_first = lifecycle.keep(session, guest.id, by=guards.my_id(), now=clock.now())
        told = (
            f"{guest.name or guest.ending} is here." if is_first else f"{guest.name or guest.ending} was here already."
        )
    if not request.headers.get("HX-Request"):
        flash(told, "good")
        return redirect(url_for("door.page", ask_id=ask_id), code=303)
    with db.reading() as session:
        answer = make_response(live.piece("door/_people.html", **_door(session, ask_id, search="")))
    answer.headers["HX-Trigger"] = json.dumps({"kept": {"told": told}})  # in ASCII, as a header must be
    return answer


@blueprint.get("/<int:ask_id>/<int:commitment_id>")
@requires(Role.VOLUNTEER)
def ask_before_undoing(ask_id: int, commitment_id: int) -> ResponseReturnValue:
    """A page of its own, so that no second tap in the same place undoes the first."""
    with db.reading() as session:
        guest = _guest(session, ask_id, commitment_id)
        return render_template("door/undo.html", guest=guest, ask_id=ask_id)


@blueprint.post("/<int:ask_id>/<int:commitment_id>/undo")
@requires(Role.VOLUNTEER)
def undo(ask_id: int, commitment_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        guest = _guest(session, ask_id, commitment_id)
        marked_at, seen = guest.settled_at, request.form.get("marked_at")
        is_undone = (
            marked_at is not None
            and marked_at.isoformat() == seen
            and lifecycle.take_back_kept(session, guest.id, marked_at=marked_at)
        )
    if is_undone:
        flash("Taken back: they are expected again.", "good")
    else:
        flash("Nothing was changed: somebody was faster.", "warn")
    return redirect(url_for("door.page", ask_id=ask_id), code=303)


def _door(session: Session, ask_id: int, search: str | None = None) -> dict[str, Any]:
    event = _mine(session, ask_id)
    search = request.form.get("q", "")[:_LONGEST_SEARCH] if search is None else search
    everybody = reading.guests(session, ask_id)
    found = reading.matching(everybody, search)
    return {
        "event": event,
        "search": search,
        "people": found[:MOST_SHOWN],
        "more": max(0, len(found) - MOST_SHOWN),
        "here": event.counts[CommitmentStatus.KEPT],
    }


def _guest(session: Session, ask_id: int, commitment_id: int) -> Guest:
    _mine(session, ask_id)
    found = next((one for one in reading.guests(session, ask_id) if one.id == commitment_id), None)
    if found is None:
        raise NotFoundError("They are not on this event's list any more. Go back and look again.")
    return found


def _mine(session: Session, ask_id: int) -> Event:
    """The event, when this person may greet at it: any for an organizer, else one handed to them, around its day."""
    found, now = reading.event(session, ask_id), clock.now()
    if guards.may(guards.me(), Role.ORGANIZER):
        return found
    starts_at = found.ask.starts_at
    is_its_day = starts_at is None or (starts_at - _OPEN_BEFORE <= now and not found.ask.is_over(now - _OPEN_AFTER))
    if not is_its_day or not queries.is_greeter(session, ask_id, guards.my_id()):
        raise NotFoundError(_NOT_YOURS)
    return found
