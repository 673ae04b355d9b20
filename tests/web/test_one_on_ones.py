"""The pages of one-on-ones: who may book and open them, what comes back, what is written down, what the supporter sees."""

import re
from datetime import timedelta

import icalendar
import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages.models import Message, MessageKind
from phonebank.one_on_ones.models import OneOnOne, OneOnOneStatus
from phonebank.optouts.queries import is_opted_out
from phonebank.people import lifecycle as people
from phonebank.people.models import Person, Role
from tests.support.factories import do, fresh, update
from tests.support.pages import Visitor
from tests.support.talks import rows

pytestmark = pytest.mark.database("sqlite")
FRIDAY = {"day": "2027-02-05", "at": "15:00", "minutes": "30", "place": "at the library"}


@pytest.fixture
def rosa(waits):
    return waits("Rosa")


@pytest.fixture
def ana(volunteer, rosa):
    """Ana, who holds Rosa's conversation."""
    one = volunteer("Ana")
    one.open("/inbox")
    one.send(f"/inbox/{rosa[0]}/take")
    return one


@pytest.fixture
def booked(ana, rosa):
    """The address of what Ana has booked."""
    form(ana, rosa)
    return ana.send("/one-on-ones/new", {**FRIDAY, **nonce(ana, rosa), "handoff": rosa[0]}).location


def form(visitor, rosa):
    return visitor.open(f"/one-on-ones/new?handoff={rosa[0]}")


def nonce(visitor, rosa):
    return {"nonce": re.search(r'name="nonce" value="([^"]+)"', form(visitor, rosa))[1]}


def id_of(name):
    return next(one.id for one in rows(Person) if one.name == name)


def test_a_volunteer_books_from_the_conversation_they_hold(ana, rosa, booked):
    page = ana.open(booked)
    assert "Friday, February 5 at 3 pm EST" in page
    assert "at the library" in page
    assert "Can I count on you to make calls with us online" in page
    assert "what excites you" in page
    assert rosa[1].phone not in page
    assert "Secretname" not in page
    assert "/y/meet/" not in page
    assert "Rosa" in ana.open("/one-on-ones")


def test_the_same_form_twice_books_once(ana, rosa):
    sent = {**FRIDAY, **nonce(ana, rosa), "handoff": rosa[0]}
    first, second = ana.send("/one-on-ones/new", sent), ana.send("/one-on-ones/new", sent)
    assert first.location == second.location
    assert len(rows(OneOnOne)) == len(rows(Message, kind=MessageKind.ANSWER)) == 1


def test_who_does_not_hold_the_conversation_cannot_book_but_an_organizer_can(volunteer, rosa, clock):
    ben = volunteer("Ben")
    ben.open("/inbox")
    refused = ben.get(f"/one-on-ones/new?handoff={rosa[0]}")
    assert refused.status_code == 409
    assert "Take this conversation first" in refused.text
    assert ben.send("/one-on-ones/new", {**FRIDAY, "nonce": "a", "handoff": rosa[0]}).status_code == 409
    assert rows(OneOnOne) == []
    assert "Book a one\u2011on\u2011one with" in form(volunteer("Olu", Role.ORGANIZER), rosa)
    assert ben.get("/one-on-ones/new?handoff=999").status_code == 404
    assert ben.get("/one-on-ones/new").status_code == 404


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"day": "2027-02-01"}, "has passed"),
        ({"day": "", "at": ""}, "Choose a date and a time"),
        ({"day": "2027-03-14", "at": "02:30"}, "the clocks skip that hour"),
        ({"minutes": "half an hour"}, "20 to 45 minutes"),
        ({"meets": "999"}, "Choose somebody who may sign in"),
    ],
)
def test_what_is_wrong_comes_back_with_everything_typed(ana, rosa, changes, told):
    answer = ana.send("/one-on-ones/new", {**FRIDAY, **nonce(ana, rosa), "handoff": rosa[0], **changes})
    assert answer.status_code == 400
    assert told in answer.text
    assert 'value="at the library"' in answer.text
    assert rows(OneOnOne) == []


def test_the_night_is_warned_of_and_booked_when_they_have_thought_about_it(ana, rosa):
    sent = {**FRIDAY, **nonce(ana, rosa), "handoff": rosa[0], "at": "22:30"}
    warned = ana.send("/one-on-ones/new", sent)
    assert warned.status_code == 409
    assert "It is not between 8 in the morning and 9 in the evening where they are." in warned.text
    assert rows(OneOnOne) == []
    assert ana.send("/one-on-ones/new", {**sent, "anyway": "on"}).status_code == 303


def test_a_closed_campaign_is_refused_clearly(ana, rosa):
    sent = {**FRIDAY, **nonce(ana, rosa), "handoff": rosa[0]}
    update(Campaign, rosa[1].campaign_id, status=CampaignStatus.CLOSED)
    assert "is closed: book a one-on-one from" in ana.send("/one-on-ones/new", sent).get_data(as_text=True)
    assert rows(OneOnOne) == []


def test_a_volunteer_opens_only_their_own(ana, booked, volunteer, rosa):
    ben = volunteer("Ben")
    assert ben.get(booked).status_code == 403
    for deed in ("heard", "move", "call-off"):
        assert ben.send(f"{booked}/{deed}", {}).status_code == 403, deed
    assert ben.get("/one-on-ones/reflections").status_code == 403
    assert "Rosa" not in ben.open("/one-on-ones")
    olu = volunteer("Olu", Role.ORGANIZER)
    assert "Rosa" in olu.open("/one-on-ones")
    assert "Rosa" in olu.open(f"/one-on-ones?person={id_of('Ana')}")
    assert "Rosa" not in olu.open(f"/one-on-ones?person={id_of('Ben')}")


def test_only_what_helps_of_a_list_is_on_the_sheet(ana, booked, rosa):
    fields = {"interests": "gardens", "donation_total": "$5,000", "street_address": "1 Main St", "voter_id": "77"}
    update(Contact, rosa[1].contact_id, fields=fields, connection="came to our house party")
    page = ana.open(booked)
    assert "gardens" in page
    assert "came to our house party" in page
    for kept in ("$5,000", "1 Main St", "77"):
        assert kept not in page


def test_what_was_heard_is_written_down_and_reflections_are_read_across_the_team(ana, booked, volunteer, clock):
    early = ana.send(f"{booked}/heard", {"went": "held", "story": "x"})
    assert early.status_code == 409
    assert "It has not begun yet" in early.text
    clock.set(clock.now().replace(day=5, hour=21))
    assert "How did it go?" in ana.open(booked)
    told = {
        "went": "held",
        "story": "Her mother could not vote.",
        "next_step": "Hosts a party",
        "reflection": "I talked too much.",
    }
    page = ana.follow(f"{booked}/heard", told)
    assert "Her mother could not vote." in page
    assert rows(OneOnOne)[0].status is OneOnOneStatus.HELD
    olu = volunteer("Olu", Role.ORGANIZER)
    reflections = olu.open("/one-on-ones/reflections")
    assert "I talked too much." in reflections
    assert "Her mother" not in reflections
    assert "Rosa" not in reflections


def test_a_yes_given_face_to_face_goes_the_way_of_every_yes_and_once(ana, booked, clock):
    clock.set(clock.now().replace(day=5, hour=21))
    for _ in range(2):
        ana.open(booked)
        ana.send(f"{booked}/heard", {"went": "held", "said_yes": "on"})
    assert len(rows(Commitment)) == len(rows(Message, kind=MessageKind.CONFIRMATION)) == 1


def test_it_did_not_happen_and_is_moved(ana, booked, clock):
    clock.set(clock.now().replace(day=5, hour=21))
    ana.open(booked)
    moved = ana.send(f"{booked}/move", {**FRIDAY, "day": "2027-02-08"})
    assert moved.status_code == 303
    assert "Monday, February 8 at 3 pm" in ana.open(booked)
    clock.set(clock.now().replace(day=8, hour=21))
    ana.follow(f"{booked}/heard", {"went": "missed"})
    assert rows(OneOnOne)[0].status is OneOnOneStatus.MISSED


def test_called_off_by_one_and_written_down_by_another(ana, booked):
    ana.open(booked)
    ana.follow(f"{booked}/call-off")
    answer = ana.send(f"{booked}/heard", {"story": "x"})
    assert answer.status_code == 409
    assert "was called off" in answer.text


def test_organizers_see_that_it_needs_somebody_and_hand_it_on(ana, booked, volunteer):
    volunteer("Ben")
    do(people.suspend, id_of("Ana"))
    olu = volunteer("Olu", Role.ORGANIZER)
    assert "needs somebody: suspended" in olu.open("/one-on-ones")
    assert "was suspended: somebody else has to meet them" in olu.open(booked)
    assert "Handed on" in olu.follow(f"{booked}/hand-to", {"meets": id_of("Ben")})
    assert rows(OneOnOne)[0].meets_id == id_of("Ben")


def test_an_unknown_one_says_so(ana):
    answer = ana.get("/one-on-ones/999")
    assert answer.status_code == 404
    assert "There is no such one-on-one." in answer.text


@pytest.fixture
def theirs(client, booked):
    """The supporter's own page and its address."""
    return Visitor(client), f"/y/meet/{rows(OneOnOne)[0].token}"


def test_their_page_tells_when_and_where_without_sign_in_or_script(theirs):
    browser, page = theirs
    text = browser.open(page)
    assert "Friday, February 5 at 3 pm EST" in text
    assert "One\u2011on\u2011one with Ana" in text
    assert "<script" not in text
    answer = browser.get(page)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert browser.get(page[:-1] + "x").status_code == 404


def test_their_page_speaks_spanish(theirs, rosa):
    browser, page = theirs
    update(Contact, rosa[1].contact_id, language="es")
    text = browser.open(page)
    assert '<html lang="es">' in text
    assert "viernes 5 de febrero a las 3 pm EST" in text


def test_it_goes_into_their_calendar_in_their_own_zone(theirs):
    browser, page = theirs
    (event,) = icalendar.Calendar.from_ical(browser.get(f"{page}/event.ics").data).walk("VEVENT")
    assert f"{event['DTSTART'].dt:%Y-%m-%d %H:%M %Z}" == "2027-02-05 15:00 EST"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert str(event["SUMMARY"]) == "One-on-one with Ana (RepresentUs)"
    assert str(event["LOCATION"]) == "at the library"


def test_a_change_of_mind_reaches_who_meets_them_and_may_be_taken_back(theirs, rosa):
    browser, page = theirs
    update(Handoff, rosa[0], status=HandoffStatus.CLOSED)
    for _ in range(2):
        browser.open(page)
        browser.send(f"{page}/mind", {"choice": "no"})
    assert rows(OneOnOne)[0].status is OneOnOneStatus.CALLED_OFF
    (handoff,) = [one for one in rows(Handoff) if one.status is not HandoffStatus.CLOSED]
    assert (handoff.reason, "cannot make the one-on-one with Ana" in handoff.why) == ("one_on_one", True)
    browser.open(page)
    browser.send(f"{page}/mind", {"choice": "yes"})
    assert rows(OneOnOne)[0].status is OneOnOneStatus.CONFIRMED
    assert rows(OneOnOne)[0].remind_at is not None


def test_stop_on_their_page_is_a_stop(theirs, rosa):
    browser, page = theirs
    browser.open(page)
    browser.send(f"{page}/mind", {"choice": "stop"})
    with db.reading() as session:
        assert is_opted_out(session, rosa[1].phone)
    assert fresh(OneOnOne, 1).status is OneOnOneStatus.CALLED_OFF
    assert "We will not text you again" in browser.open(page)
    assert browser.send(f"{page}/mind", {"choice": "maybe"}).status_code == 400


def test_their_page_ends_a_month_after(theirs, clock):
    browser, page = theirs
    clock.pass_by(days=20)
    assert "This was some time ago" in browser.open(page)
    clock.pass_by(days=20)
    assert browser.get(page).status_code == 404
