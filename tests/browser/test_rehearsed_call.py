"""A visitor takes a call on a supporter's phone, on a phone of their own and at a desk."""

from threading import Thread

import pytest
import requests
from playwright.sync_api import expect
from werkzeug.serving import make_server

from phonebank import db
from phonebank.app import create_app
from phonebank.settings import Settings
from tests.support.browsing import DESK, PHONE, Site, looked_at

ELSA, OURS = "+14105550108", "+12025550190"
TALK = (
    "<Response><Gather numDigits='1' input='dtmf speech' timeout='60'>"
    "<Say language='en-US'>Hi Elsa, this is Amanda with RepresentUs. Press 9 and we will not call again.</Say>"
    "<Say language='en-US'>Can I count on you to make calls with us on Wednesday at six?</Say></Gather></Response>"
)


@pytest.fixture
def rehearsal(chromium, database_url, redis_url, clock, free_port, home, spawn_carrier):
    """The pages of a rehearsal, and its carrier, which knows Elsa and calls a visitor by hand."""
    (home / "var" / "rehearsal").mkdir(parents=True)
    carrier = spawn_carrier(talk_pace=0)
    carrier.supporters([{"number": ELSA, "first_name": "Elsa"}, {"number": "+17185550198", "first_name": "Marcus"}])
    carrier.manner(ELSA, by_hand=True)
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="s" * 40,
        port=free_port,
        rehearsal=True,
        phonebank_home=home,
        twilio_account_sid=carrier.account_sid,
        twilio_auth_token=carrier.auth_token,
        twilio_api_base_url=carrier.url,
    )
    server = make_server("127.0.0.1", free_port, create_app(settings), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    clock.run()
    opened = Site(chromium, settings.address, clock)
    yield opened, carrier
    opened.close()
    server.shutdown()
    server.server_close()
    db.engine().dispose()
    assert opened.errors == []


def _call(carrier):
    made = requests.post(
        f"{carrier.url}/2010-04-01/Accounts/{carrier.account_sid}/Calls.json",
        data={"To": ELSA, "From": OURS, "Twiml": TALK},
        auth=(carrier.account_sid, carrier.auth_token),
        timeout=10,
    )
    assert made.ok, made.text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_phone_rings_and_a_visitor_picks_up_answers_and_hangs_up(rehearsal, size):
    site, carrier = rehearsal
    page = site.signed_in("Ana", size=size)
    page.goto("/rehearsal")
    page.get_by_role("link", name="Elsa").click()
    _call(carrier)
    page.get_by_role("button", name="Pick up").click()
    words = page.locator("#call")
    expect(words).to_contain_text("Can I count on you to make calls with us")
    page.get_by_label("Say as Elsa").fill("Who is this?")
    expect(words).to_contain_text("On the phone")
    looked_at(page, "rehearsed-call" if size == DESK else "")
    page.get_by_role("button", name="1", exact=True).click()
    expect(words).to_contain_text("presses 1")
    expect(words).to_contain_text("The call is over")
    looked_at(page)
