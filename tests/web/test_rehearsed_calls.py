"""A call on a supporter's phone, in the rehearsal's page: rung, picked up, answered by key and by word, heard again."""

import io
import re
import time
import wave

import pytest
import requests

from phonebank.rehearsal import speaking, staging
from tests.web.test_rehearsal_page import ELSA, dial, elsa, settings  # noqa: F401  # fixtures

OURS = "+12025550190"
TWIML = "<Response><Gather numDigits='1' input='dtmf speech' timeout='60'><Say>Can I count on you?</Say></Gather></Response>"


def _calls_her(settings):  # noqa: F811
    """As the product does, with the carrier's own keys."""
    made = requests.post(
        f"{settings.twilio_api_base_url}/2010-04-01/Accounts/{settings.twilio_account_sid}/Calls.json",
        data={"To": ELSA, "From": OURS, "Twiml": TWIML},
        auth=(settings.twilio_account_sid, settings.twilio_auth_token),
        timeout=10,
    )
    assert made.ok, made.text


def _until(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


@pytest.fixture
def rung(elsa, settings):  # noqa: F811
    """Elsa's phone rings: a volunteer who looks at it, and its address."""
    volunteer, address = elsa
    staging.carrier_of(settings).manner(ELSA, by_hand=True)
    _calls_her(settings)
    _until(lambda: "Their phone rings" in volunteer.open(address))
    return volunteer, address


@pytest.mark.database("sqlite")
def test_a_visitor_picks_up_hears_the_ask_and_presses_a_key(rung):
    volunteer, address = rung
    assert "rings" in volunteer.open("/rehearsal")
    volunteer.send(f"{address}/call", {"does": "pick_up"})
    _until(lambda: "Can I count on you?" in volunteer.open(address))
    assert "On the phone" in volunteer.open(address)
    swapped = volunteer.send(f"{address}/call", {"digits": "1"}, headers={"HX-Request": "true"}).text
    assert "presses 1" in swapped
    assert "<html" not in swapped
    _until(lambda: "The call is over" in volunteer.open(address))


@pytest.mark.database("sqlite")
def test_words_are_spoken_as_they_are_typed_and_hurt_nobody(rung):
    volunteer, address = rung
    volunteer.send(f"{address}/call", {"does": "pick_up"})
    _until(lambda: "Can I count on you?" in volunteer.open(address))
    swapped = volunteer.send(f"{address}/call", {"words": "Yes <b>please</b>"}, headers={"HX-Request": "true"}).text
    assert "Yes &lt;b&gt;please&lt;/b&gt;" in swapped


@pytest.mark.database("sqlite")
def test_a_phone_may_be_left_to_itself_or_hung_up_and_calls_back(rung, settings):  # noqa: F811
    volunteer, address = rung
    volunteer.send(f"{address}/call", {"does": "hang_up"})
    assert "It was busy" in volunteer.open(address)
    volunteer.send(f"{address}/call", {"does": "call"})
    assert staging.carrier_of(settings).calls(ELSA)[-1]["to"] == OURS


@pytest.mark.database("sqlite")
def test_what_makes_no_sense_is_said(rung):
    volunteer, address = rung
    assert volunteer.send(f"{address}/call", {"does": "sing"}).status_code == 400
    volunteer.send(f"{address}/call", {"does": "hang_up"})
    assert volunteer.send(f"{address}/call", {"digits": "1"}).status_code in {400, 409, 503}


@pytest.mark.database("sqlite")
def test_a_call_is_heard_where_something_can_speak(rung, settings, tmp_path, monkeypatch):  # noqa: F811
    volunteer, address = rung
    volunteer.send(f"{address}/call", {"does": "pick_up"})
    _until(lambda: "Can I count on you?" in volunteer.open(address))
    volunteer.send(f"{address}/call", {"does": "hang_up"})
    sid = staging.carrier_of(settings).calls(ELSA)[-1]["sid"]
    monkeypatch.setattr(speaking, "synthesizer", lambda: None)
    assert "<audio" not in volunteer.open(address)
    assert volunteer.get(f"{address}/call/{sid}.wav").status_code == 404
    monkeypatch.setattr(speaking, "synthesizer", lambda: str(_speaker(tmp_path)))
    source = re.search(r'<audio[^>]* src="([^"]+)"', volunteer.open(address))
    with wave.open(io.BytesIO(volunteer.get(source[1]).data)) as heard:
        assert heard.getnframes() > 22_050


def _speaker(folder):
    """A synthesizer of sorts: a second of silence, as espeak-ng writes it to a pipe."""
    header = (
        b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\xff\xff\xff\x7f"
    )
    sound, program = folder / "sound", folder / "espeak-ng"
    sound.write_bytes(header + b"\0\0" * 22_050)
    program.write_text(f"#!/bin/sh\ncat > /dev/null\ncat {sound}\n")
    program.chmod(0o755)
    return program
