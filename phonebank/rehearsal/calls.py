"""The Calls resource: create, fetch, list, redirect, hang up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phonebank import clock
from phonebank.rehearsal.account import Account, Reply
from phonebank.rehearsal.admitting_calls import check_words
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.messages import is_on
from phonebank.rehearsal.paging import page_of
from phonebank.rehearsal.phonecalls import PhoneCall, as_twilio_shows
from phonebank.rehearsal.refusals import CarrierRefusalError
from phonebank.rehearsal.talking import Next, Talking

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Calls:
    """Each verb answers `status, body` as Twilio does."""

    exchange: Exchange
    talking: Talking
    account: Account

    def create(self, _path: Values, asked: Values) -> Reply:
        return 201, self._shown(self.exchange.accept(asked))

    def fetch(self, path: Values, _asked: Values) -> Reply:
        return 200, self._shown(self._call(path["Sid"]))

    def update(self, path: Values, asked: Values) -> Reply:
        """Status=canceled takes it back while nobody has picked up; completed ends it; Url or Twiml leads it on."""
        call = self._call(path["Sid"])
        check_words(asked.get("Twiml", ""))
        match asked.get("Status"):
            case "canceled" if call.answered_at and not call.is_final:
                raise CarrierRefusalError(21220, "The call is in-progress. Cannot cancel.")
            case "canceled" | "completed":
                self.exchange.hang_up(call)
            case _:
                self._lead_on(call, asked)
        return 200, self._shown(call)

    def list_page(self, _path: Values, asked: Values) -> Reply:
        """Newest first, one page. A filter on StartTime never finds a call that was not dialed yet."""
        path = f"/2010-04-01/Accounts/{self.account.sid}/Calls.json"
        return 200, page_of("calls", path, asked, self._matching(asked), self._shown)

    def _lead_on(self, call: PhoneCall, asked: Values) -> None:
        line = self.exchange.open.get(call.sid)
        if not asked.get("Url") and not asked.get("Twiml"):
            raise CarrierRefusalError(20001, "A Status, Url or Twiml is required.")
        if line is None or call.status != "in-progress":
            raise CarrierRefusalError(21220)
        following = Next(asked.get("Url") or line.url, twiml=asked.get("Twiml", "") if not asked.get("Url") else "")
        self.exchange.redirect(line, self.talking.from_here(following))

    def _matching(self, asked: Values) -> Iterator[PhoneCall]:
        now = clock.now()
        numbers = [
            number for key in ("To", "From") if (number := asked.get(key)) and number not in self.account.numbers
        ]
        for call in self.exchange.log.newest_first(numbers[0] if numbers else None):
            if call.listed_at <= now and _fits(call, asked):
                yield call

    def _call(self, sid: str) -> PhoneCall:
        call = self.exchange.log.by_sid.get(sid)
        if call is None:
            path = f"/2010-04-01/Accounts/{self.account.sid}/Calls/{sid}.json"
            raise CarrierRefusalError(20404, f"The requested resource {path} was not found")
        return call

    def _shown(self, call: PhoneCall) -> Values:
        number = self.account.numbers.get(call.ours)
        return as_twilio_shows(call, self.account.sid, number["sid"] if number else None)


def _fits(call: PhoneCall, asked: Values) -> bool:
    wanted = {"To": call.to, "From": call.sender, "ParentCallSid": call.parent_sid, "Status": call.status}
    moments: dict[str, datetime | None] = {"StartTime": call.started_at, "EndTime": call.ended_at}
    return all(asked.get(key, value) == value for key, value in wanted.items()) and all(
        is_on(asked, key, moment) for key, moment in moments.items()
    )
