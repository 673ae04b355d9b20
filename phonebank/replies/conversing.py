"""One call as a conversation: what was heard is kept, understood and acted on, and what is said next comes back.

The same webhook twice gets the same words again; whatever it is, it gets words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank.calls import lifecycle, lines, queries, script, storing
from phonebank.calls.models import AnsweredBy, Call, CallKind, Speaker
from phonebank.calls.preparing import prepare, stranger
from phonebank.calls.script import Heard, Place, Sound, State, Then
from phonebank.calls.speaking import Script, languages, speak, words_of
from phonebank.calls.storing import Line
from phonebank.contacts.models import Contact
from phonebank.gateway.twiml import Spoken
from phonebank.handoffs import bridging
from phonebank.intents import Decision, Intent
from phonebank.recipients import queries as recipient_queries
from phonebank.replies import drives, hearing
from phonebank.replies.drives import CallDrive
from phonebank.replies.hearing import Said, Understood

_ONE_OF_US = frozenset({Decision.HAND_OFF, Decision.CONFIRM_AND_HAND_OFF, Decision.REQUEST_OPT_IN})
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Received:
    """What a webhook brought: keys, or words with how sure the carrier is of them, or neither."""

    keys: str = ""
    words: str = ""
    confidence: float | None = None


@dataclass(frozen=True)
class Turn:
    """What is said now, in which call, and what then (`state.last.then`). To a test call nobody is fetched.

    `notice` is said before it, and then the call is recorded; () when nothing of it is from here on.
    """

    call_id: int
    state: State
    spoken: Sequence[Spoken]
    is_test: bool = False
    notice: Sequence[Spoken] = ()


def pick_up(session: Session, call_id: int, sid: str, *, address: str, now: datetime) -> Turn | None:
    """Somebody took our call. Too late for them, or not to be called any more: it ends politely. None: no such call.

    Nor is one in which one of us speaks from the first word.
    """
    line = _line(session, call_id, address, now)
    if line is None or line.call.kind in {CallKind.LIVE, CallKind.LEG}:
        return None
    if line.call.script:
        lifecycle.answer(session, call_id, sid=sid, now=now)
        return line.again()
    state = line.begins()
    is_written = lifecycle.answer_with(
        session, call_id, sid=sid, script=script.to_json(state), language=state.language, now=now
    )
    return line.goes_on(state, is_written=is_written)


def hear(session: Session, call_id: int, turn: int, received: Received, *, address: str, now: datetime) -> Turn | None:
    """What they answered to this question of ours, once; None: no such call."""
    line = _line(session, call_id, address, now)
    if line is None:
        return None
    if not line.call.script:
        return line.goes_on(line.begins())
    state = script.from_json(line.call.script)
    if turn != state.turn or state.last.then is not Then.LISTEN:
        return line.again()
    if line.call.answered_by == AnsweredBy.MACHINE:
        return line.leave_message(state)
    after, heard = line.answered(state, received)
    return line.goes_on(after, heard)


def nobody_came(session: Session, call_id: int, *, address: str, now: datetime) -> Turn | None:
    """Nobody of us could take them: when may we call back? None: no such call."""
    line = _line(session, call_id, address, now)
    if line is None or not line.call.script:
        return None
    state = script.from_json(line.call.script)
    if state.place is not Place.WAITING:
        return line.again()
    return line.goes_on(script.next_step(state, Heard(Sound.NOBODY_FREE)))


def is_no_person(session: Session, call_id: int, sid: str, who: AnsweredBy) -> bool:
    """Keep who took the call. Whether it is to be turned: a machine or a fax, where no person has answered yet."""
    call = queries.by_id(session, call_id, lock=True)
    if call is None or call.carrier_sid not in {None, sid}:
        return False
    answered = bool(call.script) and script.from_json(call.script).place is not Place.ASK
    if answered or queries.has_pressed(session, call_id):
        return False
    storing.answered_by(session, call_id, who)
    return who in {AnsweredBy.MACHINE, AnsweredBy.FAX}


def leave_message(session: Session, call_id: int, *, address: str, now: datetime) -> Turn | None:
    """The beep has sounded: our message, once, with the number that opts out. None: no such call."""
    line = _line(session, call_id, address, now)
    if line is None:
        return None
    state = script.from_json(line.call.script) if line.call.script else script.begin(line.call.language, ("en",))
    return line.leave_message(state)


def take_call(session: Session, sid: str, *, phone: str, sender: str, address: str, now: datetime) -> Turn:
    """Somebody calls one of our numbers: who we are, how to stop, how to be called back."""
    known = next((one for one in recipient_queries.of_phone(session, phone) if one.asked_at is not None), None)
    campaign = queries.last_campaign_from(session, sender)
    storing.answer_inbound(
        session,
        sid,
        phone=phone,
        sender=sender,
        campaign_id=known.campaign_id if known else (campaign.id if campaign else None),
        recipient_id=known.id if known else None,
        language=known.language if known and known.language in lines.LANGUAGES else "en",
        now=now,
    )
    call = queries.by_sid(session, sid)
    assert call is not None
    assert call.id is not None
    line = _line(session, call.id, address, now)
    assert line is not None
    return line.again() if line.call.script else line.goes_on(script.begin_menu(call.language))


def refuse_caller(session: Session, name: str, sender: str, *, address: str, now: datetime) -> list[Spoken]:
    """One line for who can be neither known nor called back."""
    campaign = queries.last_campaign_from(session, sender)
    known = drives.of_campaign(session, campaign.id if campaign else None)
    said = prepare(known.lines if known else None, stranger(sender, now), address=address, now=now)
    return speak((name,), "en", said)


@dataclass(frozen=True)
class _Line:
    """One call that is under way, and everything it can say."""

    session: Session
    call: Call
    contact: Contact  # held, so that who needs it later in the session finds it read
    drive: CallDrive | None
    is_opted_out: bool
    script: Script
    address: str
    now: datetime

    def again(self) -> Turn:
        return self._turn(script.from_json(self.call.script))

    def begins(self) -> State:
        """Its first words: who calls; or why it ends at once."""
        call = self.call
        state = script.begin(call.language, languages(self.script.call) if self.script.call else ("en",))
        if call.kind is not CallKind.TEST and self.is_opted_out:
            return script.end(state, "by_mistake")
        if call.kind is not CallKind.TEST and call.lapses_at is not None and self.now >= call.lapses_at:
            return script.end(state, "late")
        return state

    def goes_on(self, state: State, heard: Line | None = None, *, is_written: bool = False) -> Turn:
        """`heard`: what they said to the question before; `is_written`: where it stands is so already."""
        turn = self._turn(state)
        ours = Line(state.turn, Speaker.US, " ".join(one.words for one in (*turn.notice, *turn.spoken)))
        if not is_written:
            storing.stands(self.session, self._id(), state)
        storing.said(self.session, self._id(), [heard, ours] if heard else [ours], self.now)
        if state.last.then is Then.FETCH_PERSON:
            storing.wants_person(self.session, self._id(), self.now)
        return turn

    def leave_message(self, state: State) -> Turn:
        """Without a toll-free number that opts out, none may be left: the call ends."""
        over = script.end(state, "voicemail")
        if state.last.lines == ("voicemail",):
            return self._turn(state)
        if not self._may_leave_message():
            return Turn(self._id(), over, [])
        storing.voicemail_left(self.session, self._id(), self.now)
        return self.goes_on(over)

    def _may_leave_message(self) -> bool:
        return not self.is_opted_out and self.script.call is not None and bool(self.script.call.toll_free)

    def answered(self, state: State, received: Received) -> tuple[State, Line]:
        """Where the call stands after this answer, and how it was heard; what it meant is carried out."""
        meaning = self._meaning(state, received)
        understood = self._understood(state, received, meaning)
        intent = understood.reading.intent if understood and understood.decision else None
        known_as = intent.value if intent else None
        heard = Line(state.turn, Speaker.THEM, received.words, received.keys, received.confidence, known_as)
        after = script.next_step(state, _heard(meaning, understood))
        self._tell_one_of_us(state, after, received, understood)
        return after, heard

    def _meaning(self, state: State, received: Received) -> Sound | Intent | None:
        """What our tables know it as; None: words to be read."""
        if received.keys:
            return lines.pressed(received.keys, state)
        if not received.words.strip():
            return Sound.SILENCE
        known = lines.asked_for(received.words)
        return None if state.place is Place.WHEN and isinstance(known, Intent) else known

    def _understood(self, state: State, received: Received, meaning: Sound | Intent | None) -> Understood | None:
        if isinstance(meaning, Sound):
            return None
        said = self._said(state, received, meaning)
        if state.place is Place.WHEN and meaning is not Intent.OPT_OUT and not hearing.may_stop(said):
            return None
        if self.call.kind is CallKind.TEST and self.drive is not None:
            return hearing.imagine(said, self.drive)
        may_ask_again = not state.misses and state.place is not Place.WHEN
        return hearing.answer(
            self.session, said, self.drive, may_ask_again=may_ask_again, address=self.address, now=self.now
        )

    def _tell_one_of_us(self, before: State, after: State, received: Received, understood: Understood | None) -> None:
        """Whoever is told that one of us comes or calls stands in the inbox, with the time they named."""
        if self.call.kind is CallKind.TEST or not script.promises_person(after):
            return
        named = before.place is Place.WHEN and after.last.lines[0] == "call_back_then"
        is_told = script.promises_person(before) or (understood is not None and understood.decision in _ONE_OF_US)
        if named:
            bridging.call_back(self.session, self.call, received.words, self.now)
        elif not is_told:
            shown = received.words[:_LONGEST_SHOWN] or received.keys
            self._hand_off(before, f"in a call we did not understand “{shown}”")

    def _hand_off(self, state: State, because: str) -> None:
        said = self._said(state, Received(), None)
        hearing.hand_off(self.session, said, self.drive, because, address=self.address, now=self.now)

    def _said(self, state: State, received: Received, meaning: Intent | None) -> Said:
        question = next((name for name in reversed(state.last.lines) if name not in _INVITES), "ask")
        return Said(
            step=f"call:{self._id()}:{state.turn}",
            phone=self.call.phone,
            recipient_id=self.call.recipient_id,
            words=received.words,
            shown=f"pressed {received.keys}" if received.keys else f"“{received.words[:_LONGEST_SHOWN]}”",
            stands_for=meaning,
            question=words_of(question, state.language, self.script),
            language=state.language,
            confidence=received.confidence,
            offered=Intent(state.offers) if state.place is Place.ALTERNATIVE else None,
            called_us=self.call.kind is CallKind.INBOUND,
        )

    def _turn(self, state: State) -> Turn:
        lines_, is_test = state.last.lines, self.call.kind is CallKind.TEST
        if not (self._is_recorded() and state.turn == 1 and lines_[0] == "greeting"):
            return Turn(self._id(), state, speak(lines_, state.language, self.script), is_test)
        notice, rest = (speak(some, state.language, self.script) for some in (("greeting", "recorded"), lines_[1:]))
        return Turn(self._id(), state, rest, is_test, notice)

    def _is_recorded(self) -> bool:
        return self.script.call is not None and self.script.call.record

    def _id(self) -> int:
        assert self.call.id is not None
        return self.call.id


_INVITES = ("invite_en", "invite_es")


def _heard(meaning: Sound | Intent | None, understood: Understood | None) -> Heard:
    if isinstance(meaning, Sound):
        return Heard(meaning)
    if understood is None:
        return Heard(Sound.TIME_NAMED)
    if understood.decision is None:
        return Heard(Sound.UNCLEAR)
    return Heard(understood.decision, offers=understood.reading.intent.value, is_texted=understood.is_texted)


def _line(session: Session, call_id: int, address: str, now: datetime) -> _Line | None:
    found = storing.with_whom(session, call_id)
    if found is None:
        return None
    call, drive = found.call, drives.of(session, found.call, found.campaign_status)
    contact = found.contact or stranger(call.phone, now)
    said = prepare(drive.lines if drive else None, contact, address=address, now=now)
    return _Line(session, call, contact, drive, found.is_opted_out, said, address, now)
