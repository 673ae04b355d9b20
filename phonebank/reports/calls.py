"""The calls of a campaign counted: how they went, hour by hour, and how long callers waited for one of us."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, case, cast, extract, func
from sqlmodel import Session, col, select

from phonebank.calls.models import AnsweredBy, Call, CallKind, CallStatus
from phonebank.campaigns.models import Campaign, Channel
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient

_HOUR_S = 3600
_HOURS_SHOWN = 48
_WAS_MACHINE = col(Call.answered_by).in_((AnsweredBy.MACHINE, AnsweredBy.FAX))
_WAS_PERSON = col(Call.answered_at).is_not(None) & (col(Call.answered_by).is_(None) | ~_WAS_MACHINE)
_WAS_NOBODY = col(Call.status).in_((CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED))
_KINDS = (CallKind.SCRIPTED, CallKind.LIVE)


def calls(session: Session, campaign: Campaign) -> dict[str, Any] | None:
    """None for a campaign of texts. `statuses`, and numbers of `FIGURES`; `hours` as of _hours, the newest last."""
    if campaign.channel is not Channel.CALL:
        return None
    ours = _to_people(campaign)
    told = {"statuses": by_status(session, campaign)} | _figures(session, ours)
    abandoned, people = told["abandoned"], told["people"]
    return told | {"abandoned_share": abandoned / people if people else 0.0, "hours": _hours(session, ours)}


def by_status(session: Session, campaign: Campaign) -> dict[str, int] | None:
    """How many of its calls to people there are in each status that has any; None for a campaign of texts."""
    if campaign.channel is not Channel.CALL:
        return None
    statuses = select(Call.status, func.count()).where(_to_people(campaign)).group_by(col(Call.status))
    return {CallStatus(status).value: number for status, number in session.exec(statuses)}


def micros(session: Session, campaign: Campaign) -> int:
    """What its calls have cost so far, those to volunteers among them, in millionths of a US dollar."""
    dialed = (Call.campaign_id == campaign.id, col(Call.claimed_at).is_not(None))
    return int(session.exec(select(func.coalesce(func.sum(Call.cost_micros), 0)).where(*dialed)).one())


def _to_people(campaign: Campaign) -> Any:
    return (col(Call.campaign_id) == campaign.id) & col(Call.kind).in_(_KINDS)


def _figures(session: Session, ours: Any) -> dict[str, Any]:
    waited = extract("epoch", col(Call.bridged_at)) - extract("epoch", col(Call.wants_person_at))
    figures = {
        "dialed": col(Call.claimed_at).is_not(None),
        "retries": col(Call.claimed_at).is_not(None) & col(Call.step).like("call#%"),
        "people": _WAS_PERSON,
        "machines": _WAS_MACHINE,
        "nobody": _WAS_NOBODY,
        "voicemails": col(Call.voicemail_at).is_not(None),
        "wanted": col(Call.wants_person_at).is_not(None),
        "bridged": col(Call.bridged_at).is_not(None),
        "abandoned": col(Call.abandoned_at).is_not(None),
    }
    counts = [_number(where) for where in figures.values()]
    row = session.exec(select(*counts, func.avg(waited), func.max(waited)).where(ours)).one()  # type: ignore[call-overload]  # SQLModel types no more than four columns
    *numbers, mean, longest = row
    return dict(zip(figures, numbers, strict=True)) | {"waited_s": float(mean or 0), "longest_s": float(longest or 0)}


def _hours(session: Session, ours: Any) -> list[dict[str, Any]]:
    """{"at", "dialed", "people", "machines", "nobody", "yes"} of each hour in which somebody was called."""
    hour = (cast(extract("epoch", col(Call.claimed_at)), Integer) // _HOUR_S).label("hour")
    is_yes = _WAS_PERSON & (col(Recipient.outcome) == Outcome.YES)
    counts = [_number(where) for where in (_WAS_PERSON, _WAS_MACHINE, _WAS_NOBODY, is_yes)]
    found = (
        select(hour, func.count(), *counts)
        .select_from(Call)
        .outerjoin(Recipient, col(Recipient.id) == col(Call.recipient_id))
        .where(ours, col(Call.claimed_at).is_not(None))
        .group_by(hour)
        .order_by(hour.desc())
        .limit(_HOURS_SHOWN)
    )
    names = ("dialed", "people", "machines", "nobody", "yes")
    return [
        {"at": datetime.fromtimestamp(int(at) * _HOUR_S, UTC).isoformat(), **dict(zip(names, numbers, strict=True))}
        for at, *numbers in reversed(session.exec(found).all())
    ]


def _number(where: Any) -> Any:
    return func.coalesce(func.sum(case((where, 1), else_=0)), 0)
