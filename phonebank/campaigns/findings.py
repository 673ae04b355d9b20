"""What a pre-flight found: each sentence with what it is about and whether it stops the launch (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from phonebank.campaigns.contact_hours import Window


class About(StrEnum):
    """Everything a pre-flight looks at, in the order in which a person reads it."""

    STATE = "state"
    CHANGES = "changes"
    KEYS = "keys"
    SENDER = "sender"
    REGISTRATION = "registration"
    WEBHOOKS = "webhooks"
    WORKERS = "workers"
    PEOPLE = "people"
    OPT_OUTS = "opt_outs"
    EVENT = "event"
    HOURS = "hours"
    FIELDS = "fields"
    MISSING = "missing"
    TEXTS = "texts"
    AGAIN = "again"
    COACH = "coach"
    COST = "cost"
    TIME = "time"


class Weight(StrEnum):
    """Whether a sentence stops a launch.

    A `fault` of the campaign's own, an `obstacle` around it and what was `unchecked` do; a `weak` ask needs a reason;
    a `warning` is only worth knowing.
    """

    FAULT = "fault"
    OBSTACLE = "obstacle"
    UNCHECKED = "unchecked"
    WEAK = "weak"
    WARNING = "warning"


class State(StrEnum):
    """How one check came out."""

    OK = "ok"
    WARNS = "warns"
    STOPS = "stops"


@dataclass(frozen=True)
class Told:
    about: About
    weight: Weight
    sentence: str


@dataclass
class Preflight:
    """What was found. Costs are millionths of a US dollar, seconds run from the launch to the last first text.

    `windows` says by (possible zones joined by `|`, stated state) when contact hours open next, None for never.
    """

    told: list[Told] = field(default_factory=list)
    recipients: int = 0
    opted_out: int = 0
    textless: int = 0
    segments: int = 0
    cost_micros: int = 0
    seconds: float = 0.0
    windows: dict[tuple[str, str], Window | None] = field(default_factory=dict)

    def fault(self, about: About, *sentences: str) -> None:
        self._tell(about, Weight.FAULT, sentences)

    def obstacle(self, about: About, *sentences: str) -> None:
        self._tell(about, Weight.OBSTACLE, sentences)

    def unchecked_because(self, about: About, sentence: str) -> None:
        self._tell(about, Weight.UNCHECKED, [sentence])

    def warn(self, about: About, *sentences: str) -> None:
        self._tell(about, Weight.WARNING, sentences)

    def judge_weak(self, sentence: str) -> None:
        self._tell(About.COACH, Weight.WEAK, [sentence])

    def _tell(self, about: About, weight: Weight, sentences: Iterable[str]) -> None:
        self.told += [Told(about, weight, sentence) for sentence in sentences]

    def of(self, *weights: Weight) -> list[str]:
        """The sentences of these weights, one weight after the other."""
        return [told.sentence for weight in weights for told in self.told if told.weight is weight]

    def about(self, what: About) -> list[str]:
        return [told.sentence for told in self.told if told.about is what]

    def state(self, what: About) -> State:
        """How the check of this came out."""
        weights = {told.weight for told in self.told if told.about is what}
        if weights & {Weight.FAULT, Weight.OBSTACLE, Weight.UNCHECKED}:
            return State.STOPS
        return State.WARNS if weights else State.OK

    @property
    def faults(self) -> list[str]:
        return self.of(Weight.FAULT)

    @property
    def obstacles(self) -> list[str]:
        return self.of(Weight.OBSTACLE)

    @property
    def unchecked(self) -> list[str]:
        return self.of(Weight.UNCHECKED)

    @property
    def warnings(self) -> list[str]:
        return self.of(Weight.WARNING)

    @property
    def weak(self) -> list[str]:
        return self.of(Weight.WEAK)

    @property
    def blockers(self) -> list[str]:
        """All that stops a launch."""
        return self.of(Weight.FAULT, Weight.OBSTACLE, Weight.UNCHECKED)

    @property
    def is_weak(self) -> bool:
        return bool(self.weak)
