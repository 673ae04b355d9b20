"""Events: who comes, and after the day who came; handing out the door, and a new ask to those who did not."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns import queries as campaigns
from phonebank.contacts import queries as contacts
from phonebank.errors import BadInputError, NotFoundError, RefusedError
from phonebank.followups import enrolling, ledger, lifecycle, queries
from phonebank.followups.models import CommitmentStatus
from phonebank.people import queries as people
from phonebank.people.models import Role
from phonebank.reports import events as reading
from phonebank.reports.events import Event
from phonebank.web import guards
from phonebank.web.guards import requires

blueprint = Blueprint("events", __name__)

UNDO_FOR = timedelta(days=2)
"""How long "the rest did not come" can be taken back in one step."""

MOST_SHOWN = 200
_LONGEST_NAME = 100
_LONGEST_WORDS = 300


@blueprint.get("/events")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        found = reading.events(session)
        feed = queries.feed_of(session, guards.my_id())
        return render_template("events/everything.html", **_split(found, now), feed=feed, address=_address())


@blueprint.get("/campaigns/<int:campaign_id>/commitments")
@requires(Role.ORGANIZER)
def of_campaign(campaign_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        campaign = campaigns.by_id(session, campaign_id)
        found = reading.events(session, campaign_id=campaign_id)
        groups = {one.ask.id: _groups(session, one.ask.id or 0) for one in found}
        return render_template(
            "events/of_campaign.html", campaign=campaign, events=found, groups=groups, now=now, most=MOST_SHOWN
        )


@blueprint.get("/events/<int:ask_id>")
@requires(Role.ORGANIZER)
def page(ask_id: int) -> ResponseReturnValue:
    now = clock.now()
    with db.reading() as session:
        event = reading.event(session, ask_id)
        greeters = queries.greeters(session, ask_id)
        may_greet = [one for one in people.everyone(session) if one.role is Role.VOLUNTEER and one not in greeters]
        return render_template(
            "events/page.html",
            event=event,
            groups=_groups(session, ask_id),
            most=MOST_SHOWN,
            greeters=greeters,
            may_greet=[one for one in may_greet if one.status == "active"],
            walk_ins=queries.walk_ins(session, ask_id),
            now=now,
            **_aftermath(session, event, now),
        )


@blueprint.post("/events/<int:ask_id>/missed")
@requires(Role.ORGANIZER)
def miss(ask_id: int) -> ResponseReturnValue:
    """The rest did not come: everybody not checked in, in one step."""
    now = clock.now()
    with db.transaction() as session:
        event = reading.event(session, ask_id)
        if event.ask.starts_at is not None and not event.ask.has_begun(now):
            raise RefusedError("It has not begun yet: nobody can have missed it.")
        missed = lifecycle.miss_the_rest(session, ask_id, by=guards.my_id(), now=now)
    flash(f"{missed:,} marked as not there." if missed else "There was nobody left to mark.", "good")
    return _to(ask_id)


@blueprint.post("/events/<int:ask_id>/missed/undo")
@requires(Role.ORGANIZER)
def take_back(ask_id: int) -> ResponseReturnValue:
    now, marked_at = clock.now(), _moment(request.form.get("marked_at", ""))
    if marked_at + UNDO_FOR < now:
        raise RefusedError("That was too long ago to take back in one step: check in whoever came, one by one.")
    with db.transaction() as session:
        changed = lifecycle.take_back_missed(session, ask_id, marked_at=marked_at)
    flash(f"{changed:,} stand as before." if changed else "That was taken back already.", "good")
    return _to(ask_id)


@blueprint.post("/events/<int:ask_id>/ask-again")
@requires(Role.ORGANIZER)
def ask_again(ask_id: int) -> ResponseReturnValue:
    """Those who did not come as a list of their own, and on to the editor."""
    statuses = [CommitmentStatus.MISSED] if request.form.get("missed") else []
    statuses += [CommitmentStatus.WITHDRAWN] if request.form.get("withdrawn") else []
    name = " ".join(request.form.get("name", "").split())
    if not statuses:
        raise BadInputError("Choose whom to ask again: those who did not come, those who took it back, or both.")
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInputError(f"Name the list: 1 to {_LONGEST_NAME} ordinary characters.")
    with db.transaction() as session:
        reading.event(session, ask_id)
        if not enrolling.count_reachable(session, ask_id, statuses):
            raise RefusedError("Nobody of these can be asked again: they have opted out, or there is nobody.")
        _, is_new = enrolling.list_of(session, name, ask_id, statuses, clock.now())
    if not is_new:
        flash(f"A list “{name}” was there already, and is used as it is.", "warn")
    return redirect(url_for("campaigns.new", list=name), code=303)


@blueprint.post("/events/<int:ask_id>/greeters")
@requires(Role.ORGANIZER)
def hand_door(ask_id: int) -> ResponseReturnValue:
    person_id = request.form.get("person", type=int)
    with db.transaction() as session:
        reading.event(session, ask_id)
        person = people.by_id(session, person_id) if person_id else None
        if person is None or person.id is None:
            raise BadInputError("Choose who greets.")
        ledger.hand_door(session, ask_id, person.id, clock.now())
    flash(f"{person.name} may check people in. They find it under Check-in.", "good")
    return _to(ask_id)


@blueprint.post("/events/<int:ask_id>/greeters/<int:person_id>/remove")
@requires(Role.ORGANIZER)
def take_door(ask_id: int, person_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        ledger.take_door(session, ask_id, person_id)
    flash("They can no longer check people in.", "good")
    return _to(ask_id)


@blueprint.post("/events/<int:ask_id>/walk-ins")
@requires(Role.ORGANIZER)
def tell_walk_ins(ask_id: int) -> ResponseReturnValue:
    words = " ".join(request.form.get("words", "").split())[:_LONGEST_WORDS]
    with db.transaction() as session:
        reading.event(session, ask_id)
        ledger.tell_walk_ins(session, ask_id, words)
    flash("Greeters see it on the check-in page.", "good")
    return _to(ask_id)


@blueprint.post("/events/calendar")
@requires(Role.ORGANIZER)
def make_feed() -> ResponseReturnValue:
    with db.transaction() as session:
        ledger.make_feed(session, guards.my_id(), clock.now())
    flash("Your calendar address is ready. Add it to your calendar program.", "good")
    return redirect(url_for("events.everything") + "#calendar", code=303)


@blueprint.post("/events/calendar/revoke")
@requires(Role.ORGANIZER)
def revoke_feed() -> ResponseReturnValue:
    with db.transaction() as session:
        ledger.revoke_feed(session, guards.my_id())
    flash("The address opens nothing any more.", "good")
    return redirect(url_for("events.everything") + "#calendar", code=303)


def _split(found: list[Event], now: datetime) -> dict[str, list[Event]]:
    """Upcoming ones soonest first, past ones latest first."""
    past = [one for one in found if one.ask.is_over(now)]
    return {"upcoming": [one for one in found if one not in past], "past": past[::-1]}


def _groups(session: Session, ask_id: int) -> dict[str, list[Any]]:
    """The people of one event by status."""
    guests = reading.guests(session, ask_id)
    return {status.value: [guest for guest in guests if guest.status is status] for status in CommitmentStatus}


def _aftermath(session: Session, event: Event, now: datetime) -> dict[str, Any]:
    """What there is to do once the event has begun."""
    ask_id = event.ask.id or 0
    marked_at = reading.last_missed(session, ask_id)
    return {
        "has_begun": event.ask.starts_at is None or event.ask.has_begun(now),
        "marked_at": marked_at if marked_at is not None and marked_at + UNDO_FOR >= now else None,
        "undo_until": marked_at + UNDO_FOR if marked_at else None,
        "askable": {
            status.value: enrolling.count_reachable(session, ask_id, [status])
            for status in (CommitmentStatus.MISSED, CommitmentStatus.WITHDRAWN)
        },
        "list_name": contacts.free_name(session, f"Did not come: {event.title}"[: _LONGEST_NAME - 6]),
    }


def _moment(iso: str) -> datetime:
    try:
        marked_at = datetime.fromisoformat(iso)
    except ValueError:
        raise BadInputError("That did not reach us whole. Go back, reload the page and try again.") from None
    if marked_at.tzinfo is None:
        raise NotFoundError("There is nothing to take back.")
    return marked_at


def _address() -> str:
    return guards.settings().address


def _to(ask_id: int) -> ResponseReturnValue:
    return redirect(url_for("events.page", ask_id=ask_id), code=303)
