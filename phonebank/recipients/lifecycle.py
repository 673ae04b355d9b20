"""The only writer of Recipient.status and Recipient.outcome. One guarded UPDATE a verb; False: somebody was first.

pending → asked → replied → with_volunteer → settled;  excluded, unreachable
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, update
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign, Channel
from phonebank.db import Moment, among
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.recipients.queries import IS_WAITING

PENDING, ASKED, REPLIED, WITH_VOLUNTEER, SETTLED, EXCLUDED, UNREACHABLE = RecipientStatus

_IN_CONVERSATION = (ASKED, REPLIED, WITH_VOLUNTEER, SETTLED)


def mark_composed(session: Session, recipient_ids: Sequence[int], now: datetime) -> int:
    """Their ask is written down as a Message; they are not composed again."""
    written = col(Recipient.id).in_(recipient_ids) & col(Recipient.composed_at).is_(None)
    return _move(session, written, composed_at=now)


def take_in_hand(
    session: Session, recipient_ids: Sequence[int], person_id: int, *, until: datetime, now: datetime
) -> int:
    """These wait for this volunteer's own hand, until then. Whom another has in hand stays theirs."""
    is_free = col(Recipient.held_until).is_(None) | (col(Recipient.held_until) <= now)
    waiting = col(Recipient.id).in_(recipient_ids) & IS_WAITING & is_free
    return _move(session, waiting, held_by=person_id, held_until=until)


def keep_in_hand(session: Session, campaign_id: int, person_id: int, *, until: datetime) -> int:
    """Whoever works keeps all they have in hand; a row that another is at is theirs to lose, and not waited for."""
    theirs = select(Recipient.id).where(_in_hand(person_id), col(Recipient.campaign_id) == campaign_id)
    unlocked = theirs.with_for_update(skip_locked=True).cte("theirs")
    return _move(session, col(Recipient.id).in_(select(unlocked.c.id)), held_until=until)


def give_back(session: Session, campaign_id: int, person_id: int) -> int:
    """What this volunteer has in hand is free for the others."""
    theirs = _in_hand(person_id) & (col(Recipient.campaign_id) == campaign_id)
    return _move(session, theirs, held_by=None, held_until=None)


def give_all_back(session: Session, person_id: int) -> int:
    """The same in every campaign: they may not sign in any more."""
    return _move(session, _in_hand(person_id), held_by=None, held_until=None)


def write_by_hand(session: Session, recipient_id: int, person_id: int, now: datetime) -> bool:
    """As `mark_composed`, by who has them in hand: theirs even past the lease, while nobody else took them."""
    return bool(_move(session, _in_hand(person_id) & (col(Recipient.id) == recipient_id), composed_at=now))


def leave_to_another(session: Session, recipient_id: int, person_id: int) -> bool:
    """A volunteer would rather not text them: free for anybody else."""
    theirs = _in_hand(person_id) & (col(Recipient.id) == recipient_id)
    return bool(_move(session, theirs, held_by=None, held_until=None, passed_by=person_id))


def exclude_by_hand(session: Session, recipient_id: int, person_id: int, because: str) -> bool:
    """The volunteer who has them in hand says why they must not be asked in this campaign."""
    theirs = _in_hand(person_id) & (col(Recipient.id) == recipient_id)
    return bool(_move(session, theirs, status=EXCLUDED, excluded_because=because))


def _in_hand(person_id: int) -> Any:
    return IS_WAITING & (col(Recipient.held_by) == person_id)


def deal(session: Session, recipient_ids: Sequence[int], variant: int) -> int:
    """They get this version of the text. Whoever's ask is written down keeps theirs."""
    unwritten = col(Recipient.id).in_(recipient_ids) & col(Recipient.composed_at).is_(None)
    return _move(session, unwritten, variant=variant)


def park(session: Session, campaign_id: int, *, zones: str, state: str, until: datetime, now: datetime) -> int:
    """Everyone not yet asked who shares these contact hours waits until they open. Returns how many."""
    waiting = (
        (col(Recipient.campaign_id) == campaign_id)
        & IS_WAITING
        & (col(Recipient.due_at) <= now)
        & (col(Recipient.zones) == zones)
        & (col(Recipient.state) == state)
    )
    return _move(session, waiting, due_at=until)


def put_off(session: Session, recipient_ids: Sequence[int], until: datetime) -> int:
    """These wait: a hold stands on their number."""
    return _move(session, col(Recipient.id).in_(recipient_ids) & (col(Recipient.status) == PENDING), due_at=until)


def mark_asked(session: Session, recipient_ids: Sequence[int], now: datetime) -> None:
    """Their ask went out. One who has already answered stays where they are."""
    is_news = col(Recipient.asked_at).is_(None) | (col(Recipient.status) == PENDING)
    _move(
        session,
        among(session, Recipient.id, recipient_ids) & is_news,
        asked_at=func.coalesce(col(Recipient.asked_at), now),
        status=case((col(Recipient.status) == PENDING, ASKED), else_=col(Recipient.status)),
    )


def exclude(session: Session, recipient_ids: Sequence[int], because: str) -> int:
    """They will not be asked in this campaign, and why."""
    pending = col(Recipient.id).in_(recipient_ids) & (col(Recipient.status) == PENDING)
    return _move(session, pending, status=EXCLUDED, excluded_because=because)


def leave_out(session: Session, phones: Sequence[str], because: str) -> int:
    """Whoever has one of these numbers and was not asked yet will not be asked, in any campaign."""
    return _move(
        session,
        col(Recipient.phone).in_(phones) & (col(Recipient.status) == PENDING),
        status=EXCLUDED,
        excluded_because=because,
    )


def exclude_group(session: Session, campaign_id: int, *, zones: str, state: str, because: str) -> int:
    """Everyone not yet asked who shares these contact hours is left out: the event begins before they open again."""
    waiting = (
        (col(Recipient.campaign_id) == campaign_id)
        & IS_WAITING
        & (col(Recipient.zones) == zones)
        & (col(Recipient.state) == state)
    )
    return _move(session, waiting, status=EXCLUDED, excluded_because=because)


def mark_unreachable(session: Session, recipient_ids: Sequence[int], because: str) -> int:
    """Their number cannot be texted."""
    reachable = col(Recipient.id).in_(recipient_ids) & col(Recipient.status).in_((PENDING, ASKED))
    return _move(session, reachable, status=UNREACHABLE, excluded_because=because)


def ask_once_more(session: Session, recipient_id: int) -> bool:
    """Their ask certainly did not arrive and is written down again. False when they have answered all the same."""
    silent = (
        (col(Recipient.id) == recipient_id)
        & col(Recipient.status).in_((PENDING, ASKED))
        & col(Recipient.replied_at).is_(None)
    )
    return bool(_move(session, silent, status=PENDING, asked_at=None))


def leave_out_of_texts(session: Session, phone: str, because: str) -> int:
    """No text can reach this number: whoever has it and was not asked yet is left out of every campaign of texts."""
    by_text = select(Campaign.id).where(Campaign.channel == Channel.TEXT)
    waiting = (col(Recipient.phone) == phone) & (col(Recipient.status) == PENDING)
    return _move(session, waiting & col(Recipient.campaign_id).in_(by_text), status=EXCLUDED, excluded_because=because)


def replies_arrived(session: Session, recipient_ids: Sequence[int], now: datetime) -> int:
    """They wrote. Wherever they stood, we owe them a reading."""
    theirs = col(Recipient.id).in_(recipient_ids)
    _move(session, theirs & col(Recipient.replied_at).is_(None), replied_at=now)
    waiting = col(Recipient.status).in_(_OWE_NO_READING)
    return _move(session, theirs & waiting, status=REPLIED)


def asked_and_answered(session: Session, recipient_id: int, now: datetime) -> None:
    """Both in one breath, as in a call: `mark_asked`, then `replies_arrived`."""
    session.connection().execute(_ANSWERED, {"b_id": recipient_id, "b_now": now})


_OWE_NO_READING = (PENDING, ASKED, SETTLED, UNREACHABLE)
_NOW = bindparam("b_now", type_=Moment)
_ANSWERED = (
    update(Recipient)
    .where(col(Recipient.id) == bindparam("b_id"))
    .values(
        asked_at=func.coalesce(col(Recipient.asked_at), _NOW),
        replied_at=func.coalesce(col(Recipient.replied_at), _NOW),
        status=case((col(Recipient.status).in_(_OWE_NO_READING), REPLIED), else_=col(Recipient.status)),
    )
)


def hand_over(session: Session, recipient_id: int) -> bool:
    """A volunteer has, or will have, the next word."""
    moved = col(Recipient.status).in_((PENDING, *_IN_CONVERSATION))
    return bool(_move(session, (col(Recipient.id) == recipient_id) & moved, status=WITH_VOLUNTEER))


def ask_again(session: Session, recipient_id: int, outcome: Outcome) -> bool:
    """The alternative is on its way: the outcome stands as heard, and the ball is with them."""
    return _decide(session, recipient_id, ASKED, outcome, settled_at=None)


def settle(session: Session, recipient_id: int, outcome: Outcome, now: datetime) -> bool:
    """They have decided; nothing more is owed."""
    return _decide(session, recipient_id, SETTLED, outcome, settled_at=now)


def keep_open(session: Session, recipient_id: int, outcome: Outcome) -> bool:
    """The outcome is known, and a volunteer still owes them a word."""
    return _decide(session, recipient_id, WITH_VOLUNTEER, outcome, settled_at=None)


def _decide(
    session: Session, recipient_id: int, status: RecipientStatus, outcome: Outcome, settled_at: datetime | None
) -> bool:
    told = {"b_id": recipient_id, "b_status": status, "b_outcome": outcome, "b_settled_at": settled_at}
    return bool(session.connection().execute(_DECIDED, told).rowcount)


_DECIDED = (  # written once: it is said for every reply
    update(Recipient)
    .where(col(Recipient.id) == bindparam("b_id"), col(Recipient.status) != EXCLUDED)
    .values(status=bindparam("b_status"), outcome=bindparam("b_outcome"), settled_at=bindparam("b_settled_at"))
)


def _move(session: Session, where: Any, **values: Any) -> int:
    return int(session.connection().execute(update(Recipient).where(where).values(**values)).rowcount)


def silence(session: Session, phone: str, outcome: Outcome, now: datetime) -> int:
    """Leave this number alone in every campaign. What they decided elsewhere stays known; no decision becomes this."""
    theirs = col(Recipient.phone) == phone
    _move(session, theirs & (col(Recipient.outcome) == Outcome.NONE), outcome=outcome)
    _move(session, theirs & (col(Recipient.status) == PENDING), status=EXCLUDED, excluded_because="opted out")
    return _move(session, theirs & (col(Recipient.status) != EXCLUDED), status=SETTLED, settled_at=now)
