"""Events and their door: who sees what, two greeters at once, a second tap, the day after."""

import json
import re

import icalendar
import pytest

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.contacts.models import Contact, ContactList
from phonebank.followups import queries, scheduling
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.web import feed
from phonebank.web.throttle import Throttle
from tests.support import conversations as make
from tests.support.factories import fresh, update
from tests.support.talks import rows

pytestmark = pytest.mark.database("sqlite")
KEPT, MISSED = CommitmentStatus.KEPT, CommitmentStatus.MISSED


@pytest.fixture
def yes(drive, clock):
    """yes("Rosa", "Gómez"): a commitment to the drive's own event."""

    def said(first="Rosa", last="Secretname"):
        with db.transaction() as session:
            who = make.supporter(session, drive, clock.now(), first)
            made = scheduling.pledge(session, drive, session.get(Ask, drive.ask_id), who, clock.now())
        update(Contact, who.contact_id, last_name=last)
        return made

    return said


@pytest.fixture
def organizer(volunteer):
    return volunteer("Amanda", Role.ORGANIZER)


@pytest.fixture
def door(drive, clock):
    """The address of the check-in page, on the evening of the event."""
    with db.reading() as session:
        starts_at = session.get(Ask, drive.ask_id).starts_at
    clock.pass_by(seconds=(starts_at - clock.now()).total_seconds())
    return f"/check-in/{drive.ask_id}"


def status(commitment):
    return fresh(Commitment, commitment.id).status


def test_events_stand_with_their_counts_and_names_stay_text(organizer, yes, drive):
    yes("<script>alert(1)</script>", "ليلى")
    page = organizer.get("/events").text
    assert "Make calls with us online" in page
    for path in (f"/events/{drive.ask_id}", f"/campaigns/{drive.id}/commitments", f"/check-in/{drive.ask_id}"):
        page = organizer.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; ليلى" in page
        assert "<script>alert" not in page


def test_empty_pages_say_what_to_do(organizer, drive):
    assert "first yes on" in organizer.open("/events")
    assert "Nobody has said yes so far" in organizer.open(f"/campaigns/{drive.id}/commitments")
    assert organizer.get("/events/999").status_code == 404
    assert organizer.get("/campaigns/999/commitments").status_code == 404


def test_somebody_is_found_by_the_start_of_any_name_without_accents(organizer, yes, door):
    yes("José María", "Núñez")
    yes("Joan", "Park")
    organizer.open(door)
    for typed, found in (("jose", {"José"}), ("NUN", {"José"}), ("jo", {"José", "Joan"}), ("maria jos", {"José"})):
        page = organizer.follow(door, {"q": typed})
        assert {name for name in ("José", "Joan") if name in page} == found
    assert "Nobody of that name" in organizer.follow(door, {"q": "osé"})


def test_no_name_and_no_number_stands_in_an_address(organizer, yes, door, drive):
    rosa = yes("Rosa", "Gómez")
    pages = [organizer.get(path).text for path in ("/events", f"/events/{drive.ask_id}", door, f"{door}/{rosa.id}")]
    addresses = re.findall(r'(?:href|action|formaction|hx-\w+)="([^"]*)"', " ".join(pages))
    assert addresses
    assert not any("Rosa" in address or "555" in address for address in addresses)
    assert all("+1202" not in page for page in pages)


def test_a_tap_keeps_and_a_second_tap_changes_nothing(organizer, yes, door):
    rosa = yes()
    organizer.open(door)
    assert "Rosa Secretname is here." in organizer.follow(f"{door}/keep", {"here": rosa.id})
    assert "was here already" in organizer.follow(f"{door}/keep", {"here": rosa.id})
    assert status(rosa) is KEPT


def test_another_greeter_sees_it_at_the_next_look_and_an_unchanged_door_is_not_sent_again(volunteer, yes, door):
    amanda, bo = volunteer("Amanda", Role.ORGANIZER), volunteer("Bo", Role.ORGANIZER)
    rosa = yes()
    page = bo.open(door)
    seen = re.search(r"people\?seen=(\w+)", page)[1]
    assert bo.send(f"{door}/people?seen={seen}").status_code == 204
    amanda.open(door)
    answer = amanda.send(f"{door}/keep", {"here": rosa.id}, headers={"HX-Request": "true"})
    assert json.loads(answer.headers["HX-Trigger"]) == {"kept": {"told": "Rosa Secretname is here."}}
    news = bo.send(f"{door}/people?seen={seen}").text
    assert "1</strong> here" in news
    assert "Amanda" in news


def test_an_undo_takes_two_steps_and_only_its_own_mark(organizer, yes, door):
    rosa = yes()
    organizer.open(door)
    organizer.send(f"{door}/keep", {"here": rosa.id})
    page = organizer.open(f"{door}/{rosa.id}")
    assert status(rosa) is KEPT, "looking undoes nothing"
    assert "somebody was faster" in organizer.follow(
        f"{door}/{rosa.id}/undo", {"marked_at": "2020-01-01T00:00:00+00:00"}
    )
    marked_at = re.search(r'name="marked_at" value="([^"]+)"', page)[1]
    assert "expected again" in organizer.follow(f"{door}/{rosa.id}/undo", {"marked_at": marked_at})
    assert "somebody was faster" in organizer.follow(f"{door}/{rosa.id}/undo", {"marked_at": marked_at})
    assert status(rosa) is CommitmentStatus.PLEDGED


def test_a_volunteer_greets_only_where_the_door_was_handed_to_them(volunteer, organizer, yes, door, drive, clock):
    rosa, ana = yes(), volunteer("Ana")
    for answer in (ana.get(door), ana.send(f"{door}/keep", {"here": rosa.id}), ana.send(f"{door}/people")):
        assert answer.status_code == 404
    assert ana.get(f"/events/{drive.ask_id}").status_code == 403
    assert "Check-in" not in ana.open("/inbox")
    organizer.open(f"/events/{drive.ask_id}")
    with db.reading() as session:
        ana_id = next(one.id for one in accounts.queries.everyone(session) if one.name == "Ana")
    organizer.follow(f"/events/{drive.ask_id}/greeters", {"person": ana_id})
    organizer.follow(f"/events/{drive.ask_id}/walk-ins", {"words": "Sheet at the <b>table</b>"})
    assert "Check-in" in ana.open("/inbox")
    assert "Make calls with us online" in ana.open("/check-in")
    assert "Sheet at the &lt;b&gt;table" in ana.get(door).text
    assert "Rosa Secretname is here." in ana.follow(f"{door}/keep", {"here": rosa.id})
    clock.pass_by(days=2)
    assert ana.get(door).status_code == 404, "its day is over"
    clock.pass_by(days=-2)
    assert ana.get(door).status_code == 200
    organizer.follow(f"/events/{drive.ask_id}/greeters/{ana_id}/remove")
    assert ana.get(door).status_code == 404


def test_a_commitment_to_another_event_cannot_be_marked_at_this_door(organizer, yes, door, clock):
    rosa = yes()
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
    organizer.open(door)
    answer = organizer.send(f"/check-in/{other.ask_id}/keep", {"here": rosa.id})
    assert (answer.status_code, status(rosa)) == (404, CommitmentStatus.PLEDGED)
    assert organizer.send(f"{door}/keep", {"here": "x"}).status_code == 404


def test_five_hundred_people_come_as_one_short_page(organizer, drive, clock):
    with db.transaction() as session:
        ask = session.get(Ask, drive.ask_id)
        for number in range(500):
            who = make.supporter(session, drive, clock.now(), f"Name{number:03}")
            scheduling.pledge(session, drive, ask, who, clock.now())
    page = organizer.get(f"/check-in/{drive.ask_id}").text
    assert len(page) < 45_000
    assert "And 440 more" in page
    organizer.open(f"/check-in/{drive.ask_id}")
    assert "Name487" in organizer.follow(f"/check-in/{drive.ask_id}", {"q": "name487"})


def test_the_rest_did_not_come_is_said_after_the_event_began_and_taken_back(organizer, yes, drive, clock):
    rosa, event = yes(), f"/events/{drive.ask_id}"
    organizer.open(event)
    assert organizer.send(f"{event}/missed").status_code == 409
    clock.pass_by(days=8)
    organizer.open("/events")
    assert "1 marked as not there" in organizer.follow(f"{event}/missed")
    assert "nobody left" in organizer.follow(f"{event}/missed")
    marked_at = re.search(r'name="marked_at" value="([^"]+)"', organizer.get(event).text)[1]
    assert "1 stand as before" in organizer.follow(f"{event}/missed/undo", {"marked_at": marked_at})
    assert "taken back already" in organizer.follow(f"{event}/missed/undo", {"marked_at": marked_at})
    assert status(rosa) is CommitmentStatus.PLEDGED
    organizer.follow(f"{event}/missed")
    marked_at = fresh(Commitment, rosa.id).settled_at.isoformat()
    clock.pass_by(days=3)
    organizer.open(event)
    assert organizer.send(f"{event}/missed/undo", {"marked_at": marked_at}).status_code == 409
    assert organizer.send(f"{event}/missed/undo", {"marked_at": "soon"}).status_code == 400


def test_those_who_did_not_come_are_asked_again(organizer, yes, drive, clock):
    yes()
    event = f"/events/{drive.ask_id}"
    clock.pass_by(days=8)
    organizer.open("/events")
    organizer.follow(f"{event}/missed")
    assert organizer.send(f"{event}/ask-again", {"name": "x"}).status_code == 400
    assert organizer.send(f"{event}/ask-again", {"missed": "yes", "name": " "}).status_code == 400
    answer = organizer.send(f"{event}/ask-again", {"missed": "yes", "name": "Did not come: calls"})
    (made,) = rows(ContactList)
    assert made.name == "Did not come: calls"
    assert re.search(r'value="Did not come: calls"[^>]* checked', organizer.open(answer.location))


def test_a_calendar_address_shows_events_without_names_until_it_is_closed(organizer, yes, client, drive, monkeypatch):
    monkeypatch.setattr(feed, "GUESSES", Throttle(3))
    yes()
    organizer.open("/events")
    page = organizer.follow("/events/calendar")
    address = re.search(r"/calendar/[\w-]+\.ics", page)[0]
    answer = client.get(address)
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (answer.mimetype, event["SUMMARY"]) == ("text/calendar", "Make calls with us online: 1 coming")
    assert b"Rosa" not in answer.data
    assert "Set-Cookie" not in answer.headers
    again = re.search(r"/calendar/[\w-]+\.ics", organizer.follow("/events/calendar"))[0]
    assert again != address
    assert client.get(address).status_code == 404
    organizer.follow("/events/calendar/revoke")
    assert client.get(again).status_code == 404
    assert client.get("/calendar/%00.ics").status_code == 404
    assert client.get(again).status_code == 429, "guessing is slowed down"


def test_whoever_may_not_see_events_any_more_has_no_calendar(organizer, client, yes):
    organizer.open("/events")
    organizer.follow("/events/calendar")
    with db.transaction() as session:
        amanda = next(one for one in accounts.queries.everyone(session) if one.name == "Amanda")
        address = f"/calendar/{queries.feed_of(session, amanda.id).token}.ics"
        amanda.role = Role.VOLUNTEER
    assert client.get(address).status_code == 404
    with db.transaction() as session:
        amanda = next(one for one in accounts.queries.everyone(session) if one.name == "Amanda")
        amanda.role = Role.ORGANIZER
    assert client.get(address).status_code == 200
    with db.transaction() as session:
        accounts.suspend(session, amanda.email)
    assert client.get(address).status_code == 404
