"""What a carrier still knows after it was killed and started again."""

import signal
import time

import pytest
from twilio.base.exceptions import TwilioRestException

from phonebank.errors import BadInputError
from phonebank.rehearsal import remote
from phonebank.rehearsal.memory import Memory, recall, save
from phonebank.rehearsal.supporters import Supporters

SERVICE = "MG" + "0" * 32
POOL = "+12025550190"


def test_a_killed_carrier_goes_on_where_it_was(tmp_path, door, client_of, number, eventually):
    kept = {
        "state_file": tmp_path / "carrier.state",
        "account_sid": "AC" + "0" * 32,
        "auth_token": "t" * 32,
        "pick_delay": (0, 0),
        "delivery_delay": (4, 4),
    }
    with remote.spawn(**kept) as carrier:
        client = client_of(carrier)
        client.messaging.v1.services(SERVICE).update(inbound_request_url=f"{door.url}/sms")
        made = client.messages.create(
            to=number, messaging_service_sid=SERVICE, body="Hi", status_callback=f"{door.url}/status/1"
        )
        carrier.inbound(sender="+13125550101", to=POOL, body="STOP")
        eventually(lambda: door.statuses("/status/1") == ["queued", "sent"])
        time.sleep(1.5)
        carrier.child.send_signal(signal.SIGKILL)
        carrier.child.wait()
    with remote.spawn(**kept) as carrier:
        client = client_of(carrier)
        eventually(lambda: door.statuses("/status/1")[-1] == "delivered", within=15)
        assert [row["sid"] for row in carrier.ledger()] == [made.sid]
        assert [line["body"] for line in carrier.thread(number)] == ["Hi"]
        carrier.reply(number, "yes")
        assert door.bodies() == ["STOP", "yes"]
        with pytest.raises(TwilioRestException) as refused:
            client.messages.create(to="+13125550101", messaging_service_sid=SERVICE, body="Hi")
        assert refused.value.code == 21610


def test_nothing_kept_is_nothing_recalled_and_a_foreign_file_is_named(tmp_path):
    assert recall(tmp_path / "none") is None
    for foreign in (b"", b"not ours", b"\x80\x04N."):
        (tmp_path / "state").write_bytes(foreign)
        with pytest.raises(BadInputError, match="state"):
            recall(tmp_path / "state")


def test_what_is_kept_is_for_its_owner_alone(tmp_path):
    save(Memory(Supporters(1, {}, 1.0)), tmp_path / "state")
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


def test_a_call_that_was_under_way_is_over_after_a_restart_and_the_product_is_told(
    tmp_path, door, client_of, number, eventually
):
    kept = {"state_file": tmp_path / "carrier.state", "account_sid": "AC" + "0" * 32, "auth_token": "t" * 32}
    door.pages["/start"] = "<Gather timeout='60'><Say>Hi.</Say></Gather>"
    with remote.spawn(**kept, talk_pace=0) as carrier:
        carrier.manner(number, by_hand=True)
        made = client_of(carrier).calls.create(
            to=number, from_=POOL, url=f"{door.url}/start", status_callback=f"{door.url}/status"
        )
        eventually(lambda: carrier.call(made.sid)["status"] == "ringing")
        carrier.on_line(number, "pick_up")
        eventually(lambda: door.of("/start"))
    with remote.spawn(**kept, talk_pace=0) as carrier:
        eventually(lambda: door.of("/status"))
        assert door.of("/status")[0].form["CallStatus"] == "completed"
        assert carrier.call(made.sid)["status"] == "completed"
        assert carrier.stats()["calls"]["open"] == 0
