"""What worked: yes-rates by what the coach finds in the texts that went out, for organizers."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.people.models import Role
from phonebank.reports.lately import lately
from phonebank.reports.worked import worked
from phonebank.web.guards import requires

blueprint = Blueprint("worked", __name__, url_prefix="/campaigns/what-worked")


@blueprint.get("")
@requires(Role.ORGANIZER)
def page() -> ResponseReturnValue:
    with db.reading() as session:
        found = lately("worked", lambda: worked(session, clock.now()))
    return render_template("campaigns/worked.html", found=found)
