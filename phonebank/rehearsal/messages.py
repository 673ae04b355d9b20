"""The Messages resource: create, fetch, list, cancel, redact, delete."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import dropwhile, islice
from urllib.parse import urlencode

from phonebank import clock
from phonebank.rehearsal.account import Account, Reply
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.refusals import CarrierRefusalError, meaning
from phonebank.rehearsal.sending import Sending
from phonebank.rehearsal.texts import Text, as_twilio_shows

_PAGE_SIZE = 50


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
        size = asked.get("PageSize", _PAGE_SIZE)
        page = asked.get("Page", 0)
        found = list(islice(self._after(asked.get("PageToken"), self._matching(asked)), size + 1))
        texts, more = found[:size], len(found) > size
        following = self._page_uri(asked, page + 1, texts[-1].sid) if more else None
        return 200, {
            "end": page * size + max(0, len(texts) - 1),
            "first_page_uri": self._page_uri(asked, 0, None),
            "messages": [self._shown(text) for text in texts],
            "next_page_uri": following,
            "page": page,
            "page_size": size,
            "previous_page_uri": self._page_uri(asked, page - 1, None) if page else None,
            "start": page * size,
            "uri": self._page_uri(asked, page, None),
        }

    def _matching(self, asked: Values) -> Iterator[Text]:
        now = clock.now()
        wanted = {"to": asked.get("To"), "sender": asked.get("From")}
        person = next((number for number in wanted.values() if number and number not in self.account.numbers), None)
        for text in self.ledger.newest_first(person):
            if text.listed_at <= now and _fits(text, asked):
                yield text

    def _after(self, token: str | None, texts: Iterator[Text]) -> Iterator[Text]:
        if not token:
            return texts
        last = token.removeprefix("PA")
        rest = dropwhile(lambda text: text.sid != last, texts)
        next(rest, None)
        return rest

    def _page_uri(self, asked: Values, page: int, token: str | None) -> str:
        kept = {key: value for key, value in asked.items() if key not in {"Page", "PageToken"}}
        kept |= {"PageSize": asked.get("PageSize", _PAGE_SIZE), "Page": page}
        if token:
            kept["PageToken"] = f"PA{token}"
        return f"/2010-04-01/Accounts/{self.account.sid}/Messages.json?{urlencode(kept)}"

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
    if asked.get("To", text.to) != text.to or asked.get("From", text.sender) != text.sender:
        return False
    day, before, after = (asked.get(f"DateSent{sign}") for sign in ("", "<", ">"))
    if not (day or before or after):
        return True
    if text.sent_at is None:
        return False
    if day and not _moment(day) <= text.sent_at < _moment(day) + _length(day):
        return False
    return not (before and text.sent_at > _moment(before)) and not (after and text.sent_at < _moment(after))


def _length(written: str) -> timedelta:
    """A midnight stands for its whole day: so the SDK writes a date."""
    return timedelta(days=1) if _moment(written).time() == time.min else timedelta(seconds=1)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
