"""The product's own calls on the stand-in carrier: dialed over its API, spoken by its webhooks, taken by people."""

import asyncio
import time
from itertools import count
from threading import Thread

import pytest
from werkzeug.serving import make_server

from phonebank import clock as our_clock
from phonebank import db
from phonebank.app import create_app
from phonebank.bridges import queries
from phonebank.calls import lifecycle
from phonebank.calls.models import Call
from phonebank.errors import NotFoundError
from phonebank.gateway import recordings, voice
from phonebank.gateway.contract import OutgoingCall
from phonebank.handoffs import bridging
from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message, MessageKind
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.settings import Settings
from tests.support import bridges, talks
from tests.support.calling import SCRIPT, a_call, calling
from tests.support.factories import do, fresh, member

pytestmark = pytest.mark.database("sqlite")
OURS = "+12025550190"
SPANISH = SCRIPT | {"languages": {"es": {"ask": "¿Viene a llamar con nosotros?"}}}
_numbers = (f"+1415555{last:04d}" for last in count(100))


@pytest.fixture
def house(database_url, redis_url, clock, free_port, shared_carrier):
    """Web and carrier, each at a port of its own; `house.call(…)` dials somebody and gives how it went."""
    carrier = shared_carrier
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="s" * 40,
        port=free_port,
        twilio_account_sid=carrier.account_sid,
        twilio_auth_token=carrier.auth_token,
        twilio_api_base_url=carrier.url,
    )
    server = make_server("127.0.0.1", free_port, create_app(settings), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    clock.run()
    yield _House(settings, carrier)
    carrier.faults(clear=True)
    server.shutdown()
    server.server_close()
    db.engine().dispose()


class _House:
    def __init__(self, settings, carrier):
        self.settings, self.carrier, self.sid = settings, carrier, ""

    def drive(self, **fields):
        with db.transaction() as session:
            return calling(session, our_clock.now(), sender=OURS, **fields).id

    def call(self, manner=None, drive=None, **recipient):
        """Dial somebody new, who takes it in this manner: our row of it, and the carrier's when it is over."""
        call_id = self.dial(manner, drive, **recipient)
        return fresh(Call, call_id), self.over(self.sid)

    def dial(self, manner=None, drive=None, **recipient):
        """The same without waiting for its end: the id of our row."""
        number, now = next(_numbers), our_clock.now()
        self.carrier.manner(number, **(manner or {}))
        with db.transaction() as session:
            campaign = calling(session, now, sender=OURS, **(drive or {}))
            to = member(session, campaign, now, status=RecipientStatus.PENDING, phone=number, **recipient)
            call_id = a_call(session, campaign, now, rings=to, carrier_sid=None)
        self.sid = asyncio.run(self._dialed(call_id, number))
        with db.transaction() as session:
            lifecycle.record_accepted(session, call_id, self.sid)
        return call_id

    async def _dialed(self, call_id, number):
        here = f"{self.settings.address}/twilio/calls/{call_id}"
        async with voice.dialing(self.settings, 1) as line:
            made = await line.dial(
                OutgoingCall(number, OURS, f"{here}/start", f"{here}/status", machine_callback=f"{here}/machine")
            )
        return made.sid

    def over(self, sid):
        """The carrier's row, once the call is over: everything said in it is by Twilio's rules."""
        self.until(lambda: self.carrier.call(sid)["ended_at"])
        row = self.carrier.call(sid)
        assert row["problems"] == []
        return row

    def until(self, is_so):
        deadline = time.monotonic() + 15
        while not is_so():
            assert time.monotonic() < deadline, f"it never came true: {self.carrier.call(self.sid)}"
            time.sleep(0.05)


def _said(row, who="us"):
    return " ".join(line["words"] for line in row["lines"] if line["who"] == who)


def _stands(call):
    row = fresh(Recipient, call.recipient_id)
    return row.status, row.outcome


def _texts(call):
    return [one.kind for one in talks.rows(Message, phone=call.phone, direction=Direction.OUT)]


@pytest.mark.parametrize("answer", ["1", "Yes, count me in!"])
def test_a_yes_by_key_or_by_speech_is_a_commitment_and_a_text(house, answer):
    call, row = house.call({"answers": [answer]})
    assert "Can I count on you" in _said(row)
    assert _stands(call) == (RecipientStatus.SETTLED, Outcome.YES)
    assert _texts(call) == [MessageKind.CONFIRMATION]
    assert row["lines"][-1]["words"] == "We hung up."


@pytest.mark.parametrize("answer", ["9", "Take me off your list and never call me again"])
def test_an_opt_out_by_key_or_by_speech_is_recorded_before_the_line_goes_dead(house, answer):
    call, row = house.call({"answers": [answer]})
    with db.reading() as session:
        assert is_opted_out(session, call.phone)
    assert row["lines"][-1]["words"] == "We hung up."
    assert _texts(call) == []


def test_nine_may_be_pressed_while_we_still_speak(house):
    call, _ = house.call({"answers": ["9"], "barges_in": True})
    with db.reading() as session:
        assert is_opted_out(session, call.phone)


def test_a_message_is_left_after_the_beep_and_names_who_called_and_the_toll_free_number(house):
    call, row = house.call(
        {"takes": "machine"}, drive={"call_script": SCRIPT | {"voicemail": "We would love your help."}}
    )
    words = [line["words"] for line in row["lines"]]
    after = " ".join(words[words.index("(beep)") + 1 :])
    assert "We would love your help." in after
    assert "800" in after.replace(" ", "").replace(",", "")
    assert fresh(Call, call.id).voicemail_at is not None


def test_a_fax_is_hung_up_on(house):
    call, row = house.call({"takes": "fax"})
    assert row["answered_by"] == "fax"
    assert fresh(Call, call.id).voicemail_at is None
    assert _stands(call)[1] is not Outcome.YES


@pytest.mark.parametrize("answers", [["(hangs up)"], ["huh?", "(hangs up)"], ["3", "(hangs up)"], ["", "(hangs up)"]])
def test_who_hangs_up_in_any_step_is_heard_no_more_and_counted_as_nothing_they_did_not_say(house, answers):
    call, row = house.call({"answers": answers})
    assert row["lines"][-1]["words"] == "They hung up."
    assert _stands(call)[1] is not Outcome.YES
    assert MessageKind.CONFIRMATION not in _texts(call)


def test_silence_is_asked_once_more_and_then_let_go(house):
    call, row = house.call()
    assert _said(row).count("Can I count on you") >= 1
    assert row["lines"][-1]["words"] == "We hung up."
    assert _stands(call)[1] is not Outcome.YES


@pytest.mark.parametrize("answer", ["7", "*", "Kvinnan i grannhuset sover"])
def test_what_means_nothing_gets_words_and_another_chance(house, answer):
    call, _ = house.call({"answers": [answer, "1"]})
    assert _stands(call) == (RecipientStatus.SETTLED, Outcome.YES)


def test_spanish_by_the_contact_s_language_and_on_request(house):
    _, row = house.call({"answers": ["2"]}, drive={"call_script": SPANISH}, language="es")
    assert "¿Viene a llamar con nosotros?" in _said(row)
    assert {line["language"][:2] for line in row["lines"] if line["who"] == "us" and line["language"]} >= {"es"}
    _, row = house.call({"answers": ["en español por favor", "2"]}, drive={"call_script": SPANISH})
    assert "¿Viene a llamar con nosotros?" in _said(row)


def test_the_same_webhook_twice_is_one_answer_one_commitment_one_text(house):
    house.carrier.faults("question_doubled")
    call, _ = house.call({"answers": ["1"]})
    time.sleep(0.3)
    assert _stands(call) == (RecipientStatus.SETTLED, Outcome.YES)
    assert _texts(call) == [MessageKind.CONFIRMATION]


def test_nobody_free_asks_when_to_call_back(house):
    call, row = house.call({"answers": ["3", "Tomorrow after five"]})
    assert row["lines"][-1]["words"] == "We hung up."
    assert _said(row, "them").endswith("Tomorrow after five")
    assert talks.rows(Call, id=call.id)[0].wants_person_at is not None


def test_a_maybe_is_bridged_to_a_volunteer_in_their_browser_and_nobody_waits_in_silence(house):
    with db.transaction() as session:
        volunteer = bridges.ready(session, our_clock.now())
    call_id = house.dial({"answers": ["3"]})
    house.until(lambda: do(queries.standing, call_id))
    with db.transaction() as session:
        call = session.get(Call, call_id)
        bridging.take(session, call, volunteer, our_clock.now())
    came = {"url": f"{house.settings.address}/twilio/calls/browser", "told": {"call": str(call_id)}}
    client = f"client:volunteer-{volunteer}"
    house.carrier.call_in(client, OURS, **came)
    house.until(lambda: fresh(Call, call_id).bridged_at)
    house.until(lambda: f"(bridged with {client})" in _said(house.carrier.call(house.sid), "line"))
    house.carrier.on_line(client, "hang_up")
    row = house.over(house.sid)
    assert row["longest_quiet_s"] < 2
    assert fresh(Call, call_id).abandoned_at is None


RECORDED = {"call_script": SCRIPT | {"record": True}}


def test_a_recording_begins_once_they_have_heard_of_it_and_can_be_heard_and_deleted(house):
    call, row = house.call({"answers": ["1"]}, drive=RECORDED)
    words = [line["words"] for line in row["lines"]]
    begins = words.index("(recording)")
    assert "This call is recorded." in words[:begins]
    assert any("Can I count on you" in one for one in words[begins:])
    house.until(lambda: fresh(Call, call.id).recording_sid)
    kept = fresh(Call, call.id).recording_sid
    assert recordings.fetch(house.settings, kept)[:2] == b"\xff\xfb"
    recordings.delete(house.settings, kept)
    recordings.delete(house.settings, kept)
    with pytest.raises(NotFoundError):
        recordings.fetch(house.settings, kept)


@pytest.mark.parametrize("drive", [RECORDED, None])
def test_nobody_is_recorded_who_has_not_heard_of_it_or_whose_campaign_does_not(house, drive):
    call, row = house.call({"answers": ["9"], "barges_in": True}, drive=drive)
    assert "(recording)" not in [line["words"] for line in row["lines"]]
    assert fresh(Call, call.id).recording_sid is None


def test_who_calls_back_hears_who_we_are_and_can_stop(house):
    call, _ = house.call({"takes": "no_answer"})
    url = f"{house.settings.address}/twilio/voice"
    came = house.carrier.call_in(call.phone, OURS, url=url, manner={"answers": ["9"]})
    row = house.over(came["sid"])
    assert "RepresentUs" in _said(row)
    with db.reading() as session:
        assert is_opted_out(session, call.phone)


def test_a_number_that_calls_itself_is_told_so_and_let_go(house):
    house.drive()
    row = house.over(house.carrier.call_in(OURS, OURS, url=f"{house.settings.address}/twilio/voice")["sid"])
    assert _said(row)
    assert row["lines"][-1]["words"] == "We hung up."
