"""Lines put together: Dial to a number, a browser's phone, a conference and a queue."""

import pytest

OURS = "+12025550190"


@pytest.fixture
def start(shared_carrier, client, door, number):
    """Calls a number, the test's own unless told, from a path at the door; gives the sid."""

    def start(path="/start", to=number, **manner):
        shared_carrier.manner(to, **({"by_hand": True} | manner))
        return client.calls.create(to=to, from_=OURS, url=door.url + path).sid

    return start


@pytest.fixture
def legs(shared_carrier):
    """The calls a call has made."""
    return lambda sid: [call for call in shared_carrier.calls() if call["parent_sid"] == sid]


@pytest.fixture
def heard(shared_carrier):
    return lambda sid: [line["words"] for line in shared_carrier.call(sid)["lines"]]


@pytest.mark.parametrize("noun", ["<Number>{}</Number>", "<Client>{}</Client>"])
def test_a_volunteer_takes_the_caller_over_and_hangs_up(
    shared_carrier, door, number, start, legs, heard, eventually, noun
):
    volunteer = "+16465550199" if "Number" in noun else "ana"
    address = volunteer if "Number" in noun else "client:ana"
    dialed = noun.format(volunteer)
    door.pages |= {"/start": f"<Dial action='/over' timeout='20'>{dialed}</Dial>", "/over": "<Say>Thank you.</Say>"}
    shared_carrier.manner(address, by_hand=True)
    sid = start(by_hand=False)
    eventually(lambda: legs(sid) and legs(sid)[0]["status"] == "ringing")
    assert legs(sid)[0]["from"] == OURS  # their own number is nobody's to see
    shared_carrier.on_line(address, "pick_up")
    eventually(lambda: f"(bridged with {address})" in heard(sid))
    shared_carrier.on_line(address, "hang_up")
    eventually(lambda: "Thank you." in heard(sid))
    told = door.of("/over")[0].form
    assert (told["DialCallStatus"], told["DialBridged"], told["DialCallSid"]) == (
        "completed",
        "true",
        legs(sid)[0]["sid"],
    )


@pytest.mark.parametrize(("takes", "status"), [("no_answer", "no-answer"), ("busy", "busy"), ("failed", "failed")])
def test_a_volunteer_who_does_not_take_it_does_not_lose_the_caller(
    shared_carrier, door, start, heard, eventually, takes, status
):
    door.pages |= {
        "/start": "<Dial action='/over'><Client>bob</Client></Dial>",
        "/over": "<Say>Let us call you back.</Say>",
    }
    shared_carrier.manner("client:bob", takes=takes)
    sid = start(by_hand=False)
    eventually(lambda: "Let us call you back." in heard(sid))
    assert door.of("/over")[0].form["DialCallStatus"] == status


def test_whoever_answers_first_has_the_call_and_the_others_stop_ringing(shared_carrier, door, start, legs, eventually):
    door.pages["/start"] = "<Dial><Client>carl</Client><Client>dora</Client></Dial>"
    for name in ("carl", "dora"):
        shared_carrier.manner(f"client:{name}", by_hand=True)
    sid = start(by_hand=False)
    eventually(lambda: [leg["status"] for leg in legs(sid)] == ["ringing", "ringing"])
    shared_carrier.on_line("client:dora", "pick_up")
    eventually(lambda: [leg["status"] for leg in legs(sid)] == ["canceled", "in-progress"])
    shared_carrier.on_line("client:dora", "hang_up")


def test_what_is_whispered_first_lets_a_volunteer_decline(shared_carrier, door, start, heard, eventually):
    door.pages |= {
        "/start": "<Dial action='/over'><Number url='/whisper'>+16465550188</Number></Dial>",
        "/whisper": "<Gather numDigits='1' action='/take'><Say>Press 1.</Say></Gather><Hangup/>",
        "/over": "<Say>Nobody came.</Say>",
    }
    shared_carrier.manner("+16465550188")
    sid = start(by_hand=False)
    eventually(lambda: "Nobody came." in heard(sid))
    assert door.of("/take") == []


def test_a_caller_who_hangs_up_ends_the_leg(shared_carrier, door, number, start, legs, eventually):
    door.pages["/start"] = "<Dial><Client>erik</Client></Dial>"
    shared_carrier.manner("client:erik", by_hand=True)
    sid = start()
    eventually(lambda: shared_carrier.call(sid)["status"] == "ringing")
    shared_carrier.on_line(number, "pick_up")
    eventually(lambda: legs(sid) and legs(sid)[0]["status"] == "ringing")
    shared_carrier.on_line(number, "hang_up")
    eventually(lambda: legs(sid)[0]["status"] == "canceled")


def test_a_conference_waits_begins_and_ends_with_the_one_who_ends_it(
    shared_carrier, client, door, start, heard, eventually
):
    status = "statusCallback='/room' statusCallbackEvent='start end join leave'"
    room = "<Dial><Conference {} {}>room-7</Conference></Dial><Say>It is over.</Say>"
    door.pages |= {
        "/caller": room.format("startConferenceOnEnter='false' waitUrl='/wait'", status),
        "/wait": "<Say>One moment, please.</Say>",
        "/volunteer": room.format("endConferenceOnExit='true'", ""),
    }
    caller = start("/caller", by_hand=False)
    eventually(lambda: "One moment, please." in heard(caller))
    volunteer = start("/volunteer", to="+16465550177")
    eventually(lambda: shared_carrier.call(volunteer)["status"] == "ringing")
    shared_carrier.on_line("+16465550177", "pick_up")
    eventually(lambda: "(in conference room-7)" in heard(caller))
    conference = door.of("/room")[0].form["ConferenceSid"]
    assert {each.call_sid for each in client.conferences(conference).participants.list()} == {caller, volunteer}
    shared_carrier.on_line("+16465550177", "hang_up")
    eventually(lambda: "It is over." in heard(caller))
    eventually(lambda: len(door.of("/room")) == 6)
    assert [post.form["StatusCallbackEvent"] for post in door.of("/room")] == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]


def test_somebody_is_dialed_into_a_conference_by_request(shared_carrier, client, door, start, heard, eventually):
    door.pages["/start"] = "<Dial><Conference waitUrl=''>room-8</Conference></Dial>"
    caller = start(by_hand=False)
    eventually(lambda: shared_carrier.call(caller)["status"] == "in-progress")
    shared_carrier.manner("client:fay", by_hand=True)
    made = client.conferences("room-8").participants.create(
        from_=OURS, to="client:fay", end_conference_on_exit=True, label="volunteer"
    )
    assert (made.status, made.end_conference_on_exit) == ("queued", True)
    eventually(lambda: shared_carrier.call(made.call_sid)["status"] == "ringing")
    shared_carrier.on_line("client:fay", "pick_up")
    eventually(lambda: "(in conference room-8)" in heard(caller))
    shared_carrier.on_line("client:fay", "hang_up")
    eventually(lambda: shared_carrier.call(caller)["ended_at"])


def test_a_queue_holds_the_caller_until_somebody_takes_the_first(shared_carrier, door, start, heard, eventually):
    door.pages |= {
        "/start": "<Enqueue waitUrl='/wait' action='/after'>people</Enqueue>",
        "/wait": "<Say>Somebody will be with you.</Say>",
        "/after": "<Say>Thank you.</Say>",
        "/volunteer": "<Dial><Queue>people</Queue></Dial>",
    }
    caller = start(by_hand=False)
    eventually(lambda: "Somebody will be with you." in heard(caller))
    shared_carrier.call_in("client:gus", OURS, url=f"{door.url}/volunteer")
    eventually(lambda: "(bridged with client:gus)" in heard(caller))
    shared_carrier.on_line("client:gus", "hang_up")
    eventually(lambda: "Thank you." in heard(caller))
    assert door.of("/after")[0].form["QueueResult"] == "bridged"


def test_who_leaves_the_queue_goes_on(shared_carrier, door, start, heard, eventually):
    door.pages |= {
        "/start": "<Enqueue waitUrl='/wait' action='/after'>others</Enqueue>",
        "/wait": "<Leave/>",
        "/after": "<Say>Let us call you back.</Say>",
    }
    caller = start(by_hand=False)
    eventually(lambda: "Let us call you back." in heard(caller))
    assert door.of("/after")[0].form["QueueResult"] == "leave"


def test_the_product_is_told_of_somebody_who_hangs_up_while_they_wait(
    shared_carrier, door, number, start, heard, eventually
):
    door.pages |= {"/start": "<Enqueue waitUrl='/wait' action='/after'>more</Enqueue>", "/wait": "<Say>Soon.</Say>"}
    caller = start()
    eventually(lambda: shared_carrier.call(caller)["status"] == "ringing")
    shared_carrier.on_line(number, "pick_up")
    eventually(lambda: "Soon." in heard(caller))
    shared_carrier.on_line(number, "hang_up")
    eventually(lambda: [post.form["QueueResult"] for post in door.of("/after")] == ["hangup"])
