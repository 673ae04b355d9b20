"""A campaign in full swing, for the pages that show one: every step of it, a hold, an experiment, trouble."""

from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Decision, Intent, Outcome
from phonebank.messages.models import MessageKind, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.people.audit import record
from phonebank.people.models import Deed
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies.models import ReplyReading
from tests.support import conversations as make
from tests.support import factories

SAYS = {
    Outcome.YES: "Yes! Count me in.",
    Outcome.NO: "Sorry, I can't make it that week, my sister visits and I promised her the whole of it",
    Outcome.MAYBE: "maybe, who else is coming?",
    Outcome.OPTED_OUT: "please stop",
    Outcome.NOT_NOW: "לא הפעם, תודה",
}
LEFT_TO_RIGHT, RIGHT_TO_LEFT = ("Elsa", "José", "<script>alert(1)</script>", "Wilhelmina"), ("שרה", "مريم")
FAILED = {MessageStatus.UNDELIVERED: 30003, MessageStatus.FAILED: 30007}


def a_campaign_under_way(session: Session, now: datetime, people: int = 120, **fields) -> Campaign:
    """So many people, four of five asked within the last hours, one of four has answered; spoken to in two texts."""
    words = {"launched_at": now - timedelta(hours=3), "launched_by": "Amanda Alvarez (amanda@example.org)"}
    words |= {"budget_micros": 250_000_000, "spent_micros": people * 8_000}
    drive = make.campaign(session, now, **words, **fields)
    texts = {"en": ["Hi {{ first_name }}, can I count on you?", "Hi {{ first_name }}, will you be there?"]}
    session.get(Ask, drive.ask_id).texts = texts
    record(session, Deed.LAUNCHED, by=words["launched_by"], about=drive.name, now=words["launched_at"])
    for number in range(people):
        _person(session, drive, number, people, now)
    return drive


def _person(session: Session, drive: Campaign, number: int, people: int, now: datetime) -> None:
    names = LEFT_TO_RIGHT + RIGHT_TO_LEFT
    is_asked = number < people * 4 // 5
    at = now - timedelta(minutes=2 + 140 * (people - number) / people) if is_asked else None
    outcome = list(SAYS)[number // 4 % len(SAYS)] if is_asked and number % 4 == 0 else Outcome.NONE
    status = RecipientStatus.SETTLED if outcome is not Outcome.NONE else RecipientStatus.ASKED
    words = {"status": status if is_asked else RecipientStatus.PENDING, "asked_at": at, "composed_at": at}
    words |= {"outcome": outcome, "variant": number, "replied_at": at if outcome is not Outcome.NONE else None}
    to = factories.member(session, drive, now, first_name=names[number % len(names)], **words)
    if at is None:
        return
    arrived = list(FAILED)[number // 10 % 2] if number % 10 == 3 else MessageStatus.DELIVERED
    gone = {"status": arrived, "claimed_at": at, "sent_at": at, "carrier_sid": factories.sid()}
    if outcome is not Outcome.MAYBE:  # whose ask stands with the handoff
        factories.queued(session, to, drive, at, error_code=FAILED.get(arrived), **gone)
    if outcome is not Outcome.NONE:
        _answer(session, drive, to, outcome, at + timedelta(minutes=2))
    if outcome is Outcome.YES:
        stands = (CommitmentStatus.PLEDGED, CommitmentStatus.CONFIRMED, CommitmentStatus.KEPT)[number % 3]
        words = {"ask_id": drive.ask_id, "status": stands, "token": f"token {number} {drive.id}", "pledged_at": at}
        make.kept(session, Commitment(recipient_id=to.id, campaign_id=drive.id, **words))


def _answer(session: Session, drive: Campaign, to: Recipient, outcome: Outcome, at: datetime) -> None:
    if outcome is Outcome.MAYBE:
        make.handed_off(session, to, at, SAYS[outcome])
        return
    heard = make.text(session, to, SAYS[outcome], at, kind=MessageKind.REPLY)
    intent = Intent.OPT_OUT if outcome is Outcome.OPTED_OUT else Intent(outcome.value)
    is_sure = outcome is not Outcome.OPTED_OUT
    words = {"intent": intent, "confidence": 0.98 if is_sure else 0.7, "acted": is_sure, "hold": not is_sure, "why": ""}
    decision = Decision.CONFIRM if is_sure else Decision.HOLD_AND_HAND_OFF
    make.kept(session, ReplyReading(message_id=heard, recipient_id=to.id, decision=decision, read_at=at, **words))
    if not is_sure:
        ledger.record(session, to.phone, because="may be an opt-out", by="the reader", now=at, kind=Ban.HOLD)
