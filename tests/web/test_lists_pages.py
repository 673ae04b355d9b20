"""A list with who is on it; a new one put together from others; renaming and deleting."""

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.contacts.models import ContactList
from phonebank.intents import Outcome
from phonebank.people.models import AuditEntry
from phonebank.recipients.models import Recipient
from tests.support import conversations as make
from tests.support import lists
from tests.support.campaigns import a_campaign, a_contact
from tests.support.importing import words

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def organizer(visitor):
    return visitor("organizer")


@pytest.fixture
def two_lists(organizer):
    lists.take(
        "Phone,ZIP,Language\n2025550143,20001,es\n2025550144,90210,\n2025550145,60601,\n",
        name="friends",
        consent="form",
    )
    lists.take("Phone\n2025550145\n2025550146\n", name="members")
    return organizer


def choose(organizer, **said):
    organizer.open("/contacts/choose")
    return organizer.send("/contacts/choose", {"lists": ["1"], "name": "chosen", **said})


def counted(organizer, **said):
    organizer.open("/contacts/choose")
    return words(organizer.send("/contacts/choose/counts", {"lists": ["1"], **said}).text)


def test_a_list_tells_who_is_on_it_and_where_it_came_from(two_lists):
    page = words(two_lists.open("/contacts/lists/1"))
    assert "Eastern 1" in page
    assert "English 2 , Spanish 1".replace(" ,", ",") in page.replace(" ,", ",")
    assert "with consent on file 3" in page
    assert "By command" in page


def test_counts_are_shown_before_the_list_is_saved(two_lists):
    assert "people are left 3" in counted(two_lists)
    page = counted(two_lists, lists=["1", "2"], zips="202, 2", without_lists=["2"], asked_within_days="30")
    assert "On “friends” or “members” 4" in page
    assert "ZIP does not begin with 202 or 2 -3" in page
    assert "On “members” 0" in page
    assert "person is left 1" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"lists": []}, "Tick the lists"),
        ({"lists": ["99"]}, "deleted meanwhile"),
        ({"states": "Atlantis"}, "not a state we know"),
        ({"asked_within_days": "soon"}, "whole number"),
        ({"said": ["yes"]}, "Say to which campaign"),
        ({"said_to": "1"}, "Tick what they said"),
    ],
)
def test_rules_that_cannot_be_say_so_beside_them(two_lists, said, sentence):
    assert sentence in counted(two_lists, **said)


def test_a_list_is_saved_once_however_often_it_is_pressed(two_lists):
    first = choose(two_lists, on="", of="any", zips="9, 6")
    assert (first.status_code, first.location) == (303, "/contacts/lists/3")
    assert choose(two_lists, of="any", zips="9, 6").location == first.location
    assert "There is a list “chosen” already" in choose(two_lists, zips="2").text
    assert lists.members("chosen") == ["+12025550144", "+12025550145"]
    page = words(two_lists.open("/contacts/lists/3"))
    assert "Put together by Organizer" in page
    assert "ZIP does not begin with 9 or 6 -1" in page


def test_what_was_said_to_a_campaign_chooses(two_lists, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now(), name="Phone bank")
        who = session.exec(select(lists.Contact).where(lists.Contact.phone == "+12025550143")).one()
        them = {"campaign_id": drive.id, "contact_id": who.id, "phone": who.phone, "zones": who.zones}
        session.add(Recipient(**them, outcome=Outcome.NO, due_at=clock.now(), asked_at=clock.now()))
        number = str(drive.id)
    assert "Did not say no to “Phone bank” -2" in counted(two_lists, said_to=number, said=["no"])
    assert "Said no to “Phone bank” -1" in counted(two_lists, refused_to=[number])
    assert "Said no to “make calls with us online” -1" in counted(two_lists, refused_action="make calls with us online")
    assert "In a running campaign -1" in counted(two_lists, not_in_running="on")
    assert "Asked within the last 1 days -1" in counted(two_lists, asked_within_days="1")


def test_without_scripts_a_button_counts_and_nothing_typed_is_lost(two_lists):
    page = choose(two_lists, count="yes", states="CA", column="precinct", how="is", value="12", name="west").text
    assert "precinct is not “12”" in words(page)
    assert 'value="CA"' in page
    assert 'aria-label="Column 2"' in page, "and room for another column"
    with db.reading() as session:
        assert len(session.exec(select(ContactList)).all()) == 2


def test_a_list_is_renamed_and_deleted(two_lists):
    two_lists.open("/contacts/lists/2")
    assert "already" in two_lists.send("/contacts/lists/2/rename", {"name": "friends"}).text
    two_lists.send("/contacts/lists/2/rename", {"name": "our members"})
    assert "our members" in two_lists.open("/contacts")
    two_lists.send("/contacts/lists/2/delete")
    assert two_lists.send("/contacts/lists/2/delete").status_code == 404
    assert len(lists.everyone()) == 4, "its people are still contacts"
    with db.reading() as session:
        deeds = [(deed.deed, deed.about) for deed in session.exec(select(AuditEntry))]
    assert deeds == [("deleted", "the list “our members”")]


def test_a_list_that_a_campaign_uses_stays(organizer):
    with db.transaction() as session:
        a_campaign(session, contacts=[a_contact()], name="Phone bank")
    page = organizer.open("/contacts/lists/1")
    assert "Rename or delete" not in page
    answer = organizer.send("/contacts/lists/1/delete")
    assert answer.status_code == 409
    assert "“Phone bank” uses it" in words(answer.text)


def test_a_name_that_is_markup_is_only_words(organizer):
    lists.take("Phone,<b>x\n2025550143,1\n", name="<script>alert(1)</script>")
    pages = [organizer.get(path).text for path in ("/contacts", "/contacts/lists/1", "/contacts/choose?list=1")]
    assert not any("<script>alert" in page for page in pages)
