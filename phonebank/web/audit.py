"""The audit trail, searched by person, deed, what it was about, and day. For admins; nobody writes here."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from phonebank import db
from phonebank.people import queries
from phonebank.people.models import Deed, Role
from phonebank.reports.listings import Screenful
from phonebank.web import zones
from phonebank.web.guards import requires

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
_SCREENFUL = 50


@blueprint.get("")
@requires(Role.ADMIN)
def trail() -> ResponseReturnValue:
    sought = {name: request.args.get(name, "").strip() for name in ("by", "deed", "about", "day")}
    day, wrong = _day(sought["day"])
    before = request.args.get("before", type=int)
    with db.reading() as session:
        found = queries.audit_entries(
            session,
            by=sought["by"],
            deed=sought["deed"],
            about=sought["about"],
            since=day,
            until=day + timedelta(days=1) if day else None,
            before=before,
            most=_SCREENFUL + 1,
        )
    shown = Screenful(found[:_SCREENFUL], found[_SCREENFUL - 1].id if len(found) > _SCREENFUL else None)
    return render_template(
        "audit/trail.html",
        shown=shown,
        sought=sought,
        wrong=wrong,
        deeds=list(Deed),
        zone=request.args.get("zone", ""),
        is_sought=any(sought.values()),
    )


def _day(typed: str) -> tuple[datetime | None, str]:
    """When this day begins on the viewer's clock (in UTC when no script told it), and what is wrong with it."""
    if not typed:
        return None, ""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zones.of_viewer() or UTC), ""
    except ValueError:
        return None, "Give the day as year, month and day, like 2027-02-10."
