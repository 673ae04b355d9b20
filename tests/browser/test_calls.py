"""A live bridge in Chromium, with a faked audio device and a stand-in for Twilio's SDK: rung, taken, talked, settled."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from phonebank import db
from phonebank.calls.models import Call, CallSeat
from phonebank.campaigns.models import Channel
from phonebank.handoffs import bridging
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import bridges as make
from tests.support import conversations
from tests.support.browsing import DESK, PHONE, looked_at, shot
from tests.support.factories import do, fresh

pytestmark = pytest.mark.database("sqlite")

SDK = """
window.calls = [];
window.Twilio = { Device: class {
  constructor(token) { this.token = token; }
  on() {}
  updateToken() {}
  async connect({ params }) {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    const heard = {};
    const call = {
      on: (name, does) => { heard[name] = does; },
      disconnect: () => { sound.getTracks().forEach((one) => one.stop()); window.ended = params.call; heard.disconnect?.(); },
    };
    window.calls.push({ call: params.call, token: this.token, live: sound.getAudioTracks()[0].readyState });
    document.documentElement.dataset.calls = window.calls.length;
    window.drop = () => call.disconnect();
    return call;
  }
} };
"""


@pytest.fixture
def caller(site, clock):
    with db.transaction() as session:
        return make.caller(session, clock.now())


def _desk(site, name, size):
    page = site.signed_in(name, size=size)
    page.add_init_script(SDK)
    page.route("**/calls/token", lambda route: route.fulfill(json={"token": "a token"}))
    page.goto("/calls")
    return page


def _on_the_line(page):
    expect(page.locator("html")).to_have_attribute("data-calls", "1")


def _seated(name):
    with db.reading() as session:
        return session.exec(select(CallSeat.person_id).order_by(CallSeat.person_id.desc())).first()


def _ready(page):
    page.get_by_role("button", name="Ready, in this browser").click()
    expect(page.get_by_role("heading", name="Waiting for somebody")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_volunteer_takes_a_live_bridge_and_writes_down_the_verdict(site, caller, clock, size):
    page = _desk(site, "Ana Lopez", size)
    if size is DESK:
        looked_at(page, "calls-away")
    _ready(page)
    assert do(bridging.want_person, caller, clock.now())
    expect(page.get_by_role("heading", name="Rosa would like to talk")).to_be_visible()
    expect(page).to_have_title("Somebody calls! · Calls · phonebank")
    if size is DESK:
        looked_at(page, "calls-ringing")
    page.get_by_role("button", name="Take the call").click()
    _on_the_line(page)
    assert page.evaluate("window.calls[0]") == {"call": str(caller.id), "token": "a token", "live": "live"}
    assert do(bridging.join, caller, _seated("Ana"), clock.now())
    expect(page.get_by_text("You are on the line.")).to_be_visible()
    page.get_by_label("A note for the organizers").fill("Brings a friend")
    if size is DESK:
        looked_at(page, "calls-talking")
    else:
        shot(page, "calls-talking-phone")
    page.get_by_role("button", name="Yes", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Waiting for somebody")).to_be_visible()
    expect(page.get_by_text("Written down: yes.")).to_be_visible()
    assert fresh(Recipient, caller.recipient_id).outcome is Outcome.YES


def test_a_line_that_breaks_leaves_the_caller_to_the_next_volunteer(site, caller, clock):
    ana, ben = _desk(site, "Ana", DESK), _desk(site, "Ben", PHONE)
    _ready(ana)
    do(bridging.want_person, caller, clock.now())
    ana.get_by_role("button", name="Take the call").click()
    _on_the_line(ana)
    do(bridging.join, caller, _seated("Ana"), clock.now())
    _ready(ben)
    ana.evaluate("window.drop()")
    assert do(bridging.lost, fresh(Call, caller.id), clock.now())
    expect(ben.get_by_role("heading", name="Rosa would like to talk")).to_be_visible()
    expect(ana.get_by_role("heading", name="Waiting for somebody")).to_be_visible()


def test_a_volunteer_calls_the_next_person_themselves(site, clock):
    with db.transaction() as session:
        script = {"ask": "Can I count on you?", "mode": "preview"}
        drive = conversations.campaign(
            session, clock.now(), channel=Channel.CALL, call_script=script, name="Call night"
        )
        conversations.supporter(session, drive, clock.now(), "مريم").status = RecipientStatus.PENDING
    page = _desk(site, "Ana", PHONE)
    page.get_by_role("button", name="Next person of Call night").click()
    expect(page.get_by_text("Read the script once.")).to_be_visible()
    looked_at(page, "calls-next")
    page.get_by_role("button", name="Call مريم").click()
    _on_the_line(page)
    page.get_by_role("button", name="Not this one").click()
    expect(page.get_by_role("heading", name="You are not taking calls")).to_be_visible()
