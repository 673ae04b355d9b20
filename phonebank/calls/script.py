"""What is said next in a call: where it stands, and what was heard → the lines to say, and what then (pure).

ask ⇄ alternative → over;  ask, alternative → waiting → when → over;  menu (they called us) → when → over

Whatever is heard, something is said and something follows: we listen again, somebody comes, or the call ends.
Nothing goes round: after LAST_TURN questions no other is put.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from phonebank.intents import Decision

LAST_TURN = 8
"""The most questions of one call."""


class Place(StrEnum):
    """Which question of ours is open."""

    ASK = "ask"
    ALTERNATIVE = "alternative"
    MENU = "menu"  # they called us
    WAITING = "waiting"  # for one of us to come on the line
    WHEN = "when"  # nobody was free: when may we call back?
    OVER = "over"


class Sound(StrEnum):
    """What was heard, or happened, that is no answer to decide about."""

    SILENCE = "silence"
    UNCLEAR = "unclear"  # a key without a meaning, words nobody understands
    MACHINE = "machine"  # the greeting of a voicemail box: no answer, however it reads
    SPANISH = "spanish"
    ENGLISH = "english"
    TIME_NAMED = "time_named"  # any words at all, to "when may we call back?"
    NOBODY_FREE = "nobody_free"


class Then(StrEnum):
    """What follows once the lines are said."""

    LISTEN = "listen"
    FETCH_PERSON = "fetch_person"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class Heard:
    """A sound, or what was decided about their answer. `offers`: which alternative that offers ("not_now")."""

    what: Sound | Decision
    offers: str = ""
    is_texted: bool = False  # a text with the details is on its way


@dataclass(frozen=True)
class Step:
    """What is said (names of lines.toml and of the campaign's script, in order), and what then."""

    lines: tuple[str, ...]
    then: Then


@dataclass(frozen=True)
class State:
    """Where one call stands. `turn` numbers our questions; `last` is what was said last, to say again."""

    place: Place
    language: str
    languages: tuple[str, ...]  # which the campaign's ask is there in
    turn: int
    last: Step
    misses: int = 0  # in a row
    offers: str = ""


def begin(language: str, languages: tuple[str, ...]) -> State:
    """Somebody took our call: who calls and how to stop that, then the ask."""
    language = language if language in languages else languages[0]
    invites = tuple(f"invite_{other}" for other in languages if other != language)
    step = Step(("greeting", *invites, "ask"), Then.LISTEN)
    return State(Place.ASK, language, languages, turn=1, last=step)


def begin_menu(language: str) -> State:
    """Somebody called us: who we are, how to stop, how to be called back."""
    other = "en" if language == "es" else "es"
    step = Step(("menu_greeting", "menu", f"invite_{other}"), Then.LISTEN)
    return State(Place.MENU, language, ("en", "es"), turn=1, last=step)


def begin_alone(language: str) -> State:
    """Whom we called found none of us: who called, how to stop, how to be called back."""
    return State(Place.MENU, language, (language,), turn=1, last=Step(("missed_you", "menu"), Then.LISTEN))


def end(state: State, line: str) -> State:
    """The call ends with this line, wherever it stands."""
    return _over(state, line)


def promises_person(state: State) -> bool:
    """Whether what is said last tells them that one of us comes, or calls."""
    waits = state.place in {Place.WAITING, Place.WHEN}
    return waits or not {"call_back_soon", "call_back_then"}.isdisjoint(state.last.lines)


def next_step(state: State, heard: Heard) -> State:
    """Where the call stands then; what is said is its `last`."""
    if heard.what in _ENDS_ALL:
        return _over(state, *_ENDS_ALL[Decision(heard.what)])
    if state.place is Place.OVER:
        return _over(state, "goodbye")
    if state.place is Place.WHEN:
        return _after_when(state, heard)
    if state.place is Place.WAITING or (state.place is Place.MENU and isinstance(heard.what, Decision)):
        return _ask_when(state)
    if isinstance(heard.what, Decision):
        return _after_decision(state, heard)
    return _after_sound(state, heard.what)


_ENDS_ALL: dict[Sound | Decision, tuple[str, ...]] = {
    Decision.OPT_OUT: ("opted_out",),
    Decision.APOLOGIZE: ("wrong_number",),
    Decision.HOLD_AND_HAND_OFF: ("held",),
}


def _after_decision(state: State, heard: Heard) -> State:
    details = ("texted",) if heard.is_texted else ()
    match heard.what:
        case Decision.CONFIRM:
            return _over(state, "confirmed", *details, "goodbye")
        case Decision.CONFIRM_AND_HAND_OFF:
            return _fetch(state, "confirmed", *details, "you_asked")
        case Decision.OFFER_ALTERNATIVE:
            return _offer(state, heard.offers, "understood")
        case Decision.WITHDRAW_AND_OFFER:
            return _offer(state, heard.offers, "withdrawn")
        case Decision.EXPLAIN:
            return _question(state, "help", *_question_of(state))
        case Decision.HAND_OFF:
            return _fetch(state, "fetching")
        case what:  # kept, settled, an opted-out number that says yes: it is written down, and nothing more is asked
            return _over(state, _LAST_WORDS.get(what, "kept"), "goodbye")


_LAST_WORDS: dict[Sound | Decision, str] = {Decision.WITHDRAW: "withdrawn", Decision.THANK: "thanks"}


def _after_sound(state: State, sound: Sound) -> State:
    match sound:
        case Sound.SPANISH:
            return _in_language(state, "es")
        case Sound.ENGLISH:
            return _in_language(state, "en")
        case Sound.NOBODY_FREE:
            return _ask_when(state)
        case Sound.SILENCE | Sound.MACHINE if state.misses:
            return _over(state, "nothing_heard", "goodbye")
        case Sound.SILENCE | Sound.MACHINE:
            return _question(_missed(state), "silence", *_question_of(state))
        case _ if state.misses:
            return _ask_when(state) if state.place is Place.MENU else _fetch(state, "not_understood")
        case _:
            return _question(_missed(state), "again", *_question_of(state))


def _in_language(state: State, language: str) -> State:
    """The same question in that language; whom the ask cannot speak to, one of us will."""
    spoken = replace(state, language=language)
    if language not in state.languages:
        return _fetch(spoken, "fetching")
    greets = () if language == state.language or state.place is not Place.ASK else ("greeting",)
    return _question(spoken, *greets, *_question_of(state))


def _question_of(state: State) -> tuple[str, ...]:
    match state.place:
        case Place.ALTERNATIVE:
            return (f"offer_{state.offers}",)
        case Place.MENU:
            return ("menu",)
        case _:
            return ("ask",)


def _missed(state: State) -> State:
    return replace(state, misses=state.misses + 1)


def _offer(state: State, offers: str, first: str) -> State:
    asked = replace(state, place=Place.ALTERNATIVE, offers=offers, misses=0)
    return _question(asked, first, *_question_of(asked))


def _question(state: State, *lines: str) -> State:
    if state.turn >= LAST_TURN:
        return _over(state, "call_back_soon", "goodbye")
    return replace(state, turn=state.turn + 1, last=Step(lines, Then.LISTEN))


def _fetch(state: State, *lines: str) -> State:
    return replace(state, place=Place.WAITING, turn=state.turn + 1, last=Step(lines, Then.FETCH_PERSON))


def _ask_when(state: State) -> State:
    return _question(replace(state, place=Place.WHEN, misses=0), "nobody_free" if _waited(state) else "gladly", "when")


def _waited(state: State) -> bool:
    return state.place is not Place.MENU


def _after_when(state: State, heard: Heard) -> State:
    if heard.what in {Sound.SPANISH, Sound.ENGLISH}:
        return _question(replace(state, language="es" if heard.what is Sound.SPANISH else "en"), "when")
    named = heard.what is Sound.TIME_NAMED
    return _over(state, "call_back_then" if named else "call_back_soon", "goodbye")


def _over(state: State, *lines: str) -> State:
    return replace(state, place=Place.OVER, turn=state.turn + 1, last=Step(lines, Then.HANG_UP))


def to_json(state: State) -> dict[str, Any]:
    """As it is kept in Call.script."""
    return {
        **{name: getattr(state, name) for name in ("place", "language", "turn", "misses", "offers")},
        "languages": list(state.languages),
        "lines": list(state.last.lines),
        "then": state.last.then,
    }


def from_json(kept: dict[str, Any]) -> State:
    """The state that was kept so."""
    last = Step(tuple(kept["lines"]), Then(kept["then"]))
    place, languages = Place(kept["place"]), tuple(kept["languages"])
    own = {name: kept[name] for name in ("language", "turn", "misses", "offers")}
    return State(place=place, languages=languages, last=last, **own)
