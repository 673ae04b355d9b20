"""The viewer's own time zone, as their browser names it in a form's `zone`, and moments typed in it."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from flask import request

from phonebank.errors import BadInputError


def of_viewer() -> ZoneInfo | None:
    """None when the form or address names no zone we know: then no script ran."""
    name = request.values.get("zone", "")
    return ZoneInfo(name) if name in available_timezones() else None


def typed(field: str, told: str) -> datetime:
    """The moment in this field, on the viewer's clock. Raises BadInputError: `told` says what is missing."""
    zone = of_viewer()
    if zone is None:
        raise BadInputError("Choose your time zone, so that the times are yours.")
    try:
        return datetime.fromisoformat(request.form.get(field, "")).replace(tzinfo=zone)
    except ValueError:
        raise BadInputError(told) from None
