"""One call's life, line by line, for `phonebank trace`."""

import re
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from phonebank import phone
from phonebank.calls import queries
from phonebank.calls.models import Call, CallLine, Speaker
from phonebank.campaigns import queries as campaigns
from phonebank.gateway.codes import meaning

_OURS = re.compile(r"call[ #-]?(\d{1,9})", re.IGNORECASE)
_MICROS = 1_000_000
_WHO = {Speaker.US: "we said", Speaker.THEM: "they said", Speaker.VOLUNTEER: "a volunteer said"}


def found(session: Session, wanted: str) -> Call | None:
    """The call of this id: ours ("call 12") or the carrier's (CA…)."""
    ours = _OURS.fullmatch(wanted)
    return queries.by_id(session, int(ours[1])) if ours else queries.by_sid(session, wanted)


def life(session: Session, call: Call) -> Iterator[str]:
    """What happened to it and what was said, in order."""
    assert call.id is not None
    campaign = f" in “{campaigns.by_id(session, call.campaign_id).name}”" if call.campaign_id else ""
    yield f"Call {call.id}: {call.kind} with {phone.mask(call.phone)}{campaign}, now {call.status}."
    said = [_line(line) for line in queries.lines_of(session, call.id)]
    told = [(at, words) for at, words in _moments(call) if at is not None]
    for at, words in sorted([*told, *said], key=lambda one: one[0]):
        yield f"  {at:%Y-%m-%d %H:%M:%S}Z  {words}"
    if call.error_code is not None:
        yield f"  {'':20}  the carrier's error: {meaning(call.error_code)}"


def _moments(call: Call) -> Iterator[tuple[datetime | None, str]]:
    yield call.created_at, f"written down{f' as step {call.step}' if call.step else ''}"
    yield call.due_at, "due, inside contact hours"
    yield call.claimed_at, f"claimed to be dialed (attempt {call.attempts})"
    yield call.answered_at, f"answered{f' by {call.answered_by}' if call.answered_by else ''}"
    yield call.voicemail_at, "a message was left after the beep"
    yield call.wants_person_at, "wants to talk with one of us"
    yield call.bridged_at, "talks with a volunteer"
    yield call.abandoned_at, "hung up, or nobody came, while they waited"
    cost = f"{call.duration_s or 0} seconds, ${call.cost_micros / _MICROS:.4f}"
    yield call.ended_at, f"over: {cost}{f', as {call.carrier_sid}' if call.carrier_sid else ''}"


def _line(line: CallLine) -> tuple[datetime, str]:
    what = f"“{line.words}”" if line.words else f"key {line.digits}" if line.digits else "nothing"
    understood = f", understood as {line.intent}" if line.intent else ""
    return line.at, f"{_WHO[line.speaker]} {what}{understood}"
