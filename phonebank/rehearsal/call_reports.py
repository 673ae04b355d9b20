"""Tells the product how a call goes: one signed report an event, numbered, in order unless a fault says otherwise."""

from phonebank import clock
from phonebank.rehearsal.phonecalls import PhoneCall
from phonebank.rehearsal.posting import Form, Posting

_SIP = {"busy": "486", "no-answer": "487", "failed": "404", "completed": "200", "canceled": "487"}


class CallReports:
    """`report` posts an event if the product asked for it."""

    def __init__(self, account_sid: str, posting: Posting) -> None:
        self._account_sid = account_sid
        self._posting = posting

    def report(self, call: PhoneCall, event: str) -> None:
        """`event`: initiated, ringing, answered or completed, which stands for every end."""
        if not call.callback or event not in call.events:
            return
        form = call_form(call, self._account_sid) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.sequence),
            "Timestamp": clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        if event == "initiated":
            form["CallStatus"] = "initiated"
        if call.is_final:
            form |= {"CallDuration": str(call.duration_s), "Duration": str(-(-call.duration_s // 60))}
            form["SipResponseCode"] = _SIP[call.status]
        if call.answered_by:
            form["AnsweredBy"] = call.answered_by
        call.sequence += 1
        self._posting.tell(call.sid, call.person, call.callback, form, is_last=call.is_final)


def call_form(call: PhoneCall, account_sid: str) -> Form:
    """What every webhook of a call tells."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.sender,
        "Direction": call.direction,
        "From": call.sender,
        "To": call.to,
    }
    if call.parent_sid:
        form["ParentCallSid"] = call.parent_sid
    return form
