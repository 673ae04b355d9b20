"""The Messages resource: create, fetch, list, cancel, redact, delete."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from phonebank import clock
from phonebank.rehearsal.account import Account, Reply
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.paging import page_of
from phonebank.rehearsal.refusals import CarrierRefusalError, meaning
from phonebank.rehearsal.sending import Sending
from phonebank.rehearsal.texts import Text, as_twilio_shows


@dataclass
class Messages:
    """Each verb answers `status, body` as Twilio does."""

    ledger: Ledger
    sending: Sending
    account: Account

    def create(self, _path: Values, asked: Values) -> Reply:
        text = self.sending.accept(asked, self.account.service["status_callback"])
        return 201, self._shown(text)

    def fetch(self, path: Values, _asked: Values) -> Reply:
        return 200, self._shown(self._text(path["Sid"]))

    def update(self, path: Values, asked: Values) -> Reply:
        text = self._text(path["Sid"])
        if asked.get("Status") == "canceled":
            self.sending.cancel(text)
        elif asked.get("Body") == "":
            text.body = ""
        else:
            raise CarrierRefusalError(20001, "Only Body= (empty, to redact) or Status=canceled can be posted.")
        return 200, self._shown(text)

    def delete(self, path: Values, _asked: Values) -> Reply:
        self.ledger.delete(self._text(path["Sid"]))
        return 204, None

    def list_page(self, _path: Values, asked: Values) -> Reply:
        """Newest first, one page. A filter on DateSent never finds a text that was not sent yet."""
        path = f"/2010-04-01/Accounts/{self.account.sid}/Messages.json"
        return 200, page_of("messages", path, asked, self._matching(asked), self._shown)

    def _matching(self, asked: Values) -> Iterator[Text]:
        now = clock.now()
        wanted = {"to": asked.get("To"), "sender": asked.get("From")}
        person = next((number for number in wanted.values() if number and number not in self.account.numbers), None)
        for text in self.ledger.newest_first(person):
            if text.listed_at <= now and _fits(text, asked):
                yield text

    def _text(self, sid: str) -> Text:
        text = self.ledger.by_sid.get(sid)
        if text is None:
            path = f"/2010-04-01/Accounts/{self.account.sid}/Messages/{sid}.json"
            raise CarrierRefusalError(20404, f"The requested resource {path} was not found")
        return text

    def _shown(self, text: Text) -> Values:
        words = meaning(text.error_code)["message"] if text.error_code else None
        return as_twilio_shows(text, self.account.sid, words)


def _fits(text: Text, asked: Values) -> bool:
    is_between = asked.get("To", text.to) == text.to and asked.get("From", text.sender) == text.sender
    return is_between and is_on(asked, "DateSent", text.sent_at)


def is_on(asked: Values, name: str, moment: datetime | None) -> bool:
    """Whether this moment is on, before (`name<`) and after (`name>`) what was asked; none is found by no filter."""
    day, before, after = (asked.get(f"{name}{sign}") for sign in ("", "<", ">"))
    if not (day or before or after):
        return True
    if moment is None:
        return False
    if day and not _moment(day) <= moment < _moment(day) + _length(day):
        return False
    return not (before and moment > _moment(before)) and not (after and moment < _moment(after))


def _length(written: str) -> timedelta:
    """A midnight stands for its whole day: so the SDK writes a date."""
    return timedelta(days=1) if _moment(written).time() == time.min else timedelta(seconds=1)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
