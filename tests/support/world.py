"""One of everything, with the names people should not have: what the tests of every page look at."""

from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Consent, ContactList, ListMember
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.one_on_ones import lifecycle as one_on_ones
from phonebank.one_on_ones.models import OneOnOneStatus
from phonebank.optouts.models import Ban, OptOut
from phonebank.people import audit
from phonebank.people.models import Deed
from phonebank.recipients.models import Recipient
from tests.support import conversations as make
from tests.support import factories
from tests.support.campaigns import a_campaign, a_contact

HOSTILE = "<script>alert(1)</script>"
FROM_RIGHT = (
    "\u200f\u05e2\u05dc\u05de\u05d0\u200e \u202e<b>"  # written from the right, with a mark that turns the line around
)
LONG = "Wilhelminaalexandrinavonundzuderlangenzeileohneleerzeichen"
STRANGER = "+12025559999"


def furnish(session: Session, now: datetime) -> None:
    """Campaigns in every status, people at every step, conversations, commitments, opt-outs, strays, an audit trail."""
    for number, name in enumerate((HOSTILE, FROM_RIGHT, LONG), 1):
        make.person(session, now, f"Vol{number} {name}")
    a_campaign(session, contacts=[a_contact("+12025559143", HOSTILE)], name=f"Draft {HOSTILE}")
    for status in (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.CLOSED):
        _drive(session, now, status)
    _strays(session, now)
    audit.record(session, Deed.LAUNCHED, by=f"Vol {HOSTILE}", about=f"Draft {HOSTILE}", now=now, detail=LONG)


def _drive(session: Session, now: datetime, status: CampaignStatus) -> None:
    drive = make.campaign(session, now, name=f"{status} {HOSTILE} {LONG}", status=status, launched_at=now)
    held = make.kept(session, ContactList(name=f"{status} {FROM_RIGHT}", created_at=now))
    for name in (HOSTILE, FROM_RIGHT, LONG):
        make.handed_off(session, make.supporter(session, drive, now, name), now, f"maybe? {name} {LONG}")
        for outcome in (Outcome.YES, Outcome.NO, Outcome.NONE):
            somebody = factories.asked(session, drive, now, first_name=name, outcome=outcome)
            session.add(ListMember(list_id=held.id, contact_id=somebody.contact_id))
            session.add(Consent(phone=somebody.phone, source=LONG, recorded_by=HOSTILE, recorded_at=now))
            if outcome is Outcome.YES:
                _pledged(session, drive.ask_id, somebody, now)
    _meeting(session, drive, held_with=somebody, now=now)
    for error in (30003, 30007):
        lost = factories.asked(session, drive, now, first_name=HOSTILE)
        made = {"status": MessageStatus.UNDELIVERED, "error_code": error, "step": "reminder:1"}
        factories.queued(session, lost, drive, now, kind=MessageKind.REMINDER, claimed_at=now, settled_at=now, **made)


def _meeting(session: Session, drive: Campaign, held_with: Recipient, now: datetime) -> None:
    """One ahead and one that was held, with what was heard."""
    who = make.person(session, now, f"Meets {HOSTILE}")
    words = {"recipient_id": held_with.id, "campaign_id": drive.id, "meets_id": who, "booked_by": who, "minutes": 30}
    for starts_at in (now + timedelta(days=1), now - timedelta(days=1)):
        told = {**words, "starts_at": starts_at, "timezone": "America/New_York", "place": f"{HOSTILE} {LONG}"}
        nonce = f"{drive.id} {starts_at}"
        made = one_on_ones.book(session, nonce=nonce, now=now, remind_at=None, **told)
    heard = {"story": f"{HOSTILE} {FROM_RIGHT}", "reflection": f"{LONG} {HOSTILE}"}
    one_on_ones.note(session, made, OneOnOneStatus.HELD, heard)


def _pledged(session: Session, ask_id: int, somebody: Recipient, now: datetime) -> None:
    token = f"token-of-recipient-{somebody.id}"
    words = {"campaign_id": somebody.campaign_id, "ask_id": ask_id, "status": CommitmentStatus.CONFIRMED}
    session.add(Commitment(recipient_id=somebody.id, token=token, pledged_at=now, **words))


def _strays(session: Session, now: datetime) -> None:
    theirs = {"direction": Direction.IN, "kind": MessageKind.REPLY, "status": MessageStatus.HANDLED}
    session.add(Message(phone=STRANGER, sender=make.SENDER, body=f"Who is this? {HOSTILE}", created_at=now, **theirs))
    drive = make.campaign(session, now, name="In doubt")
    doubted = factories.asked(session, drive, now, first_name=HOSTILE)
    then = now - timedelta(hours=1)
    made = {"status": MessageStatus.UNKNOWN, "step": "reminder:9", "claimed_at": then}
    factories.queued(session, doubted, drive, then, kind=MessageKind.REMINDER, looks=2, looked_at=now, **made)
    for kind in (Ban.OPT_OUT, Ban.HOLD):
        phone = f"+1202555998{len(kind)}"
        session.add(OptOut(phone=phone, kind=kind, because=HOSTILE, recorded_by=FROM_RIGHT, recorded_at=now))
