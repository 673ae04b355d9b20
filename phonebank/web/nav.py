"""The places a person may go, by role."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from phonebank.people.models import Person, Role
from phonebank.web import guards


@dataclass(frozen=True)
class Place:
    endpoint: str
    label: str
    role: Role

    @property
    def is_here(self) -> bool:
        """Whether the page that is asked for belongs to this place."""
        return request.path.startswith(url_for(self.endpoint))


PLACES = (
    Place("campaigns.everything", "Campaigns", Role.ORGANIZER),
    Place("inbox.waiting", "Inbox", Role.VOLUNTEER),
    Place("waits.board", "Waits", Role.ORGANIZER),
    Place("contacts.lists", "Contacts", Role.ORGANIZER),
    Place("unmatched.texts", "Unmatched", Role.ORGANIZER),
    Place("doubts.messages", "In doubt", Role.ORGANIZER),
    Place("optouts.ledger", "Opt-outs", Role.ORGANIZER),
    Place("people.everyone", "People", Role.ADMIN),
    Place("rehearsal.phones", "Rehearsal", Role.VOLUNTEER),
)


def places(person: Person | None) -> list[Place]:
    """The places this person may open, in the order of the navigation."""
    known = current_app.view_functions
    return [place for place in PLACES if place.endpoint in known and guards.may(person, place.role)]


def home(person: Person) -> str:
    """Where somebody starts: the endpoint of their first page."""
    places_of_work = [place.endpoint for place in places(person) if place.role is not Role.VOLUNTEER]
    inbox = [place.endpoint for place in places(person)]
    return next(iter(places_of_work + inbox), "sign_in.account")
