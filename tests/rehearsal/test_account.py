"""Account, numbers, Messaging Service and Lookup, read and set by the official SDK."""

import pytest
from twilio.base.exceptions import TwilioRestException

SERVICE = "MG" + "0" * 32


def test_the_account_and_its_numbers_are_there_to_read(shared_carrier, client):
    assert client.api.accounts(shared_carrier.account_sid).fetch().status == "active"
    numbers = client.incoming_phone_numbers.list(phone_number="+12025550191")
    assert [number.phone_number for number in numbers] == ["+12025550191"]
    assert client.incoming_phone_numbers.list(phone_number="+13125550199") == []


def test_the_service_lists_its_pool_and_an_unknown_one_is_not_found(client):
    service = client.messaging.v1.services(SERVICE)
    assert [each.sid for each in client.messaging.v1.services.list()] == [SERVICE]
    assert [each.phone_number for each in service.phone_numbers.list()] == [
        "+12025550190",
        "+12025550191",
        "+12025550192",
    ]
    with pytest.raises(TwilioRestException) as refused:
        client.messaging.v1.services("MG" + "1" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_inbound_texts_go_where_the_service_says_and_a_lone_numbers_where_it_says(shared_carrier, client, door):
    client.messaging.v1.services(SERVICE).update(inbound_request_url=f"{door.url}/service")
    lone = client.incoming_phone_numbers.list(phone_number="+12025550170")[0]
    assert lone.update(sms_url=f"{door.url}/number").sms_url == f"{door.url}/number"
    shared_carrier.inbound(sender="+13125550100", to="+12025550190", body="to the pool")
    shared_carrier.inbound(sender="+13125550100", to="+12025550170", body="to the lone number")
    assert [each.form["Body"] for each in door.of("/service")] == ["to the pool"]
    assert [each.form["Body"] for each in door.of("/number")] == ["to the lone number"]
    assert all(each.is_signed(shared_carrier.auth_token) for each in door.posted)
    client.messaging.v1.services(SERVICE).update(inbound_request_url="")
    answer = shared_carrier.inbound(sender="+13125550100", to="+12025550190", body="to nobody")
    assert answer["answers"] == []


def test_lookup_says_whether_a_number_can_exist(client):
    assert client.lookups.v2.phone_numbers("+13125550100").fetch().valid
    assert not client.lookups.v2.phone_numbers("+1312").fetch().valid
