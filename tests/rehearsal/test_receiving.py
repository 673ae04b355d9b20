"""Inbound texts and the carrier's default opt-out handling, over loopback."""

import pytest
from twilio.base.exceptions import TwilioRestException

SERVICE = "MG" + "0" * 32
POOL = "+12025550190"
LONE = "+12025550170"


@pytest.fixture(autouse=True)
def inbound_here(client, door):
    client.messaging.v1.services(SERVICE).update(inbound_request_url=f"{door.url}/sms")
    for number in client.incoming_phone_numbers.list():
        number.update(sms_url=f"{door.url}/sms")


def _is_refused(client, number, **sender):
    try:
        client.messages.create(to=number, body="Hi", **(sender or {"messaging_service_sid": SERVICE}))
    except TwilioRestException as refused:
        return (refused.status, refused.code) == (400, 21610)
    return False


def test_an_inbound_text_is_posted_signed_and_logged(shared_carrier, client, door, number):
    sent = shared_carrier.inbound(sender=number, to=POOL, body="Sí, ¿a qué hora? 👍")
    assert sent["answers"] == [204]
    (posted,) = door.posted
    assert posted.is_signed(shared_carrier.auth_token)
    assert posted.form["Body"] == "Sí, ¿a qué hora? 👍"
    assert posted.form["MessageSid"] == sent["sid"]
    assert (posted.form["NumMedia"], posted.form["MessagingServiceSid"]) == ("0", SERVICE)
    logged = client.messages(sent["sid"]).fetch()
    assert (logged.direction, logged.status, logged.from_) == ("inbound", "received", number)


def test_one_message_sid_posted_three_times_at_once_is_logged_once(shared_carrier, client, door, number):
    sid = "SM" + "a" * 32
    answers = shared_carrier.inbound(sender=number, to=POOL, body="yes", sid=sid, times=3)["answers"]
    assert answers == [204, 204, 204]
    assert [each.form["MessageSid"] for each in door.posted] == [sid] * 3
    assert len(client.messages.list(from_=number)) == 1
    shared_carrier.inbound(sender=number, to=POOL, body="yes", sid=sid)
    assert len(shared_carrier.thread(number)) == 1


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Unsubscribe ", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]
)
def test_an_opt_out_word_blocks_the_whole_pool_and_is_still_delivered_here(shared_carrier, client, door, number, word):
    shared_carrier.inbound(sender=number, to=POOL, body=word)
    assert door.bodies() == [word]
    assert _is_refused(client, number)
    assert _is_refused(client, number, from_="+12025550192")
    assert not _is_refused(client, number, from_=LONE)
    automatic = [line["body"] for line in shared_carrier.thread(number) if line["automatic"]]
    assert len(automatic) == 1
    assert "unsubscribed" in automatic[0]


@pytest.mark.parametrize("body", ["STOP please", "opt out", "stop it", "no more texts", "ALTO", ""])
def test_only_an_exact_word_blocks(shared_carrier, client, body, number):
    shared_carrier.inbound(sender=number, to=POOL, body=body)
    assert not _is_refused(client, number)


@pytest.mark.parametrize("word", ["START", "UNSTOP", "yes"])
def test_an_opt_in_word_lifts_the_block(shared_carrier, client, number, word):
    shared_carrier.inbound(sender=number, to=POOL, body="STOP")
    assert _is_refused(client, number)
    shared_carrier.inbound(sender=number, to=POOL, body=word)
    assert not _is_refused(client, number)
    assert "re-subscribed" in shared_carrier.thread(number)[-2]["body"] + shared_carrier.thread(number)[-1]["body"]


def test_yes_from_somebody_not_blocked_gets_no_automatic_answer(shared_carrier, number):
    shared_carrier.inbound(sender=number, to=POOL, body="YES")
    assert [line["from_me"] for line in shared_carrier.thread(number)] == [True]


def test_what_a_webhook_answers_is_texted_to_the_person(shared_carrier, door, number):
    door.answer = (200, "text/xml", "<Response><Message>Hola</Message></Response>")
    shared_carrier.inbound(sender=number, to=POOL, body="hi")
    door.answer = (200, "text/plain", "OK")
    shared_carrier.inbound(sender=number, to=POOL, body="hi again")
    door.answer = (200, "text/xml", "<Response/>")
    shared_carrier.inbound(sender=number, to=POOL, body="bye")
    ours = [line["body"] for line in shared_carrier.thread(number) if not line["from_me"]]
    assert ours == ["Hola", "OK"]


def test_a_picture_comes_with_its_address(shared_carrier, door, number):
    shared_carrier.reply(number, "", media=["https://example.org/cat.jpg"])
    form = door.posted[0].form
    assert (form["Body"], form["NumMedia"], form["MediaUrl0"]) == ("", "1", "https://example.org/cat.jpg")
    assert form["MessageSid"].startswith("MM")


def test_a_webhook_that_cannot_be_reached_is_said_so(shared_carrier, client, number):
    client.messaging.v1.services(SERVICE).update(inbound_request_url="http://127.0.0.1:9/sms")
    assert shared_carrier.inbound(sender=number, to=POOL, body="hi")["answers"] == [0]
