"""Message.status moves by guarded steps only: what comes late, twice or in another order never moves it back."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phonebank import db
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import lifecycle, settling
from phonebank.messages.lifecycle import Taken
from phonebank.messages.models import Message, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import factories
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
Status = MessageStatus
HOW_FAR = {
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.UNKNOWN: 1,
    Status.SENT: 2,
    Status.DELIVERED: 3,
    Status.UNDELIVERED: 3,
    Status.FAILED: 3,
    Status.CANCELED: 3,
}
OUTBOUND = tuple(HOW_FAR)


@pytest.fixture
def text(drive, clock):
    """text(status=…): the id of an ask that stands there."""

    def written(**fields):
        with db.transaction() as session:
            to = factories.member(session, drive, clock.now())
            words = {"claimed_at": clock.now(), "attempts": 1, **fields}
            return factories.queued(session, to, drive, clock.now(), **words)

    return written


def told(status, sid="SM1", code=None):
    return DeliveryReport(sid=sid, status=status, rank=RANK.get(status, -1), error_code=code)


VERBS = {
    "unclaim": (lambda s, one, _now: lifecycle.unclaim(s, [one]), {Status.SENDING: Status.QUEUED}),
    "unclaim_one": (
        lambda s, one, _now: lifecycle.unclaim_one(s, lifecycle.Claimed.of(s.get(Message, one))),
        {Status.SENDING: Status.QUEUED},
    ),
    "put_back": (
        lambda s, one, now: lifecycle.put_back(s, one, due_at=now),
        {Status.SENDING: Status.QUEUED, Status.UNKNOWN: Status.QUEUED},
    ),
    "fail": (
        lambda s, one, now: lifecycle.fail(s, one, code=30005, now=now),
        dict.fromkeys((Status.QUEUED, Status.SENDING, Status.UNKNOWN), Status.FAILED),
    ),
    "looked_in_vain": (
        lifecycle.looked_in_vain,
        {Status.SENDING: Status.SENDING, Status.UNKNOWN: Status.UNKNOWN},
    ),
    "looked_late": (lifecycle.looked_late, {Status.SENDING: Status.SENDING, Status.UNKNOWN: Status.UNKNOWN}),
    "cannot_tell": (lifecycle.cannot_tell, {Status.SENDING: Status.UNKNOWN}),
    "found_in_log": (
        lambda s, one, now: lifecycle.found_in_log(s, one, sid=factories.sid(), rank=0, now=now),
        {Status.SENDING: Status.SENT, Status.UNKNOWN: Status.SENT},
    ),
    "staff_says_sent": (lifecycle.staff_says_sent, {Status.UNKNOWN: Status.SENT}),
    "staff_says_again": (lifecycle.staff_says_again, {Status.UNKNOWN: Status.QUEUED}),
    "cancel_one": (lifecycle.cancel_one, {Status.QUEUED: Status.CANCELED}),
    "move_hours": (
        lambda s, one, now: lifecycle.move_hours(s, one, due_at=now, lapses_at=now),
        {Status.QUEUED: Status.QUEUED},
    ),
    "mark_handled": (lambda s, one, now: lifecycle.mark_handled(s, [one], now), {Status.RECEIVED: Status.HANDLED}),
}


def test_every_verb_moves_only_from_where_it_may_and_says_so(text, clock):
    for (name, (verb, moves)), status in itertools.product(VERBS.items(), Status):
        message_id = text(status=status)
        moved = do(verb, message_id, clock.now())
        assert bool(moved) == (status in moves), f"{name} from {status}"
        assert fresh(Message, message_id).status is moves.get(status, status), f"{name} from {status}"


def test_the_carriers_yes_moves_only_what_is_in_doubt(text, clock):
    for status in OUTBOUND:
        message_id = text(status=status)
        do(lifecycle.record_accepted, [Taken(message_id, factories.sid(), 1)], clock.now())
        doubted = status in lifecycle.IN_DOUBT
        assert fresh(Message, message_id).status is (Status.SENT if doubted else status), status


def test_the_carriers_id_is_kept_even_when_a_report_came_first(text, clock):
    message_id = text(status=Status.SENDING)
    do(lifecycle.report, message_id, told("delivered", "SM77"), clock.now())
    do(lifecycle.record_accepted, [Taken(message_id, "SM77", 1)], clock.now())
    row = fresh(Message, message_id)
    assert (row.status, row.carrier_sid, row.carrier_rank) == (Status.DELIVERED, "SM77", 4)


STEPS = ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "read", "nonsense", "CREATED"]


@pytest.mark.database("sqlite")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=9))
def test_reports_in_any_order_and_number_never_move_a_text_back(text, clock, steps):
    message_id, sid = text(status=Status.SENDING), factories.sid()
    far, rank, settled = 1, -1, None
    for step in steps:
        if step == "CREATED":
            do(settling.accepted, [Taken(message_id, sid, 1)], [], clock.now())
        else:
            with db.transaction() as session:
                settling.reported(session, message_id, told(step, sid), clock.now())
        row = fresh(Message, message_id)
        assert HOW_FAR[row.status] >= far
        assert row.carrier_rank >= rank
        assert settled in {None, row.status}, "the first final word stands"
        far, rank = HOW_FAR[row.status], row.carrier_rank
        settled = row.status if far == 3 else None
    finals = [step for step in steps if RANK.get(step, -1) >= 4]
    heard = {step for step in steps if step != "nonsense"}
    first = {"delivered": Status.DELIVERED, "read": Status.DELIVERED}.get(finals[0], finals[0]) if finals else None
    assert row.status == (first or (Status.SENT if heard else Status.SENDING))


def test_every_order_of_the_usual_four_ends_delivered(text, clock):
    for order in itertools.permutations(["CREATED", "queued", "sent", "delivered"]):
        message_id, sid = text(status=Status.SENDING), factories.sid()
        for step in order:
            if step == "CREATED":
                do(lifecycle.record_accepted, [Taken(message_id, sid, 1)], clock.now())
            else:
                do(lifecycle.report, message_id, told(step, sid), clock.now())
        row = fresh(Message, message_id)
        assert (row.status, row.carrier_sid) == (Status.DELIVERED, sid), order
        assert row.sent_at is not None


def test_doubled_reports_that_arrive_at_once_are_heard_once(text, clock):
    message_id = text(status=Status.SENT, carrier_sid="SM5", carrier_rank=1)
    heard = at_once(5, lambda _: do(lifecycle.report, message_id, told("delivered", "SM5"), clock.now()))
    assert sum(heard) == 1


def test_a_report_that_names_another_sid_changes_nothing(text, clock):
    message_id = text(status=Status.SENT, carrier_sid="SM5", carrier_rank=1)
    assert not do(lifecycle.report, message_id, told("failed", "SM6"), clock.now())
    assert fresh(Message, message_id).status is Status.SENT


def test_a_report_about_a_text_that_was_never_spoken_changes_nothing(text, clock):
    message_id = text(status=Status.QUEUED, attempts=0, claimed_at=None)
    assert not do(lifecycle.report, message_id, told("delivered"), clock.now())
    assert fresh(Message, message_id).status is Status.QUEUED


def test_a_late_report_about_a_text_put_back_keeps_it_from_going_twice(text, drive, clock):
    message_id = text(status=Status.SENDING)
    do(lifecycle.put_back, message_id, due_at=clock.now())
    assert do(lifecycle.report, message_id, told("sent"), clock.now())
    assert do(lifecycle.claim, drive.sender, 10, urgent_only=False, now=clock.now()) == []


def test_a_failure_in_the_create_answer_does_not_deafen_us_to_its_report(text, clock):
    message_id = text(status=Status.SENDING)
    do(lifecycle.record_accepted, [Taken(message_id, "SM9", RANK["failed"])], clock.now())
    do(lifecycle.report, message_id, told("failed", "SM9", 30005), clock.now())
    row = fresh(Message, message_id)
    assert (row.status, row.error_code) == (Status.FAILED, 30005)


def test_a_reply_shows_that_an_ask_in_doubt_went(text, clock):
    asks = {status: text(status=status) for status in OUTBOUND}
    clock.pass_by(seconds=10)
    for status, message_id in asks.items():
        row = fresh(Message, message_id)
        shown = do(lifecycle.shown_by_reply, row.phone, claimed_before=clock.now(), now=clock.now())
        assert shown == ([row.recipient_id] if status in lifecycle.IN_DOUBT else [])


def test_a_reply_to_something_older_does_not_settle_an_ask_just_claimed(text, clock):
    message_id = text(status=Status.SENDING)
    phone = fresh(Message, message_id).phone
    assert do(lifecycle.shown_by_reply, phone, claimed_before=clock.now(), now=clock.now()) == []


def test_opting_out_cancels_only_what_is_still_queued(text, clock):
    for status in OUTBOUND:
        message_id = text(status=status)
        do(lifecycle.cancel_for, fresh(Message, message_id).phone, clock.now())
        expected = Status.CANCELED if status is Status.QUEUED else status
        assert fresh(Message, message_id).status is expected


def test_a_recipients_verbs_never_bring_an_excluded_person_back(text, clock):
    from phonebank.intents import Outcome
    from phonebank.recipients import lifecycle as recipients

    to = fresh(Message, text()).recipient_id
    update(Recipient, to, status=RecipientStatus.EXCLUDED, excluded_because="opted out")
    now = clock.now()
    for verb in (
        lambda s: recipients.mark_unreachable(s, [to], "no"),
        lambda s: recipients.replies_arrived(s, [to], now),
        lambda s: recipients.hand_over(s, to),
        lambda s: recipients.settle(s, to, Outcome.YES, now),
        lambda s: recipients.ask_again(s, to, Outcome.NOT_NOW),
        lambda s: recipients.keep_open(s, to, Outcome.MAYBE),
    ):
        assert not do(verb)
    do(recipients.mark_asked, [to], now)
    row = fresh(Recipient, to)
    assert (row.status, row.outcome) == (RecipientStatus.EXCLUDED, Outcome.NONE)


def test_backoff_grows_and_stays_under_a_minute():
    spans = [lifecycle.backoff(attempts).total_seconds() for attempts in range(200)]
    assert spans == sorted(spans)
    assert (spans[1], spans[2], spans[-1]) == (1, 2, 60)
