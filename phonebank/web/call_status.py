"""Twilio's reports of how a call goes: checked, acted on, answered at once."""

from flask import Blueprint, Response

from phonebank import clock
from phonebank.calls import reporting
from phonebank.errors import BadInputError
from phonebank.gateway import inbound
from phonebank.web.guards import signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

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
    written(lambda session: reporting.report(session, call_id, told, clock.now()))
    return Response(status=204)
