"""The places a person may go, by role, the most used first; the first few are always in sight, the rest under More."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request, url_for

from phonebank import db
from phonebank.bridges import queries as bridges
from phonebank.campaigns import queries as campaigns
from phonebank.followups import queries as followups
from phonebank.people import queries as people
from phonebank.people.models import Person, Role
from phonebank.web import guards
from phonebank.web.badges import queue_badge


def _everybody(_person: Person) -> bool:
    return True


def _greeters(person: Person) -> bool:
    """Volunteers to whom a door was handed; organizers go there from the event."""
    if person.role is not Role.VOLUNTEER or person.id is None:
        return False
    with db.reading() as session:
        return bool(followups.doors_of(session, person.id))


def _senders(person: Person) -> bool:
    """Volunteers, while a campaign has its first texts sent by hand; organizers go there from the campaign."""
    if person.role is not Role.VOLUNTEER:
        return False
    with db.reading() as session:
        return bool(campaigns.sent_by_people(session))


def _callers(_person: Person) -> bool:
    """Everybody, while a campaign of calls runs."""
    with db.reading() as session:
        return bool(bridges.running_calls(session))


def _newcomers(person: Person) -> bool:
    return person.role is Role.VOLUNTEER


def _has_begun(person: Person) -> bool:
    with db.reading() as session:
        standing = people.first_shift_of(session, person.id or 0)
        return standing is not None and standing.done_at is not None


@dataclass(frozen=True)
class Place:
    """`waits`: how many things wait there for somebody to act, shown beside its name."""

    endpoint: str
    label: str
    role: Role
    waits: Callable[[], int] | None = None
    is_for: Callable[[Person], bool] = _everybody

    @property
    def is_here(self) -> bool:
        """Whether the page that is asked for belongs to this place."""
        path = url_for(self.endpoint)
        return request.path == path or request.path.startswith(f"{path}/")

    @property
    def badge(self) -> str:
        """The number beside its name; empty when nothing waits."""
        waiting = self.waits() if self.waits is not None else 0
        return "" if waiting <= 0 else str(waiting) if waiting < 100 else "99+"  # noqa: PLR2004  # two digits fit


PLACES = (
    Place("campaigns.everything", "Campaigns", Role.ORGANIZER),
    Place("inbox.waiting", "Inbox", Role.VOLUNTEER),
    Place("calls.page", "Calls", Role.VOLUNTEER, is_for=_callers),
    Place("first_texts.campaigns_to_help", "First texts", Role.VOLUNTEER, is_for=_senders),
    Place("start.page", "First shift", Role.VOLUNTEER, is_for=_newcomers),
    Place("queues.everything", "Queues", Role.ORGANIZER, waits=queue_badge),
    Place("door.doors", "Check-in", Role.VOLUNTEER, is_for=_greeters),
    Place("events.everything", "Events", Role.ORGANIZER),
    Place("contacts.lists", "Contacts", Role.ORGANIZER),
    Place("people.everyone", "People", Role.ORGANIZER),
    Place("shifts.board", "Shifts", Role.ORGANIZER),
    Place("one_on_ones.everyone", "One-on-ones", Role.VOLUNTEER),
    Place("waits.board", "Waits", Role.ORGANIZER),
    Place("optouts.ledger", "Opt-outs", Role.ORGANIZER),
    Place("audit.trail", "Audit trail", Role.ADMIN),
    Place("rehearsal.phones", "Rehearsal", Role.VOLUNTEER),
)


def places(person: Person | None) -> list[Place]:
    """The places this person may open, in the order of the navigation."""
    known = current_app.view_functions
    theirs = [place for place in PLACES if place.endpoint in known and guards.may(person, place.role)]
    return [place for place in theirs if person is not None and place.is_for(person)]


def home(person: Person) -> str:
    """Where somebody starts: the endpoint of their first page. A volunteer's is /start until they have begun."""
    if person.role is Role.VOLUNTEER and not _has_begun(person):
        return "start.page"
    places_of_work = [place.endpoint for place in places(person) if place.role is not Role.VOLUNTEER]
    inbox = [place.endpoint for place in places(person)]
    return next(iter(places_of_work + inbox), "sign_in.account")
