"""The ledger of numbers we must not reach: look, look up, add, lift with a reason."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db, phone
from phonebank.errors import BadInputError, NotFoundError, PhonebankError
from phonebank.messages import tidying
from phonebank.optouts import signing
from phonebank.optouts.models import OptOut
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import guards, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("optouts", __name__, url_prefix="/opt-outs")
_LONGEST_REASON = 500


@blueprint.get("", endpoint="ledger")
@requires(Role.ORGANIZER)
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@requires(Role.ORGANIZER)
def add() -> ResponseReturnValue:
    now = clock.now()
    try:
        number, because = phone.parse(request.form.get("number", "")), reason()
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    with db.transaction() as session:
        is_new = signing.opt_out(session, number, because=because, by=guards.signature(), now=now)
        tidying.leave_alone(session, number, now)
    flash("That number will not be reached again." if is_new else "That number was opted out already.", "good")
    return redirect(url_for("optouts.ledger"), code=303)


@blueprint.post("/find")
@requires(Role.ORGANIZER)
def find() -> ResponseReturnValue:
    """Posted, not asked by address: no number may stand in a URL."""
    try:
        number = phone.parse(request.form.get("sought", ""))
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    with db.reading() as session:
        entries = listings.bans_on(session, number)
        return render_template("optouts/found.html", number=number, entries=entries)


@blueprint.post("/<int:entry_id>/lift")
@requires(Role.ORGANIZER)
def lift(entry_id: int) -> ResponseReturnValue:
    because = reason()
    with db.transaction() as session:
        entry = session.get(OptOut, entry_id)
        if entry is None:
            raise NotFoundError("There is no such entry.")
        by, now = guards.signature(), clock.now()
        lifted = signing.lift(session, entry, because=because, by=by, now=now)
    flash("Lifted: that number may be reached again." if lifted else "That entry was lifted already.", "good")
    return redirect(url_for("optouts.ledger"), code=303)


def reason() -> str:
    """Why, in the words of whoever did it. Raises BadInputError when there is none."""
    because = " ".join(request.form.get("because", "").split())
    if not because:
        raise BadInputError("Say why: it is kept beside the number, with your name.")
    return because[:_LONGEST_REASON]


def _page(wrong: PhonebankError | None = None) -> str:
    before = request.args.get("before", type=int)
    with db.reading() as session:
        shown = listings.standing_bans(session, before=before)
        return render_template("optouts/ledger.html", shown=shown, typed=request.form, wrong=wrong)
