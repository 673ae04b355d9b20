"""Carries out what was decided about a reply, in the one transaction that marks it handled.

A volunteer's verdict and the supporter's own page come through the same door: every outcome is decided here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.errors import RefusedError
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import queries as handoff_queries
from phonebank.handoffs.answering import why_not_theirs
from phonebank.handoffs.models import Handoff
from phonebank.intents import Decision, Intent
from phonebank.messages import lifecycle as messages
from phonebank.messages import queries as message_queries
from phonebank.messages.models import Message
from phonebank.messages.receiving import BY_THEIR_TEXT
from phonebank.optouts import keywords, ledger
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from phonebank.people.models import Person
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.replies import matching, recording
from phonebank.replies.carrying_out import Cause, carry_out
from phonebank.replies.decisions import Situation, decide, decide_verdict
from phonebank.replies.matching import Talk
from phonebank.replies.reading import Reading, read

TOGETHER = timedelta(seconds=3)
"""Texts in a row are read together: a reply is read once its number has been quiet this long."""

PATIENCE = timedelta(seconds=20)
"""Somebody who keeps writing is read by then all the same."""

_REPLY_SHOWS_AFTER = timedelta(seconds=2)


def handle_phone(session: Session, phone: str, *, address: str, now: datetime) -> bool:
    """Read and act on everything this number has texted and nobody has read. False: another turn was first."""
    texts = message_queries.unread_of(session, phone)
    ids = [text.id for text in texts if text.id is not None]
    if not ids or messages.mark_handled(session, ids, now) < len(ids):
        return False
    shown = messages.shown_by_reply(session, phone, claimed_before=texts[0].created_at - _REPLY_SHOWS_AFTER, now=now)
    recipients.mark_asked(session, shown, now)
    talk = matching.of_phone(session, phone)
    if talk is not None and talk.recipient.id is not None:
        messages.belongs_to(session, ids, talk.campaign.id, talk.recipient.id)
    if _asked_back_in(session, texts, now):
        return True
    if talk is not None and talk.recipient.id is not None:
        recipients.reply_arrived(session, talk.recipient.id, now)
    situation = _situation(session, phone, talk)
    reading = read_together(session, texts, talk, now)
    if situation.is_opted_out and _stopped_at_the_carrier(session, texts):
        reading = Reading(Intent.OPT_OUT, 1.0, "the carrier took it for a stop", acted=True)
    decision = decide(reading, situation)
    recording.keep(session, ids, talk, reading, decision, now)
    cause = Cause(f"message:{ids[-1]}", by=BY_THEIR_TEXT, address=address, now=now)
    carry_out(session, decision, reading, talk=talk, phone=phone, cause=cause)
    return True


def read_together(session: Session, texts: Sequence[Message], talk: Talk | None, now: datetime) -> Reading:
    """One reading of several texts in a row. An opt-out in any of them is an opt-out of all."""
    question = message_queries.last_question(session, texts[0].phone) if talk else None
    sent = matching.sent_before(session, texts[0].phone, now)
    language = talk.contact.language if talk else None
    bodies = [text.body for text in texts]
    for body in bodies:
        alone = read(body, question=question, sent=sent, lang=language)
        if alone.intent is Intent.OPT_OUT and (alone.acted or alone.hold):
            return alone
    return read("\n".join(bodies), question=question, sent=sent, lang=language)


def verdict(
    session: Session, handoff_id: int, *, person_id: int, intent: Intent, address: str, now: datetime
) -> Decision:
    """A volunteer's reading of a conversation they hold: it goes the same way as the machine's, and closes it.

    Raises RefusedError when the conversation is not theirs, or is closed.
    """
    handoff = handoff_queries.by_id(session, handoff_id)
    by = _name_of(session, person_id)
    if not handoffs.close(session, handoff_id, person_id=person_id, verdict=intent.value, now=now):
        raise RefusedError(why_not_theirs(handoff, person_id))
    if intent is not Intent.OPT_OUT:
        because = f"read by {by}: {intent.value}"
        ledger.lift(session, handoff.phone, kind=Ban.HOLD, because=because, by=by, now=now)
    recipient = recipient_queries.by_id(session, handoff.recipient_id, lock=True) if handoff.recipient_id else None
    talk = matching.of_recipient(session, recipient) if recipient else None
    reading = Reading(intent, 1.0, f"{by} read it", acted=True)
    recording.keep_verdict(session, handoff.phone, intent)
    decision = _verdict_decision(session, handoff, talk, reading)
    cause = Cause(f"handoff:{handoff_id}", by=by, address=address, now=now)
    carry_out(session, decision, reading, talk=talk, phone=handoff.phone, cause=cause)
    return decision


def change_of_mind(
    session: Session, commitment: Commitment, intent: Intent, *, address: str, now: datetime
) -> Decision:
    """YES, NO or OPT_OUT to this very commitment, from the supporter's own page."""
    recipient = recipient_queries.by_id(session, commitment.recipient_id, lock=True)
    ask = session.get(Ask, commitment.ask_id)
    assert recipient is not None
    assert ask is not None
    talk = replace(matching.of_recipient(session, recipient), ask=ask)
    if intent is Intent.NO:
        talk = replace(talk, commitment=commitment)
    reading = Reading(intent, 1.0, "on their page", acted=True)
    decision = _on_their_page(intent, stands=commitment.status in STANDING)
    cause = Cause(f"page:{now.timestamp():.0f}", by="their page", address=address, now=now)
    carry_out(session, decision, reading, talk=talk, phone=recipient.phone, cause=cause)
    return decision


def _on_their_page(intent: Intent, *, stands: bool) -> Decision:
    if intent is Intent.OPT_OUT:
        return Decision.OPT_OUT
    if intent is Intent.YES:
        return Decision.KEEP if stands else Decision.CONFIRM
    return Decision.WITHDRAW if stands else Decision.KEEP


def _asked_back_in(session: Session, texts: Sequence[Message], now: datetime) -> bool:
    """START or UNSTOP as the last word lifts the person's own opt-out; the carrier greets them itself."""
    last = texts[-1]
    if not keywords.is_exact_opt_in(last.body):
        return False
    return ledger.lift(session, last.phone, because=f"texted “{last.body.strip()[:20]}”", by=BY_THEIR_TEXT, now=now)


def _stopped_at_the_carrier(session: Session, texts: Sequence[Message]) -> bool:
    """Whether the opt-out that stands was recorded with one of these texts, whatever words it used."""
    ban = optouts.standing(session, texts[0].phone).get(Ban.OPT_OUT)
    return ban is not None and ban.recorded_by == BY_THEIR_TEXT and ban.recorded_at in {one.created_at for one in texts}


def _situation(session: Session, phone: str, talk: Talk | None) -> Situation:
    if talk is not None:
        return talk.situation
    return Situation(is_known=False, is_opted_out=optouts.is_opted_out(session, phone))


def _verdict_decision(session: Session, handoff: Handoff, talk: Talk | None, reading: Reading) -> Decision:
    if talk is None:
        return Decision.OPT_OUT if reading.intent is Intent.OPT_OUT else Decision.KEEP
    is_said = message_queries.has_answered_since(session, handoff.phone)
    return decide_verdict(reading, talk.situation, is_said=is_said)


def _name_of(session: Session, person_id: int) -> str:
    person = session.get(Person, person_id)
    return person.name if person else "a volunteer"
