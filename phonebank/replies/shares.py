"""A share of what was counted, with the interval that chance leaves open (pure)."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.96  # 95 %


@dataclass(frozen=True)
class Share:
    """`had` of `of`; `best` is None of nothing. `low` and `high` are Wilson's 95 % interval, as shares of one.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference": it stays honest for small
    numbers and for shares near nought and one, where the textbook's interval does not.
    """

    had: int
    of: int

    @property
    def best(self) -> float | None:
        return self.had / self.of if self.of else None

    @property
    def low(self) -> float:
        return max(0.0, self._middle - self._half) if self.had else 0.0

    @property
    def high(self) -> float:
        return min(1.0, self._middle + self._half) if self.had < self.of else 1.0

    def as_json(self) -> list[float | None]:
        """[counted or None, low, high], each to four places."""
        return [None if self.best is None else round(self.best, 4), round(self.low, 4), round(self.high, 4)]

    @property
    def _middle(self) -> float:
        return (self.had + _Z**2 / 2) / (self.of + _Z**2)

    @property
    def _half(self) -> float:
        spread = self.had * (self.of - self.had) / self.of if self.of else 0.0
        return _Z * sqrt(spread + _Z**2 / 4) / (self.of + _Z**2)


def least_all_right(bound: float) -> int:
    """How many must be counted, every one of them right, before the low end reaches this bound."""
    return next(of for of in range(1, 1_000_000) if Share(of, of).low >= bound)
