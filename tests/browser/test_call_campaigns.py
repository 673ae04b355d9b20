"""A campaign of calls in Chromium: written, heard as it will be spoken, recorded, launched, watched, and each call read."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.calls.models import CallStatus, Speaker
from phonebank.campaigns.models import CampaignStatus
from phonebank.people.models import Role
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.call_rows import a_call, said
from tests.support.campaigns import NOW, PHONE_BANK, a_campaign, a_contact, a_list
from tests.support.recordings import a_wave

pytestmark = pytest.mark.database("sqlite")
ASK = "We are making calls {{ ask.when }}. Can I count on you to join us?"
CALLS = {"channel": "call", "call": {"ask": ASK, "languages": {"es": {"ask": "¿Podemos contar con usted?"}}}}
NAMES = ("Elsa", "<script>alert(1)</script>", "محمد", "Wilhelmina-Alexandrina", "", "Zoë")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_call_is_written_and_shown_as_it_will_be_spoken(site, clock, size):
    with db.transaction() as session:
        a_list(session, contacts=[a_contact()])
    page = site.signed_in("Amanda", Role.ORGANIZER, size)
    page.goto("/campaigns/new")
    page.get_by_role("button", name="Call them instead").click()
    expect(page.get_by_text("They are called.")).to_be_visible()
    page.get_by_label("Name of the campaign").fill("Ranked choice calls")
    page.get_by_role("group", name="Lists").get_by_label("supporters").check()
    page.get_by_label("Organization").fill("RepresentUs")
    page.get_by_label("Sender", exact=True).fill("+12025550190")
    page.get_by_label("What they are to do", exact=True).fill("make calls with us online")
    page.get_by_label("Begins").first.fill(f"{clock.now() + timedelta(days=3):%Y-%m-%dT18:00}")
    page.get_by_role("textbox", name="The ask", exact=True).fill(ASK)
    page.get_by_text("Tries and voicemail").click()
    page.get_by_label("Record the calls").select_option("true")
    expect(page.locator("#saved")).to_contain_text("Saved ")
    expect(page.get_by_text("This call is recorded.")).to_be_visible()
    expect(page.get_by_text("Can I count on you to join us? Press 1 for yes")).to_be_visible()
    if size is DESK:
        looked_at(page, "call-editor")


def test_a_draft_s_lines_are_recorded_in_one_s_own_voice_and_called_to_oneself(site, tmp_path):
    with db.transaction() as session:
        campaign_id = a_campaign(session, PHONE_BANK, [a_contact()], **CALLS).id
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto(f"/campaigns/{campaign_id}")
    (tmp_path / "ask.wav").write_bytes(a_wave(3.0))
    page.get_by_label("Which line").select_option("ask.en")
    page.get_by_label("Recording", exact=True).set_input_files(tmp_path / "ask.wav")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Recorded: 3 seconds.")).to_be_visible()
    expect(page.get_by_role("button", name="Drop it : The ask, English")).to_be_visible()
    looked_at(page, "call-draft")


@pytest.fixture
def under_way(site, clock):
    with db.transaction() as session:
        people = [a_contact(f"+1202555014{n}", name) for n, name in enumerate(NAMES)]
        campaign = a_campaign(session, PHONE_BANK, people, **CALLS)
        campaign.status, campaign.launched_at, campaign.launched_by = CampaignStatus.RUNNING, NOW, "Amanda"
        soon = NOW + timedelta(seconds=2)
        talked = a_call(
            session, campaign, people[1], wants_person_at=NOW, bridged_at=soon, recording_sid="RE" + "0" * 32
        )
        said(session, talked, 1, "Hi, this is Amanda with RepresentUs. Can I count on you to join us?", Speaker.US)
        said(session, talked, 1, "can I talk to someone <b>now</b>", confidence=0.9, intent="ask_for_person")
        said(session, talked, 2, "I will get one of us for you.", Speaker.US)
        a_call(session, campaign, people[0], wants_person_at=NOW, abandoned_at=soon)
        a_call(session, campaign, people[2], answered_by="machine", voicemail_at=NOW)
        a_call(session, campaign, people[3])
        a_call(session, campaign, people[4], status=CallStatus.BUSY, answered_at=None, duration_s=None)
        return campaign.id


def test_calls_under_way_are_watched_by_the_hour_and_each_is_read(site, under_way):
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto(f"/campaigns/{under_way}")
    expect(page.get_by_role("heading", name="The calls")).to_be_visible()
    expect(page.get_by_text("hung up waiting for one of you")).to_be_visible()
    looked_at(page, "call-live")
    page.get_by_role("link", name="Read calls").click()
    looked_at(page, "call-list")
    page.get_by_role("link", name="Read the call with <script>").click()
    expect(page.get_by_text("can I talk to someone <b>now</b>")).to_be_visible()
    expect(page.get_by_label("The recording of this call")).to_be_visible()
    looked_at(page, "call-transcript")


def test_what_is_typed_while_a_tap_is_on_its_way_holds_up_neither(site):
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.add_init_script(
        "const send = window.fetch; window.fetch = async (...asked) => "
        "{ await new Promise((done) => setTimeout(done, 800)); return send(...asked); };"
    )
    page.goto("/campaigns/new")
    page.get_by_role("button", name="Call them instead").click(no_wait_after=True)
    page.get_by_label("Name of the campaign").fill("Typed meanwhile")
    expect(page.get_by_text("They are called.")).to_be_visible()
    expect(page.get_by_label("Name of the campaign")).to_have_value("Typed meanwhile")
