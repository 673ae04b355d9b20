"""What every page of staff says at its top: the carrier refuses the whole account, or somebody waits too long."""

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from phonebank import db
from phonebank.alerts import queries as alerts
from phonebank.people.models import Role
from phonebank.reports import stops
from phonebank.web import guards


def account_alarm() -> str | None:
    """Why every campaign stands still; None when none does, or for whom it is not to mend."""
    if not guards.may(g.get("person"), Role.ORGANIZER):
        return None
    try:
        with db.reading() as session:
            return stops.account_stop(session)
    except SQLAlchemyError:
        return None  # the page says on its own that the database does not answer


def waits_alarm() -> int | None:
    """The bound in minutes while somebody waits longer, for the top of every page of staff; else None."""
    if not guards.may(g.get("person"), Role.ORGANIZER):
        return None
    try:
        with db.reading() as session:
            watch = alerts.watch(session)
    except SQLAlchemyError:
        return None  # the page says on its own that the database does not answer
    return watch.bound_minutes if watch.over_since is not None else None
