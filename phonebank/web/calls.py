"""The volunteers' page for calls: ready or not, who rings, the talk itself with its script, and what they decided."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db, phone
from phonebank.bridges import lifecycle, queries
from phonebank.calls import queries as call_queries
from phonebank.calls.models import Call
from phonebank.errors import BadInputError, NotFoundError, RefusedError
from phonebank.gateway import twilio
from phonebank.handoffs import bridging, powering, previewing
from phonebank.intents import Intent
from phonebank.people import queries as people
from phonebank.people import shifting
from phonebank.people.models import Role
from phonebank.replies import verdicts
from phonebank.web import call_desk, guards, inbox, live
from phonebank.web.guards import requires
from phonebank.web.shared_writes import written

blueprint = Blueprint("calls", __name__, url_prefix="/calls")

_TOKEN_LASTS_S = 3600
_SEEN_EVERY = timedelta(seconds=3)
_LONGEST_NOTE = 500
_NO_BROWSER_PHONE = (
    "Calls in the browser are not set up here; an organizer can do it. Take them at your own phone below."
)
_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "connect-src 'self' https://*.twilio.com wss://*.twilio.com; media-src 'self' blob: https://sdk.twilio.com"
)
"""The browser phone speaks with Twilio and plays its ringing tones; no other page may."""


@blueprint.get("")
@requires(Role.VOLUNTEER)
def page() -> ResponseReturnValue:
    told = make_response(render_template("calls/page.html", piece=live.piece("calls/_now.html", **_now()), **_phone()))
    told.headers["Content-Security-Policy"] = _POLICY
    told.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    return told


@blueprint.get("/now")
@requires(Role.VOLUNTEER)
def now() -> ResponseReturnValue:
    """Asked for by each open page: whoever's page is there can be rung, and their conversation stays theirs."""
    return live.answer("calls/_now.html", **_now())


@blueprint.post("/ready")
@requires(Role.VOLUNTEER)
def ready() -> ResponseReturnValue:
    me, at = guards.my_id(), clock.now()
    own = _their_phone() if request.form.get("where") == "phone" else None
    if own is None and not guards.settings().has_browser_phone:
        flash(_NO_BROWSER_PHONE, "warn")
        return _back()

    def sit_down(session: Session) -> None:
        shifting.start(session, me, at)
        lifecycle.sit_down(session, me, own, at)

    written(sit_down)
    return _back()


@blueprint.post("/away")
@requires(Role.VOLUNTEER)
def away() -> ResponseReturnValue:
    written(lambda session: lifecycle.stand_up(session, guards.my_id()))
    return _back()


@blueprint.post("/<int:call_id>/take")
@requires(Role.VOLUNTEER)
def take(call_id: int) -> ResponseReturnValue:
    me, at = guards.my_id(), clock.now()
    try:
        written(lambda session: bridging.take(session, _theirs(session, call_id), me, at))
    except (NotFoundError, RefusedError):
        flash("That caller went to the next volunteer, or has hung up. Stay ready: another will come.", "warn")
    return _back()


@blueprint.post("/<int:call_id>/decline")
@requires(Role.VOLUNTEER)
def decline(call_id: int) -> ResponseReturnValue:
    me, at = guards.my_id(), clock.now()
    try:
        written(lambda session: bridging.decline(session, _theirs(session, call_id), me, at))
    except NotFoundError:
        flash("That caller went to the next volunteer, or has hung up.", "warn")
    return _back()


@blueprint.post("/<int:call_id>/verdict")
@requires(Role.VOLUNTEER)
def verdict(call_id: int) -> ResponseReturnValue:
    """What they decided goes the same way as a text's verdict; a second press finds it written down."""
    intent, me, at = _intent(), guards.my_id(), clock.now()
    words, address = request.form.get("note", "").strip()[:_LONGEST_NOTE], guards.settings().address

    def settle(session: Session) -> None:
        call = _theirs(session, call_id)
        if words:
            lifecycle.note(session, call_id, words, at)
        verdicts.of_call(session, call, person_id=me, intent=intent, address=address, now=at)

    try:
        written(settle)
        flash(f"Written down: {inbox.VERDICTS[intent].lower()}. Thank you!", "good")
    except NotFoundError:
        flash("Nothing was changed: this call is written down already.", "warn")
    except RefusedError as wrong:
        flash(str(wrong), "bad")
    return _back()


@blueprint.post("/<int:call_id>/leave")
@requires(Role.VOLUNTEER)
def leave(call_id: int) -> ResponseReturnValue:
    """Nobody answered, or somebody else goes on with them: their conversation, if any, stays in the inbox."""
    me, at = guards.my_id(), clock.now()
    try:
        written(lambda session: previewing.leave(session, _theirs(session, call_id), me, at))
    except NotFoundError:
        flash("Nothing was changed: you were through with this call already.", "warn")
    return _back()


@blueprint.post("/campaigns/<int:campaign_id>/next")
@requires(Role.VOLUNTEER)
def next_call(campaign_id: int) -> ResponseReturnValue:
    me, at = guards.my_id(), clock.now()
    try:
        if written(lambda session: previewing.next_person(session, campaign_id, me, at)) is None:
            flash("Nobody is left to call right now: their hours are closed, or everybody was called.", "good")
    except RefusedError as wrong:
        flash(str(wrong), "warn")
    return _back()


@blueprint.post("/campaigns/<int:campaign_id>/join")
@requires(Role.VOLUNTEER)
def join(campaign_id: int) -> ResponseReturnValue:
    """Ready for whoever answers next in it; the page opens their line, and keeps it open."""
    if not guards.settings().has_browser_phone:
        flash(_NO_BROWSER_PHONE, "warn")
        return _back()
    me, at = guards.my_id(), clock.now()
    try:
        written(lambda session: powering.join(session, campaign_id, me, at))
    except RefusedError as wrong:
        flash(str(wrong), "warn")
    return _back()


@blueprint.post("/<int:call_id>/dial")
@requires(Role.VOLUNTEER)
def dial(call_id: int) -> ResponseReturnValue:
    """Their own phone rings first, then the person's; in the browser the page does this by itself."""
    me, at = guards.my_id(), clock.now()

    def ring(session: Session) -> None:
        call = _theirs(session, call_id)
        if queries.leg_for(session, call_id, me) is None and call.due_at is None:
            bridging.ring_their_phone(session, call, me, at)

    written(ring)
    return _back()


@blueprint.post("/token")
@requires(Role.VOLUNTEER)
def token() -> ResponseReturnValue:
    """Lets this volunteer's browser speak, for an hour."""
    ours = guards.settings()
    if not ours.has_browser_phone:
        raise RefusedError(_NO_BROWSER_PHONE)
    made = twilio.browser_phone_token(ours, f"volunteer-{guards.my_id()}", _TOKEN_LASTS_S)
    return {"token": made}


def _now() -> dict[str, Any]:
    """Whatever this volunteer should see just now; what is over meanwhile is put away first."""
    me, at = guards.me(), clock.now()
    person_id = guards.my_id()
    with db.reading() as session:
        seat, call = queries.seat_of(session, person_id), queries.ringing_for(session, person_id)
        is_seen = seat is None or at - seat.seen_at < _SEEN_EVERY
        gone = call is not None and call_desk.is_given_up(call, person_id)
    if not is_seen or gone:
        written(lambda session: call_desk.tidy(session, person_id, at))
    with db.reading() as session:
        return call_desk.shown(session, me, at)


def _phone() -> dict[str, Any]:
    with db.reading() as session:
        seat = queries.seat_of(session, guards.my_id())
        return {
            "has_browser_phone": guards.settings().has_browser_phone,
            "own_phone": bool(seat and seat.phone),
            "is_on_shift": people.running_shift(session, guards.my_id()) is not None,
        }


def _their_phone() -> str | None:
    """The number they typed; blank keeps the one we have."""
    typed = request.form.get("phone", "").strip()
    with db.reading() as session:
        seat = queries.seat_of(session, guards.my_id())
    if not typed and seat is not None and seat.phone:
        return seat.phone
    try:
        return phone.parse(typed, "US")
    except BadInputError:
        raise BadInputError("Write your own phone number with its area code, like 202-555-0143.") from None


def _theirs(session: Session, call_id: int) -> Call:
    """The caller that is this volunteer's now. Raises NotFoundError when it is not, or no longer."""
    seat, call = queries.seat_of(session, guards.my_id()), call_queries.by_id(session, call_id, lock=True)
    if call is None or seat is None or seat.call_id != call_id:
        raise NotFoundError("This call is not yours, or you are through with it.")
    return call


def _intent() -> Intent:
    word = request.form.get("intent", "")
    if word not in set(inbox.VERDICTS):
        raise BadInputError("Say what they decided: choose one of the buttons on the page.")
    return Intent(word)


def _back() -> Response:
    return redirect(url_for("calls.page"), code=303)  # type: ignore[return-value]  # Werkzeug's, as Flask sends it
