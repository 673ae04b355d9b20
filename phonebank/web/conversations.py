"""One conversation as its page shows it: what was said, understood and asked, and what to say next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from sqlmodel import Session

from phonebank import clock, db
from phonebank.calls import queries as calls
from phonebank.calls.models import Call, CallLine, Speaker
from phonebank.contacts.models import Contact
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.handoffs.presence import Here
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.messages.queries import conversation
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.people import audit
from phonebank.people import queries as people
from phonebank.people.models import Deed
from phonebank.replies import queries as replies
from phonebank.replies.marking import Piece, marked
from phonebank.replies.models import ReplyReading
from phonebank.replies.named_times import NamedTime, named_times
from phonebank.web import guards
from phonebank.web.live import stamp_of


@dataclass(frozen=True)
class Said:
    """One text, or one thing said in a call (`call_id`). `writer` is empty when it went by itself.

    `pictures` are content types.
    """

    id: int
    is_theirs: bool
    is_automatic: bool
    writer: str
    body: str
    pictures: tuple[str, ...]
    at: datetime
    status: str
    due_at: datetime | None
    reading: ReplyReading | None
    campaign_id: int | None = None
    pieces: Sequence[Piece] = ()  # of their text, the words that told the reader marked
    times: Sequence[NamedTime] = ()  # the days and hours they name, where it is known which they mean
    call_id: int | None = None
    understood: str = ""  # what they meant, of a line in a call


@dataclass(frozen=True)
class Talk:
    """What changes while somebody looks: who holds it, what stands against the number, what was said."""

    handoff: Handoff
    holder: str
    is_mine: bool
    is_taken: bool
    is_held: bool
    is_opted_out: bool
    texts: list[Said]
    before: Sequence[Said] = ()  # what was said before this campaign asked
    contact: Contact | None = None
    others: Sequence[Here] = ()
    organizes: bool = False
    noted_by: str = ""
    zone: str = ""  # the supporter's, where it can only be one

    @property
    def first_name(self) -> str:
        """Empty for a number we do not know."""
        return self.contact.first_name if self.contact else ""

    @property
    def is_for_organizer(self) -> bool:
        return self.handoff.for_organizer

    @property
    def is_closed(self) -> bool:
        return self.handoff.status == HandoffStatus.CLOSED


def talk(  # who looks, when, and who else does
    session: Session, handoff_id: int, person_id: int, now: datetime, *, reads_all: bool, others: Sequence[Here] = ()
) -> Talk:
    """The conversation for this person; its texts only while they hold it or may read all."""
    handoff = handoffs.by_id(session, handoff_id)
    session.expunge(handoff)
    has_lease = handoff.claimed_until is not None and handoff.claimed_until > now
    is_mine = has_lease and handoff.claimed_by == person_id
    bans = standing(session, handoff.phone)
    contact = handoffs.contact_of(session, handoff.phone)
    zone = _only_zone_of(contact)
    texts = said(session, handoff.phone, zone) if is_mine or reads_all else []
    begins = next((at for at, text in enumerate(texts) if text.campaign_id == handoff.campaign_id), 0)
    return Talk(
        handoff=handoff,
        holder=_name(session, handoff.claimed_by) if has_lease else "",
        is_mine=is_mine,
        is_taken=has_lease and not is_mine,
        is_held=Ban.HOLD in bans,
        is_opted_out=Ban.OPT_OUT in bans,
        texts=texts[begins:],
        before=texts[:begins],
        contact=contact,
        others=others,
        organizes=reads_all,
        noted_by=_name(session, handoff.noted_by) if reads_all else "",
        zone=zone,
    )


def stamp(session: Session, handoff_id: int, person_id: int, now: datetime, others: Sequence[Here]) -> str:
    """A word that changes whenever what `talk` gives would: two small reads in place of a page."""
    return stamp_of(person_id, others, replies.seen_so_far(session, handoff_id, now))


def said(session: Session, phone: str, zone: str = "") -> list[Said]:
    """Everything said with this number by text and in calls, oldest first, with how each reply was read.

    `zone` is theirs, where known.
    """
    messages = conversation(session, phone)
    readings = replies.readings_of(session, [message.id for message in messages if message.id is not None])
    for reading in readings.values():
        session.expunge(reading)
    spoken = calls.said_with(session, phone)
    ours = {message.written_by for message in messages} | {call.volunteer_id for _, call in spoken}
    writers = {who: _name(session, who) for who in ours if who is not None}
    texts = [(message.created_at, _said(message, readings, writers, zone)) for message in messages]
    return [one for _, one in merge(texts, [(line.at, _spoken(line, call, writers)) for line, call in spoken], key=_at)]


def note_calls_read(texts: Iterable[Said]) -> None:
    """Write down in the audit trail whose words in calls these show; nothing where there are none."""
    read = sorted({text.call_id for text in texts if text.call_id is not None})
    if read:
        told = f"read call {', '.join(map(str, read))}"
        with db.transaction() as session:
            by, now = guards.signature(), clock.now()
            audit.record(session, Deed.CALL_OPENED, by=by, about="a conversation", now=now, detail=told)


def first_name(session: Session, phone: str) -> str:
    """Empty for a number we do not know."""
    contact = handoffs.contact_of(session, phone)
    return contact.first_name if contact else ""


def _only_zone_of(contact: Contact | None) -> str:
    return contact.zones if contact and "|" not in contact.zones else ""


def _said(message: Message, readings: Mapping[int, ReplyReading], writers: Mapping[int, str], zone: str) -> Said:
    assert message.id is not None
    is_theirs = message.direction is Direction.IN
    reading = readings.get(message.id)
    named = reading.named if reading else ""
    return Said(
        id=message.id,
        is_theirs=is_theirs,
        is_automatic=not is_theirs and message.kind is not MessageKind.ANSWER and message.written_by is None,
        writer=writers.get(message.written_by or 0, ""),
        body=message.body,
        pictures=tuple(str(picture.get("content_type") or "unknown kind") for picture in message.media),
        at=message.sent_at or message.created_at,
        status=message.status,
        due_at=message.due_at,
        reading=reading,
        campaign_id=message.campaign_id,
        pieces=marked(message.body, reading.why if reading else ""),
        times=named_times(named, said_at=message.created_at, zone=zone) if named and zone else (),
    )


def _spoken(line: CallLine, call: Call, writers: Mapping[int, str]) -> Said:
    assert line.id is not None
    return Said(
        id=line.id,
        is_theirs=line.speaker is Speaker.THEM,
        is_automatic=line.speaker is Speaker.US,
        writer=writers.get(call.volunteer_id or 0, ""),
        body=line.words or (f"pressed {line.digits}" if line.digits else ""),
        pictures=(),
        at=line.at,
        status=MessageStatus.DELIVERED,
        due_at=None,
        reading=None,
        campaign_id=call.campaign_id,
        call_id=call.id,
        understood=line.intent or "",
    )


def _at(said: tuple[datetime, Said]) -> datetime:
    return said[0]


def _name(session: Session, person_id: int | None) -> str:
    person = people.by_id(session, person_id) if person_id is not None else None
    return person.name if person else ""
