"""Carries out what was decided about a reply, in the one transaction that marks it handled.

A volunteer's verdict and the supporter's own page come through the same door: every outcome is decided here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import clock
from phonebank.asks.models import Ask
from phonebank.errors import RefusedError
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import queries as handoff_queries
from phonebank.handoffs.answering import why_not_theirs
from phonebank.intents import Decision, Intent
from phonebank.messages import lifecycle as messages
from phonebank.messages import queries as message_queries
from phonebank.messages.models import Message
from phonebank.messages.receiving import BY_THEIR_TEXT
from phonebank.optouts import keywords, ledger
from phonebank.optouts.models import Ban, OptOut
from phonebank.people import audit
from phonebank.people.models import Deed, Person
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.replies import matching, queries, recording, threads
from phonebank.replies.carrying_out import Cause, carry_out
from phonebank.replies.decisions import Situation, decide, decide_verdict
from phonebank.replies.matching import Known, Talk
from phonebank.replies.models import BY_THE_CARRIER
from phonebank.replies.reading import Reading
from phonebank.replies.together import Context, read_together

TOGETHER = timedelta(seconds=3)
"""Texts in a row are read together: a reply is read once its number has been quiet this long."""

PATIENCE = timedelta(seconds=20)
"""Somebody who keeps writing is read by then all the same."""

_REPLY_SHOWS_AFTER = timedelta(seconds=2)
_DOUBT_LASTS = timedelta(minutes=4)
"""Which ask a reply answers is in doubt for as long as an ask to that number is: by then it is settled, or shown."""


def handle_phone(session: Session, phone: str, *, address: str, now: datetime) -> bool:
    """As `handle_phones`, for one number. False: another turn was first."""
    return bool(handle_phones(session, [phone], address=address, now=now))


def handle_phones(session: Session, phones: Collection[str], *, address: str, now: datetime) -> list[str]:
    """Read and act on everything these numbers have texted and nobody has read: what all of them need is read at once.

    Returns the numbers that were read; another turn was first with the others, or they wait until it is known which
    ask they can be answering. Whatever is wrong with one of them fails all: the caller takes them one by one.
    """
    unclear = queries.may_answer_a_doubt(session, phones, claimed_after=now - _DOUBT_LASTS * clock.hurry())
    heard = queries.unread_of(session, [phone for phone in phones if phone not in unclear])
    ids = {phone: [text.id for text in texts if text.id is not None] for phone, texts in heard.items()}
    every = [message_id for several in ids.values() for message_id in several]
    if not every or messages.mark_handled(session, every, now) < len(every):
        return []
    _show_that_asks_went(session, heard, now)
    known = matching.of_phones(session, heard)
    for phone, one in known.items():
        if one.talk is not None and one.talk.recipient.id is not None:
            messages.belongs_to(session, ids[phone], one.talk.campaign.id, one.talk.recipient.id)
    listening = [phone for phone, texts in heard.items() if not _asked_back_in(session, texts, now)]
    answering = (known[phone].talk for phone in listening)
    recipients.replies_arrived(session, [talk.recipient.id for talk in answering if talk and talk.recipient.id], now)
    acts_from = queries.acts_from(session, {one.talk.recipient.campaign_id for one in known.values() if one.talk})
    kept = []
    for phone in listening:
        talk = known[phone].talk
        sure = acts_from[talk.recipient.campaign_id if talk else None]
        kept += _answer(session, heard[phone], known[phone], sure, address=address, now=now)
    recording.keep(session, kept)
    return list(heard)


def _answer(
    session: Session, texts: Sequence[Message], known: Known, acts_from: float, *, address: str, now: datetime
) -> list[dict[str, object]]:
    """Read these texts of one number and do what follows. Gives the rows that tell how they were read."""
    phone, ids = texts[0].phone, [text.id for text in texts if text.id is not None]
    situation = (
        known.talk.situation_at(now)
        if known.talk
        else Situation(is_known=False, is_opted_out=Ban.OPT_OUT in known.bans)
    )
    reading = read_together([text.body for text in texts], _context(known, now), acts_from)
    if situation.is_opted_out and _stopped_at_the_carrier(texts, known.bans.get(Ban.OPT_OUT)):
        reading = Reading(Intent.OPT_OUT, 1.0, BY_THE_CARRIER, acted=True)
    decision = decide(reading, situation)
    cause = Cause(f"message:{ids[-1]}", by=BY_THEIR_TEXT, address=address, now=now)
    carry_out(session, decision, reading, talk=known.talk, phone=phone, cause=cause)
    return recording.rows_of(ids, known.talk, reading, decision, now)


def _show_that_asks_went(session: Session, heard: Mapping[str, Sequence[Message]], now: datetime) -> None:
    """Who answers an ask that is in doubt has got it."""
    for phone in queries.in_doubt_among(session, heard):
        before = heard[phone][0].created_at - _REPLY_SHOWS_AFTER
        shown = messages.shown_by_reply(session, phone, claimed_before=before, now=now)
        recipients.mark_asked(session, shown, now)


def _context(known: Known, now: datetime) -> Context:
    question = threads.last_question(known.ours) if known.talk else None
    language = known.talk.contact.language if known.talk else None
    return Context(question, threads.last_words(known.ours, now), language)


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
    if intent is Intent.OPT_OUT:
        audit.record(session, Deed.OPT_OUT_RECORDED, by=by, about=f"conversation {handoff_id}", now=now)
    else:
        because = f"read by {by}: {intent.value}"
        ledger.lift(session, handoff.phone, kind=Ban.HOLD, because=because, by=by, now=now)
    recipient = recipient_queries.by_id(session, handoff.recipient_id, lock=True) if handoff.recipient_id else None
    talk = matching.of_recipient(session, recipient) if recipient else None
    reading = Reading(intent, 1.0, f"{by} read it", acted=True)
    is_said = message_queries.has_answered_since(session, handoff.phone)
    recording.keep_verdict(session, handoff.phone, intent, person_id=person_id, is_after_answer=is_said, now=now)
    decision = _verdict_decision(reading, talk, now, is_said=is_said)
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


def say_for_them(  # noqa: PLR0913  # who said what, to whom, and how it is told from the rest
    session: Session, recipient_id: int, intent: Intent, *, by: str, step: str, address: str, now: datetime
) -> Decision:
    """What somebody said face to face, or pressed on a page of theirs, goes the same way as what they text."""
    recipient = recipient_queries.by_id(session, recipient_id, lock=True)
    assert recipient is not None
    talk = matching.of_recipient(session, recipient)
    reading = Reading(intent, 1.0, f"said to {by}", acted=True)
    decision = decide_verdict(reading, talk.situation_at(now), is_said=False)
    carry_out(session, decision, reading, talk=talk, phone=recipient.phone, cause=Cause(step, by, address, now))
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


def _stopped_at_the_carrier(texts: Sequence[Message], ban: OptOut | None) -> bool:
    """Whether the opt-out that stands was recorded with one of these texts, whatever words it used."""
    return ban is not None and ban.recorded_by == BY_THEIR_TEXT and ban.recorded_at in {one.created_at for one in texts}


def _verdict_decision(reading: Reading, talk: Talk | None, now: datetime, *, is_said: bool) -> Decision:
    if talk is None:
        return Decision.OPT_OUT if reading.intent is Intent.OPT_OUT else Decision.KEEP
    return decide_verdict(reading, talk.situation_at(now), is_said=is_said)


def _name_of(session: Session, person_id: int) -> str:
    person = session.get(Person, person_id)
    return person.name if person else "a volunteer"
