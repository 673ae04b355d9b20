"""What somebody says in a call goes the way of what is texted: read, decided, carried out in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from phonebank.calls import lines
from phonebank.campaigns import queries as campaign_queries
from phonebank.intents import Decision, Intent
from phonebank.messages import queries as message_queries
from phonebank.messages.models import MessageKind
from phonebank.optouts import queries as optouts
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.replies import matching, queries
from phonebank.replies.carrying_out import Cause, carry_out
from phonebank.replies.decisions import Answering, Situation, decide
from phonebank.replies.drives import CallDrive
from phonebank.replies.matching import Talk
from phonebank.replies.reading import ACTS_FROM, Reading, read

BY_THEIR_CALL = "their call"
_FOR_A_PERSON = (Intent.MAYBE, Intent.QUESTION, Intent.HOSTILE)
_CLEAR_ENOUGH = 0.5
_KEPT_FROM_A_CALLER = (Decision.OPT_OUT, Decision.APOLOGIZE, Decision.HOLD_AND_HAND_OFF)


@dataclass(frozen=True)
class Said:
    """What was heard to one question of a call, and where that was.

    `stands_for`: what the key they pressed, or the few words they said, mean by our table. `step` names the question
    ("call:12:3"). `called_us`: it is not about the ask. Without a recipient, nothing is known but the number.
    """

    step: str
    phone: str
    recipient_id: int | None
    words: str = ""
    shown: str = ""
    stands_for: Intent | None = None
    question: str = ""
    language: str = "en"
    confidence: float | None = None
    offered: Intent | None = None
    called_us: bool = False


@dataclass(frozen=True)
class Understood:
    """How it was read, and what was decided and done. `decision` None: not understood, and nothing was done."""

    reading: Reading
    decision: Decision | None
    is_texted: bool = False


def answer(  # what was said, in which campaign, and when
    session: Session, said: Said, drive: CallDrive | None, *, may_ask_again: bool, address: str, now: datetime
) -> Understood:
    """Read what they said and do what follows; what the call itself says of it is not sent as a text."""
    talk = _talk(session, said, drive)
    situation = _situation(session, said, talk, now)
    reading = _read(said, _acts_from(session, drive))
    if may_ask_again and not _is_understood(said, reading):
        return Understood(reading, None)
    decision = decide(reading, situation)
    if said.called_us and decision not in _KEPT_FROM_A_CALLER:
        decision, reading = _for_a_caller(situation), replace(reading, intent=Intent.QUESTION, why=_called(reading))
    _carry_out(session, said, decision, reading, talk, address, now)
    return Understood(reading, decision, _is_texted(session, said, decision))


def imagine(said: Said, drive: CallDrive) -> Understood:
    """The same in a test call: everything is understood and decided, and nothing is done."""
    prepared = frozenset(drive.answered.alternatives)
    asks = Answering.ALTERNATIVE if said.offered else Answering.ASK
    situation = Situation(alternatives=frozenset() if said.offered else prepared, answering=asks)
    reading = _read(said, ACTS_FROM)
    understood = _is_understood(said, reading)
    return Understood(reading, decide(reading, situation) if understood else None)


def may_stop(said: Said) -> bool:
    """Whether these words ask, or may ask, us to stop, whatever we had asked them."""
    reading = _read(said, ACTS_FROM)
    return reading.hold or (reading.intent is Intent.OPT_OUT and reading.acted)


def hand_off(  # who, in which campaign, why and when
    session: Session, said: Said, drive: CallDrive | None, because: str, *, address: str, now: datetime
) -> None:
    """One of us has the next word: they were not understood, asked for a person, or named a time."""
    talk = _talk(session, said, drive)
    reading = Reading(Intent.QUESTION, 1.0, because)
    _carry_out(session, said, Decision.HAND_OFF, reading, talk, address, now)


def _carry_out(  # noqa: PLR0913, PLR0917  # what was decided, about what, for whom
    session: Session, said: Said, decision: Decision, reading: Reading, talk: Talk | None, address: str, now: datetime
) -> None:
    if said.recipient_id is not None:
        recipients.asked_and_answered(session, said.recipient_id, now)
    cause = Cause(said.step, BY_THEIR_CALL, address, now, is_call=True)
    carry_out(session, decision, reading, talk=talk, phone=said.phone, cause=cause)


def _talk(session: Session, said: Said, drive: CallDrive | None) -> Talk | None:
    if said.recipient_id is None:
        return None
    recipient = recipient_queries.by_id(session, said.recipient_id, lock=True)
    if recipient is None:
        return None
    known = drive.answered if drive and drive.answered.campaign.id == recipient.campaign_id else None
    talk = matching.of_recipient(session, recipient, known)
    own = known.ask if known else campaign_queries.ask_of(session, talk.campaign)
    ask = talk.alternatives.get(said.offered) if said.offered else own
    return replace(talk, ask=ask or talk.ask)


def _situation(session: Session, said: Said, talk: Talk | None, now: datetime) -> Situation:
    """As for a text, but what is answered is what the call has just asked; one alternative a call."""
    if talk is None:
        return Situation(is_known=False, is_opted_out=optouts.is_opted_out(session, said.phone))
    stands = talk.situation_at(now)
    if said.offered:
        return replace(stands, answering=Answering.ALTERNATIVE, alternatives=frozenset())
    return replace(stands, answering=Answering.ASK)


def _acts_from(session: Session, drive: CallDrive | None) -> float:
    return drive.acts_from if drive else queries.acts_from(session, ())[None]


def _read(said: Said, acts_from: float) -> Reading:
    if said.stands_for is not None:
        return Reading(said.stands_for, 1.0, f"in a call {said.shown}", acted=True)
    reading = read(said.words, question=said.question, lang=said.language, acts_from=acts_from)
    return replace(reading, why=f"in a call {said.shown}: {reading.why}")


def _is_understood(said: Said, reading: Reading) -> bool:
    if reading.intent is Intent.OPT_OUT or reading.hold:
        return True
    # Some recognizers name no confidence, or 0, which says nothing.
    if said.confidence and said.confidence < lines.spoken()["listening"]["least_confidence"]:
        return False
    return reading.acted or (reading.intent in _FOR_A_PERSON and reading.confidence >= _CLEAR_ENOUGH)


def _for_a_caller(situation: Situation) -> Decision:
    """Whoever calls us is called back; one who had opted out may want to hear from us again, which a person sees."""
    return Decision.REQUEST_OPT_IN if situation.is_opted_out else Decision.HAND_OFF


def _called(reading: Reading) -> str:
    return f"called us and asked to be called back ({reading.why})"


def _is_texted(session: Session, said: Said, decision: Decision) -> bool:
    if said.recipient_id is None or decision not in {Decision.CONFIRM, Decision.CONFIRM_AND_HAND_OFF}:
        return False
    return message_queries.is_written(session, said.recipient_id, f"{MessageKind.CONFIRMATION.value}:{said.step}")
