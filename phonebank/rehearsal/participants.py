"""The Participants resource: dial somebody into a conference, and list who is in it."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.account import Account, Reply
from phonebank.rehearsal.admitting_calls import check_leg
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.conferences import Conference, Conferences
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.paging import page_of
from phonebank.rehearsal.refusals import CarrierRefusalError

_TOLD = {
    "Muted": "muted",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "Label": "participantLabel",
    "ConferenceStatusCallback": "statusCallback",
}


@dataclass(frozen=True)
class _Shown:
    sid: str
    noun: ET.Element
    joined_at: datetime
    status: str


@dataclass
class Participants:
    """Each verb answers `status, body` as Twilio does. A conference goes by its name or its sid."""

    exchange: Exchange
    conferences: Conferences
    account: Account

    def create(self, path: Values, asked: Values) -> Reply:
        check_leg(asked, self.account.numbers)
        noun = ET.Element("Conference", {word: _word(asked[key]) for key, word in _TOLD.items() if key in asked})
        noun.set("statusCallbackEvent", " ".join(asked.get("ConferenceStatusCallbackEvent", [])))
        room = self.conferences.of(path["ConferenceSid"])
        noun.text = room.name if room else path["ConferenceSid"]

        async def talk(line: Line) -> None:
            await self.conferences.take_part(line, noun)

        call = self.exchange.made(asked, "outbound-api")
        self.exchange.begin(call, talk)
        return 201, self._as_twilio_shows(room, _Shown(call.sid, noun, clock.now(), "queued"))

    def list_page(self, path: Values, asked: Values) -> Reply:
        room = self.conferences.of(path["ConferenceSid"])
        if room is None:
            raise CarrierRefusalError(20404)
        members = [_Shown(each.line.call.sid, each.noun, each.joined_at, "connected") for each in room.members]
        uri = f"/2010-04-01/Accounts/{self.account.sid}/Conferences/{room.sid}/Participants.json"
        return 200, page_of("participants", uri, asked, members, lambda each: self._as_twilio_shows(room, each))

    def _as_twilio_shows(self, room: Conference | None, shown: _Shown) -> Values:
        sid, noun = room.sid if room else None, shown.noun
        return {
            "account_sid": self.account.sid,
            "call_sid": shown.sid,
            "call_sid_to_coach": None,
            "coaching": False,
            "conference_sid": sid,
            "date_created": format_datetime(shown.joined_at),
            "date_updated": format_datetime(shown.joined_at),
            "end_conference_on_exit": noun.get("endConferenceOnExit") == "true",
            "hold": False,
            "label": noun.get("participantLabel"),
            "muted": noun.get("muted") == "true",
            "queue_time": None,
            "start_conference_on_enter": noun.get("startConferenceOnEnter", "true") == "true",
            "status": shown.status,
            "uri": f"/2010-04-01/Accounts/{self.account.sid}/Conferences/{sid}/Participants/{shown.sid}.json",
        }


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
