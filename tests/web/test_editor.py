"""The editor keeps what is typed, finished or not, and nobody's words go under another's."""

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns import lifecycle, queries, spec
from phonebank.contacts.models import ListMember
from phonebank.drafts import queries as drafts
from phonebank.web import campaign_form
from tests.support import factories
from tests.support.campaigns import PHONE_BANK, a_campaign, a_contact, a_list

pytestmark = pytest.mark.database("sqlite")
TEXT = "Hi {{ first_name }}, it's Amanda with RepresentUs. Can I count on you to make calls with us {{ ask.when }}?"
HALF = {"name": "Half", "ask.texts": ["Hi {{ first_"], "ask.starts_at": "soon", "timezone": "America/New_York"}


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer", "Amanda Alvarez")


@pytest.fixture
def vera(visitor, clock):
    return visitor("admin", "Vera Voss")


def form_of(toml=PHONE_BANK, **changes):
    shown, _ = campaign_form.from_spec(spec.parse(toml))
    return {**shown, **changes}


def draft(toml=PHONE_BANK, **changes):
    with db.transaction() as session:
        return a_campaign(session, toml, [a_contact()], **changes).id


def kept(person, address, form, **headers):
    answer = person.send(address, form, headers={"HX-Request": "true", **headers})
    return answer.status_code, answer.json


def seen_by(person, campaign_id):
    page = person.open(f"/campaigns/{campaign_id}/edit")
    return page.partition('name="seen" value="')[2].partition('"')[0]


def place_of(campaign_id):
    with db.reading() as session:
        return queries.ask_of(session, queries.by_id(session, campaign_id)).place


def test_a_half_filled_form_is_kept_as_it_was_typed(organizer):
    organizer.open("/campaigns/new")
    status, said = kept(organizer, "/campaigns/keep", HALF)
    assert (status, said["draft"], said["address"]) == (200, 1, "/campaigns/new?draft=1")
    page = organizer.open(said["address"])
    assert "Hi {{ first_</textarea>" in page
    assert 'value="soon"' in page
    assert "Half" in organizer.open("/campaigns")


def test_a_draft_that_is_finished_becomes_the_campaign_and_is_unfinished_no_more(organizer):
    with db.transaction() as session:
        a_list(session)
    organizer.open("/campaigns/new")
    _, said = kept(organizer, "/campaigns/keep", HALF)
    page = organizer.follow("/campaigns/new", form_of(draft=said["draft"], seen=said["seen"]))
    assert "Pre-flight" in page
    with db.reading() as session:
        assert drafts.unfinished(session) == []
    assert organizer.send("/campaigns/new", form_of(draft=said["draft"], seen=said["seen"])).status_code == 409
    with db.reading() as session:
        assert len(queries.all_(session)) == 1


def test_without_scripts_an_invalid_form_is_kept_too(organizer):
    organizer.open("/campaigns/new")
    assert organizer.send("/campaigns/new", HALF).status_code == 400
    assert "Half" in organizer.open("/campaigns")


def test_an_unfinished_draft_is_deleted_and_its_open_page_is_told_by_whom(organizer, vera):
    organizer.open("/campaigns/new")
    _, said = kept(organizer, "/campaigns/keep", HALF)
    vera.open("/campaigns")
    vera.follow("/campaigns/unfinished/1/delete")
    status, told = kept(organizer, "/campaigns/keep", {**HALF, "draft": 1, "seen": said["seen"]})
    assert (status, told["stamp"]) == (409, None)
    assert "Vera Voss deleted this draft" in told["wrong"]
    assert "Vera Voss deleted it" in organizer.get("/campaigns/new?draft=1").text


def test_what_is_whole_goes_into_the_draft_as_it_is_typed(organizer):
    campaign_id = draft()
    seen = seen_by(organizer, campaign_id)
    status, said = kept(
        organizer, f"/campaigns/{campaign_id}/keep", form_of(seen=seen, **{"ask.place": "at the library"})
    )
    assert (status, said["wrong"]) == (200, [])
    assert said["seen"] != seen
    assert place_of(campaign_id) == "at the library"


def test_what_is_not_whole_is_kept_and_stops_the_launch_until_it_is_dropped(organizer):
    campaign_id = draft()
    form = form_of(seen=seen_by(organizer, campaign_id), **{"ask.place": "at the library", "sender": "us"})
    status, said = kept(organizer, f"/campaigns/{campaign_id}/keep", form)
    assert (status, len(said["wrong"])) == (200, 1)
    assert place_of(campaign_id) == "on Zoom"
    assert "at the library" in organizer.open(f"/campaigns/{campaign_id}/edit")
    assert "Amanda Alvarez has changes that are not finished" in organizer.open(f"/campaigns/{campaign_id}/preflight")
    organizer.follow(f"/campaigns/{campaign_id}/drop")
    assert "changes that are not finished" not in organizer.open(f"/campaigns/{campaign_id}/preflight")


def test_the_second_of_two_is_told_who_was_faster_and_loses_nothing(organizer, vera):
    campaign_id = draft()
    seen = seen_by(organizer, campaign_id)
    assert seen_by(vera, campaign_id) == seen
    kept(vera, f"/campaigns/{campaign_id}/keep", form_of(seen=seen, **{"ask.place": "at Vera's"}))
    mine = form_of(seen=seen, **{"ask.place": "at Amanda's"})
    status, told = kept(organizer, f"/campaigns/{campaign_id}/keep", mine)
    assert status == 409
    assert "Vera Voss changed it at 13:00" in told["wrong"]
    answer = organizer.send(f"/campaigns/{campaign_id}/edit", mine)
    assert answer.status_code == 409
    assert "at Amanda&#39;s" in answer.text
    assert place_of(campaign_id) == "at Vera's"
    organizer.follow(f"/campaigns/{campaign_id}/edit", {**mine, "over": told["stamp"]})
    assert place_of(campaign_id) == "at Amanda's"
    assert "at Vera's" in organizer.open("/campaigns/new?draft=2")


def test_words_typed_for_a_campaign_that_is_gone_stay(organizer, vera):
    campaign_id = draft()
    form = form_of(seen=seen_by(organizer, campaign_id), **{"ask.place": "at Amanda's"})
    vera.open(f"/campaigns/{campaign_id}/delete")
    vera.follow(f"/campaigns/{campaign_id}/delete")
    answer = organizer.send(f"/campaigns/{campaign_id}/edit", form)
    assert answer.status_code == 409
    assert "Vera Voss deleted this campaign" in answer.text
    assert "at Amanda&#39;s" in answer.text
    assert "at Amanda's" in organizer.follow("/campaigns/aside", form)


def test_a_number_that_is_free_again_is_another_campaign(organizer, vera, clock):
    campaign_id = draft()
    form = form_of(seen=seen_by(organizer, campaign_id), **{"ask.place": "at Amanda's"})
    vera.open(f"/campaigns/{campaign_id}/delete")
    vera.follow(f"/campaigns/{campaign_id}/delete")
    clock.pass_by(minutes=1)
    with db.transaction() as session:
        again = spec.create(session, spec.parse(PHONE_BANK), house_clock.now()).id
    status, _ = kept(organizer, f"/campaigns/{again}/keep", form)
    assert (again, status) == (campaign_id, 409)
    assert place_of(again) == "on Zoom"


def test_nobody_launches_words_they_did_not_look_at(organizer, vera):
    campaign_id = draft()
    page = organizer.open(f"/campaigns/{campaign_id}/preflight")
    looked_at = page.partition('name="seen" value="')[2].partition('"')[0]
    seen = seen_by(vera, campaign_id)
    kept(vera, f"/campaigns/{campaign_id}/keep", form_of(seen=seen, **{"ask.place": "at Vera's"}))
    answer = organizer.send(f"/campaigns/{campaign_id}/launch", {"when": "now", "seen": looked_at})
    assert answer.status_code == 409
    assert "Vera Voss changed it at" in answer.text


def test_languages_of_a_file_are_shown_and_may_be_added_to(organizer):
    whole = PHONE_BANK.replace(
        "[[ask.alternatives]]",
        '[ask.languages]\nes = ["Hola {{ first_name }}, ¿puedo contar contigo?"]\n\n[[ask.alternatives]]',
        1,
    )
    campaign_id = draft(whole)
    page = organizer.open(f"/campaigns/{campaign_id}/edit")
    assert "¿puedo contar contigo?</textarea>" in page
    more = organizer.follow(
        f"/campaigns/{campaign_id}/edit", {**form_of(whole), "add": "language", "another_language": "vi"}
    )
    assert "Vietnamese, text 1" in more
    assert "Spanish, text 1" in more


def test_the_picker_tells_real_values_and_how_many_lack_them(organizer):
    with db.transaction() as session:
        people = [a_contact(fields={"precinct": "12-B"}), a_contact("+12025550144", "")]
        a_list(session, contacts=people)
    organizer.open("/campaigns/new")
    page = organizer.send("/campaigns/fields", {"lists": ["supporters"], "timezone": "America/New_York"}).text
    assert "12-B" in page
    assert "Elsa" in page
    assert page.count("1 lacks it") >= 2


def test_a_second_pass_asks_exactly_the_silent_ones_anew(organizer):
    campaign_id = draft()
    now = house_clock.now()
    with db.transaction() as session:
        drive = queries.by_id(session, campaign_id)
        lifecycle.launch(session, campaign_id, by="Olu", because=None, now=now)
        silent = factories.asked(session, drive, now, first_name="Rosa")
        factories.asked(session, drive, now, first_name="Yes", replied_at=now)
        factories.member(session, drive, now, first_name="Later")
        numbers = silent.contact_id
    organizer.open(f"/campaigns/{campaign_id}")
    page = organizer.follow(f"/campaigns/{campaign_id}/second-pass")
    assert "A second pass" in page
    assert organizer.send(f"/campaigns/{campaign_id}/second-pass").status_code == 409, (
        "a second tap makes no second list"
    )
    with db.reading() as session:
        form = drafts.unfinished(session)[0].form
        listed = queries.list_named(session, form["lists"][0])
        assert form["ask.texts"] == [""]
        assert form["ask.place"] == ["on Zoom"]
        assert session.get(ListMember, (listed.id, numbers)) is not None
    same = form | {"ask.texts": form_of()["ask.texts"], "draft": 1, "seen": 1}
    page = organizer.follow("/campaigns/new", same)
    assert "word for word" in page
