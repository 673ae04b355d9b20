"""Shifts: who answers now and how fast, planning who comes when; and for each person their own, begun and ended."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.errors import BadInputError, PhonebankError
from phonebank.people import queries, shifting
from phonebank.people.models import PersonStatus, Role
from phonebank.reports import on_shift
from phonebank.reports.lately import lately
from phonebank.web import campaign_form, guards, live, sign_in, trouble, zones
from phonebank.web.guards import requires

blueprint = Blueprint("shifts", __name__, url_prefix="/shifts")
_SPANS = {"day": ("The last 24 hours", timedelta(days=1)), "week": ("The last 7 days", timedelta(days=7))}


@blueprint.get("")
@requires(Role.ORGANIZER)
def board() -> ResponseReturnValue:
    return _page()


@blueprint.get("/now")
@requires(Role.ORGANIZER)
def now_on() -> ResponseReturnValue:
    return live.answer("shifts/_now.html", **_now())


@blueprint.post("")
@requires(Role.ORGANIZER)
def plan() -> ResponseReturnValue:
    try:
        begins = zones.typed("begins", "Say when the shift begins: a day and a time.")
        ends = zones.typed("ends", "Say when the shift ends: a day and a time.")
        by, now = guards.signature(), clock.now()
        with db.transaction() as session:
            shifting.plan(session, _chosen(), begins=begins, ends=ends, by=by, now=now)
    except PhonebankError as wrong:
        return _page(wrong), trouble.status_of(wrong)
    flash("Planned. They see it on their own page.", "good")
    return redirect(url_for("shifts.board"), code=303)


@blueprint.post("/<int:shift_id>/cancel")
@requires(Role.ORGANIZER)
def cancel(shift_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        moved = shifting.cancel(session, shift_id, clock.now())
    told = "Taken back." if moved else "Nothing was changed: that shift has begun, or was taken back already."
    flash(told, "good" if moved else "warn")
    return redirect(url_for("shifts.board"), code=303)


@blueprint.post("/mine/start")
@requires(Role.VOLUNTEER)
def start() -> ResponseReturnValue:
    with db.transaction() as session:
        begun = shifting.start(session, guards.my_id(), clock.now())
    flash("Your shift has begun. Thank you for being here!" if begun else "You are on shift already.", "good")
    return _home()


@blueprint.post("/mine/end")
@requires(Role.VOLUNTEER)
def end() -> ResponseReturnValue:
    with db.transaction() as session:
        ended = shifting.end(session, guards.my_id(), clock.now())
    flash("Your shift is over. Thank you!" if ended else "You were not on shift.", "good")
    return _home()


def mine() -> dict[str, object]:
    """For `shifts/_mine.html`, on whichever page somebody starts: the shift they work, and the next one planned."""
    now = clock.now()
    with db.reading() as session:
        running = queries.running_shift(session, guards.my_id())
        planned = queries.next_shift(session, guards.my_id(), now)
        session.expunge_all()
    if running is not None and running.started_at is not None and running.started_at < now - shifting.LONGEST:
        running = None  # nobody ended it; the next start does
    return {"running": running, "planned": planned}


def _page(wrong: PhonebankError | None = None) -> str:
    now = clock.now()
    span = request.args.get("span") if request.args.get("span") in _SPANS else "day"
    since = now - _SPANS[span or "day"][1]
    with db.reading() as session:
        people = [one for one in queries.everyone(session) if one.status is PersonStatus.ACTIVE]
        return render_template(
            "shifts/board.html",
            now_on=live.piece("shifts/_now.html", **_now()),
            people=people,
            planned=queries.planned_shifts(session, now),
            paces=lately(("paces", span), lambda: on_shift.paces(session, since, now)),
            spans=_SPANS,
            span=span,
            zones=campaign_form.zones(request.form.get("zone", "")),
            typed=request.form,
            wrong=wrong,
            few=on_shift.FEW,
        )


def _now() -> dict[str, object]:
    with db.reading() as session:
        rows = on_shift.on_shift(session, clock.now())
        session.expunge_all()
    return {"rows": rows}


def _chosen() -> int:
    try:
        return int(request.form.get("person", ""))
    except ValueError:
        raise BadInputError("Choose who works the shift.") from None


def _home() -> ResponseReturnValue:
    """Back to the page they began or ended it on."""
    onward = request.form.get("next", "")
    return redirect(onward if sign_in.is_ours(onward) else url_for("inbox.waiting"), code=303)
