"""Many calls to people of all manners by a carrier in trouble: one call for each step, in hours, none after a stop.

`make test` calls a few; CALLS=10000 pytest tests/stories/test_many_calls.py as many as a campaign has, in an hour
(with -o faulthandler_timeout=0).
"""

import os
import time
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from phonebank import db, jobs
from phonebank.calls.models import Call
from phonebank.messages.models import Message
from phonebank.optouts.models import OptOut
from tests.support import call_walk
from tests.support.walk import DOUBTFUL, NEW_YORK

CALLS = int(os.environ.get("CALLS", "60"))
FAULTS = ("too_many_requests", "error_before", "error_after", "reset_before", "reset_after", "no_sid", "html_after")
REPORTS = ("callback_dropped", "callback_doubled", "callback_reordered", "question_doubled")
STOPS = ({"answers": ["9"]}, {"answers": ["Take me off your list"]}, {"answers": ["9"], "barges_in": True})
OTHERS = (
    {"answers": ["1"]},
    {"answers": ["Yes, count me in!"]},
    {"answers": ["2"]},
    {"answers": ["3", "tomorrow at noon"]},
    {"answers": ["(hangs up)"]},
    {"answers": ["huh?", "(hangs up)"]},
    {"takes": "machine"},
    {"takes": "fax"},
    {"takes": "busy"},
    {"takes": "no_answer"},
    {},
)
LOOKS_EVERY_S = 1 if CALLS < 1000 else 5  # a minute of the clock must outlast a busy machine's longest pause
ONE_STOP_IN = 30  # more of them, and the breaker pauses the campaign
PACE = 100.0  # many wait for a volunteer here and there is none, so that dialing slows itself to a tenth of it
OPENS, CLOSES = 9, 21


def test_each_step_is_one_call_in_hours_and_none_follows_a_stop(walk):
    walk.carrier.faults(*FAULTS, rate=0.3 / len(FAULTS))
    walk.carrier.faults(*REPORTS, rate=0.3 / len(REPORTS))
    people = walk.people(CALLS)
    drive = call_walk.launch_by(walk, people, [_manner(i) for i in range(CALLS)], call={"calls_per_second": PACE})
    _until_all_over(walk, drive)
    walk.carrier.faults(clear=True)
    _until_all_over(walk, drive)
    dialed = [row for row in walk.carrier.calls(brief=True) if row["to"] in set(people)]
    assert Counter(row["sid"] for row in dialed) == Counter(call.carrier_sid for call in _claimed(drive))
    assert {row["to"] for row in dialed} == set(people)
    assert _in_hours(dialed)
    stopped = set(people[::ONE_STOP_IN])
    assert stopped - _opted_out() == set()
    assert [row["to"] for row in dialed if row["to"] in stopped and _is_second(row, dialed)] == []


def _manner(i):
    if i % ONE_STOP_IN == 0:
        return STOPS[i // ONE_STOP_IN % len(STOPS)]
    return OTHERS[i % len(OTHERS)]


def _until_all_over(walk, drive):
    """Every call that was due has ended, and no text is in doubt: what is, is looked for as the clock passes.

    When a day was too short for everybody, the night passes.
    """

    def over():
        now = walk.clock.now()
        with db.reading() as session:
            rows = session.exec(select(Call.ended_at, Call.due_at).where(Call.campaign_id == drive.id)).all()
            doubtful = session.exec(select(Message.id).where(col(Message.status).in_(DOUBTFUL))).first()
        in_hand = doubtful or any(ended is None and due <= now for ended, due in rows)
        if not in_hand and len(rows) >= len(drive.people):
            return True
        walk.pass_by(seconds=31 if in_hand else 600)
        jobs.ring("reconciling")
        time.sleep(LOOKS_EVERY_S)
        return False

    walk.until(over, "every call over", within=60 + CALLS)


def _claimed(drive):
    with db.reading() as session:
        rows = list(session.exec(select(Call).where(Call.campaign_id == drive.id)))
        session.expunge_all()
    return [call for call in rows if call.carrier_sid is not None]


def _opted_out():
    with db.reading() as session:
        return set(session.exec(select(OptOut.phone)))


def _is_second(row, dialed):
    return any(other["to"] == row["to"] and other["at"] < row["at"] for other in dialed)


def _in_hours(dialed):
    local = [datetime.fromisoformat(row["at"]).astimezone(ZoneInfo(NEW_YORK)) for row in dialed]
    return all(OPENS <= moment.hour < CLOSES for moment in local)
