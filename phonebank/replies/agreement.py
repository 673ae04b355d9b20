"""How far people agree with the reader: by intent, where they do not, and which replies tell most."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies import queries
from phonebank.replies.shares import Share

JUDGED = (
    Intent.YES,
    Intent.NO,
    Intent.NOT_NOW,
    Intent.NOT_THAT,
    Intent.MAYBE,
    Intent.WRONG_NUMBER,
    Intent.OPT_OUT,
)
"""What a person can say that a reply decided. A question, or a cry for help, is nobody's decision."""

_WORTH_READING = 20


def report(session: Session, campaign_id: int | None = None) -> dict[str, Any]:
    """The published form of `replies report --json`, of one campaign or of all.

    Counted are verdicts on a reply's own words. One given after we had answered is of the whole talk: those are only
    numbered (`after_answer`), and a verdict on a reading nobody can confirm (a question) stands in `confusion` alone.
    """
    counts = queries.verdict_counts(session, campaign_id)
    judged = [row for row in counts if row.verdict is not None and not row.judged_after_answer]
    worth = queries.judged_otherwise(session, campaign_id, limit=_WORTH_READING)
    return {
        "replies": _sum(counts),
        "acted": _sum(row for row in counts if row.acted),
        "verdicts": _sum(judged),
        "after_answer": _sum(row for row in counts if row.verdict is not None and row.judged_after_answer),
        "agreement": [_agreed(intent, judged) for intent in JUDGED],
        "confusion": _confusion(judged),
        "corrected": _confusion(row for row in judged if row.acted and row.verdict != row.intent),
        "worth_reading": [_told(row) for row in worth],
    }


def _agreed(intent: Intent, judged: list[Any]) -> dict[str, Any]:
    read_so = [row for row in judged if row.intent == intent]
    share = Share(_sum(row for row in read_so if row.verdict == intent), _sum(read_so))
    answers = intent in ANSWERED_BY_MACHINE
    return {
        "intent": intent.value,
        "machine_answers": answers,
        "judged": share.of,
        "agreed": share.had,
        "share": share.as_json(),
    }


def _confusion(rows: Iterable[Any]) -> dict[str, dict[str, int]]:
    """Read as → a person says → how many; only what occurred, in the order of the vocabulary."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.intent][row.verdict] += row.replies
    order = [intent.value for intent in Intent]
    return {read: dict(sorted(found[read].items())) for read in sorted(found, key=order.index)}


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": row.message_id,
        "campaign": row.campaign,
        "text": row.body,
        "read": row.intent.value,
        "confidence": row.confidence,
        "acted": row.acted,
        "verdict": row.verdict,
        "why": row.why,
    }


def _sum(rows: Iterable[Any]) -> int:
    return sum(row.replies for row in rows)
