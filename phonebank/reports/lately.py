"""Counts that a page asks for again and again, made anew only when that is cheap: a million texts take a second."""

import time
from collections.abc import Callable, Hashable
from typing import Any

_CHEAP_S = 0.05
_KEPT_TIMES = 10


class _Kept:
    by_key: dict[Hashable, tuple[float, Any]] = {}  # noqa: RUF012 - one for the process, as it is meant


def lately(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` gives, at most ten times as old as it took to make; what is made in a moment is always made anew.

    So however many look, at most a tenth of a process's time goes into it. The key names all that must be exact.
    """
    now = time.monotonic()
    until, known = _Kept.by_key.get(key, (0.0, None))
    if now < until:
        return known
    made = make()
    took = time.monotonic() - now
    _Kept.by_key = {each: kept for each, kept in _Kept.by_key.items() if kept[0] > now}
    if took > _CHEAP_S:
        _Kept.by_key[key] = (now + took * (1 + _KEPT_TIMES), made)
    return made
