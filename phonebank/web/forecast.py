"""How a campaign goes by place and by the hour, and the volunteers it takes, from its rows so far."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from phonebank import db
from phonebank.campaigns import queries
from phonebank.people.models import Role
from phonebank.reports import forecast
from phonebank.reports.staffing import Bound
from phonebank.web.guards import requires

blueprint = Blueprint("forecast", __name__, url_prefix="/campaigns/<int:campaign_id>/forecast")

_WAIT, _HANDLING, _LONGEST = 5, 2, 600  # minutes


@blueprint.get("")
@requires(Role.ORGANIZER)
def page(campaign_id: int) -> ResponseReturnValue:
    wait, handling = _minutes("wait", _WAIT), _minutes("handling", _HANDLING)
    bound = Bound(timedelta(minutes=wait), timedelta(minutes=handling))
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        began = campaign.launched_at or campaign.created_at
        told = forecast.counted(session, campaign) | forecast.course(session, campaign, began, bound)
        session.expunge_all()
    return render_template("campaigns/forecast.html", campaign=campaign, told=told, wait=wait, handling=handling)


def _minutes(name: str, otherwise: int) -> int:
    """What somebody typed into the address, within reason."""
    return min(max(request.args.get(name, otherwise, type=int), 1), _LONGEST)
