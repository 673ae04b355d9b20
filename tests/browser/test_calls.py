"""A live bridge in Chromium, with a faked audio device and a stand-in for Twilio's SDK: rung, taken, talked, settled."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from phonebank import db
from phonebank.calls import lifecycle
from phonebank.calls.models import Call, CallSeat
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.handoffs import bridging, powering
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.settings import Settings
from tests.support import bridges as make
from tests.support import conversations
from tests.support.browsing import DESK, PHONE, looked_at, shot
from tests.support.factories import do, fresh, update

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


@pytest.fixture(autouse=True)
def browser_phone(monkeypatch):
    monkeypatch.setattr(Settings, "has_browser_phone", property(lambda _self: True))


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


def _answers(clock):
    """The next person is dialed and takes it up: they are with whoever is ready."""
    do(powering.top_up, conversations.SENDER, clock.now())
    [call] = do(lifecycle.claim, conversations.SENDER, 10, by_machine=False, now=clock.now())
    do(lifecycle.answer, call.id, sid=f"CA{call.id:032x}", now=clock.now())
    assert do(powering.put_through, fresh(Call, call.id), clock.now())
    return fresh(Call, call.id)


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


def test_whoever_answers_is_on_the_line_of_a_volunteer_who_is_ready_and_then_the_next(site, clock):
    with db.transaction() as session:
        script = {"ask": "Can I count on you?", "mode": "power"}
        drive = conversations.campaign(
            session, clock.now(), channel=Channel.CALL, call_script=script, name="Power hour"
        )
        for name in ("Rosa", "Luis"):
            conversations.supporter(session, drive, clock.now(), name).status = RecipientStatus.PENDING
    page = _desk(site, "Ana", PHONE)
    page.get_by_role("button", name="Ready for the next call of Power hour").click()
    _on_the_line(page)
    assert page.evaluate("window.calls[0].call") == "seat", "the line stands open before anybody is dialed"
    expect(page.get_by_text("Connecting you.")).to_be_visible()
    assert do(powering.line_opens, _seated("Ana"), "CA-seat")
    expect(page.get_by_text("We are calling people of Power hour for you.")).to_be_visible()
    looked_at(page, "calls-power")
    rosa = _answers(clock)
    expect(page.get_by_role("heading", name="Rosa", exact=True)).to_be_visible()
    expect(page.get_by_text("You are on the line.")).to_be_visible()
    _on_the_line(page)  # the same one, all the time
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("Written down: no.")).to_be_visible()
    assert fresh(Recipient, rosa.recipient_id).outcome is Outcome.NO
    _on_the_line(page)
    assert page.evaluate("window.calls[0].call") == "seat", "the page was left, and has opened the line anew"
    page.get_by_role("button", name="Take a break").click()
    expect(page.get_by_role("heading", name="You are not taking calls")).to_be_visible()


def test_where_no_browser_can_call_the_own_phone_is_asked_for(site, clock, monkeypatch):
    monkeypatch.setattr(Settings, "has_browser_phone", property(lambda _self: False))
    page = _desk(site, "Ana", PHONE)
    expect(page.get_by_text("Say below at which phone you take them.")).to_be_visible()
    expect(page.get_by_role("button", name="Ready, in this browser")).to_have_count(0)
    expect(page.get_by_label("Your own phone")).to_be_visible()


def test_what_was_pressed_in_vain_is_told(site, clock):
    with db.transaction() as session:
        script = {"ask": "Can I count on you?", "mode": "power"}
        campaign = conversations.campaign(session, clock.now(), channel=Channel.CALL, call_script=script, name="Late")
        campaign_id = campaign.id
    page = _desk(site, "Ana", PHONE)
    expect(page.get_by_role("button", name="Ready for the next call of Late")).to_be_visible()
    page.route("**/calls/now*", lambda route: route.fulfill(status=204))  # it has not heard yet
    update(Campaign, campaign_id, status=CampaignStatus.PAUSED)
    page.get_by_role("button", name="Ready for the next call of Late").click()
    expect(page.get_by_text("Nobody is called in this campaign just now.")).to_be_visible()
