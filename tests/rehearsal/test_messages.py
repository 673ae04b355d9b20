"""The Messages API, spoken by the official SDK over loopback."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

SERVICE = "MG" + "0" * 32
POOL = "+12025550190"
LONE = "+12025550170"


def test_a_text_through_the_service_walks_from_accepted_to_delivered_and_each_step_is_reported(
    client, door, eventually, number
):
    made = client.messages.create(
        to=number, messaging_service_sid=SERVICE, body="Hi", status_callback=f"{door.url}/status/1"
    )
    assert (made.status, made.from_, made.num_segments, made.date_sent) == ("accepted", None, "1", None)
    eventually(lambda: len(door.posted) == 3)
    assert door.statuses("/status/1") == ["queued", "sent", "delivered"]
    after = client.messages(made.sid).fetch()
    assert after.status == "delivered"
    assert after.from_ in {"+12025550190", "+12025550191", "+12025550192"}
    assert after.date_sent is not None
    assert after.price == "-0.00830"


def test_callbacks_are_signed_for_their_exact_address_and_name_the_text(
    shared_carrier, client, door, eventually, number
):
    url = f"{door.url}/status/2?x=a%20b#rc=3"
    made = client.messages.create(to=number, messaging_service_sid=SERVICE, body="Hi", status_callback=url)
    eventually(lambda: len(door.posted) == 3)
    assert all(each.is_signed(shared_carrier.auth_token) for each in door.posted)
    assert {each.path for each in door.posted} == {"/status/2?x=a%20b"}
    form = door.posted[-1].form
    assert form["MessageSid"] == form["SmsSid"] == made.sid
    assert form["To"] == number
    assert form["MessagingServiceSid"] == SERVICE
    assert form["AccountSid"] == shared_carrier.account_sid
    assert form["RawDlrDoneDate"]


def test_a_text_from_a_number_starts_queued_with_its_sender_known(client, number):
    made = client.messages.create(to=number, from_=POOL, body="Hi")
    assert (made.status, made.from_, made.messaging_service_sid) == ("queued", POOL, None)


def test_a_person_keeps_the_same_number_of_the_pool(client, eventually, number):
    sids = [client.messages.create(to=number, messaging_service_sid=SERVICE, body=f"{n}").sid for n in range(4)]
    eventually(lambda: client.messages(sids[-1]).fetch().from_ is not None)
    assert len({client.messages(sid).fetch().from_ for sid in sids}) == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": "+1312", "from_": POOL, "body": "x"}, 21211),
        ({"to": "13125550104", "from_": POOL, "body": "x"}, 21211),
        ({"to": "+13125550104", "from_": "+13125550199", "body": "x"}, 21606),
        ({"to": "+13125550104", "from_": "us", "body": "x"}, 21212),
        ({"to": "+13125550104", "body": "x"}, 21603),
        ({"to": "+13125550104", "from_": POOL}, 21619),
        ({"to": "+13125550104", "from_": POOL, "body": ""}, 21619),
        ({"to": "+13125550104", "from_": POOL, "body": "x" * 1601}, 21617),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "validity_period": 0}, 21624),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "validity_period": 36001}, 21624),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "validity_period": "soon"}, 21624),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "status_callback": "http://a_b.example.org/"}, 21609),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "status_callback": "mailto:me"}, 21609),
        ({"to": "+13125550104", "messaging_service_sid": "MG" + "1" * 32, "body": "x"}, 21705),
        ({"to": "+13125550104", "messaging_service_sid": "MG1", "body": "x"}, 21705),
        ({"to": "+13125550104", "messaging_service_sid": SERVICE, "from_": LONE, "body": "x"}, 21606),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "risk_check": "never"}, 20001),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "message_intent": "otp"}, 20001),
        ({"to": "+13125550104", "from_": POOL, "body": "x", "send_at": "2030-01-01T00:00:00Z"}, 35111),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(shared_carrier, client, asked, code):
    before = len(shared_carrier.ledger())
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**asked)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert len(shared_carrier.ledger()) == before


def test_wrong_credentials_are_refused_with_20003(shared_carrier, client):
    stranger = Client(shared_carrier.account_sid, "wrong", http_client=client.http_client)
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to="+13125550104", from_=POOL, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_a_text_that_waits_past_its_validity_fails_with_30036(client, door, eventually, number):
    """The lone number sends two segments a second: the fourth segment is too late for one second's validity."""
    for n in range(4):
        client.messages.create(
            to=f"+1312555014{n}",
            from_=LONE,
            body="x",
            validity_period=1,
            status_callback=f"{door.url}/status/{n}",
        )
    eventually(lambda: len(door.posted) >= 7)
    assert door.statuses("/status/0") == ["sent", "delivered"]
    assert door.statuses("/status/3") == ["failed"]
    assert door.of("/status/3")[0].form["ErrorCode"] == "30036"


def test_texts_leave_no_faster_than_the_senders_segments_a_second(client, door, eventually):
    """Three segments each at two a second: a second and a half apart."""
    for n in range(3):
        client.messages.create(
            to=f"+1312555015{n}", from_=LONE, body="x" * 400, status_callback=f"{door.url}/status/{n}"
        )
    eventually(lambda: len(door.posted) == 6, within=10.0)
    sent = [each.at for each in door.posted if each.form["MessageStatus"] == "sent"]
    assert sent[-1] - sent[0] == pytest.approx(3.0, abs=0.5)


def test_only_a_scheduled_text_can_be_canceled(client, door, eventually, number):
    scheduled = client.messages.create(
        to=number,
        messaging_service_sid=SERVICE,
        body="later",
        schedule_type="fixed",
        send_at=datetime.now(UTC) + timedelta(hours=2),
        status_callback=f"{door.url}/status/later",
    )
    assert (scheduled.status, scheduled.num_segments) == ("scheduled", "0")
    assert scheduled.update(status="canceled").status == "canceled"
    eventually(lambda: door.statuses("/status/later") == ["canceled"])
    gone = client.messages.create(to=number, from_=POOL, body="now")
    with pytest.raises(TwilioRestException) as refused:
        gone.update(status="canceled")
    assert refused.value.code == 30409


def test_a_text_is_redacted_and_deleted_but_stays_counted(shared_carrier, client, number):
    made = client.messages.create(to=number, from_=POOL, body="secret")
    assert made.update(body="").body == ""
    assert made.delete()
    with pytest.raises(TwilioRestException) as refused:
        client.messages(made.sid).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)
    assert [row["sid"] for row in shared_carrier.ledger(to=number)] == [made.sid]


def test_the_log_is_listed_newest_first_by_person_over_as_many_pages_as_it_takes(client, number):
    made = [client.messages.create(to=number, from_=POOL, body=f"{n}").sid for n in range(7)]
    client.messages.create(to="+13125550107", from_=POOL, body="another's")
    listed = client.messages.list(to=number, page_size=3)
    assert [text.sid for text in listed] == made[::-1]
    assert client.messages.list(to=number, from_="+12025550191") == []
    assert len(client.messages.list(to=number, limit=2)) == 2


def test_a_date_filter_finds_only_what_was_sent(client, eventually, number):
    made = client.messages.create(to=number, from_=POOL, body="x")
    eventually(lambda: client.messages(made.sid).fetch().date_sent is not None)
    client.messages.create(
        to=number,
        messaging_service_sid=SERVICE,
        body="later",
        schedule_type="fixed",
        send_at=datetime.now(UTC) + timedelta(hours=2),
    )
    now = datetime.now(UTC)

    def found(**asked):
        return [text.sid for text in client.messages.list(to=number, **asked)]

    assert found(date_sent_after=now - timedelta(minutes=5)) == [made.sid]
    assert found(date_sent_after=now + timedelta(minutes=5)) == []
    assert found(date_sent_before=now + timedelta(minutes=5)) == [made.sid]
    assert found(date_sent=now.date()) == [made.sid]


def test_many_creates_at_once_by_the_asynchronous_client_are_each_taken_once(shared_carrier, client_of):
    class Redirected(AsyncTwilioHttpClient):
        async def request(self, method, url, *rest, **more):
            moved = url.replace("https://api.twilio.com", shared_carrier.url)
            more["headers"] |= {"Authorization": aiohttp.encode_basic_auth(*more.pop("auth"))}
            return await super().request(method, moved, *rest, **more)

    async def blast():
        async with Redirected() as transport:
            client = Client(shared_carrier.account_sid, shared_carrier.auth_token, http_client=transport)
            await asyncio.gather(
                *(
                    client.messages.create_async(to=f"+1415555{n:04d}", messaging_service_sid=SERVICE, body="Hi")
                    for n in range(100, 200)
                )
            )

    asyncio.run(blast())
    taken = [row["to"] for row in shared_carrier.ledger() if row["to"].startswith("+1415")]
    assert sorted(taken) == [f"+1415555{n:04d}" for n in range(100, 200)]
