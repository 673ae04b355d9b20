"""The response-time board: who waits, how fast we answer, the bound on a wait and who is told when it is passed."""

from datetime import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db, phone
from phonebank.alerts import lifecycle, queries
from phonebank.alerts.models import AlertWish
from phonebank.errors import BadInputError
from phonebank.people.models import Role
from phonebank.reports import response_times
from phonebank.reports.lately import lately
from phonebank.web import guards, live
from phonebank.web.guards import requires

blueprint = Blueprint("waits", __name__, url_prefix="/waits")

LONGEST_BOUND = 1440
URGENCIES = ("may have asked to stop", "a commitment at risk", "others", "late: the campaign is closed")


@blueprint.get("")
@requires(Role.ORGANIZER)
def board() -> ResponseReturnValue:
    return _page()


@blueprint.get("/board")
@requires(Role.ORGANIZER)
def numbers() -> ResponseReturnValue:
    return live.answer("waits/_board.html", **_shown())


@blueprint.post("/bound")
@requires(Role.ORGANIZER)
def bound() -> ResponseReturnValue:
    """From now on somebody is told after this many minutes."""
    typed = request.form.get("minutes", "").strip()
    minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len("10000") else 0
    if not 1 <= minutes <= LONGEST_BOUND:
        return _page(typed, f"Give whole minutes, 1 to {LONGEST_BOUND:,}.", 400)
    with db.transaction() as session:
        lifecycle.set_bound(session, minutes)
    flash("Saved: from now on that is how long somebody may wait.", "good")
    return redirect(url_for("waits.board"), code=303)


@blueprint.post("/wish")
@requires(Role.ORGANIZER)
def wish() -> ResponseReturnValue:
    """How the person who asks wishes to be told; from their own account page."""
    form = request.form
    try:
        with db.transaction() as session:
            lifecycle.wish(
                session,
                guards.my_id(),
                phone=_number(form.get("phone", ""), is_needed="by_text" in form),
                by_text="by_text" in form,
                by_email="by_email" in form,
                start=_time(form.get("start", "")),
                end=_time(form.get("end", "")),
            )
    except BadInputError as wrong:
        flash(str(wrong), "bad")
    else:
        flash("Saved: how you are told when somebody waits too long.", "good")
    return redirect(url_for("sign_in.account"), code=303)


def my_wish() -> AlertWish | None:
    """How the person who asks wishes to be told; None for whom it is not to mend."""
    if not guards.may(guards.me(), Role.ORGANIZER):
        return None
    with db.reading() as session:
        return queries.wish_of(session, guards.my_id())


def _page(typed: str | None = None, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    shown = _shown()
    minutes = shown["watch"].bound_minutes
    piece = live.piece("waits/_board.html", **shown)
    has_mail = guards.settings().smtp_url is not None
    page = render_template(
        "waits/board.html", piece=piece, minutes=minutes if typed is None else typed, wrong=wrong, has_mail=has_mail
    )
    return page, status


def _shown() -> dict[str, Any]:
    now = clock.now()
    with db.reading() as session:
        told = lately(("waits", db.engine().url), lambda: response_times.board(session, now))
        return {"board": told, "watch": queries.watch(session), "urgencies": URGENCIES}


def _number(typed: str, *, is_needed: bool) -> str:
    if not typed.strip():
        if is_needed:
            raise BadInputError("Give your number to be told by text.")
        return ""
    return phone.parse(typed)


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed)
    except ValueError:
        raise BadInputError("Give both times of your hours, such as 08:00 and 21:00.") from None
