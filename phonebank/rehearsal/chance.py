"""Seeded chance without state: the same question always gets the same answer, in whatever order it is asked."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

Choice = TypeVar("Choice")
_GOLDEN = (math.sqrt(5) - 1) / 2


def chance(*question: object) -> float:
    """A number in [0, 1) that depends on the question alone, e.g. (seed, "late", number, 3)."""
    digest = hashlib.blake2b("|".join(map(str, question)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def in_turn(place: int, *question: object) -> float:
    """As `chance`, but evenly over any run of neighbours: a golden section apart, begun where the question says.

    So a few hundred people answer as their weights say, and not as luck has it: see H. Weyl, Über die Gleichverteilung
    von Zahlen mod. Eins, 1916.
    """
    return (chance(*question) + place * _GOLDEN) % 1.0


def pick(choices: Sequence[Choice], *question: object) -> Choice:
    return choices[int(chance(*question) * len(choices))]


def pick_weighted(weights: Mapping[str, float], *question: object) -> str:
    """One key of `weights`, each as likely as its share of their sum."""
    return weighted(weights, chance(*question))


def weighted(weights: Mapping[str, float], luck: float) -> str:
    """The key whose share of the sum this number in [0, 1) falls into."""
    left = luck * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return list(weights)[-1]


def between(low: float, high: float, *question: object) -> float:
    return low + (high - low) * chance(*question)
