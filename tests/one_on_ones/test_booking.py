"""A one-on-one is booked once, told by text, reminded of in time, moved, called off; never with who asked us to stop."""

from zoneinfo import ZoneInfo

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.errors import BadInputError, RefusedError
from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.one_on_ones import booking, lifecycle, queries, texting
from phonebank.one_on_ones.booking import By, Plan
from phonebank.one_on_ones.models import OneOnOne
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.people import lifecycle as people
from tests.one_on_ones.conftest import ADDRESS, booked
from tests.support import conversations as make
from tests.support.factories import do, fresh, update
from tests.support.talks import rows


def texts(scene, kind):
    return [one for one in rows(Message, phone=scene.rosa.phone, kind=kind) if one.step != "ask"]


def remind(clock):
    while do(texting.write_due, address=ADDRESS, now=clock.now()):
        pass


def move(scene, clock, one_on_one_id, **changes):
    plan = Plan(**{"meets_id": scene.ana, "day": "2027-02-06", "at": "11:00", "minutes": 45, "place": "", **changes})
    do(booking.move, one_on_one_id, plan, By(scene.ana, ADDRESS, clock.now()))


def test_it_is_confirmed_by_text_at_once_in_the_name_of_who_meets(scene, book):
    one = booked(book())
    (text,) = texts(scene, MessageKind.ANSWER)
    assert text.body == (
        "Hi Rosa, it's Ana with RepresentUs. We talk Friday, February 5 at 3 pm EST (30 minutes), at the library. "
        f"For your calendar, or if something comes up: {ADDRESS}/y/meet/{one.token}"
    )
    assert (text.written_by, text.status, text.useless_at) == (scene.ana, MessageStatus.QUEUED, one.starts_at)
    assert fresh(Handoff, scene.handoff_id).first_answered_by == scene.ana


def test_a_call_in_spanish(scene, book):
    update(Contact, scene.rosa.contact_id, language="es")
    book(place="")
    (text,) = texts(scene, MessageKind.ANSWER)
    assert text.body.startswith("Hola Rosa, le escribe Ana de RepresentUs. Hablamos el viernes 5 de febrero a las 3 pm")
    assert "por teléfono, le llamamos" in text.body


def test_the_same_form_twice_books_and_texts_once(scene, book):
    assert book() == book()
    assert len(rows(OneOnOne)) == len(texts(scene, MessageKind.ANSWER)) == 1


def test_it_is_reminded_of_the_day_before_and_two_hours_before_and_never_twice(scene, book, clock):
    book()
    clock.set(clock.now().replace(day=4, hour=19, minute=59))
    remind(clock)
    assert texts(scene, MessageKind.REMINDER) == []
    clock.pass_by(minutes=1)  # 3 p.m. on Thursday
    remind(clock)
    remind(clock)
    (day_before,) = texts(scene, MessageKind.REMINDER)
    assert "We talk Friday, February 5 at 3 pm EST, at the library. Still good? Reply Y" in day_before.body
    clock.pass_by(hours=22)
    remind(clock)
    remind(clock)
    assert len(texts(scene, MessageKind.REMINDER)) == 2
    clock.pass_by(hours=4)
    remind(clock)
    assert len(texts(scene, MessageKind.REMINDER)) == 2


def test_a_reminder_stays_inside_their_contact_hours(scene, book, clock):
    one = booked(book(at="08:30"))  # 24 hours before, and two, they may not be texted
    with db.reading() as session:
        assert one.remind_at.hour == 14, "9 a.m. on Thursday, when their hours open"
        about = texting.meeting(session, one)
        last = texting.next_reminder(about.recipient, about.campaign, one.starts_at, one.timezone, one.remind_at)
    assert f"{last.astimezone(ZoneInfo(one.timezone)):%d %H:%M}" == "04 19:30", "the evening before, not at 6:30"


def test_moving_it_tells_them_and_reminds_anew(scene, book, clock):
    first = book()
    before = booked(first)
    move(scene, clock, first)
    move(scene, clock, first)
    after = booked(first)
    assert (after.place, after.minutes, after.moves, after.token) == ("", 45, 1, before.token)
    assert after.remind_at > before.remind_at
    assert [one.body.split(".")[1] for one in texts(scene, MessageKind.ANSWER)][1:] == [
        " Our talk is now Saturday, February 6 at 11 am EST (45 minutes), by phone, we call you"
    ]


def test_calling_it_off_tells_them_once_and_ends_the_reminders(scene, book, clock):
    one = book()
    for _ in range(2):
        do(booking.call_off, one, By(scene.ana, ADDRESS, clock.now()))
    assert "cannot take place" in texts(scene, MessageKind.ANSWER)[-1].body
    assert len(texts(scene, MessageKind.ANSWER)) == 2
    assert booked(one).remind_at is None
    with pytest.raises(RefusedError, match="over, or somebody"):
        move(scene, clock, one)


def test_while_who_meets_is_suspended_nobody_is_reminded_until_it_is_handed_on(scene, book, clock):
    one = book()
    do(people.suspend, scene.ana)
    with db.reading() as session:
        assert [listed.needs_somebody for listed in queries.ahead(session)] == [True]
    clock.set(clock.now().replace(day=4, hour=20))
    remind_once = do(texting.write_due, address=ADDRESS, now=clock.now())
    assert (remind_once, texts(scene, MessageKind.REMINDER)) == (1, [])
    do(booking.hand_to, one, scene.ben, By(scene.olu, ADDRESS, clock.now()))
    assert "Ben with RepresentUs" in texts(scene, MessageKind.ANSWER)[-1].body
    clock.pass_by(minutes=10)
    remind(clock)
    assert "Ben with RepresentUs" in texts(scene, MessageKind.REMINDER)[0].body
    with pytest.raises(RefusedError, match="cannot meet anybody"):
        do(booking.hand_to, one, scene.ana, By(scene.olu, ADDRESS, clock.now()))


@pytest.mark.parametrize(
    ("changes", "kind", "told"),
    [
        ({"day": "2027-02-02"}, BadInputError, "has passed"),
        ({"day": "2027-03-14", "at": "02:30"}, BadInputError, "clocks skip"),
        ({"minutes": 60}, BadInputError, "20 to 45"),
        ({"meets_id": 0}, RefusedError, "may sign in"),
        ({"place": "x" * 121}, BadInputError, "120 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(scene, book, changes, kind, told):
    with pytest.raises(kind, match=told):
        book(**changes)
    assert (rows(OneOnOne), texts(scene, MessageKind.ANSWER)) == ([], [])


def test_a_closed_campaign_an_opt_out_a_hold_and_a_stranger_are_refused_clearly(scene, book, clock):
    because = {"because": "said so", "by": "their text", "now": clock.now()}
    do(ledger.record, scene.rosa.phone, **because, kind=Ban.HOLD)
    with pytest.raises(RefusedError, match="may have asked us to stop"):
        book()
    do(ledger.record, scene.rosa.phone, **because)
    with pytest.raises(RefusedError, match="asked us to stop: nothing can be sent"):
        book()
    update(Campaign, scene.drive.id, status=CampaignStatus.CLOSED)
    with pytest.raises(RefusedError, match="is closed"):
        book()
    update(Handoff, scene.handoff_id, recipient_id=None)
    with pytest.raises(RefusedError, match="none of our campaigns' lists"):
        book()
    assert rows(OneOnOne) == []


def test_a_clash_a_second_one_and_the_night_are_warned_of(scene, book, clock):
    book()
    with db.transaction() as session:
        luis = make.supporter(session, scene.drive, clock.now(), "Luis")
        plan = Plan(scene.ana, "2027-02-05", "15:29", 20, "")
        told = booking.warnings(session, plan, luis, scene.drive, clock.now())
        assert told == ["Ana Voss has another one-on-one Friday, February 5 at 3 pm EST, 30 minutes."]
        for at in ("15:30", "14:40"):
            assert (
                booking.warnings(session, Plan(scene.ana, "2027-02-05", at, 20, ""), luis, scene.drive, clock.now())
                == []
            )
        (asleep,) = booking.warnings(
            session, Plan(scene.ben, "2027-02-05", "22:00", 20, ""), luis, scene.drive, clock.now()
        )
        assert "between 8 in the morning and 9 in the evening where they are" in asleep
        (second,) = booking.warnings(
            session, Plan(scene.ben, "2027-02-07", "15:00", 20, ""), scene.rosa, scene.drive, clock.now()
        )
        assert "have a one-on-one already" in second


def test_an_erased_person_takes_what_was_heard_with_them(scene, book, clock):
    from phonebank.cli.erasing import erase

    one = book()
    do(lifecycle.note, one, None, {"story": "Her mother could not vote.", "reflection": "Listen more."})
    update(Message, texts(scene, MessageKind.ANSWER)[0].id, status=MessageStatus.DELIVERED)
    do(erase, scene.rosa.phone, clock.now())
    assert rows(OneOnOne) == []


def test_the_conversation_stands_beside_it_when_they_have_written(scene, book):
    book()
    with db.reading() as session:
        (listed,) = queries.ahead(session, scene.ana)
        assert (listed.first_name, listed.handoff_id) == ("Rosa", None)
        assert queries.ahead(session, scene.ben) == []
    update(Handoff, scene.handoff_id, reason=queries.ONE_ON_ONE)
    with db.reading() as session:
        assert [one.handoff_id for one in queries.ahead(session)] == [scene.handoff_id]
