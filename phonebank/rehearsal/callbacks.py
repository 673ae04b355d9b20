"""Delivery reports: one signed callback a status."""

from collections.abc import Collection

from phonebank.rehearsal.posting import Form, Posting
from phonebank.rehearsal.texts import Text


class Callbacks:
    """Tells of texts. `reported`: which statuses; empty is all of them."""

    def __init__(self, account_sid: str, posting: Posting, reported: Collection[str] = ()) -> None:
        self._account_sid = account_sid
        self._posting = posting
        self._reported = reported

    def report(self, text: Text) -> None:
        """Tells the product of the text's status as it is now, if it asked to be told."""
        if text.callback and (not self._reported or text.status in self._reported):
            self._posting.tell(text.sid, text.to, text.callback, self._form(text), is_last=text.is_final)

    def _form(self, text: Text) -> Form:
        form = {
            "AccountSid": self._account_sid,
            "ApiVersion": "2010-04-01",
            "From": text.sender or "",
            "MessageSid": text.sid,
            "MessageStatus": text.status,
            "SmsSid": text.sid,
            "SmsStatus": text.status,
            "To": text.to,
        }
        if text.service_sid:
            form["MessagingServiceSid"] = text.service_sid
        if text.error_code:
            form["ErrorCode"] = str(text.error_code)
        if text.status in {"delivered", "undelivered"}:
            form["RawDlrDoneDate"] = text.updated_at.strftime("%y%m%d%H%M")
        return form
