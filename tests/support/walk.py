"""One story in a house of real parts: people imported, campaigns launched, texts exchanged, and the ledger looked into."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from phonebank import db, jobs
from phonebank.campaigns import launching, lifecycle, preflight, queries, spec
from phonebank.contacts.importing import ImportResult, Order, import_list
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff
from phonebank.messages import queries as messages
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.optouts import queries as optouts
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient
from tests.support.house import SERVICE, House
from tests.support.http_visitor import HttpVisitor

AREAS = (201, 203, 206, 214, 215, 216, 240, 248, 267, 301, 305, 310, 313, 314, 315, 336, 347, 360, 385, 402, 405, 407)
AREAS += (408, 410, 412, 414, 419, 425, 432, 434, 440, 443, 469, 470, 480, 501, 503, 504, 505, 508, 509, 510, 513, 515)
NEW_YORK = "America/New_York"
PATIENCE_S = 60.0
"""How long a story waits for what must happen; a busy machine is not a bug."""

ASK = "Hi {{ first_name }}, it's {{ sender_name }} with {{ organization }}. Can I count on you to make calls {{ ask.when }}? Reply STOP to end."
_EVERYBODY_LOOKS_S = 0.25  # phonebank.clock looks at its dial five times a second
IS_ASK = "Can I count on you to make calls"
DOUBTFUL = (MessageStatus.SENDING, MessageStatus.UNKNOWN)

_numbers = (  # a blast reaches many area codes; the first of each are nobody's, and the rest is for the longest stories
    f"+1{area}555{last:04d}" for last in (*range(100, 199), *range(2000, 9999)) for area in AREAS
)
_stories = itertools.count(1)


class Drive:
    """A launched campaign: its id, name, sender and the people of its list."""

    def __init__(self, campaign_id: int, name: str, sender: str, people: Sequence[str]) -> None:
        self.id, self.name, self.sender, self.people = campaign_id, name, sender, list(people)


class Walk:
    """What a story does and sees. Numbers are E.164; times are the house's clock's unless they say real."""

    def __init__(self, house: House) -> None:
        self.house, self.carrier, self.clock = house, house.carrier, house.clock
        self.number = next(_stories)
        self.drives: list[Drive] = []
        self.browsers: list[HttpVisitor] = []
        self.may_miss: set[str] = set()  # people this story leaves without an ask on purpose
        self._since = len(self.carrier.ledger())
        self._lists = itertools.count(1)

    # People and campaigns, by the verbs that the commands and pages use.

    def people(self, count: int) -> list[str]:
        """So many numbers that no story has used."""
        return list(itertools.islice(_numbers, count))

    def import_(self, people: Iterable[str], name: str, **columns: str) -> ImportResult:
        """Import them on this list, in New York unless a `timezone` is given."""
        columns = {"timezone": NEW_YORK} | columns
        head = ",".join(("First Name", "Cell Phone", *columns))
        rows = [",".join((f"P{phone[-4:]}", phone, *columns.values())) for phone in people]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "list.csv")
            file.write_text("\n".join((head, *rows)) + "\n")
            return import_list(file, Order(list_name=name, imported_by="a story"), now=self.clock.now())

    def launch(
        self, people: Sequence[str] | int = 1, *, sender: str = SERVICE, columns: Any = None, **keys: Any
    ) -> Drive:
        """A campaign to these people (or so many new ones), launched by its pre-flight; `keys` are the file's own."""
        people = self.people(people) if isinstance(people, int) else people
        listed = f"list {self.number}.{next(self._lists)}"
        self.import_(people, listed, **(columns or {}))
        name = keys.get("name", f"Campaign of {listed}")
        described = spec.parse_table(self._file(listed, sender) | keys | {"name": name})
        now = self.clock.now()
        with db.transaction() as session:
            parts = queries.parts_of(session, spec.create(session, described, now))
            account = launching.account_of(self.house.settings)
            found = preflight.check(session, parts, settings=self.house.settings, account=account, now=now)
            launching.launch(session, parts.campaign, found, by="a story", because="a story", at=None, now=now)
            assert parts.campaign.id is not None
        self.drives.append(Drive(parts.campaign.id, name, sender, people))
        return self.drives[-1]

    def ask(self, **keys: Any) -> dict[str, Any]:
        """The [ask] table, a week from now at six, with these keys of it changed."""
        return {"action": "make calls with us", "starts_at": self.event(7), "texts": [ASK]} | keys

    def event(self, days: int, hour: int = 18) -> str:
        """So many days from now, at this hour of the campaign's own time."""
        return f"{(self.clock.now() + timedelta(days=days)).date()}T{hour:02d}:00:00"

    def _file(self, listed: str, sender: str) -> dict[str, Any]:
        return {
            "lists": [listed],
            "organization": "RepresentUs",
            "sender_name": "Amanda",
            "sender": sender,
            "ask": self.ask(),
            "limits": {"segments_per_second": 75},
        }

    def pause(self, drive: Drive) -> None:
        with db.transaction() as session:
            assert lifecycle.pause(session, drive.id, reason="a story", now=self.clock.now())

    def resume(self, drive: Drive) -> None:
        with db.transaction() as session:
            assert lifecycle.resume(session, drive.id, self.clock.now())

    def close(self, drive: Drive) -> None:
        with db.transaction() as session:
            lifecycle.close(session, drive.id, self.clock.now())

    # What supporters and volunteers do.

    def says(self, number: str, *bodies: str) -> None:
        """They text us, and the moment passes that we wait for more of it."""
        for body in bodies:
            answers = self.carrier.reply(number, body)["answers"]
            assert answers == [200], f"the webhook answered {answers}"
        self.pass_by(seconds=4)

    def volunteer(self, name: str, role: Role = Role.VOLUNTEER) -> HttpVisitor:
        """Somebody signed in, on a browser of their own."""
        email = f"{name.lower()}.{self.number}@example.org"
        with db.transaction() as session:
            person = accounts.add(session, email, name, role, None, self.clock.now())
            token = accounts.sign_in_link(session, person.id, self.clock.now())
        browser = HttpVisitor(self.house.settings.address)
        self.browsers.append(browser)
        browser.open(f"/sign-in/{token}")
        browser.send(f"/sign-in/{token}")
        return browser

    # What can be seen.

    def ledger(self, to: str | None = None) -> list[dict[str, Any]]:
        """What the carrier accepted from us in this story."""
        return [row for row in self.carrier.ledger(since=self._since) if to in {None, row["to"]}]

    def asks(self, to: str | None = None) -> list[dict[str, Any]]:
        return [row for row in self.ledger(to) if IS_ASK in row["body"]]

    def heard(self, number: str) -> list[str]:
        """What we have said to this number, oldest first, as the carrier accepted it."""
        return [row["body"] for row in self.ledger(number)]

    def standing(self, drive: Drive) -> dict[str, dict[str, int]]:
        with db.reading() as session:
            return {
                "status": recipients.by_status(session, drive.id),
                "outcome": recipients.by_outcome(session, drive.id),
            }

    def recipient(self, number: str) -> Recipient:
        with db.reading() as session:
            return recipients.of_phone(session, number)[0]

    def talk(self, number: str) -> list[Message]:
        with db.reading() as session:
            return messages.conversation(session, number)

    def replies(self, number: str) -> list[Message]:
        return [text for text in self.talk(number) if text.direction is Direction.IN]

    def handoff(self, number: str) -> Handoff | None:
        with db.reading() as session:
            return handoffs.standing_of(session, number)

    def is_opted_out(self, number: str) -> bool:
        with db.reading() as session:
            return optouts.is_opted_out(session, number)

    # Waiting, never for a fixed time.

    def wind(self, to: datetime) -> None:
        """Wind the clock on to this moment, and wait until every part has looked at it."""
        self.clock.set(to)
        time.sleep(_EVERYBODY_LOOKS_S)

    def wind_to(self, moment: str, *, days: int = 0) -> None:
        """Wind the clock on to this moment in New York, "18:30" or "18:30:05", so many days on; the next one by default."""
        here = self.clock.now().astimezone(ZoneInfo(NEW_YORK))
        then = datetime.combine(here.date() + timedelta(days=days), day_time.fromisoformat(moment), here.tzinfo)
        self.wind((then if then > here else then + timedelta(days=1)).astimezone(UTC))

    def pass_by(self, **span: float) -> None:
        """Wind the clock on by a span, `pass_by(hours=3)`."""
        self.wind(self.clock.now() + timedelta(**span))

    def until(self, is_so: Callable[[], Any], what: str = "", within: float = PATIENCE_S) -> Any:
        """Wait until it is so, and give what it was."""
        deadline = time.monotonic() + within
        while not (seen := is_so()):
            assert time.monotonic() < deadline, f"it never came true: {what}\n{[self.standing(d) for d in self.drives]}"
            time.sleep(0.05)
        return seen

    def until_heard(self, number: str, *words: str, within: float = PATIENCE_S) -> str:
        """Wait until something we said to this number holds all of these words, and give it."""

        def found() -> str | None:
            return next((body for body in self.heard(number) if all(word in body for word in words)), None)

        return str(self.until(found, f"{words} said to the person", within))

    def until_asked(self, *drives: Drive, within: float = PATIENCE_S) -> None:
        """Wait until everybody of these drives is asked, and so recorded."""
        for drive in drives or self.drives:
            self.until(
                lambda drive=drive: self._is_running(drive) and not self.standing(drive)["status"].get("pending"),
                "everybody asked",
                within,
            )

    def until_quiet(self, within: float = PATIENCE_S) -> None:
        """Wait until no reply waits to be read and no text is in hand or due."""
        self.until(lambda: not self._work(), "nothing in hand", within)

    def until_asked_after_all(self, *drives: Drive) -> None:
        """The same after trouble: the carrier mends, and what reconciliation waits for is let pass."""
        self.carrier.faults(clear=True)
        self.until(self._only_doubts_are_left, "nothing in hand but doubts")
        while self.doubtful() or any(self.standing(drive)["status"].get("pending") for drive in drives):
            seen = {text.id: (text.looks, text.looked_at) for text in self.doubtful()}
            self.pass_by(seconds=31)
            jobs.ring("reconciling")
            self.until(lambda seen=seen: self._looked_again(seen), "another look into the log")
            self.until(self._only_doubts_are_left, "nothing in hand but doubts")

    def _only_doubts_are_left(self) -> bool:
        """Nothing is being said any more. A turn that hangs on a carrier that hung is as dead as killed."""
        if self._due():
            return False
        ended = time.monotonic() + 3
        while self.house.is_busy("bulk") and time.monotonic() < ended:
            time.sleep(0.05)
        self.house.kill_turn("bulk")
        return not self._due()

    def doubtful(self) -> list[Message]:
        return [text for text in self.ours() if text.status in DOUBTFUL]

    def ours(self) -> list[Message]:
        """Every text we wrote down for the people of this story."""
        return [text for number in self.everybody() for text in self.talk(number) if text.direction is Direction.OUT]

    def everybody(self) -> list[str]:
        return list(dict.fromkeys(number for drive in self.drives for number in drive.people))

    def leave(self) -> None:
        """Leave nothing behind that would go on."""
        for browser in self.browsers:
            browser.close()
        for drive in self.drives:
            self.close(drive)

    def _is_running(self, drive: Drive) -> bool:
        with db.reading() as session:
            return queries.by_id(session, drive.id).status != "enrolling"

    def _looked_again(self, seen: dict[int | None, Any]) -> bool:
        now = {text.id: (text.looks, text.looked_at) for text in self.doubtful()}
        return all(now.get(message_id) != looks for message_id, looks in seen.items())

    def _work(self) -> bool:
        with db.reading() as session:
            unread = messages.unread(session, 1)
        return bool(unread or self._due() or [text for text in self.ours() if text.status == MessageStatus.SENDING])

    def _due(self) -> bool:
        """Whether anything waits to be said now, and may be."""
        now = self.clock.now()
        with db.reading() as session:
            return any(
                (recipients.any_due(session, drive.id, now) and queries.by_id(session, drive.id).status == "running")
                or session.exec(messages.may_go_now(drive.sender, urgent_only=False, now=now).limit(1)).first()
                for drive in self.drives
            )
