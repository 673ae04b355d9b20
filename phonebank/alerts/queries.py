"""Reads of the watch and of who wishes to be told."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from phonebank.alerts.models import THE_ONE, AlertWish, WaitWatch
from phonebank.campaigns.models import Campaign
from phonebank.handoffs import queries as handoffs
from phonebank.people.models import Person, PersonStatus, Role


def watch(session: Session) -> WaitWatch:
    """The bound and the episode, as they stand."""
    return session.get(WaitWatch, THE_ONE, populate_existing=True) or WaitWatch()


def is_any_too_long(session: Session, now: datetime) -> bool:
    """Whether somebody has waited longer than the bound."""
    bound = timedelta(minutes=watch(session).bound_minutes)
    return handoffs.is_any_waiting_since(session, now - bound, now)


def is_due(session: Session, now: datetime) -> bool:
    """Whether there is something to tell, or an episode that may be over."""
    return watch(session).over_since is not None or is_any_too_long(session, now)


def wish_of(session: Session, person_id: int) -> AlertWish:
    """How this person wishes to be told; not at all until they say."""
    return session.get(AlertWish, person_id) or AlertWish(person_id=person_id)


def wishes(session: Session) -> list[tuple[AlertWish, Person]]:
    """Organizers and admins who wish to be told, and may still sign in."""
    theirs = (
        select(AlertWish, Person)
        .join(Person, col(Person.id) == col(AlertWish.person_id))
        .where(Person.status == PersonStatus.ACTIVE, Person.role != Role.VOLUNTEER)
        .where(col(AlertWish.by_text) | col(AlertWish.by_email))
    )
    return list(session.exec(theirs.order_by(col(AlertWish.person_id))).all())


def sender(session: Session) -> str | None:
    """What to text from: the sender of the campaign launched last."""
    ours = select(Campaign.sender).where(col(Campaign.launched_at).is_not(None) | (Campaign.status != "draft"))
    return session.exec(ours.order_by(col(Campaign.id).desc()).limit(1)).first()
