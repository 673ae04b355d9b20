"""A campaign of calls in the editor: its script as it will be spoken, and its recorded lines."""

import io

import pytest
from sqlalchemy import update

from phonebank import clock as house_clock
from phonebank import db
from phonebank.calls import queries as calls
from phonebank.calls import sampling
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.errors import RefusedError
from phonebank.web import campaign_form
from tests.support.campaigns import PHONE_BANK, a_campaign, a_contact
from tests.support.recordings import a_wave

pytestmark = pytest.mark.database("sqlite")
ASK = "Can I count on you to make calls with us {{ ask.when }}?"
CALLS = {"channel": "call", "call": {"ask": ASK, "languages": {"es": {"ask": "¿Podemos contar con usted?"}}}}


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer", "Amanda Alvarez")


def draft(**changes):
    with db.transaction() as session:
        return a_campaign(session, PHONE_BANK, [a_contact()], **(CALLS | changes)).id


def form_of(campaign_id):
    with db.reading() as session:
        shown, base = campaign_form.from_spec(spec.dump(session, queries.by_id(session, campaign_id)))
    return shown, base


def called(campaign_id):
    with db.reading() as session:
        return queries.by_id(session, campaign_id).call_script


def test_the_button_changes_the_form_for_calls_and_keeps_what_is_typed(organizer):
    organizer.open("/campaigns/new")
    form = {"name": "By phone", "channel": "text", "ask.texts": "Hello there", "to": "call"}
    page = organizer.send("/campaigns/new", form).text
    assert 'name="call.ask"' in page
    assert 'value="By phone"' in page
    assert '<input type="hidden" name="ask.texts" value="Hello there">' in page


def test_a_campaign_of_calls_is_made_and_changed_in_the_form(organizer):
    campaign_id = draft()
    shown, _ = form_of(campaign_id)
    page = organizer.open(f"/campaigns/{campaign_id}/edit")
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    changes = {"call.ask": "Will you come?", "call.attempts": "5", "call.record": "true", "seen": seen}
    answer = organizer.send(f"/campaigns/{campaign_id}/edit", shown | changes)
    assert answer.status_code == 303, answer.text
    assert (called(campaign_id)["ask"], called(campaign_id)["attempts"]) == ("Will you come?", 5)
    assert called(campaign_id)["record"] is True
    assert called(campaign_id)["languages"]["es"]["ask"] == "¿Podemos contar con usted?"


def test_a_script_without_an_ask_is_kept_but_not_finished(organizer):
    campaign_id = draft()
    shown, _ = form_of(campaign_id)
    seen = organizer.open(f"/campaigns/{campaign_id}/edit").partition('name="seen" value="')[2].partition('"')[0]
    answer = organizer.send(f"/campaigns/{campaign_id}/edit", shown | {"call.ask": " ", "seen": seen})
    assert answer.status_code == 400
    assert "Kept, but not finished" in answer.text
    assert called(campaign_id)["ask"] == ASK


def test_the_script_shows_as_it_will_be_spoken_with_seconds_in_each_language(organizer):
    shown, _ = form_of(draft())
    organizer.open("/campaigns/new")
    said = organizer.send("/campaigns/preview", shown).text
    assert "Hi Jordan, this is Amanda with RepresentUs. Press 9" in said
    assert "Press 1 for yes" in said
    assert "¿Podemos contar con usted?" in said
    assert "They listen for about" in said


def test_a_line_longer_than_the_voice_says_is_marked(organizer):
    shown, _ = form_of(draft())
    organizer.open("/campaigns/new")
    said = organizer.send("/campaigns/preview", shown | {"call.ask": "Will you come? " * 290}).text
    assert "Shorten it" in said


def test_the_coach_reads_the_spoken_ask(organizer):
    shown, _ = form_of(draft())
    organizer.open("/campaigns/new")
    assert "hard ask" in organizer.send("/campaigns/coach", shown).text.lower()
    assert "Write" in organizer.send("/campaigns/coach", shown | {"call.ask": ""}).text


def upload(person, campaign_id, content, which="ask.en"):
    form = {"which": which, "file": (io.BytesIO(content), "ask.wav")}
    return person.send(f"/campaigns/{campaign_id}/audio", form)


def tokens(campaign_id):
    with db.reading() as session:
        return calls.audio_of(session, campaign_id)


def test_a_recorded_line_is_heard_at_an_address_nobody_can_guess(organizer, app):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}")
    upload(organizer, campaign_id, a_wave(2.0))
    token = tokens(campaign_id)[("ask", "en")]
    heard = app.test_client().get(f"/audio/{token}")
    assert (heard.status_code, heard.content_type, heard.data) == (200, "audio/wav", a_wave(2.0))
    part = app.test_client().get(f"/audio/{token}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    assert app.test_client().get(f"/audio/{token[:-1]}x").status_code == 404
    assert token in organizer.open(f"/campaigns/{campaign_id}")


def test_what_is_no_recording_is_refused_and_says_what_to_do(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}")
    upload(organizer, campaign_id, b"not sound at all")
    assert tokens(campaign_id) == {}
    assert "Save it as WAV" in organizer.open(f"/campaigns/{campaign_id}")


def test_a_second_recording_takes_the_place_of_the_first_and_can_be_dropped(organizer, app):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}")
    upload(organizer, campaign_id, a_wave(1.0))
    first = tokens(campaign_id)[("ask", "en")]
    upload(organizer, campaign_id, a_wave(2.0))
    assert tokens(campaign_id).keys() == {("ask", "en")}
    assert app.test_client().get(f"/audio/{first}").status_code == 404
    organizer.send(f"/campaigns/{campaign_id}/audio/drop", {"which": "ask.en"})
    assert tokens(campaign_id) == {}


def test_nothing_is_recorded_anew_once_it_was_launched(organizer):
    campaign_id = draft()
    organizer.open(f"/campaigns/{campaign_id}")
    with db.transaction() as session:
        session.execute(update(Campaign).where(Campaign.id == campaign_id).values(status=CampaignStatus.RUNNING))
    upload(organizer, campaign_id, a_wave(1.0))
    assert tokens(campaign_id) == {}


def test_the_script_is_tried_on_oneself_and_never_on_the_campaigns_own_number(organizer):
    campaign_id = draft(sender="+12025550100")
    with db.transaction() as session:
        campaign, now = queries.by_id(session, campaign_id), house_clock.now()
        with pytest.raises(RefusedError, match="own number"):
            sampling.call_me(session, campaign, "+12025550100", now)
        sampling.call_me(session, campaign, "(202) 555-0177", now, language="es")
        call = calls.last_test(session, campaign_id)
    assert (call.phone, call.language, call.recipient_id) == ("+12025550177", "es", None)
    assert "The last test call" in organizer.open(f"/campaigns/{campaign_id}")
