"""One pure table: what we do about a reading, given where the conversation stands."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from phonebank.intents import Decision, Intent, Outcome
from phonebank.replies.reading import Reading


class Answering(StrEnum):
    """What the person's words answer: the last question of ours."""

    ASK = "ask"
    ALTERNATIVE = "alternative"
    REMINDER = "reminder"
    ONE_ON_ONE = "one_on_one"  # when two people meet: what is said is not about the ask
    PERSON = "person"  # a volunteer wrote last: only a volunteer understands the answer


@dataclass(frozen=True)
class Situation:
    """Where one conversation stands when a reply arrives."""

    is_known: bool = True  # they are somebody's recipient
    is_opted_out: bool = False
    is_open: bool = True  # the campaign is not closed
    is_with_volunteer: bool = False  # one holds the conversation, or has to read something before anything is said
    has_commitment: bool = False
    outcome: Outcome = Outcome.NONE
    answering: Answering = Answering.ASK
    alternatives: frozenset[Intent] = field(default_factory=frozenset)  # prepared, and not yet offered
    is_over: bool = False  # the event they were asked to has begun

    def read_by_a_person(self) -> "Situation":
        """The same, for what a volunteer read or the supporter pressed: nobody needs to look again."""
        answering = self.answering if self.answering is Answering.ALTERNATIVE else Answering.ASK
        return replace(self, is_with_volunteer=False, is_open=True, is_over=False, answering=answering)


def decide(reading: Reading, now: Situation) -> Decision:
    """What to do. Unsure is never guessed: whatever is not clearly answerable goes to a person."""
    if reading.intent is Intent.OPT_OUT and reading.acted:
        return Decision.OPT_OUT
    if now.is_opted_out:
        return Decision.REQUEST_OPT_IN if reading.intent is Intent.YES else Decision.KEEP
    if reading.hold:
        return Decision.HOLD_AND_HAND_OFF
    if not now.is_known:
        return Decision.KEEP
    if reading.intent is Intent.WRONG_NUMBER and reading.acted:
        return Decision.APOLOGIZE
    is_about_a_meeting = now.answering is Answering.ONE_ON_ONE
    if is_about_a_meeting or not now.is_open:
        return _about_a_meeting(reading, now) if is_about_a_meeting else _after_closing(reading, now)
    return _while_open(reading, now)


def decide_verdict(reading: Reading, now: Situation, *, is_said: bool) -> Decision:
    """As for a reply that was surely read, but a person has it in hand: nothing is handed back to them.

    `is_said`: they have answered already, so that the machine adds no thanks and no alternative of its own.
    """
    decision = decide(reading, now.read_by_a_person())
    if decision is Decision.REQUEST_OPT_IN:
        return Decision.KEEP  # read, and closed: an opt-out is lifted by START, or in a person's name on its own page
    if decision is Decision.HAND_OFF:
        decision = Decision.THANK if reading.intent in _DECLINES else Decision.SETTLE
    return Decision.SETTLE if is_said and decision in _SAID_BY_A_PERSON else decision


_DECLINES = (Intent.NOT_NOW, Intent.NOT_THAT)
_SAID_BY_A_PERSON = (Decision.THANK, Decision.OFFER_ALTERNATIVE)


def _about_a_meeting(reading: Reading, now: Situation) -> Decision:
    """A plain yes needs nobody; "can we do 3 instead?" needs who meets them."""
    is_plain_yes = reading.acted and reading.intent is Intent.YES and not reading.asks_too
    return Decision.KEEP if is_plain_yes and not now.is_with_volunteer else Decision.HAND_OFF


def _while_open(reading: Reading, now: Situation) -> Decision:
    """A person who is in it goes on with it; else the machine answers what it is sure of."""
    if now.is_with_volunteer or now.answering is Answering.PERSON:
        return Decision.HAND_OFF
    if _is_thanks_for_an_answer(reading, now):
        return Decision.KEEP
    return _when_sure(reading, now) if reading.acted else Decision.HAND_OFF


def _is_thanks_for_an_answer(reading: Reading, now: Situation) -> bool:
    """Thanks after we confirmed their yes, or thanked them for their no: the last word, which is theirs."""
    is_answered = now.has_commitment or now.outcome is Outcome.NO
    return reading.is_thanks and is_answered and now.answering is Answering.ASK


def _after_closing(reading: Reading, now: Situation) -> Decision:
    """A closed campaign says nothing more by itself. A late no or thanks needs nobody; a person sees the rest."""
    is_plain_no = reading.acted and reading.intent is Intent.NO and not now.has_commitment
    return Decision.KEEP if is_plain_no or reading.is_thanks else Decision.HAND_OFF


def _when_sure(reading: Reading, now: Situation) -> Decision:
    match reading.intent:
        case Intent.YES:
            return _yes(reading, now)
        case Intent.NO:
            return _no(now)
        case Intent.NOT_NOW | Intent.NOT_THAT:
            return _not_this(reading.intent, now)
        case Intent.HELP:
            return Decision.EXPLAIN
        case Intent.OPT_OUT:
            return Decision.OPT_OUT
        case Intent.WRONG_NUMBER:
            return Decision.APOLOGIZE
        case Intent.MAYBE | Intent.QUESTION | Intent.HOSTILE | Intent.OTHER:
            return Decision.HAND_OFF


def _yes(reading: Reading, now: Situation) -> Decision:
    if now.has_commitment and now.answering is not Answering.ALTERNATIVE:
        if reading.asks_too:
            return Decision.HAND_OFF
        return Decision.KEEP_COMMITMENT if now.answering is Answering.REMINDER else Decision.KEEP
    if now.is_over:
        return Decision.HAND_OFF  # "you're down for Wednesday" on Thursday: a person says what can still be done
    return Decision.CONFIRM_AND_HAND_OFF if reading.asks_too else Decision.CONFIRM


def _no(now: Situation) -> Decision:
    if now.has_commitment:
        return Decision.WITHDRAW
    return Decision.KEEP if now.outcome is Outcome.NO else Decision.THANK


def _not_this(intent: Intent, now: Situation) -> Decision:
    """Not now and not that open another door: the alternative once, then thanks; with nothing prepared, a person."""
    offers = intent in now.alternatives
    if now.has_commitment:
        return Decision.WITHDRAW_AND_OFFER if offers else Decision.WITHDRAW
    if offers:
        return Decision.OFFER_ALTERNATIVE
    return Decision.THANK if now.answering is Answering.ALTERNATIVE else Decision.HAND_OFF
