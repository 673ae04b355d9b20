"""Who is at one step of a campaign, or decided one thing: the lists behind its numbers."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from phonebank import db
from phonebank.campaigns import queries
from phonebank.errors import NotFoundError
from phonebank.intents import Outcome
from phonebank.people.models import Role
from phonebank.reports import people
from phonebank.reports.funnel import Step
from phonebank.web.guards import requires

blueprint = Blueprint("steps", __name__, url_prefix="/campaigns/<int:campaign_id>/people")
_UNKNOWN = "There is no such list of people. Go back to the campaign and choose one of its numbers."


@blueprint.get("/<step>")
@requires(Role.ORGANIZER)
def at_step(campaign_id: int, step: str) -> ResponseReturnValue:
    return _page(campaign_id, _known(Step, step), people.at_step)


@blueprint.get("/decided/<outcome>")
@requires(Role.ORGANIZER)
def decided(campaign_id: int, outcome: str) -> ResponseReturnValue:
    return _page(campaign_id, _known(Outcome, outcome), people.decided)


def _page(campaign_id: int, which: Any, listing: Any) -> str:
    after = max(0, request.args.get("after", 0, type=int))
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        found = listing(session, campaign_id, which, after)
        return render_template("campaigns/people.html", campaign=campaign, which=which, found=found, is_first=not after)


def _known(kind: Any, word: str) -> Any:
    if word not in set(kind) or word == Outcome.NONE:
        raise NotFoundError(_UNKNOWN)
    return kind(word)
