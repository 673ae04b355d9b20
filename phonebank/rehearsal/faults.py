"""Faults on demand: which request or callback goes wrong, for whom and how often, seeded and so repeatable."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from phonebank.rehearsal.chance import chance


class FaultKind(StrEnum):
    """What goes wrong. `before` and `after` say whether the carrier had accepted the request by then."""

    TOO_MANY_REQUESTS = "too_many_requests"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    HTML_BEFORE = "html_before"
    HTML_AFTER = "html_after"
    NO_SID = "no_sid"
    CALLBACK_LATE = "callback_late"
    CALLBACK_DOUBLED = "callback_doubled"
    CALLBACK_REORDERED = "callback_reordered"
    CALLBACK_DROPPED = "callback_dropped"
    LISTING_LAGS = "listing_lags"
    QUESTION_DOUBLED = "question_doubled"
    """A call's document is asked for twice at once."""


BEFORE = frozenset(
    {
        FaultKind.TOO_MANY_REQUESTS,
        FaultKind.ERROR_BEFORE,
        FaultKind.RESET_BEFORE,
        FaultKind.HANG_BEFORE,
        FaultKind.HTML_BEFORE,
    },
)
AFTER = frozenset(
    {
        FaultKind.ERROR_AFTER,
        FaultKind.RESET_AFTER,
        FaultKind.HANG_AFTER,
        FaultKind.HTML_AFTER,
        FaultKind.NO_SID,
    },
)
CALLBACK = frozenset(kind for kind in FaultKind if kind.startswith("callback_"))


QUESTION = frozenset({FaultKind.QUESTION_DOUBLED})


class Touched(StrEnum):
    """Which requests a fault may strike."""

    CREATE = "create"
    LIST = "list"
    FETCH = "fetch"
    UPDATE = "update"


class Fault(BaseModel):
    """One rule. `seconds`: a hang's length in real seconds; a late callback's or lagging listing's on the clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    on: Touched = Touched.CREATE
    number: str | None = Field(None, description="the person's number; None is everyone's")
    rate: float = Field(1.0, ge=0, le=1)
    times: int | None = Field(None, ge=1, description="strikes left; None is for ever")
    seconds: float = Field(60.0, ge=0)


class Faults:
    """The rules in force, and how often each kind has struck."""

    def __init__(self, seed: int, rules: Iterable[Fault]) -> None:
        self.seed = seed
        self.struck: Counter[str] = Counter()
        self.replace(rules)

    def replace(self, rules: Iterable[Fault]) -> None:
        self.rules = list(rules)
        self._left = [rule.times for rule in self.rules]
        self._asked: Counter[tuple[int, str | None]] = Counter()

    def add(self, rules: Iterable[Fault]) -> None:
        for rule in rules:
            self.rules.append(rule)
            self._left.append(rule.times)

    def strike(self, kinds: frozenset[FaultKind], on: Touched, number: str | None) -> Fault | None:
        """The first rule that strikes this request or callback now, counted; None when all is well."""
        for index, rule in enumerate(self.rules):
            if rule.kind in kinds and rule.on is on and rule.number in (None, number) and self._hits(index, number):
                self.struck[rule.kind] += 1
                return rule
        return None

    def lag(self, number: str | None) -> float:
        """For how many seconds on the clock a new text to this number stays out of listings."""
        lags = [
            rule.seconds
            for rule in self.rules
            if rule.kind is FaultKind.LISTING_LAGS
            and rule.number in (None, number)
            and chance(self.seed, rule.kind, number) < rule.rate
        ]
        return max(lags, default=0.0)

    def _hits(self, index: int, number: str | None) -> bool:
        left = self._left[index]
        if left == 0:
            return False
        nth = self._asked[index, number] = self._asked[index, number] + 1
        if chance(self.seed, self.rules[index].kind, number, nth) >= self.rules[index].rate:
            return False
        if left is not None:
            self._left[index] = left - 1
        return True
