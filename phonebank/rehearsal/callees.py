"""Who takes a call, and how: as a test or visitor says, else a simulated supporter, else nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field

from phonebank.rehearsal.chance import between, chance, pick, pick_weighted
from phonebank.rehearsal.conversing import SILENT, Heard, decide, say, words
from phonebank.rehearsal.manners import HANGS_UP, Manner, Takes
from phonebank.rehearsal.supporters import Supporter, Supporters

_MOST_ANSWERS = 4
_SURE = (0.62, 0.97)


@dataclass
class Callees:
    """`told`: manners by number, or client, that somebody laid down; they hold until told otherwise."""

    seed: int
    supporters: Supporters
    is_visited: Callable[[str], bool]
    told: dict[str, Manner] = field(default_factory=dict)
    rung: dict[str, int] = field(default_factory=dict)

    def manner_of(self, number: str) -> Manner:
        """How they take this call; each call to them is another throw of the dice."""
        if manner := self.told.get(number):
            return manner
        if number.startswith("client:") or self.is_visited(number):
            return Manner(by_hand=True)
        person = self.supporters.people.get(number)
        if person is None:
            return Manner(takes=Takes.NO_ANSWER)
        nth = self.rung[number] = self.rung.get(number, 0) + 1
        return _by_chance(person, self.seed, nth)


def _by_chance(person: Supporter, *dice: object) -> Manner:
    """As personas.toml weighs it."""
    weights, question = words()["calls"], (*dice, person.number)
    takes = "human" if person.persona else pick_weighted(weights["takes"], *question, "takes")
    hangs_up = not person.persona and chance(*question, "hangs up") < weights["hangs_up"]
    return Manner(
        takes=Takes(takes),
        rings_s=between(*weights["rings_s"], *question, "rings"),
        answers=() if takes != "human" else tuple(_answers(person, question)),
        confidence=between(*_SURE, *question, "sure"),
        hangs_up_after_s=between(1, 12, *question, "when") if hangs_up else None,
    )


def _answers(person: Supporter, question: tuple[object, ...]) -> list[str]:
    """What they say to each question in turn: keys or words, and words a little off now and then."""
    answers: list[str] = []
    heard = Heard.ASK
    for nth in range(_MOST_ANSWERS):
        meant = decide(heard, person.persona, {}, chance(*question, "ask"), *question, nth)
        answers.append(_spoken(meant, person, (*question, nth)))
        if answers[-1] == HANGS_UP:
            break
        heard = Heard.ALTERNATIVE if meant in {"not_now", "not_that"} else Heard.VOLUNTEER
    return answers


def _spoken(meant: str, person: Supporter, question: tuple[object, ...]) -> str:
    calls = words()["calls"]
    if meant == SILENT:
        return HANGS_UP if chance(*question, "bored") < calls["bored"] else ""
    if meant in calls["keys"] and chance(*question, "key") < calls["presses"]:
        return str(calls["keys"][meant])
    said = say(meant, person.language, person.first_name, *question)
    slips = calls["slips"]
    text = said[0] if said and any(letter.isalpha() for letter in said[0]) else meant
    if chance(*question, "slip") < calls["slips_often"]:
        text = f"{pick(slips, *question, 'word')} {text}"
    return text
