"""A length of time as somebody types it: 90s, 5m, 2h30m."""

import re
from datetime import timedelta
from typing import Any

import click

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _SPAN.fullmatch(str(value).strip().lower())
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if not span:
            self.fail(f"{value!r} is no length of time: write it like 90s, 5m or 2h30m.", param, ctx)
        return span


DURATION = _Duration()
