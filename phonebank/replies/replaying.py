"""Reads every past reply again with the present reader, in the words and the place it had then. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from sqlmodel import Session

from phonebank.intents import Intent
from phonebank.messages.models import MessageKind, MessageStatus
from phonebank.replies import queries, threads
from phonebank.replies.models import BY_THE_CARRIER
from phonebank.replies.reading import Reading
from phonebank.replies.together import Context, read_together

_AT_ONCE = 500
_NEVER_SAID = (MessageStatus.QUEUED, MessageStatus.CANCELED)
_NOT_ARRIVED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


@dataclass(frozen=True)
class Replayed:
    """One reply (`id` is its last text's), how it was read, how it would be, and what a person said of its words."""

    id: int
    texts: int
    text: str
    campaign_id: int | None
    was: str
    reading: Reading
    verdict: Intent | None

    @property
    def would_be(self) -> str:
        return told(self.reading.intent, acted=self.reading.acted, hold=self.reading.hold)

    @property
    def is_same(self) -> bool:
        return self.was == self.would_be


def told(intent: Intent, *, acted: bool, hold: bool) -> str:
    """What is compared: "yes, answered", "maybe, to a person", "other, held"."""
    return f"{intent.value}, {'answered' if acted else 'held' if hold else 'to a person'}"


def replay(session: Session, campaign_id: int | None = None, *, acts_from: float | None = None) -> Iterator[Replayed]:
    """Every reply of a campaign or of all, in the order they were read, streamed.

    Each is read against our texts that had gone by then, by the threshold in force now, or by `acts_from`. Left out is
    what nobody had read: texts on which the carrier had acted first.
    """
    rows = (row for row in queries.read_before(session, campaign_id) if row.why != BY_THE_CARRIER)
    replies = (list(texts) for _, texts in groupby(rows, key=lambda row: (row.read_at, row.phone)))
    while several := list(islice(replies, _AT_ONCE)):
        ours = queries.ours_to(session, {texts[0].phone for texts in several})
        known = queries.acts_from(session, {texts[0].campaign_id for texts in several if texts[0].campaign_id})
        for texts in several:
            sure = _threshold(texts[-1], known) if acts_from is None else acts_from
            yield _again(texts, ours.get(texts[0].phone, ()), sure)


def _threshold(last: Any, known: Mapping[int | None, float]) -> float:
    return known[last.campaign_id if last.recipient_id is not None else None]


def _again(texts: Sequence[Any], ours: Sequence[Any], acts_from: float) -> Replayed:
    last, bodies = texts[-1], [row.body for row in texts]
    heard = _said_by(ours, last.read_at)
    context = Context(
        question=threads.last_question(heard) if last.recipient_id is not None else None,
        sent=threads.last_words(heard, last.read_at),
        lang=last.language if last.recipient_id is not None else None,
    )
    return Replayed(
        id=last.message_id,
        texts=len(texts),
        text="\n".join(bodies),
        campaign_id=last.campaign_id,
        was=told(last.intent, acted=last.acted, hold=last.hold),
        reading=read_together(bodies, context, acts_from),
        verdict=Intent(last.verdict) if last.verdict and not last.judged_after_answer else None,
    )


@dataclass(frozen=True)
class _Said:
    """A text of ours as it stood then, for `threads`."""

    kind: MessageKind
    status: MessageStatus
    body: str
    created_at: datetime


def _said_by(ours: Sequence[Any], then: datetime) -> list[_Said]:
    gone = (one for one in ours if one.status not in _NEVER_SAID and (one.claimed_at or one.created_at) <= then)
    return [_Said(one.kind, _status_then(one, then), one.body, one.created_at) for one in gone]


def _status_then(one: Any, then: datetime) -> MessageStatus:
    """A report that came later had not been heard of; of a doubt that stands nobody can say when it began."""
    if one.status is MessageStatus.UNKNOWN or (one.status in _NOT_ARRIVED and (one.settled_at or then) <= then):
        return MessageStatus(one.status)
    return MessageStatus.SENT
