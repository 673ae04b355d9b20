"""What the carrier is told while people are brought together: valid TwiML, friendly words, nobody left alone."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from phonebank import db
from phonebank.app import create_app
from phonebank.bridges import lifecycle, queries
from phonebank.calls import lifecycle as calls
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.campaigns.models import Channel
from phonebank.gateway import twilio
from phonebank.handoffs import bridging, powering
from phonebank.optouts import queries as optouts
from phonebank.rehearsal.twiml_rules import check_twiml
from phonebank.settings import Settings
from tests.support import bridges as make
from tests.support import conversations, factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.database("sqlite")

ACCOUNT, TOKEN, PUBLIC = "AC" + "0" * 32, "t" * 32, "https://phonebank.example.org"


@pytest.fixture
def app(database_url, tmp_path, clock):
    app = create_app(
        Settings(
            database_url=database_url,
            redis_url="redis://127.0.0.1:1/0",
            secret_key="s" * 40,
            public_url=PUBLIC,
            phonebank_home=tmp_path,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
        )
    )
    app.testing = True
    yield app
    db.engine().dispose()


@pytest.fixture
def post(app):
    def posted(path, **form):
        form = {"AccountSid": ACCOUNT, **form}
        headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + path, form, TOKEN)}
        answer = app.test_client().post(path, data=form, headers=headers, environ_overrides={"RAW_URI": path})
        assert answer.status_code == 200
        assert check_twiml(answer.text) == []
        return ET.fromstring(answer.text)

    return posted


@pytest.fixture
def caller(app, clock):
    with db.transaction() as session:
        return make.caller(session, clock.now())


def _at(caller, rest=""):
    return f"/twilio/calls/{caller.id}/bridge{rest}"


def test_a_caller_waits_in_a_queue_of_their_own_and_hears_words_and_music(post, caller, clock):
    do(make.ready, clock.now())
    queue = post(_at(caller)).find("Enqueue")
    assert (queue.text, queue.get("waitUrl")) == (f"call-{caller.id}", PUBLIC + _at(caller, "/wait"))
    heard = [verb.tag for verb in post(_at(caller, "/wait"))]
    assert heard == ["Say", "Play"]


def test_with_nobody_free_their_script_goes_on(post, caller):
    assert post(_at(caller)).find("Redirect").text == f"{PUBLIC}/twilio/calls/{caller.id}/nobody"


def test_when_the_last_one_misses_it_they_leave_the_queue_and_are_asked_when(post, caller, clock):
    do(make.ready, clock.now())
    post(_at(caller))
    clock.pass_by(seconds=21)
    assert post(_at(caller, "/wait")).find("Leave") is not None
    assert post(_at(caller, "/over"), QueueResult="leave").find("Redirect").text.endswith("/nobody")


def test_a_browser_phone_is_put_together_with_the_caller_it_took(post, caller, clock):
    ana = do(make.ready, clock.now())
    post(_at(caller))
    do(bridging.take, caller, ana, clock.now())
    joined = post("/twilio/calls/browser", From=f"client:volunteer-{ana}", call=str(caller.id))
    assert joined.find("Dial/Queue").text == f"call-{caller.id}"
    assert fresh(Call, caller.id).volunteer_id == ana


def test_a_browser_phone_that_took_nobody_is_told_so(post, caller, clock):
    ana = do(make.ready, clock.now())
    told = post("/twilio/calls/browser", From=f"client:volunteer-{ana}", call=str(caller.id))
    assert told.find("Dial") is None
    assert "not waiting any more" in told.find("Say").text


@pytest.mark.parametrize("who", ["client:somebody", "+12025550143", ""])
def test_a_stranger_on_the_browsers_line_hears_nobody(post, caller, who):
    assert [verb.tag for verb in post("/twilio/calls/browser", From=who, call=str(caller.id))] == ["Hangup"]


def _bridged(post, caller, now):
    ana = do(make.ready, now)
    post(_at(caller))
    do(bridging.take, caller, ana, now)
    post("/twilio/calls/browser", From=f"client:volunteer-{ana}", call=str(caller.id))
    return ana


def test_a_volunteer_whose_network_breaks_leaves_the_caller_with_a_sentence_and_the_next(post, caller, clock):
    _bridged(post, caller, clock.now())
    do(make.ready, clock.now(), "Ben")
    told = post(_at(caller, "/over"), QueueResult="bridged")
    assert [verb.tag for verb in told] == ["Say", "Enqueue"]
    assert "lost the line" in told.find("Say").text


def test_with_no_next_one_the_caller_hears_the_sentence_and_is_asked_when(post, caller, clock):
    _bridged(post, caller, clock.now())
    assert [verb.tag for verb in post(_at(caller, "/over"), QueueResult="bridged")] == ["Say", "Redirect"]


def test_a_talk_that_the_volunteer_has_finished_ends_with_thanks(post, caller, clock):
    ana = _bridged(post, caller, clock.now())
    do(bridging.done, caller, ana, clock.now())
    assert [verb.tag for verb in post(_at(caller, "/over"), QueueResult="bridged")] == ["Say", "Hangup"]


def test_a_caller_who_hangs_up_while_waiting_is_counted(post, caller, clock):
    do(make.ready, clock.now())
    post(_at(caller))
    post(_at(caller, "/over"), QueueResult="hangup")
    assert fresh(Call, caller.id).abandoned_at == clock.now()


@pytest.mark.parametrize(("digits", "tag"), [("1", "Dial"), ("2", "Hangup"), ("", "Hangup")])
def test_their_own_phone_asks_for_a_key_so_that_no_voicemail_takes_a_caller(post, caller, clock, digits, tag):
    ana = do(make.ready, clock.now(), phone="+12025550199")
    post(_at(caller))
    with db.transaction() as session:
        leg = queries.leg_for(session, caller.id, ana)
        leg.status, leg.attempts = CallStatus.DIALING, 1
    asked = post(f"/twilio/calls/{leg.id}/start", CallSid="CA1")
    assert "Press 1" in asked.find("Gather/Say").text
    assert post(_at(leg, "/pressed"), Digits=digits).find(tag) is not None
    assert (fresh(Call, caller.id).bridged_at is not None) is (digits == "1")


def test_a_call_that_a_volunteer_makes_meets_them_in_a_conference(post, clock):
    ana = do(make.ready, clock.now())
    with db.transaction() as session:
        caller = make.caller(session, clock.now(), kind=CallKind.LIVE, status=CallStatus.QUEUED, volunteer_id=ana)
    do(lifecycle.hold, ana, caller.id, clock.now())
    first = post("/twilio/calls/browser", From=f"client:volunteer-{ana}", call=str(caller.id))
    assert first.find("Dial/Conference").text == f"live-{caller.id}"
    assert fresh(Call, caller.id).due_at == clock.now(), "they are dialed once the volunteer is there"
    update(Call, caller.id, status=CallStatus.DIALING)
    met = post(f"/twilio/calls/{caller.id}/start", CallSid=caller.carrier_sid)
    assert met.find("Dial/Conference").text == f"live-{caller.id}"
    assert fresh(Call, caller.id).volunteer_id == ana
    assert [verb.tag for verb in post(_at(caller, "/ringing"))] == ["Say", "Play"]


def test_a_webhook_about_a_call_we_do_not_know_is_no_page(app):
    path = "/twilio/calls/999/bridge"
    signed = twilio.sign(PUBLIC + path, {}, TOKEN)
    raw = {"RAW_URI": path}
    found = app.test_client().post(path, data={}, headers={"X-Twilio-Signature": signed}, environ_overrides=raw)
    assert found.status_code == 404
    assert app.test_client().post(path, data={}, environ_overrides=raw).status_code == 403


def test_an_offer_rings_for_less_time_than_a_page_may_be_silent():
    assert queries.RINGS_FOR > queries.BROWSER_GONE >= timedelta(seconds=5)


@pytest.fixture
def dialed(app, clock):
    """A call dialed ahead that rings, and the volunteer who is ready for it."""
    with db.transaction() as session:
        power = {"ask": "Will you come?", "mode": "power"}
        campaign = conversations.campaign(session, clock.now(), channel=Channel.CALL, call_script=power)
        factories.member(session, campaign, clock.now())
        ana = conversations.person(session, clock.now())
        powering.join(session, campaign.id, ana, clock.now())
        lifecycle.line_opens(session, ana, "CA" + "a" * 32)
        powering.top_up(session, campaign.sender, clock.now())
        [call] = calls.claim(session, campaign.sender, 1, by_machine=False, now=clock.now())
        return call, ana


def test_a_volunteers_line_stands_until_somebody_answers_and_they_meet_on_it_at_once(post, dialed, clock):
    call, ana = dialed
    theirs = {"From": f"client:volunteer-{ana}", "CallSid": "CA" + "b" * 32}
    stands = post("/twilio/calls/browser", call="seat", **theirs).find("Dial/Conference")
    assert [verb.tag for verb in post("/twilio/calls/browser/standing")] == ["Say", "Play"]
    for _twice in range(2):
        meets = post(f"/twilio/calls/{call.id}/start", CallSid="CA" + "c" * 32)
        assert (meets[0].tag, meets.find("Dial/Conference").text) == ("Dial", stands.text), "no voice of ours first"
    assert fresh(Call, call.id).volunteer_id == ana
    post("/twilio/calls/browser/left", **theirs)
    assert do(queries.seat_of, ana).line_sid is None


def test_who_answers_and_finds_nobody_hears_who_called_and_how_to_stop_it(post, dialed, clock):
    call, ana = dialed
    do(lifecycle.stand_up, ana)
    pause, then = post(f"/twilio/calls/{call.id}/start", CallSid="CA" + "c" * 32)
    assert (pause.tag, int(pause.get("length")) < 2) == ("Pause", True)
    on = post(then.text.removeprefix(PUBLIC)).find("Redirect")
    assert fresh(Call, call.id).abandoned_at == clock.now()
    gather = post(on.text.removeprefix(PUBLIC)).find("Gather")
    said = " ".join(line.text for line in gather)
    assert "We called to talk with you" in said
    assert "Press 9 and we will not call you again" in said
    post(gather.get("action").removeprefix(PUBLIC), Digits="9", CallSid="CA" + "c" * 32)
    with db.reading() as session:
        assert optouts.is_opted_out(session, call.phone)


def test_a_volunteer_who_comes_in_that_second_is_with_them(post, dialed, clock):
    call, ana = dialed
    do(lifecycle.line_closes, ana, "CA" + "a" * 32)
    post(f"/twilio/calls/{call.id}/start", CallSid="CA" + "c" * 32)
    do(lifecycle.line_opens, ana, "CA" + "b" * 32)
    assert post(f"/twilio/calls/{call.id}/bridge/late").find("Dial/Conference").text == f"seat-{ana}"
    assert fresh(Call, call.id).abandoned_at is None
