"""The calls of a campaign, and what was said in one: each that is read is written down in the audit trail."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.calls import queries as calls
from phonebank.calls.models import Call
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign
from phonebank.errors import NotFoundError
from phonebank.gateway import codes, recordings
from phonebank.people import audit
from phonebank.people.models import Deed, Role
from phonebank.reports import transcripts
from phonebank.web import guards
from phonebank.web.guards import requires

blueprint = Blueprint("call_pages", __name__, url_prefix="/campaigns/<int:campaign_id>/calls")


@blueprint.get("")
@requires(Role.ORGANIZER)
def everything(campaign_id: int) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    with db.reading() as session:
        campaign = campaigns.by_id(session, campaign_id)
        rows, older = transcripts.screenful(session, campaign_id, before)
        return render_template("calls/everything.html", campaign=campaign, rows=rows, older=older)


@blueprint.get("/<int:call_id>")
@requires(Role.ORGANIZER)
def one(campaign_id: int, call_id: int) -> ResponseReturnValue:
    """What was said, line by line."""
    with db.transaction() as session:
        campaign, call = _found(session, campaign_id, call_id)
        _record(session, campaign, f"read call {call_id}")
        told = {
            "campaign": campaign,
            "call": call,
            "who": transcripts.who(session, call),
            "lines": calls.lines_of(session, call_id),
            "why": codes.meaning(call.error_code) if call.error_code else "",
        }
        return render_template("calls/one.html", **told)


@blueprint.get("/<int:call_id>/recording")
@requires(Role.ORGANIZER)
def recording(campaign_id: int, call_id: int) -> ResponseReturnValue:
    """The call as it was recorded, fetched from the carrier, where it alone is kept."""
    with db.transaction() as session:
        campaign, call = _found(session, campaign_id, call_id)
        if call.recording_sid is None:
            raise NotFoundError("That call was not recorded.")
        _record(session, campaign, f"listened to call {call_id}")
        sid = call.recording_sid
    answer = Response(recordings.fetch(guards.settings(), sid), content_type="audio/mpeg")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(session: Session, campaign_id: int, call_id: int) -> tuple[Campaign, Call]:
    campaign, call = campaigns.by_id(session, campaign_id), calls.by_id(session, call_id)
    if call is None or call.campaign_id != campaign_id:
        raise NotFoundError("There is no such call.")
    return campaign, call


def _record(session: Session, campaign: Campaign, detail: str) -> None:
    by, now = guards.signature(), clock.now()
    audit.record(session, Deed.CALL_OPENED, by=by, about=campaign.name, now=now, detail=detail)
