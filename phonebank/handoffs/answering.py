"""A volunteer's own words to one supporter: sent once, by the one who holds them, to nobody who said stop."""

from datetime import datetime

from sqlmodel import Session

from phonebank.asks.typed import sendable
from phonebank.campaigns.queries import by_id as campaign_by_id
from phonebank.errors import RefusedError
from phonebank.handoffs import lifecycle, queries
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import Message, MessageKind, Priority
from phonebank.optouts import queries as optouts
from phonebank.optouts import signing
from phonebank.optouts.models import Ban

_LONGEST_NONCE = 40


def answer(
    session: Session,
    handoff_id: int,
    person_id: int,
    body: str,
    now: datetime,
    *,
    nonce: str,
) -> int:
    """Queue their words for this supporter; the message's id. The same words or nonce again give the same message.

    `nonce` is the form's own: a double tap, a held key and a page posted again send once. Raises BadInputError for an
    empty or too long text; RefusedError when the conversation is not theirs (any more), or the number may not be
    written to. Both leave everything as it was.
    """
    words = sendable(body)
    step = f"answer:{handoff_id}:{nonce[:_LONGEST_NONCE]}"
    holds = lifecycle.renew(session, handoff_id, person_id, now)  # also makes two posts of one form wait for each other
    handoff = queries.by_id(session, handoff_id)
    sent = _already_sent(session, handoff, step, words)
    if sent is not None and sent.id is not None:
        return sent.id
    if not holds:
        raise RefusedError(why_not_theirs(handoff, person_id))
    message_id = composing.compose(session, _new_text(session, handoff, person_id, words, step), now)
    if message_id is None:
        raise RefusedError("That answer has been sent already.")
    lifecycle.answered(session, handoff_id, person_id, now)
    lifecycle.sent(session, handoff_id, person_id)
    return message_id


def say_no_stop(session: Session, handoff_id: int, person_id: int, by: str, now: datetime) -> bool:
    """A volunteer has read it: they did not ask us to stop. Lifts the hold; False when none stands.

    Raises RefusedError when the conversation is not theirs. `by` is who read it, for the ledger.
    """
    holds = lifecycle.renew(session, handoff_id, person_id, now)
    handoff = queries.by_id(session, handoff_id)
    if not holds:
        raise RefusedError(why_not_theirs(handoff, person_id))
    because = "A volunteer read it: they did not ask us to stop."
    hold = optouts.standing(session, handoff.phone).get(Ban.HOLD)
    return hold is not None and signing.lift(session, hold, because=because, by=by, now=now)


def why_not_theirs(handoff: Handoff, person_id: int) -> str:
    """One sentence: why this person cannot go on with this conversation."""
    if handoff.status == HandoffStatus.CLOSED:
        return "This conversation is settled, so nothing was sent. Your words are kept below."
    if handoff.claimed_by is not None and handoff.claimed_by != person_id:
        return "Somebody else has taken this conversation, so nothing was sent. Your words are kept below."
    return "Your ten minutes ran out, so nothing was sent. Take the conversation again to go on; your words are kept."


def _already_sent(session: Session, handoff: Handoff, step: str, words: str) -> Message | None:
    """The answer of this form, or the same words since they last wrote (a second tab)."""
    assert handoff.id is not None
    answers = queries.answers(session, handoff.id, handoff.phone)
    of_this_form = next((message for message in answers if message.step == step), None)
    if of_this_form is not None:
        if of_this_form.body != words:
            raise RefusedError(
                "This page is old: an earlier answer has gone out from it. Press Send again to add this."
            )
        return of_this_form
    heard = queries.last_heard(session, handoff.phone)
    since = heard.id if heard is not None and heard.id is not None else 0
    same = (message for message in answers if message.body == words and message.status not in queries.NEVER_ARRIVED)
    return next((message for message in same if message.id is not None and message.id > since), None)


def _new_text(session: Session, handoff: Handoff, person_id: int, words: str, step: str) -> NewText:
    return NewText(
        phone=handoff.phone,
        sender=_sender(session, handoff),
        kind=MessageKind.ANSWER,
        body=words,
        priority=Priority.ANSWER,
        campaign_id=handoff.campaign_id,
        recipient_id=handoff.recipient_id,
        step=step,
        written_by=person_id,
    )


def _sender(session: Session, handoff: Handoff) -> str:
    """The campaign's own, or for a number we do not know the one they wrote to."""
    if handoff.campaign_id is not None:
        return campaign_by_id(session, handoff.campaign_id).sender
    heard = queries.last_heard(session, handoff.phone)
    if heard is None:
        raise RefusedError("They have not written to us, so there is nothing to answer.")
    return heard.sender
