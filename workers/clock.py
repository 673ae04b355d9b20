"""The sweep: once a second, rings for whatever the database says is due. Two of these do no harm."""

import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from setproctitle import setproctitle
from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.alerts import queries as alerts
from phonebank.calls import queries as calls
from phonebank.calls import reconciling as calls_in_doubt
from phonebank.calls import tidying as tidying_calls
from phonebank.calls import trying
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, Channel
from phonebank.cli import parent
from phonebank.contacts import queries as contacts
from phonebank.errors import UnavailableError
from phonebank.followups import queries as followups
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import powering
from phonebank.messages import asking, closing, reconciling, spool, watching
from phonebank.messages import queries as messages
from phonebank.one_on_ones import queries as one_on_ones
from phonebank.recipients import queries as recipients
from phonebank.settings import Settings, load
from phonebank.tallies import queries as tallies
from workers import easing, opening

EVERY_S = 1.0
_TIDY_EVERY = 5

log = logs.get("clock")


class _Stop:
    asked = False

    @classmethod
    def ask(cls, _signal: int, _frame: Any) -> None:
        cls.asked = True


def run(settings: Settings) -> None:
    """Sweep until asked to stop. A database that is down is waited for."""
    opening.open_process(settings)
    signal.signal(signal.SIGTERM, _Stop.ask)
    signal.signal(signal.SIGINT, _Stop.ask)
    sweeps = 0
    while not _Stop.asked:
        began = time.monotonic()
        try:
            with db.told_plainly():
                sweep(settings, tidies=sweeps % _TIDY_EVERY == 0)
                jobs.note_sweep()
        except UnavailableError as wrong:
            log.warning("a sweep failed; the next one tries again", error=str(wrong))
        sweeps += 1
        time.sleep(max(0.05, EVERY_S - (time.monotonic() - began)))


def sweep(settings: Settings, *, tidies: bool = True) -> None:
    """Ring every turn that has something to do now."""
    for turn, key in due(settings, tidies=tidies):
        jobs.ring(turn, key)
    with db.transaction() as session:
        handoffs.lapse(session, clock.now())
    if tidies:
        _ring_counters(clock.now())
    watching.watch(clock.now())
    easing.ease(clock.now())


def due(settings: Settings, *, tidies: bool = True) -> list[tuple[str, str]]:
    """The turns with work in the database, each once: (name, key)."""
    now = clock.now()
    with db.reading() as session:
        found = [*_sending(session, now), *_calling(session, now), *_hearing(session, now), *_preparing(session, now)]
        if tidies and alerts.is_due(session, now):
            found.append(("alerts", ""))
        if tidies and _is_to_reconcile(session, now):
            found.append(("reconciling", ""))
    if spool.is_waiting(settings.var / "spool"):
        found.append(("spool", ""))
    return list(dict.fromkeys(found))


def _sending(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    for sender, is_urgent in messages.senders_with_work(session, now):
        if is_urgent:
            yield "answers", sender
        yield "texts", sender
    running = campaigns.running(session)
    is_day_full = bool(running) and campaigns.today(session, now).full_until is not None
    for campaign in running if not is_day_full else ():
        if (
            campaign.channel is Channel.TEXT
            and asking.wants_more(session, campaign)
            and recipients.any_due(session, campaign.id or 0, now)
        ):
            yield "asking", campaign.sender


def _calling(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    for sender in calls.senders_with_work(session, now):
        yield "calls", sender
    for campaign in campaigns.running(session):
        if campaign.channel is Channel.CALL and _wants_calls(session, campaign, now):
            yield "calling", campaign.sender


def _wants_calls(session: Session, campaign: Campaign, now: datetime) -> bool:
    by_machine = trying.wants_more(session, campaign, now) and recipients.any_due(session, campaign.id or 0, now)
    return by_machine or powering.wants_more(session, campaign, now)


def _hearing(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    if messages.unread(session, 1):
        yield "replies", ""
    if followups.is_due(session, now) or one_on_ones.is_reminder_due(session, now):
        yield "followups", ""


def _preparing(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    for campaign_id in campaigns.to_enrol(session, now):
        yield "enrolling", str(campaign_id)
    for import_id in contacts.imports_waiting(session):
        yield "imports", str(import_id)


def _ring_counters(now: datetime) -> None:
    with db.reading() as session:
        if tallies.due(session, now):
            jobs.ring("tallying")


def _is_to_reconcile(session: Session, now: datetime) -> bool:
    texts = messages.any_queued(session) or _is_doubtful(session, now) or closing.is_any(session, now)
    return texts or calls_in_doubt.is_any(session, now) or not tidying_calls.is_tidy(session, now)


def _is_doubtful(session: Session, now: datetime) -> bool:
    ago = now - reconciling.LOOK_AFTER * clock.hurry()
    return bool(messages.in_doubt(session, claimed_before=ago, looked_before=ago, most=1))


if __name__ == "__main__":
    parent.take(sys.argv[1:])
    setproctitle("phonebank clock")
    run(load())
