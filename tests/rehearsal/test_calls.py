"""The Calls resource as the official SDK sees it, and the reports of a call's course."""

import pytest
from twilio.base.exceptions import TwilioRestException

OURS = "+12025550190"
ALL = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
def dial(client, door, number):
    """Calls the test's number, whose taker is told; every document is asked for at the door."""

    def dial(url="/start", **more):
        told = {"status_callback": f"{door.url}/status", "status_callback_event": ALL}
        return client.calls.create(to=number, from_=OURS, url=door.url + url, **(told | more))

    return dial


@pytest.fixture
def over(shared_carrier, eventually):
    """The call when it has come to its end."""

    def over(sid):
        eventually(lambda: shared_carrier.call(sid)["ended_at"])
        return shared_carrier.call(sid)

    return over


def test_a_call_is_said_to_the_end_and_reported_in_order(shared_carrier, client, door, dial, over, number, eventually):
    door.pages["/start"] = "<Say>Hi Ana.</Say>"
    shared_carrier.manner(number)
    made = dial()
    assert (made.status, made.direction, made.start_time) == ("queued", "outbound-api", None)
    assert [line["words"] for line in over(made.sid)["lines"] if line["who"] == "us"] == ["Hi Ana."]
    eventually(lambda: len(door.of("/status")) == 4)
    assert [post.form["CallStatus"] for post in door.of("/status")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [post.form["SequenceNumber"] for post in door.of("/status")] == ["0", "1", "2", "3"]
    assert all(post.is_signed(shared_carrier.auth_token) for post in door.posted)
    ended = client.calls(made.sid).fetch()
    assert (ended.status, ended.duration, ended.price) == ("completed", "1", "-0.01400")


@pytest.mark.parametrize(("takes", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("failed", "failed")])
def test_a_call_nobody_takes_says_why_and_asks_for_nothing(shared_carrier, door, dial, over, number, takes, status):
    shared_carrier.manner(number, takes=takes)
    assert over(dial().sid)["status"] == status
    assert door.of("/start") == []


def test_only_the_end_is_reported_unless_more_was_asked_for(shared_carrier, door, dial, over, number, eventually):
    door.pages["/start"] = "<Hangup/>"
    shared_carrier.manner(number)
    over(dial(status_callback_event=[]).sid)
    eventually(lambda: door.of("/status"))
    assert [post.form["CallStatus"] for post in door.of("/status")] == ["completed"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "+1999"}, 21211),
        ({"from_": "+12125550100"}, 21210),
        ({"from_": "nobody"}, 21212),
        ({"url": "no address"}, 21205),
        ({"url": None}, 21205),
        ({"url": None, "twiml": "<Response><Shout>Hi</Shout></Response>"}, 12100),
        ({"timeout": 601}, 21208),
        ({"status_callback_event": ["hungup"]}, 21626),
        ({"machine_detection": "Perhaps"}, 20001),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(client, door, number, changed, code):
    asked = {"to": number, "from_": OURS, "url": f"{door.url}/start"} | changed
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(**{key: value for key, value in asked.items() if value is not None})
    assert refused.value.code == code


def test_the_log_finds_a_call_by_number_and_moment(shared_carrier, client, dial, over, number):
    shared_carrier.manner(number, takes="busy")
    sids = [over(dial().sid)["sid"] for _ in range(2)]
    assert [call.sid for call in client.calls.list(to=number)] == sids[::-1]
    assert [call.sid for call in client.calls.list(to=number, page_size=1, limit=2)] == sids[::-1]
    assert client.calls.list(to=number, status="completed") == []
    started = client.calls(sids[0]).fetch().start_time
    assert {call.sid for call in client.calls.list(to=number, start_time_after=started)} == set(sids)


def test_a_ringing_call_can_be_taken_back_and_one_under_way_led_on_and_ended(
    shared_carrier, client, door, dial, over, number, eventually
):
    shared_carrier.manner(number, by_hand=True)
    door.pages |= {"/start": "<Gather timeout='60'/>", "/on": "<Say>This way.</Say><Gather/>"}
    first = dial()
    eventually(lambda: client.calls(first.sid).fetch().status == "ringing")
    with pytest.raises(TwilioRestException) as refused:
        client.calls(first.sid).update(url=f"{door.url}/on")
    assert refused.value.code == 21220
    assert client.calls(first.sid).update(status="canceled").status == "canceled"

    second = dial()
    eventually(lambda: client.calls(second.sid).fetch().status == "ringing")
    shared_carrier.on_line(number, "pick_up")
    eventually(lambda: door.of("/start"))
    client.calls(second.sid).update(url=f"{door.url}/on")
    eventually(lambda: "This way." in [line["words"] for line in shared_carrier.call(second.sid)["lines"]])
    assert client.calls(second.sid).update(status="completed").status == "completed"
    assert over(second.sid)["status"] == "completed"


def test_reports_come_doubled_and_out_of_order_when_told_to(shared_carrier, door, dial, over, number, eventually):
    door.pages["/start"] = "<Hangup/>"
    shared_carrier.manner(number)
    shared_carrier.faults("callback_reordered", number=number, times=2)
    over(dial().sid)
    eventually(lambda: len(door.of("/status")) == 4)
    assert [post.form["SequenceNumber"] for post in door.of("/status")] == ["2", "0", "1", "3"]
    shared_carrier.faults("callback_doubled", number=number, clear=True)
    over(dial().sid)
    eventually(lambda: len(door.of("/status")) == 12)
    shared_carrier.faults(clear=True)


def test_a_create_that_was_taken_and_then_failed_is_in_the_log(shared_carrier, client, dial, number):
    shared_carrier.manner(number, takes="busy")
    shared_carrier.faults("error_after", number=number, times=1)
    with pytest.raises(TwilioRestException):
        dial()
    assert len(client.calls.list(to=number)) == 1


def test_the_log_measures_how_many_lines_were_open(shared_carrier, dial, over, number):
    before = shared_carrier.stats()["calls"]
    shared_carrier.manner(number, takes="busy")
    over(dial().sid)
    after = shared_carrier.stats()["calls"]
    assert after["accepted"] == before["accepted"] + 1
    assert after["most_open"] >= 1
    assert after["open"] == 0


def test_thousands_are_told_without_their_words(shared_carrier, door, dial, over, number):
    door.pages["/start"] = "<Say>Hi.</Say>"
    shared_carrier.manner(number)
    over(dial().sid)
    (brief,) = shared_carrier.calls(number, brief=True)
    (whole,) = shared_carrier.calls(number)
    assert brief == {key: value for key, value in whole.items() if key != "lines"}
