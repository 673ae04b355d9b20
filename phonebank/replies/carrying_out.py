"""The deeds behind each Decision: outcome, commitment, the text that follows, the handoff, the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank import logs
from phonebank.asks import answers, wording
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.calls import lifecycle as calls
from phonebank.campaigns import merging
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.contacts import queries as contacts
from phonebank.errors import RefusedError
from phonebank.followups import lifecycle as followups
from phonebank.followups import scheduling
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import queries as handoff_queries
from phonebank.handoffs.models import HandoffStatus
from phonebank.intents import Decision, Intent, Outcome
from phonebank.messages import composing
from phonebank.messages import lifecycle as messages
from phonebank.messages.models import MessageKind, Priority
from phonebank.one_on_ones import lifecycle as one_on_ones
from phonebank.one_on_ones import queries as meetings
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import WRONG_NUMBER
from phonebank.recipients import lifecycle as recipients
from phonebank.replies.decisions import Answering
from phonebank.replies.matching import Talk
from phonebank.replies.reading import Reading

HELD, AT_RISK, USUAL, LATE = range(4)
"""How urgent a handoff is: a possible opt-out, a standing yes in doubt, anything else, a campaign that is closed."""

_OF_THE_EVENT = (MessageKind.ALTERNATIVE, MessageKind.CONFIRMATION)
"""What is of no use once the event has begun."""

_OUTCOMES = {
    Intent.NO: Outcome.NO,
    Intent.NOT_NOW: Outcome.NOT_NOW,
    Intent.NOT_THAT: Outcome.NOT_THAT,
    Intent.MAYBE: Outcome.MAYBE,
}

log = logs.get("replies")


@dataclass(frozen=True)
class Cause:
    """What brought this about ("message:12"), in whose name, and our public address for links.

    `is_call`: they are on the line, and hear what we answer; only the details of what they agreed to go by text.
    """

    step: str
    by: str
    address: str
    now: datetime
    is_call: bool = False


def carry_out(
    session: Session, decision: Decision, reading: Reading, *, talk: Talk | None, phone: str, cause: Cause
) -> None:
    """Do what was decided. Everything lands in the caller's transaction, or nothing does."""
    _DEEDS[decision](_Deed(session, reading, talk, phone, cause))


@dataclass(frozen=True)
class _Deed:
    session: Session
    reading: Reading
    talk: Talk | None
    phone: str
    cause: Cause

    def confirm(self) -> None:
        talk = self._talk()
        self.settle(Outcome.YES)
        commitment = scheduling.pledge(
            self.session, talk.campaign, talk.ask, talk.recipient, self.cause.now, plans=talk.plans
        )
        if talk.commitment is not None and talk.commitment.id != commitment.id and talk.commitment.id is not None:
            followups.withdraw(self.session, talk.commitment.id, self.cause.now)  # the alternative replaces it
        self.say("yes", MessageKind.CONFIRMATION, link=scheduling.link_of(commitment, self.cause.address))

    def keep_commitment(self) -> None:
        talk = self._talk()
        if talk.commitment is not None and talk.commitment.id is not None:
            followups.confirm(self.session, talk.commitment.id)
        self.settle(Outcome.YES)

    def confirm_and_hand_off(self) -> None:
        self.confirm()
        self.hand_off(Outcome.YES)

    def withdraw_and_thank(self) -> None:
        self.withdraw()
        self.say("no", MessageKind.THANKS)

    def withdraw_and_offer(self) -> None:
        self.withdraw()
        self.offer_alternative()

    def thank(self) -> None:
        self.settle(_OUTCOMES.get(self.reading.intent))
        self.say("no", MessageKind.THANKS)

    def settle_quietly(self) -> None:
        self.settle(_OUTCOMES.get(self.reading.intent))

    def explain(self) -> None:
        self.say("help", MessageKind.HELP)

    def keep(self) -> None:
        if self._is_about_a_meeting():
            one_on_ones.confirm_next(self.session, self._talk().recipient.id or 0)
        self.settle(None)

    def hand_over(self, decision: Decision) -> None:
        self.hand_off(None if self._is_about_a_meeting() else _OUTCOMES.get(self.reading.intent), decision)

    def withdraw(self) -> None:
        talk = self._talk()
        if talk.commitment is not None and talk.commitment.id is not None:
            followups.withdraw(self.session, talk.commitment.id, self.cause.now)
        kinds = (MessageKind.REMINDER, MessageKind.CONFIRMATION)
        messages.cancel_kinds(self.session, talk.recipient.id or 0, kinds, self.cause.now)
        self.settle(_OUTCOMES.get(self.reading.intent) or Outcome.NO)

    def offer_alternative(self) -> None:
        """The prepared alternative, at its own time; what they said stands as the outcome until they answer it."""
        talk, intent = self._talk(), self.reading.intent
        assert talk.recipient.id is not None
        recipients.ask_again(self.session, talk.recipient.id, _OUTCOMES.get(intent) or Outcome.NONE)
        ask = talk.alternatives[intent]
        own = ask.texts.get(talk.contact.language) or ask.texts.get("en")
        template = str(own[0]) if own else answers.template(ask, intent.value, talk.contact.language)
        self._compose(template, MessageKind.ALTERNATIVE, f"alternative:{intent.value}", ask)

    def apologize(self) -> None:
        """Said once, and then never again: the ledger lets only this apology through."""
        self.say("wrong_number", MessageKind.APOLOGY)
        ledger.record(self.session, self.phone, because=WRONG_NUMBER, by=self.cause.by, now=self.cause.now)
        self._silence(Outcome.WRONG_NUMBER)

    def opt_out(self) -> None:
        now, by, because = self.cause.now, self.cause.by, self.reading.why[:200] or "asked us to stop"
        ledger.record(self.session, self.phone, because=because, by=by, now=now)
        ledger.lift(self.session, self.phone, kind=Ban.HOLD, because="opted out", by=by, now=now)
        messages.cancel_for(self.session, self.phone, now)
        calls.cancel_for(self.session, self.phone, now)
        self._silence(Outcome.OPTED_OUT)

    def hand_off(self, outcome: Outcome | None, decision: Decision = Decision.HAND_OFF) -> None:
        """A person has the next word."""
        reason, urgency = self._reason(decision)
        if decision is Decision.HOLD_AND_HAND_OFF:
            because = f"may have asked to stop: {self.reading.why}"[:200]
            ledger.record(self.session, self.phone, because=because, by="the reader", now=self.cause.now, kind=Ban.HOLD)
        handoffs.open_(
            self.session,
            phone=self.phone,
            campaign_id=self.talk.campaign.id if self.talk else None,
            recipient_id=self.talk.recipient.id if self.talk else None,
            reason=reason,
            why=self._whose_meeting() + self.reading.why,
            urgency=urgency,
            now=self.cause.now,
        )
        if self.talk is not None and self.talk.recipient.id is not None:
            # What nobody has read yet is no outcome; a maybe, or a sure answer without an alternative, is one.
            is_known = outcome is Outcome.MAYBE or (outcome is not None and self.reading.acted)
            kept = outcome if is_known and outcome is not None else self.talk.recipient.outcome
            recipients.keep_open(self.session, self.talk.recipient.id, kept)

    def settle(self, outcome: Outcome | None) -> None:
        """Nothing more is owed, unless a person still has to answer; None leaves the outcome as it was."""
        if self.talk is None or self.talk.recipient.id is None:
            return
        kept = outcome or self.talk.recipient.outcome
        if self._still_with_a_person(is_decided=outcome is not None):
            recipients.keep_open(self.session, self.talk.recipient.id, kept)
        else:
            recipients.settle(self.session, self.talk.recipient.id, kept, self.cause.now)

    def _still_with_a_person(self, *, is_decided: bool) -> bool:
        """Whether a handoff stands. One that only waited for them to make up their mind is closed by a clear answer."""
        if self._talk().handoff is None:
            return False
        standing = handoff_queries.standing_of(self.session, self.phone)
        if standing is None or standing.id is None:
            return False
        if not is_decided or standing.status is not HandoffStatus.OPEN or standing.reason not in _WAITED_FOR_THEM:
            return True
        return not handoffs.close(self.session, standing.id, person_id=None, verdict=None, now=self.cause.now)

    def say(self, name: str, kind: MessageKind, link: str = "") -> None:
        """One of the prepared answers, in their language."""
        talk = self._talk()
        template = answers.template(talk.ask, name, talk.contact.language)
        once = f"{kind.value}:{self.cause.now:%Y-%m-%d}" if kind is MessageKind.HELP else ""
        self._compose(template, kind, once or f"{kind.value}:{self.cause.step}", talk.ask, link)

    def _compose(self, template: str, kind: MessageKind, step: str, ask: Ask, link: str = "") -> None:
        talk = self._talk()
        if self.cause.is_call and not self._goes_by_text_too(kind):
            return
        useless_at = ask.starts_at if kind in _OF_THE_EVENT else None
        if useless_at is not None and useless_at <= self.cause.now:
            return  # a person has recorded it, after the event began
        fields = merging.fields_for(talk.contact, talk.campaign, ask, link=link, now=self.cause.now)
        try:
            text = composing.NewText(
                phone=self.phone,
                sender=talk.campaign.sender,
                kind=kind,
                body=wording.render(template, fields),
                priority=Priority.REPLY,
                campaign_id=talk.campaign.id,
                recipient_id=talk.recipient.id,
                step=step,
                useless_at=useless_at,
            )
            composing.compose(self.session, text, self.cause.now)
        except (WordingError, RefusedError, NeverOpen) as wrong:
            log.warning("an answer cannot be written; a person answers", kind=kind.value, error=type(wrong).__name__)
            if not isinstance(wrong, RefusedError):
                self.hand_off(None)

    def _goes_by_text_too(self, kind: MessageKind) -> bool:
        return kind is MessageKind.CONFIRMATION and not contacts.cannot_be_texted(self.session, self.phone)

    def _silence(self, outcome: Outcome) -> None:
        """They are left alone from now on: every campaign, every commitment, every conversation."""
        recipients.silence(self.session, self.phone, outcome, self.cause.now)
        if self.talk is not None and self.talk.recipient.id is not None:
            recipients.settle(self.session, self.talk.recipient.id, outcome, self.cause.now)
        followups.withdraw_all_of(self.session, self.phone, self.cause.now)
        one_on_ones.call_off_all_of(self.session, self.phone, self.cause.now)
        standing = handoff_queries.standing_of(self.session, self.phone)
        if standing is not None and standing.id is not None:
            handoffs.close(self.session, standing.id, person_id=None, verdict=outcome.value, now=self.cause.now)

    def _reason(self, decision: Decision) -> tuple[str, int]:
        if decision is Decision.HOLD_AND_HAND_OFF:
            return "may_opt_out", HELD
        if decision is Decision.REQUEST_OPT_IN:
            return "opt_in_request", USUAL
        if self._is_about_a_meeting():
            return meetings.ONE_ON_ONE, AT_RISK
        at_risk = self._doubts_their_yes()
        if self.talk is not None and not self.talk.situation.is_open:
            return "late", AT_RISK if at_risk else LATE
        is_read = self.reading.acted or self.reading.intent in _NEVER_ACTED
        return (self.reading.intent.value if is_read else "unsure"), AT_RISK if at_risk else USUAL

    def _doubts_their_yes(self) -> bool:
        """They have said yes, and these words sound as if they may not come."""
        stands = self.talk is not None and self.talk.situation.has_commitment
        return stands and self.reading.intent in _SOUNDS_LIKE_DOUBT

    def _whose_meeting(self) -> str:
        return meetings.about(self.session, self._talk().recipient.id or 0) if self._is_about_a_meeting() else ""

    def _is_about_a_meeting(self) -> bool:
        return self.talk is not None and self.talk.situation.answering is Answering.ONE_ON_ONE

    def _talk(self) -> Talk:
        assert self.talk is not None, "only a known recipient is answered"
        return self.talk


_WAITED_FOR_THEM = ("maybe", "unsure", "other")
_SOUNDS_LIKE_DOUBT = (Intent.MAYBE, Intent.NO, Intent.NOT_NOW, Intent.NOT_THAT, Intent.HOSTILE, Intent.OTHER)
_NEVER_ACTED = (Intent.MAYBE, Intent.QUESTION, Intent.HOSTILE, Intent.OTHER)

_DEEDS: dict[Decision, Callable[[_Deed], None]] = {
    Decision.CONFIRM: _Deed.confirm,
    Decision.CONFIRM_AND_HAND_OFF: _Deed.confirm_and_hand_off,
    Decision.KEEP_COMMITMENT: _Deed.keep_commitment,
    Decision.WITHDRAW: _Deed.withdraw_and_thank,
    Decision.WITHDRAW_AND_OFFER: _Deed.withdraw_and_offer,
    Decision.THANK: _Deed.thank,
    Decision.OFFER_ALTERNATIVE: _Deed.offer_alternative,
    Decision.EXPLAIN: _Deed.explain,
    Decision.APOLOGIZE: _Deed.apologize,
    Decision.OPT_OUT: _Deed.opt_out,
    Decision.HAND_OFF: lambda deed: deed.hand_over(Decision.HAND_OFF),
    Decision.HOLD_AND_HAND_OFF: lambda deed: deed.hand_over(Decision.HOLD_AND_HAND_OFF),
    Decision.REQUEST_OPT_IN: lambda deed: deed.hand_over(Decision.REQUEST_OPT_IN),
    Decision.SETTLE: _Deed.settle_quietly,
    Decision.KEEP: _Deed.keep,
}
assert set(_DEEDS) == set(Decision), "every Decision needs its deed"
