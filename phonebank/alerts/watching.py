"""Looks whether somebody waits too long, and tells the organizers who wish to be told: each once in an episode."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank import logs, phone
from phonebank.alerts import lifecycle, queries
from phonebank.alerts.models import AlertWish, WaitWatch
from phonebank.campaigns import contact_hours
from phonebank.errors import RefusedError
from phonebank.handoffs import queries as handoffs
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import MessageKind, Priority

log = logs.get("alerts")

_NO_SENDER = "Nobody was texted: there is no campaign whose sender could be used."


@dataclass(frozen=True)
class Letter:
    """One e-mail to one of the staff."""

    to: str
    subject: str
    body: str


def look(session: Session, *, address: str, now: datetime) -> list[Letter]:
    """Begin or end the episode; queue the texts it calls for and give the e-mails, to be sent after the commit."""
    if not queries.is_any_too_long(session, now):
        lifecycle.end(session, now)
        return []
    lifecycle.begin(session, now)
    watch = queries.watch(session)
    assert watch.over_since is not None
    letters = []
    for wish, person in queries.wishes(session):
        if (
            wish.by_text
            and _may_text(wish, now)
            and lifecycle.tell_by_text(session, wish.person_id, watch.over_since, now)
        ):
            _text(session, wish, _sentence(session, watch, address, now), now)
        if wish.by_email and lifecycle.tell_by_email(session, wish.person_id, watch.over_since, now):
            letters.append(
                Letter(person.email, "Somebody waits for an answer", _sentence(session, watch, address, now))
            )
    return letters


def _sentence(session: Session, watch: WaitWatch, address: str, now: datetime) -> str:
    """Never a name of those who wait: it travels by e-mail."""
    waiting = len(handoffs.waits(session, now))
    people = "1 person waits" if waiting == 1 else f"{waiting:,} people wait"
    return (
        f"phonebank: somebody has waited more than {watch.bound_minutes} minutes for an answer; "
        f"{people} now. {address}/waits"
    )


def _may_text(wish: AlertWish, now: datetime) -> bool:
    zones = sorted(phone.zones(wish.phone))
    return bool(zones) and contact_hours.is_open(
        now, zones=zones, state=None, start=wish.hours_start, end=wish.hours_end
    )


def _text(session: Session, wish: AlertWish, words: str, now: datetime) -> None:
    sender = queries.sender(session)
    if sender is None:
        lifecycle.note_trouble(session, _NO_SENDER)
        return
    try:
        text = NewText(phone=wish.phone, sender=sender, kind=MessageKind.TEST, body=words, priority=Priority.ANSWER)
        composing.compose(session, text, now)
    except RefusedError as wrong:
        log.warning("an organizer cannot be texted", person=wish.person_id, error=type(wrong).__name__)
        lifecycle.note_trouble(session, "An organizer's own number asked us to stop: no alert was texted to it.")
