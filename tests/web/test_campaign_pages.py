"""A campaign from the form or a file, looked at before launch, launched, watched, paused, closed."""

import re

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns import lifecycle, queries, spec
from phonebank.campaigns.models import CampaignStatus
from phonebank.messages.models import Message, MessageKind
from phonebank.rehearsal import remote
from phonebank.web import campaign_form
from tests.support.campaigns import PHONE_BANK, a_campaign, a_contact, a_list

pytestmark = pytest.mark.database("sqlite")
TEXT = "Hi {{ first_name }}, it's Amanda with RepresentUs. Can I count on you to make calls with us {{ ask.when }}? Reply STOP to end."


@pytest.fixture(scope="module")
def carrier():
    with remote.spawn() as one:
        yield one


@pytest.fixture
def settings(settings, carrier):
    """With keys, so that the sender can be asked about at the stand-in carrier."""
    keys = {
        "twilio_account_sid": carrier.account_sid,
        "twilio_auth_token": carrier.auth_token,
        "twilio_api_base_url": carrier.url,
    }
    return settings.model_copy(update=keys)


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer")


def form_of(toml=PHONE_BANK, **changes):
    shown, _ = campaign_form.from_spec(spec.parse(toml))
    return {**shown, **changes}


def draft(**changes):
    with db.transaction() as session:
        return a_campaign(session, contacts=[a_contact(), a_contact("+12025550144", "Hal")], **changes).id


def running(**changes):
    campaign_id = draft(**changes)
    with db.transaction() as session:
        lifecycle.launch(session, campaign_id, by="Olu", because=None, now=house_clock.now())
        lifecycle.begin(session, campaign_id, house_clock.now())
    return campaign_id


def status_of(campaign_id):
    with db.reading() as session:
        return queries.by_id(session, campaign_id).status


def test_a_campaign_is_made_by_the_form(organizer):
    with db.transaction() as session:
        a_list(session)
    organizer.open("/campaigns/new")
    page = organizer.follow("/campaigns/new", form_of(name="House party"))
    assert "House party" in page
    assert "make calls with us online" in page
    assert "House party" in organizer.open("/campaigns")


def test_what_is_wrong_stands_beside_its_input_and_nothing_typed_is_lost(organizer):
    organizer.open("/campaigns/new")
    typed = form_of(**{"ask.starts_at": "soon", "sender": "us", "ask.texts": [TEXT + " {{ nonsense("]})
    answer = organizer.send("/campaigns/new", typed)
    assert answer.status_code == 400
    assert 'id="ask.starts_at-wrong"' in answer.text
    assert 'id="sender-wrong"' in answer.text
    assert "nonsense(" in answer.text
    assert "Kept, but not finished" in answer.text


def test_a_list_that_is_not_there_is_named(organizer):
    organizer.open("/campaigns/new")
    answer = organizer.send("/campaigns/new", form_of())
    assert "There is no list named “supporters”" in answer.text


def test_a_campaign_is_made_from_a_pasted_file(organizer):
    with db.transaction() as session:
        a_list(session)
    organizer.open("/campaigns/paste")
    assert "Phone bank" in organizer.follow("/campaigns/paste", {"toml": PHONE_BANK})


def test_a_typo_in_a_pasted_file_is_named_with_its_line(organizer):
    organizer.open("/campaigns/paste")
    answer = organizer.send("/campaigns/paste", {"toml": PHONE_BANK.replace("organization", "organisation")})
    assert answer.status_code == 400
    assert "organisation (line 3)" in answer.text
    assert "did you mean organization" in answer.text


def test_a_draft_is_changed_in_place(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/edit")
    page = organizer.follow(f"/campaigns/{campaign_id}/edit", form_of(**{"ask.place": "at the Town Hall"}))
    assert "at the Town Hall" in page


def test_the_coach_reads_along_and_shows_a_real_person(organizer):
    draft()
    organizer.open("/campaigns/new")
    form = form_of(name="Another", **{"ask.texts": [TEXT, "Would you maybe like to help sometime?"]})
    shown = organizer.send("/campaigns/preview", form).text
    assert "Hi Elsa, it&#39;s Amanda" in shown
    assert "Wednesday, February 10 at 6 pm" in shown
    said = organizer.send("/campaigns/coach", form).text
    assert "A hard ask" in said
    assert "A weak ask" in said


def test_the_coachs_wording_is_put_into_the_box_and_nothing_is_saved(organizer):
    campaign_id = draft()
    for page in ("/campaigns/new", f"/campaigns/{campaign_id}/edit"):
        organizer.open(page)
        form = form_of(name="Another", **{"ask.texts": [TEXT, "", "Would you maybe join us at our phone bank?"]})
        assert 'name="harder" value="2"' in organizer.send("/campaigns/coach", form).text
        shown = organizer.send(page, {**form, "harder": "2"}).text
        assert "Can I count on you to join us at our phone bank {{ ask.when }}?</textarea>" in shown
        assert "Would you maybe" not in shown
        assert organizer.send(page, {**form, "harder": "9"}).status_code == 200
    with db.reading() as session:
        assert "Another" not in [campaign.name for campaign in queries.all_(session)]


def test_a_template_that_reaches_out_or_never_ends_gets_a_sentence(organizer):
    draft()
    organizer.open("/campaigns/new")
    for evil in (
        "{{ first_name.__class__.__mro__ }}",
        "{% for x in range(999999999) %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
    ):
        answer = organizer.send("/campaigns/coach", form_of(**{"ask.texts": [evil]}))
        assert answer.status_code == 200
        assert organizer.send("/campaigns/new", form_of(name="Evil", **{"ask.texts": [evil]})).status_code == 400


def test_the_look_ahead_names_price_people_and_hours(organizer):
    page = organizer.open(f"/campaigns/{draft()}/preflight")
    assert "Ready to launch" in page
    assert re.search(r"<dd>2</dd>|people to ask</dt><dd>2", page)
    assert "$0.0" in page
    assert "open now" in page
    assert page.count('class="check check--') == 17


def test_a_launch_now_and_who_launched_it(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/preflight")
    page = organizer.follow(f"/campaigns/{campaign_id}/launch", {"when": "now"})
    assert "Launched." in page
    assert "Organizer (organizer@example.org)" in page
    assert status_of(campaign_id) is CampaignStatus.ENROLLING


def test_a_double_tap_launches_once(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/preflight")
    organizer.send(f"/campaigns/{campaign_id}/launch", {"when": "now"})
    assert organizer.send(f"/campaigns/{campaign_id}/launch", {"when": "now"}).status_code == 409


def test_a_launch_at_a_time_waits_and_can_be_taken_back(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/preflight")
    page = organizer.follow(f"/campaigns/{campaign_id}/launch", {"when": "later", "at": "2027-02-04T10:00"})
    assert "It launches itself" in page
    assert "10:00 AM EST" in page
    assert status_of(campaign_id) is CampaignStatus.DRAFT
    assert "waits for you again" in organizer.follow(f"/campaigns/{campaign_id}/unschedule")


@pytest.mark.parametrize(
    ("at", "sentence"), [("2020-01-01T10:00", "That time is past"), ("tomorrow", "as a date and a time")]
)
def test_a_launch_time_that_cannot_be_is_refused(organizer, at, sentence):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/preflight")
    assert sentence in organizer.follow(f"/campaigns/{campaign_id}/launch", {"when": "later", "at": at})


def test_a_weak_ask_needs_a_reason(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}/edit")
    weak = "Hi {{ first_name }}, RepresentUs here. Would you maybe be interested in helping out sometime? Reply STOP to end."
    organizer.send(f"/campaigns/{campaign_id}/edit", form_of(**{"ask.texts": [weak]}))
    assert "Why does it go out as it is?" in organizer.open(f"/campaigns/{campaign_id}/preflight")
    assert organizer.send(f"/campaigns/{campaign_id}/launch", {"when": "now"}).status_code == 409
    page = organizer.follow(f"/campaigns/{campaign_id}/launch", {"when": "now", "because": "They know us well."})
    assert "They know us well." in page


def test_a_sender_that_is_not_ours_stops_the_launch(organizer):
    campaign_id = draft(sender="+12025559999")
    organizer.open(f"/campaigns/{campaign_id}/preflight")
    answer = organizer.send(f"/campaigns/{campaign_id}/launch", {"when": "now"})
    assert answer.status_code == 409
    assert "is not this Twilio account" in answer.text


def test_a_test_goes_to_oneself(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}")
    page = organizer.follow(f"/campaigns/{campaign_id}/test", {"number": "(202) 555-0199"})
    assert "On its way to" in page
    assert "Hi Jordan" in page
    with db.reading() as session:
        sent = session.get(Message, 1)
        assert (sent.kind, sent.phone) == (MessageKind.TEST, "+12025550199")


def test_pause_and_go_on(organizer):
    campaign_id = running()
    assert "Pause" in organizer.open(f"/campaigns/{campaign_id}")
    page = organizer.follow(f"/campaigns/{campaign_id}/pause")
    assert "Paused by Organizer." in page
    assert "press “Go on”" in page
    assert status_of(campaign_id) is CampaignStatus.PAUSED
    organizer.follow(f"/campaigns/{campaign_id}/resume")
    assert status_of(campaign_id) is CampaignStatus.RUNNING
    assert organizer.send(f"/campaigns/{campaign_id}/resume").status_code == 409


def test_closing_asks_first(organizer):
    campaign_id = running()
    assert "cannot be opened again" in organizer.open(f"/campaigns/{campaign_id}/close")
    assert status_of(campaign_id) is CampaignStatus.RUNNING
    organizer.follow(f"/campaigns/{campaign_id}/close")
    assert status_of(campaign_id) is CampaignStatus.CLOSED


def test_a_copy_is_a_draft_to_change(organizer):
    campaign_id = running()
    organizer.open(f"/campaigns/{campaign_id}")
    assert "Phone bank (2)" in organizer.follow(f"/campaigns/{campaign_id}/copy")


def test_what_was_launched_is_not_edited(organizer):
    campaign_id = running()
    organizer.open(f"/campaigns/{campaign_id}/edit")
    answer = organizer.send(f"/campaigns/{campaign_id}/edit", form_of())
    assert answer.status_code == 409
    assert "copy it" in answer.text


def test_the_numbers_are_sent_again_only_when_they_change(organizer):
    campaign_id = running()
    page = organizer.get(f"/campaigns/{campaign_id}").text
    address = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert organizer.get(address).status_code == 204
    with db.transaction() as session:
        lifecycle.pause(session, campaign_id, reason="The carrier refused.", now=house_clock.now())
    news = organizer.get(address)
    assert "The carrier refused." in news.text
    assert "csrf" not in news.text


def test_a_campaign_that_is_not_there_says_so(organizer):
    for path in (
        "/campaigns/99",
        "/campaigns/99/live/numbers",
        "/campaigns/99/preflight",
        "/campaigns/99/edit",
        "/campaigns/99/close",
    ):
        assert organizer.get(path).status_code == 404


def test_names_with_markup_are_only_words(organizer):
    campaign_id = draft(name="<script>alert(1)</script>", organization="<b>us</b>")
    for path in ("", "/preflight", "/edit"):
        page = organizer.get(f"/campaigns/{campaign_id}{path}").text
        assert "<script>alert" not in page
        assert "<b>us" not in page
