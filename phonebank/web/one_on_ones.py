"""One-on-ones: book one from a conversation, prepare it, write down what was heard; organizers read across the team."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.errors import PhonebankError, RefusedError
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff
from phonebank.intents import Intent
from phonebank.one_on_ones import booking, lifecycle, preparing, queries, texting
from phonebank.one_on_ones.models import OneOnOne, OneOnOneStatus
from phonebank.people.models import Role
from phonebank.replies import handling
from phonebank.web import guards, one_on_one_form
from phonebank.web.guards import requires

blueprint = Blueprint("one_on_ones", __name__, url_prefix="/one-on-ones")

_HOW_IT_WENT = {"held": OneOnOneStatus.HELD, "missed": OneOnOneStatus.MISSED}
_LONGEST_NOTE = 4_000


@blueprint.get("")
@requires(Role.VOLUNTEER)
def everyone() -> ResponseReturnValue:
    """One's own; an organizer's are everybody's, or those of one person."""
    whose = request.args.get("person", type=int) if _is_organizer() else guards.my_id()
    with db.reading() as session:
        return render_template(
            "one_on_ones/everyone.html",
            ahead=queries.ahead(session, whose),
            done=queries.done(session, whose),
            people=queries.people_to_meet(session) if _is_organizer() else [],
            whose=whose,
            is_organizer=_is_organizer(),
            now=clock.now(),
        )


@blueprint.get("/reflections")
@requires(Role.ORGANIZER)
def reflections() -> ResponseReturnValue:
    with db.reading() as session:
        return render_template("one_on_ones/reflections.html", told=queries.reflections(session))


@blueprint.get("/new")
@requires(Role.VOLUNTEER)
def book() -> ResponseReturnValue:
    with db.reading() as session:
        recipient, campaign = booking.supporter_of(session, _handoff(session))
        return one_on_one_form.page(session, recipient, campaign)


@blueprint.post("/new")
@requires(Role.VOLUNTEER)
def book_it() -> ResponseReturnValue:
    """Booked once, however often the form comes; what is wrong, or to be thought about, comes back with it."""
    form = one_on_one_form.typed()
    with db.reading() as session:
        handoff = _handoff(session)
        recipient, campaign = booking.supporter_of(session, handoff)
    made, wrong, warnings = None, "", list[str]()
    try:
        with db.transaction() as session:
            warnings = one_on_one_form.warnings(session, form, recipient, campaign)
            made = None if warnings else booking.book(session, handoff, form.plan(), form.nonce, _by())
    except PhonebankError as refused:
        wrong = str(refused)
    if made is None:
        with db.reading() as session:
            return one_on_one_form.page(session, recipient, campaign, form, wrong=wrong, warnings=warnings)
    flash("Booked, and they are told by text.", "good")
    return _to(made)


@blueprint.get("/<int:one_on_one_id>")
@requires(Role.VOLUNTEER)
def sheet(one_on_one_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        about = texting.meeting(session, _mine(session, one_on_one_id))
        standing = handoffs.standing_of(session, about.recipient.phone)
        return render_template(
            "one_on_ones/sheet.html",
            about=about,
            one=about.one,
            when=texting.when(about.one, "en", now),
            sheet=preparing.sheet(session, about, now, is_full=_is_organizer()),
            has_begun=about.one.starts_at <= now,
            hears=_is_organizer() or about.one.meets_id == guards.my_id(),
            is_organizer=_is_organizer(),
            people=queries.people_to_meet(session),
            handoff_id=standing.id if standing and standing.reason == queries.ONE_ON_ONE else None,
        )


@blueprint.post("/<int:one_on_one_id>/heard")
@requires(Role.VOLUNTEER)
def heard(one_on_one_id: int) -> ResponseReturnValue:
    """What was heard, and whether it took place; a yes they gave goes the way of every yes."""
    names = ("story", "interests", "resources", "next_step", "reflection")
    words = {name: request.form.get(name, "").replace("\x00", "").strip()[:_LONGEST_NOTE] for name in names}
    status, now = _HOW_IT_WENT.get(request.form.get("went", "")), clock.now()
    with db.transaction() as session:
        one = _mine(session, one_on_one_id)
        if not _is_organizer() and one.meets_id != guards.my_id():
            abort(403)
        if status is not None and one.starts_at > now:
            raise RefusedError("It has not begun yet: say afterwards how it went, or move it now.")
        if not lifecycle.note(session, one_on_one_id, status, words):
            raise RefusedError("This one-on-one was called off, so nothing was heard in it.")
        if status is OneOnOneStatus.HELD and "said_yes" in request.form:
            _yes(session, one)
    flash("Written down. Thank you!", "good")
    return _to(one_on_one_id)


@blueprint.get("/<int:one_on_one_id>/move")
@requires(Role.VOLUNTEER)
def move(one_on_one_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        about = texting.meeting(session, _mine(session, one_on_one_id))
        form = one_on_one_form.of(about.one)
        return one_on_one_form.page(session, about.recipient, about.campaign, form, one=about.one)


@blueprint.post("/<int:one_on_one_id>/move")
@requires(Role.VOLUNTEER)
def move_it(one_on_one_id: int) -> ResponseReturnValue:
    form, wrong, warnings = one_on_one_form.typed(), "", list[str]()
    try:
        with db.transaction() as session:
            about = texting.meeting(session, _mine(session, one_on_one_id))
            warnings = one_on_one_form.warnings(session, form, about.recipient, about.campaign, but=one_on_one_id)
            if not warnings:
                booking.move(session, one_on_one_id, form.plan(), _by())
    except PhonebankError as refused:
        wrong = str(refused)
    if wrong or warnings:
        with db.reading() as session:
            about = texting.meeting(session, _mine(session, one_on_one_id))
            whose = about.recipient, about.campaign
            return one_on_one_form.page(session, *whose, form, one=about.one, wrong=wrong, warnings=warnings)
    flash("Moved, and they are told by text.", "good")
    return _to(one_on_one_id)


@blueprint.post("/<int:one_on_one_id>/call-off")
@requires(Role.VOLUNTEER)
def call_off(one_on_one_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        _mine(session, one_on_one_id)
        booking.call_off(session, one_on_one_id, _by())
    flash("Called off, and they are told by text.", "good")
    return _to(one_on_one_id)


@blueprint.post("/<int:one_on_one_id>/hand-to")
@requires(Role.ORGANIZER)
def hand_to(one_on_one_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        booking.hand_to(session, one_on_one_id, request.form.get("meets", 0, type=int), _by())
    flash("Handed on; they are told by text who it is now.", "good")
    return _to(one_on_one_id)


def _yes(session: Session, one: OneOnOne) -> None:
    step = f"one_on_one:{one.id}:yes"
    address, now = guards.settings().address, clock.now()
    handling.say_for_them(
        session, one.recipient_id, Intent.YES, by=guards.me().name, step=step, address=address, now=now
    )


def _handoff(session: Session) -> Handoff:
    """The conversation it is booked from: an organizer's always, a volunteer's while they hold it."""
    found = handoffs.by_id(session, request.values.get("handoff", 0, type=int))
    lasts = found.claimed_until is not None and found.claimed_until > clock.now()
    if not _is_organizer() and not (lasts and found.claimed_by == guards.my_id()):
        raise RefusedError("Take this conversation first: a one-on-one is booked by who holds it.")
    session.expunge(found)
    return found


def _mine(session: Session, one_on_one_id: int) -> OneOnOne:
    """One that this person may open: who meets them, who booked it, or an organizer."""
    one = queries.by_id(session, one_on_one_id)
    if not _is_organizer() and guards.my_id() not in (one.meets_id, one.booked_by):
        abort(403)
    return one


def _is_organizer() -> bool:
    return guards.may(guards.me(), Role.ORGANIZER)


def _by() -> booking.By:
    return booking.By(guards.my_id(), guards.settings().address, clock.now())


def _to(one_on_one_id: int) -> ResponseReturnValue:
    return redirect(url_for("one_on_ones.sheet", one_on_one_id=one_on_one_id), code=303)
