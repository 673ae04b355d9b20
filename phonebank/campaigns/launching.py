"""Launches a campaign that its pre-flight let pass, now or at a time: the one way in for the page and the command.

The pre-flight reads every person and asks the carrier, so it runs first, in a session that only reads:

    with db.reading() as session:
        parts = queries.parts_of(session, queries.by_name(session, name))
        found = preflight.check(session, parts, settings=settings, account=account_of(settings), now=at or now)
    with db.transaction() as session:
        launch(session, parts.campaign, found, by=by, because=because, at=at, now=now)
"""

from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns import lifecycle
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.preflight import Preflight, SenderAccount
from phonebank.errors import RefusedError
from phonebank.people import audit
from phonebank.people.models import Deed
from phonebank.settings import Settings


def account_of(settings: Settings) -> SenderAccount | None:
    """The carrier account to ask, or None while no keys are set."""
    if not settings.has_twilio_keys:
        return None
    from phonebank.gateway.account import Account  # the SDK takes a second to import; most commands never need it

    return Account(settings)


def launch(  # noqa: PLR0913 - who, why and when are the launch
    session: Session,
    campaign: Campaign,
    found: Preflight,
    *,
    by: str,
    because: str | None,
    at: datetime | None,
    now: datetime,
) -> None:
    """Launch now, or have it launch itself at `at`. A weak ask needs `because`, which is kept.

    Raises RefusedError with every blocker, one a line.
    """
    if at is not None and at <= now:
        raise RefusedError("That time is past: give a later one, or leave it out to launch now.")
    if blockers := blockers_of(found, because):
        raise RefusedError("\n".join(blockers))
    assert campaign.id is not None
    if at is not None:
        moved = lifecycle.schedule(session, campaign.id, at=at, by=by, because=because)
    else:
        moved = lifecycle.launch(session, campaign.id, by=by, because=because, now=now)
    if not moved:
        raise RefusedError(f"“{campaign.name}” was launched by somebody else a moment ago.")
    told = because or "" if at is None else f"for {at:%Y-%m-%d %H:%M %Z}. {because or ''}".rstrip()
    audit.record(session, Deed.LAUNCHED, by=by, about=campaign.name, now=now, detail=told)


def launch_scheduled(session: Session, campaign: Campaign, found: Preflight, now: datetime) -> bool:
    """Launch a draft whose time has come, if it still may; else take back its schedule and return False.

    A carrier that does not answer just now is no reason: the sender was checked when the launch was scheduled.
    """
    assert campaign.id is not None
    if found.faults or found.obstacles:
        lifecycle.unschedule(session, campaign.id)
        return False
    by, because = campaign.launched_by or "its schedule", campaign.launched_because
    launched = lifecycle.launch(session, campaign.id, by=by, because=because, now=now)
    if launched:
        audit.record(session, Deed.LAUNCHED, by=by, about=campaign.name, now=now, detail="as scheduled")
    return launched


def blockers_of(found: Preflight, because: str | None) -> list[str]:
    """What stops this launch: the blockers, and a weak ask that nobody gave a reason for."""
    if not found.is_weak or (because or "").strip():
        return found.blockers
    return [*found.blockers, *found.weak, "Make the ask harder, or say why it goes out as it is (--because)."]
