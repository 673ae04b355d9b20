"""Seeded chance without state: the same question always gets the same answer, in whatever order it is asked."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


def chance(*question: object) -> float:
    """A number in [0, 1) that depends on the question alone, e.g. (seed, "late", number, 3)."""
    digest = hashlib.blake2b("|".join(map(str, question)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def pick(choices: Sequence[Choice], *question: object) -> Choice:
    return choices[int(chance(*question) * len(choices))]


def pick_weighted(weights: Mapping[str, float], *question: object) -> str:
    """One key of `weights`, each as likely as its share of their sum."""
    left = chance(*question) * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return list(weights)[-1]


def between(low: float, high: float, *question: object) -> float:
    return low + (high - low) * chance(*question)
