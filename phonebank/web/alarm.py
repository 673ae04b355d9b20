"""What every page of staff says at its top while the carrier refuses the whole account."""

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from phonebank import db
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
