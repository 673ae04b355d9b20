"""The checks made of Twilio's OpenAPI description: what comes in, and what the stand-in itself answers."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from phonebank.rehearsal.api import served_operations
from phonebank.rehearsal.carrier import Carrier
from phonebank.rehearsal.checking import operations, response_schema
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.receiving import Inbound
from phonebank.rehearsal.refusals import CarrierRefusalError

ACCOUNT = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
CREATE = next(each for each in operations() if each.name == "CreateMessage")


def test_every_operation_of_the_description_is_answered():
    assert {each.name for each in operations()} == set(
        served_operations(Carrier(Config(account_sid=ACCOUNT, auth_token="t")))
    )


def test_values_come_typed_as_described():
    asked = CREATE.read(
        [],
        [
            ("To", "+1"),
            ("ValidityPeriod", "60"),
            ("SmartEncoded", "true"),
            ("MediaUrl", "https://a.org/1"),
            ("MediaUrl", "https://a.org/2"),
        ],
    )
    assert asked == {
        "To": "+1",
        "ValidityPeriod": 60,
        "SmartEncoded": True,
        "MediaUrl": ["https://a.org/1", "https://a.org/2"],
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ([("From", "+1")], 21604),
        ([("To", "+1"), ("Colour", "red")], 20001),
        ([("To", "+1"), ("SmartEncoded", "perhaps")], 20001),
        ([("To", "+1"), ("ScheduleType", "loose")], 20001),
        ([("To", "+1"), ("ContentSid", "HX1")], 20001),
        ([("To", "+1"), ("SendAt", "tomorrow")], 20001),
        ([("To", "+1"), ("ValidityPeriod", "1.5")], 21624),
        ([("To", "+1"), ("MessagingServiceSid", "PN" + "0" * 32)], 21705),
        ([("To", "+1"), ("StatusCallback", "example.org/x")], 21609),
        ([("To", "+1"), ("MediaUrl", "cat.jpg")], 21620),
    ],
)
def test_what_the_description_does_not_allow_is_refused(form, code):
    with pytest.raises(CarrierRefusalError) as refused:
        CREATE.read([], form)
    assert refused.value.code == code
    assert refused.value.body()["code"] == code


@pytest.mark.parametrize("size", ["0", "1001", "many"])
def test_a_page_size_outside_1_to_1000_is_refused(size):
    listing = next(each for each in operations() if each.name == "ListMessage")
    with pytest.raises(CarrierRefusalError):
        listing.read([("PageSize", size)], [])


@given(st.lists(st.tuples(st.sampled_from([*CREATE.form.kinds, "To", "Body", "?"]), st.text(max_size=40))))
def test_no_form_gets_past_the_checks_as_anything_but_an_answer_or_a_refusal(form):
    carrier = Carrier(Config(account_sid=ACCOUNT, auth_token="t"))
    try:
        status, _ = carrier.messages.create({}, CREATE.read([], form))
    except CarrierRefusalError as refused:
        status = refused.status
    assert status in {201, 400}


def test_every_answer_is_of_the_described_shape():
    """All of them: an accepted, a scheduled, an inbound and a failed text among the messages."""
    carrier = Carrier(Config(account_sid=ACCOUNT, auth_token="t", errors={"0103": 30003}))
    made = [
        carrier.messages.create({}, {"To": f"+1312555010{n}", "Body": "Hi", **sender})[1]
        for n, sender in enumerate([{"MessagingServiceSid": SERVICE}, {"From": "+12025550190"}])
    ]
    asyncio.run(carrier.receiving.arrive(Inbound("+13125550101", "+12025550190", "yes")))
    number = next(iter(carrier.account.numbers.values()))["sid"]
    paths = {"Sid": made[0]["sid"], "ServiceSid": SERVICE, "PhoneNumber": "+13125550100"}
    special = {
        "FetchIncomingPhoneNumber": number,
        "UpdateIncomingPhoneNumber": number,
        "FetchService": SERVICE,
        "UpdateService": SERVICE,
    }
    for name, handle in served_operations(carrier).items():
        if name in {"CreateMessage", "DeleteMessage"} or name.endswith(("Call", "Participant")):
            continue
        asked = {"Body": ""} if name == "UpdateMessage" else {}
        _, body = handle({**paths, "Sid": special.get(name, paths["Sid"])}, asked)
        Draft202012Validator(response_schema(name)).validate(body)
        assert set(body) <= set(response_schema(name)["properties"]), name
    for body in made:
        Draft202012Validator(response_schema("CreateMessage")).validate(body)
        assert set(body) == set(response_schema("CreateMessage")["properties"])


def test_every_answer_about_a_call_is_of_the_described_shape():
    carrier = Carrier(Config(account_sid=ACCOUNT, auth_token="t"))
    handles = served_operations(carrier)
    asked = {"To": "+13125550100", "From": "+12025550190", "Url": "https://example.org/start"}
    _, made = handles["CreateCall"]({}, asked)
    answers = {
        "CreateCall": made,
        "FetchCall": handles["FetchCall"]({"Sid": made["sid"]}, {})[1],
        "ListCall": handles["ListCall"]({}, {"To": "+13125550100"})[1],
        "UpdateCall": handles["UpdateCall"]({"Sid": made["sid"]}, {"Status": "canceled"})[1],
        "CreateParticipant": handles["CreateParticipant"]({"ConferenceSid": "CF" + "0" * 32}, asked)[1],
    }
    for name, body in answers.items():
        Draft202012Validator(response_schema(name)).validate(body)
        assert set(body) <= set(response_schema(name)["properties"]), name
    assert set(made) == set(response_schema("CreateCall")["properties"])
    assert answers["ListCall"]["calls"][0]["sid"] == made["sid"]
    assert answers["UpdateCall"]["status"] == "canceled"
