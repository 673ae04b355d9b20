"""Twilio's reports of how a call goes: checked, acted on, answered at once."""

import re

from flask import Blueprint, Response
from sqlmodel import Session

from phonebank import clock
from phonebank.calls import reporting, storing
from phonebank.errors import BadInputError
from phonebank.gateway import inbound
from phonebank.handoffs import bridging
from phonebank.web.guards import signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

_OVER = "completed"
_RECORDING = re.compile(r"RE[0-9a-f]{32}")
_LONGEST_NUMBER = 6

blueprint = Blueprint("call_status", __name__, url_prefix="/twilio/calls")


@blueprint.post("/<call_id>/status")
@signed_by_twilio
def status(call_id: str) -> Response:
    """A report of the call whose id is in the address; a stranger's is kept and counted.

    While the database is down the carrier hears 503: what it does not say again, its log says later.
    """
    form = signed_form()
    if not is_our_account(form):
        call_id = f"of another account: {call_id}"  # no id of ours, so that it touches nothing
    try:
        told = inbound.call_report_from(form)
    except BadInputError:
        return Response(status=204)

    def report(session: Session) -> None:
        now = clock.now()
        reporting.report(session, call_id, told, now)
        if told.status == _OVER and call_id.isdecimal():
            bridging.line_is_down(session, int(call_id), now)

    written(report)
    return Response(status=204)


@blueprint.post("/<int:call_id>/recorded")
@signed_by_twilio
def recorded(call_id: int) -> Response:
    """A recording is made: the carrier keeps it, we keep its name."""
    form = signed_form()
    sid, seconds = form.get("RecordingSid", ""), form.get("RecordingDuration", "")
    if is_our_account(form) and _RECORDING.fullmatch(sid) and form.get("RecordingStatus", _OVER) == _OVER:
        long = int(seconds) if seconds.isdecimal() and len(seconds) <= _LONGEST_NUMBER else None
        written(lambda session: storing.recorded(session, call_id, form.get("CallSid", ""), sid, long))
    return Response(status=204)
