"""The rehearsal's own door, and the process as a whole."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from phonebank.errors import UnavailableError
from phonebank.rehearsal import remote

SERVICE = "MG" + "0" * 32
ROOT = Path(__file__).parents[2]


def test_the_ledger_notes_when_each_create_came_and_what_it_said(shared_carrier, client, number):
    before = time.monotonic()
    made = client.messages.create(to=number, messaging_service_sid=SERVICE, body="é" * 161)
    (row,) = shared_carrier.ledger(to=number)
    assert (row["sid"], row["body"], row["segments"], row["service_sid"]) == (made.sid, "é" * 161, 2, SERVICE)
    assert before <= row["monotonic"] <= time.monotonic()


def test_a_visitor_reads_a_phone_and_answers_as_its_owner(shared_carrier, client, door, number, eventually):
    client.messaging.v1.services(SERVICE).update(inbound_request_url=f"{door.url}/sms")
    made = client.messages.create(to=number, messaging_service_sid=SERVICE, body="Can I count on you?")
    eventually(lambda: len(shared_carrier.thread(number)) == 1)
    assert shared_carrier.reply(number, "Sure!")["answers"] == [204]
    assert [(line["from_me"], line["body"]) for line in shared_carrier.thread(number)] == [
        (False, "Can I count on you?"),
        (True, "Sure!"),
    ]
    assert door.of("/sms")[0].form["To"] == client.messages(made.sid).fetch().from_


def test_a_supporter_answers_by_itself_until_a_visitor_takes_over(shared_carrier, client, door, number, eventually):
    client.messaging.v1.services(SERVICE).update(inbound_request_url=f"{door.url}/sms")
    shared_carrier.supporters([{"number": number, "first_name": "Ana", "persona": "comes_round"}])
    summary = next(phone for phone in shared_carrier.phones() if phone["number"] == number)
    assert (summary["first_name"], summary["automatic"], summary["texts"]) == ("Ana", True, 0)

    def send(body):
        client.messages.create(to=number, messaging_service_sid=SERVICE, body=body)

    send("Can I count on you?")
    eventually(lambda: len(door.of("/sms")) >= 1)
    shared_carrier.reply(number, "this is a person now")
    heard = len(door.of("/sms"))
    send("It's only an hour!")
    eventually(lambda: shared_carrier.thread(number)[-1]["body"] == "It's only an hour!")
    time.sleep(0.3)
    assert len(door.of("/sms")) == heard
    assert not next(phone for phone in shared_carrier.phones() if phone["number"] == number)["automatic"]


def test_a_stranger_is_not_let_in(shared_carrier):
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = requests.get(f"{shared_carrier.url}/_standin/ledger", headers=headers, timeout=5)
        assert answer.status_code == 403


def test_what_cannot_be_understood_is_refused_with_words(shared_carrier):
    for ask in (
        lambda: shared_carrier.faults("sulk"),
        lambda: shared_carrier.faults("reset_after", rate=2),
        lambda: shared_carrier.inbound(body="from nobody"),
        lambda: shared_carrier.supporters([{"number": "+1", "zone": "Mars/Olympus"}]),
        lambda: shared_carrier.ledger(since="long ago"),
    ):
        with pytest.raises(UnavailableError, match="400"):
            ask()


def test_the_same_seed_makes_two_carriers_alike(door, client_of, eventually, number):
    def threads():
        with remote.spawn(
            seed=7, inbound_url=f"{door.url}/sms", reply_pace=0, pick_delay=(0, 0), delivery_delay=(0, 0)
        ) as carrier:
            people = [f"+1702555{n:04d}" for n in range(100, 130)]
            carrier.supporters([{"number": person, "first_name": "Ana"} for person in people])
            client = client_of(carrier)
            for person in people:
                client.messages.create(to=person, messaging_service_sid=SERVICE, body="Can I count on you?")
            eventually(lambda: carrier.stats()["statuses"].get("delivered") == 30)
            time.sleep(0.5)
            return [[(line["from_me"], line["body"]) for line in carrier.thread(person)] for person in people]

    assert threads() == threads()


def test_it_stops_at_once_when_asked_to_even_with_a_request_hanging(client_of, number):
    with remote.spawn() as carrier:
        carrier.faults("hang_before", seconds=60)
        asking = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import requests; requests.post('{carrier.url}/2010-04-01/Accounts/{carrier.account_sid}/Messages.json', auth=('{carrier.account_sid}', '{carrier.auth_token}'), timeout=60)",
            ],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1.5)
        started = time.monotonic()
        carrier.child.send_signal(signal.SIGTERM)
        assert carrier.child.wait(5) == 0
        assert time.monotonic() - started < 3
        assert asking.wait(5) != 0


def test_a_port_in_use_is_refused_in_one_sentence(shared_carrier):
    port = shared_carrier.url.rsplit(":", 1)[1]
    again = subprocess.run(
        [
            sys.executable,
            "-m",
            "phonebank.rehearsal",
            "--port",
            port,
            "--account-sid",
            "AC" + "0" * 32,
            "--auth-token",
            "x",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "--port" in again.stderr


def test_it_ends_with_the_process_that_started_it(tmp_path):
    starter = """
from phonebank.rehearsal import remote
carrier = remote.spawn()
print(carrier.child.pid, flush=True)
import os
os._exit(0)
"""
    pid = int(subprocess.check_output([sys.executable, "-c", starter], cwd=ROOT, timeout=30, stderr=subprocess.DEVNULL))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists() and not _is_zombie(pid):
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists() or _is_zombie(pid)


def _is_zombie(pid):
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_ps_names_it(shared_carrier):
    assert Path(f"/proc/{shared_carrier.child.pid}/cmdline").read_text().startswith("phonebank carrier")
