"""TwiML done verb by verb, with simulated people and with a visitor at the other end."""

import pytest

OURS = "+12025550190"


@pytest.fixture
def call(shared_carrier, client, door, number, eventually):
    """Calls the test's number, who takes it in this manner, and gives the call when it is over."""

    def call(manner=None, **more):
        shared_carrier.manner(number, **(manner or {}))
        made = client.calls.create(to=number, from_=OURS, url=f"{door.url}/start", **more)
        eventually(lambda: shared_carrier.call(made.sid)["ended_at"])
        return shared_carrier.call(made.sid)

    return call


def _said(call, who="us"):
    return [line["words"] for line in call["lines"] if line["who"] == who]


ASK = "<Gather input='dtmf speech' action='/answer?turn=1' numDigits='1' timeout='4' actionOnEmptyResult='true'><Say>Can I count on you?</Say></Gather>"


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("1", {"Digits": "1"}),
        ("yes please", {"SpeechResult": "yes please", "Confidence": "0.9200"}),
        ("", {}),
    ],
)
def test_an_answer_by_key_by_word_or_by_silence_reaches_the_action(call, door, answer, heard):
    door.pages |= {"/start": ASK, "/answer?turn=1": "<Say>Thank you.</Say>"}
    ended = call({"answers": [answer]})
    (told,) = door.of("/answer?turn=1")
    assert {key: told.form[key] for key in ("Digits", "SpeechResult", "Confidence") if key in told.form} == heard
    assert told.form["CallSid"] == ended["sid"]
    assert _said(ended) == ["Can I count on you?", "Thank you."]


def test_silence_falls_through_to_the_next_verb_unless_the_action_wants_it(call, door):
    door.pages |= {"/start": ASK.replace("actionOnEmptyResult='true'", "") + "<Redirect>/again</Redirect>"}
    door.pages["/again"] = "<Say>Goodbye.</Say>"
    assert _said(call())[-1] == "Goodbye."
    assert door.of("/answer?turn=1") == []


def test_keys_count_only_where_keys_are_asked_for(call, door):
    door.pages["/start"] = "<Gather input='speech' action='/answer'/><Say>Nothing heard.</Say>"
    assert _said(call({"answers": ["1"]})) == ["Nothing heard."]


@pytest.mark.parametrize("manner", [{"answers": ["(hangs up)"]}, {"hangs_up_after_s": 0}])
def test_the_line_goes_dead_when_they_hang_up(call, door, manner):
    door.pages |= {"/start": ASK, "/answer?turn=1": "<Say>Thank you.</Say>"}
    ended = call(manner)
    assert ended["status"] == "completed"
    assert ended["lines"][-1]["words"] == "They hung up."
    assert door.of("/answer?turn=1") == []


@pytest.mark.parametrize(
    "page",
    [
        "<Redirect method='GET'>/on</Redirect>",
        "<Say/>",
        "<Shout>Hi</Shout>",
        "<Gather><Dial>+12025550101</Dial></Gather>",
        f"<Say>{'a' * 4097}</Say>",
    ],
)
def test_a_document_the_carrier_would_refuse_ends_the_call_and_is_noted(call, door, page):
    door.pages["/start"] = page
    ended = call()
    assert ended["problems"]
    assert ended["lines"][0]["words"].startswith("An application error")


def test_an_address_that_fails_is_asked_for_elsewhere(call, door):
    door.answer = (500, "text/html", "sorry")
    door.pages["/fallback"] = "<Say>One moment.</Say>"
    ended = call(fallback_url=f"{door.url}/fallback")
    assert _said(ended) == ["One moment."]
    assert len(ended["problems"]) == 1


@pytest.mark.parametrize(("takes", "found"), [("human", "human"), ("machine", "machine_end_beep"), ("fax", "fax")])
def test_who_picked_up_is_told_aside(call, door, eventually, takes, found):
    door.pages["/start"] = "<Gather timeout='3'/>"
    ended = call(
        {"takes": takes},
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback=f"{door.url}/machine",
    )
    eventually(lambda: door.of("/machine"))
    assert door.of("/machine")[0].form["AnsweredBy"] == found
    assert ended["answered_by"] in {found, None}


def test_detection_that_is_waited_for_comes_with_the_first_question(call, door):
    door.pages["/start"] = "<Hangup/>"
    call({"takes": "machine"}, machine_detection="Enable")
    assert door.of("/start")[0].form["AnsweredBy"] == "machine_start"


def test_a_voicemail_is_left_after_the_beep(shared_carrier, client, door, number, call):
    door.pages["/start"] = "<Gather timeout='3'><Say>Can I count on you?</Say></Gather>"
    door.pages["/machine"] = ""
    ended = call(
        {"takes": "machine"},
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback=f"{door.url}/machine",
    )
    assert _said(ended, "machine") == ["(beep)"]


def test_a_question_asked_twice_is_answered_from_one_of_them(shared_carrier, call, door, number, eventually):
    door.pages["/start"] = "<Say>Hi.</Say>"
    shared_carrier.faults("question_doubled", number=number)
    ended = call()
    eventually(lambda: len(door.of("/start")) == 2)
    assert _said(ended) == ["Hi."]
    shared_carrier.faults(clear=True)


def test_a_visitor_picks_up_presses_and_speaks(shared_carrier, client, door, number, eventually):
    door.pages |= {
        "/start": "<Gather numDigits='2' action='/keys'><Say>A code?</Say></Gather>",
        "/keys": "<Gather input='speech' action='/words'><Say>And a word?</Say></Gather>",
        "/words": "<Record action='/recorded'/>",
        "/recorded": "<Say>Kept.</Say>",
    }
    shared_carrier.manner(number, by_hand=True)
    made = client.calls.create(to=number, from_=OURS, url=f"{door.url}/start")
    eventually(lambda: shared_carrier.call(made.sid)["status"] == "ringing")
    shared_carrier.on_line(number, "pick_up")
    eventually(lambda: "A code?" in _said(shared_carrier.call(made.sid)))
    for key in "42":
        shared_carrier.on_line(number, "press", digits=key)
    eventually(lambda: "And a word?" in _said(shared_carrier.call(made.sid)))
    shared_carrier.on_line(number, "speak", words="blue", confidence=0.5)
    eventually(lambda: "(beep)" in _said(shared_carrier.call(made.sid), "line"))
    shared_carrier.on_line(number, "speak", words="Call me on Monday")
    eventually(lambda: "Kept." in _said(shared_carrier.call(made.sid)))
    assert door.of("/keys")[0].form["Digits"] == "42"
    assert (door.of("/words")[0].form["SpeechResult"], door.of("/words")[0].form["Confidence"]) == ("blue", "0.5000")
    assert door.of("/recorded")[0].form["RecordingUrl"].startswith("https://")


def test_somebody_calls_us_and_a_number_without_an_address_stays_silent(
    shared_carrier, client, door, number, eventually
):
    (ours,) = client.incoming_phone_numbers.list(phone_number=OURS)
    assert shared_carrier.call_in(number, OURS)["status"] == "failed"
    ours.update(voice_url=f"{door.url}/voice")
    door.pages |= {
        "/voice": "<Gather numDigits='1' action='/menu'><Say>Nine to stop.</Say></Gather>",
        "/menu": "<Say>Done.</Say>",
    }
    came = shared_carrier.call_in(number, OURS, manner={"answers": ["9"]})
    eventually(lambda: shared_carrier.call(came["sid"])["ended_at"])
    assert door.of("/voice")[0].form["Direction"] == "inbound"
    assert door.of("/menu")[0].form["Digits"] == "9"
    ours.update(voice_url="")
