"""A claim is a lease: exactly one holds it, and what lapses goes back with its draft."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phonebank import db
from phonebank.handoffs import lifecycle, queries
from phonebank.handoffs.models import HandoffStatus
from phonebank.messages.models import MessageKind, MessageStatus
from tests.support import conversations as make

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scene(database, clock):
    """Two volunteers, a campaign, and one conversation that waits."""
    now = clock.now()
    with db.transaction() as session:
        ana, ben = make.person(session, now, "Ana"), make.person(session, now, "Ben")
        drive = make.campaign(session, now)
        rosa = make.supporter(session, drive, now)
        return {"ana": ana, "ben": ben, "drive": drive, "rosa": rosa, "id": make.handed_off(session, rosa, now)}


def _handoff(handoff_id):
    with db.reading() as session:
        found = queries.by_id(session, handoff_id)
        session.expunge(found)
        return found


def _do(verb, *args, **kwargs):
    with db.transaction() as session:
        return verb(session, *args, **kwargs)


def _open(rosa, now, **fields):
    words = {"reason": "question", "why": "", "urgency": 2, "campaign_id": rosa.campaign_id, **fields}
    return _do(lifecycle.open_, phone=rosa.phone, recipient_id=rosa.id, now=now, **words)


def test_a_second_reason_joins_the_conversation_that_stands(scene, clock):
    assert _open(scene["rosa"], clock.now(), reason="question", why="they ask where") == scene["id"]
    joined = _handoff(scene["id"])
    assert (joined.reason, joined.why, joined.urgency) == ("question", "they ask where", 2)


def test_a_lesser_reason_does_not_hide_a_more_urgent_one(scene, clock):
    _open(scene["rosa"], clock.now(), reason="opt_out", why="may be a stop", urgency=0)
    _open(scene["rosa"], clock.now(), reason="question", why="they ask where", urgency=2)
    joined = _handoff(scene["id"])
    assert (joined.reason, joined.why, joined.urgency) == ("opt_out", "may be a stop", 0)


def test_joining_leaves_the_claim_with_who_holds_it(scene, clock):
    _do(lifecycle.claim, scene["id"], scene["ana"], clock.now())
    _open(scene["rosa"], clock.now())
    assert _handoff(scene["id"]).claimed_by == scene["ana"]


def test_a_closed_conversation_is_not_joined(scene, clock):
    assert _do(lifecycle.close, scene["id"], person_id=None, verdict=None, now=clock.now())
    assert _open(scene["rosa"], clock.now()) != scene["id"]


def test_many_openings_at_once_make_one_conversation(scene, clock):
    now, together = clock.now(), Barrier(6)
    with db.transaction() as session:
        luis = make.supporter(session, scene["drive"], now, "Luis")

    def open_one(_):
        together.wait()
        return _open(luis, now)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(open_one, range(6)))) == 1


def test_of_many_who_claim_at_once_exactly_one_gets_it(scene, clock):
    now, together = clock.now(), Barrier(8)
    with db.transaction() as session:
        people = [make.person(session, now, f"Volunteer {i}") for i in range(8)]

    def claim(person_id):
        together.wait()
        return _do(lifecycle.claim, scene["id"], person_id, now)

    with ThreadPoolExecutor(8) as pool:
        won = [person_id for person_id, got in zip(people, pool.map(claim, people), strict=True) if got]
    assert won == [_handoff(scene["id"]).claimed_by]


def test_next_never_gives_one_conversation_to_two(scene, clock):
    now, together = clock.now(), Barrier(8)
    with db.transaction() as session:
        people = [make.person(session, now, f"Volunteer {i}") for i in range(8)]
        ids = {scene["id"]} | {
            make.handed_off(session, make.supporter(session, scene["drive"], now), now) for _ in range(5)
        }

    def take(person_id):
        together.wait()
        return _do(lifecycle.claim_next, person_id, now)

    with ThreadPoolExecutor(8) as pool:
        given_out = list(pool.map(take, people))
    taken = [one for one in given_out if one is not None]
    assert len(taken) == len(set(taken))
    assert set(taken) <= ids
    left = iter(lambda: _do(lifecycle.claim_next, people[0], now), None)
    assert sorted([*taken, *left]) == sorted(ids)


def test_next_is_the_most_urgent_then_the_oldest(scene, clock):
    order = [scene["id"]]
    for urgency in (1, 0, 2):
        now = clock.pass_by(seconds=5)
        with db.transaction() as session:
            other = make.supporter(session, scene["drive"], now)
            order.append(make.handed_off(session, other, now, urgency=urgency))
    first, commitment, held, last = order
    taken = [_do(lifecycle.claim_next, scene["ana"], clock.now()) for _ in range(5)]
    assert taken == [held, commitment, first, last, None]


def test_next_passes_over_a_conversation_that_waits_for_their_word(scene, clock):
    now = clock.now()
    with db.transaction() as session:
        make.text(session, scene["rosa"], "It is on Zoom!", now, kind=MessageKind.ANSWER, step="answer:1:a")
    assert _do(lifecycle.claim_next, scene["ana"], now) is None
    with db.transaction() as session:
        make.text(session, scene["rosa"], "And when?", now)
    assert _do(lifecycle.claim_next, scene["ana"], now) == scene["id"]


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.CANCELED])
def test_an_answer_that_never_arrived_leaves_it_our_turn(scene, clock, status):
    now = clock.now()
    with db.transaction() as session:
        make.text(session, scene["rosa"], "Hi!", now, kind=MessageKind.ANSWER, step="answer:1:a", status=status)
    assert _do(lifecycle.claim_next, scene["ana"], now) == scene["id"]


def test_a_lease_that_lapses_goes_back_with_its_draft(scene, clock):
    assert _do(lifecycle.claim, scene["id"], scene["ana"], clock.now())
    assert _do(lifecycle.save_draft, scene["id"], scene["ana"], "Hi Rosa, it is")
    assert _do(lifecycle.lapse, clock.pass_by(minutes=9, seconds=59)) == 0
    assert _do(lifecycle.lapse, clock.pass_by(seconds=1)) == 1
    back = _handoff(scene["id"])
    assert (back.status, back.claimed_by, back.draft) == (HandoffStatus.OPEN, None, "Hi Rosa, it is")


def test_a_lapsed_lease_can_be_taken_before_any_sweep(scene, clock):
    _do(lifecycle.claim, scene["id"], scene["ana"], clock.now())
    later = clock.pass_by(minutes=10)
    assert not _do(lifecycle.renew, scene["id"], scene["ana"], later)
    assert _do(lifecycle.claim, scene["id"], scene["ben"], later)
    assert not _do(lifecycle.claim, scene["id"], scene["ana"], later)


def test_renewing_moves_the_end_on(scene, clock):
    _do(lifecycle.claim, scene["id"], scene["ana"], clock.now())
    assert _do(lifecycle.renew, scene["id"], scene["ana"], clock.pass_by(minutes=9))
    assert not _do(lifecycle.claim, scene["id"], scene["ben"], clock.pass_by(minutes=9))


def test_only_the_holder_releases_saves_and_closes(scene, clock):
    now = clock.now()
    _do(lifecycle.claim, scene["id"], scene["ana"], now)
    assert not _do(lifecycle.release, scene["id"], scene["ben"])
    assert not _do(lifecycle.save_draft, scene["id"], scene["ben"], "mine!")
    assert not _do(lifecycle.close, scene["id"], person_id=scene["ben"], verdict="yes", now=now)
    assert _do(lifecycle.release, scene["id"], scene["ana"])
    assert not _do(lifecycle.release, scene["id"], scene["ana"])


def test_a_closed_conversation_stays_closed(scene, clock):
    now = clock.now()
    _do(lifecycle.claim, scene["id"], scene["ana"], now)
    assert _do(lifecycle.close, scene["id"], person_id=scene["ana"], verdict="yes", now=now)
    closed = _handoff(scene["id"])
    assert (closed.status, closed.verdict, closed.closed_by, closed.closed_at) == ("closed", "yes", scene["ana"], now)
    assert not _do(lifecycle.close, scene["id"], person_id=None, verdict=None, now=now)
    assert not _do(lifecycle.claim, scene["id"], scene["ana"], now)
    assert _do(lifecycle.claim_next, scene["ana"], now) is None


def test_a_verdict_without_a_text_ends_the_wait_but_what_closes_by_itself_does_not(scene, clock):
    now = clock.pass_by(minutes=3)
    _do(lifecycle.claim, scene["id"], scene["ana"], now)
    assert not _do(lifecycle.answered, scene["id"], scene["ben"], now)
    _do(lifecycle.close, scene["id"], person_id=scene["ana"], verdict="yes", now=now)
    judged = _handoff(scene["id"])
    assert (judged.first_answered_at, judged.first_answered_by) == (now, scene["ana"])
    again = _open(scene["rosa"], now)
    _do(lifecycle.close, again, person_id=None, verdict="opted_out", now=now)
    assert _handoff(again).first_answered_at is None


def test_the_list_shows_first_names_and_last_words_but_no_numbers(scene, clock):
    _do(lifecycle.claim, scene["id"], scene["ana"], clock.now())
    with db.reading() as session:
        (row,) = queries.waiting(session)
        assert (row.first_name, row.last_text, row.claimer, row.is_our_turn) == ("Rosa", "maybe?", "Ana", True)
        assert scene["rosa"].phone not in repr(row)
        assert "Secretname" not in repr(row)
        assert [held.id for held in queries.mine(session, scene["ana"], clock.now())] == [scene["id"]]
        assert queries.mine(session, scene["ben"], clock.now()) == []
        assert [one.id for one in queries.oldest_first(session)] == [scene["id"]]
        assert queries.counts(session) == {"open": 0, "claimed": 1, "closed": 0}
        assert queries.counts(session, scene["drive"].id) == {"open": 0, "claimed": 1, "closed": 0}


def test_an_unknown_number_is_handed_off_too(scene, clock):
    with db.transaction() as session:
        words = {"phone": "+12025550199", "campaign_id": None, "recipient_id": None, "reason": "late", "why": ""}
        stray = lifecycle.open_(session, **words, urgency=2, now=clock.now())
    with db.reading() as session:
        row = next(row for row in queries.waiting(session) if row.id == stray)
    assert (row.first_name, row.campaign) == ("", "")


@pytest.mark.database("sqlite")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["claim", "next", "renew", "release", "lapse", "draft"]),
            st.sampled_from(["ana", "ben"]),
            st.integers(0, 700),
        ),
        max_size=12,
    )
)
def test_whoever_renews_is_always_the_last_who_claimed(scene, clock, steps):
    """Against a model of one lease: holder and end."""
    _do(lifecycle.release, scene["id"], scene["ana"])
    _do(lifecycle.release, scene["id"], scene["ben"])
    holder, end = None, clock.now()
    for verb, name, seconds in steps:
        now, who = clock.pass_by(seconds=seconds), scene[name]
        held = holder is not None and end > now
        if verb in {"claim", "next"}:
            free = not held or (verb == "claim" and holder == name)
            got = _do(
                getattr(lifecycle, "claim" if verb == "claim" else "claim_next"),
                *((scene["id"], who, now) if verb == "claim" else (who, now)),
            )
            assert bool(got) == free
            holder, end = (name, now + timedelta(minutes=10)) if got else (holder, end)
        elif verb == "renew":
            got = _do(lifecycle.renew, scene["id"], who, now)
            assert got == (held and holder == name)
            end = now + timedelta(minutes=10) if got else end
        elif verb == "release":
            assert _do(lifecycle.release, scene["id"], who) == (holder == name)
            holder = None if holder == name else holder
        elif verb == "lapse":
            assert _do(lifecycle.lapse, now) == int(holder is not None and not held)
            holder = holder if held else None
        else:
            assert _do(lifecycle.save_draft, scene["id"], who, "words") == (holder == name)


def test_a_long_list_shows_those_who_wait_for_us_before_those_we_wait_for(scene, clock):
    now = clock.pass_by(seconds=5)
    with db.transaction() as session:
        make.text(session, scene["rosa"], "It is on Zoom!", now, kind=MessageKind.ANSWER, step="answer:1:a")
        luis = make.handed_off(session, make.supporter(session, scene["drive"], now, "Luis"), now)
    with db.reading() as session:
        assert [row.id for row in queries.waiting(session)] == [luis, scene["id"]]
        assert [row.id for row in queries.waiting(session, 1)] == [luis]
