"""The carrier's reports of calls: only signed ones count, the same twice counts once, a stranger's is kept."""

import pytest

from phonebank.calls.models import CallStatus, StrayCallReport
from phonebank.gateway import twilio
from tests.support import talks
from tests.support.calling import ACCOUNT, PUBLIC, TOKEN

pytestmark = pytest.mark.database("sqlite")


def report(line, status, sequence, *, about=None, token=TOKEN, **more):
    """The HTTP status of the answer to this report, signed with this token."""
    path = f"/twilio/calls/{about or line.call_id}/status"
    told = {"CallSid": line.row.carrier_sid, "CallStatus": status, "SequenceNumber": str(sequence)}
    told |= {"AccountSid": ACCOUNT, **more}
    headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + path, told, token)}
    return line.client.post(path, data=told, headers=headers, environ_overrides={"RAW_URI": path}).status_code


def test_a_call_goes_on_by_its_reports_doubled_and_in_any_order(phone):
    line = phone()
    assert report(line, "ringing", 1) == 204
    assert line.row.status is CallStatus.RINGING
    for status, sequence in (("completed", 3), ("in-progress", 2), ("completed", 3)):
        assert report(line, status, sequence, CallDuration="12", AnsweredBy="human") == 204
    assert (line.row.status, line.row.duration_s, line.row.answered_by) == (CallStatus.COMPLETED, 12, "human")
    assert talks.rows(StrayCallReport) == []


def test_what_the_carrier_did_not_sign_counts_for_nothing(phone):
    line = phone()
    assert report(line, "completed", 3, token="x" * 32) == 403
    assert line.row.status is CallStatus.DIALING


@pytest.mark.parametrize("about", ["999999", "nonsense", "9" * 30])
def test_a_report_of_a_call_we_do_not_know_is_kept(phone, about):
    assert report(phone(), "ringing", 1, about=about) == 204
    assert [one.about for one in talks.rows(StrayCallReport)] == [about]


def test_a_report_of_another_account_touches_nothing(phone):
    line = phone()
    assert report(line, "completed", 3, AccountSid="AC" + "9" * 32) == 204
    assert line.row.status is CallStatus.DIALING
    assert len(talks.rows(StrayCallReport)) == 1
