"""Two clocks, ten senders and a re-run of enrolment, all at once: every recipient gets one ask."""

import subprocess
import sys
import time
from collections import Counter

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from tests.chaos.run import a_house
from tests.support.sources import ROOT
from tests.support.walk import Walk

PEOPLE, SENDERS = 150, 10
SENDER = """
import sys, time
from phonebank.messages import sending
from phonebank.settings import load
from workers import opening
opening.open_process(load())
print("ready", flush=True)
sys.stdin.readline()
until = time.monotonic() + 60
while time.monotonic() < until and not sys.stdin.closed:
    sending.send_due(opening.settings(), sys.argv[1], urgent_only=False, until=until)
    time.sleep(0.05)
"""
ENROLMENT = """
import sys, time
from phonebank import clock
from phonebank.recipients import enrolling
from phonebank.settings import load
from workers import opening
opening.open_process(load())
print("ready", flush=True)
sys.stdin.readline()
while True:
    enrolling.enrol(int(sys.argv[1]), clock.now())
    time.sleep(0.01)
"""


@pytest.fixture
def walk(databases):
    with a_house(databases.fresh(), more=("clock 2",)) as house:
        walk = Walk(house)
        yield walk
        walk.leave()


@pytest.fixture
def beginning(walk):
    """beginning(program, argument): a process of the house that is up and waits for a line before it begins."""
    begun = []

    def begin(program, argument):
        words = [sys.executable, "-c", program, argument]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        begun.append(subprocess.Popen(words, cwd=ROOT, env=walk.house.environment(), text=True, **pipes))
        return begun[-1]

    yield begin
    for one in begun:
        one.kill()
        one.wait()
        one.stdin.close()
        one.stdout.close()


def test_two_clocks_ten_senders_and_a_rerun_of_enrolment_give_everybody_one_ask(walk, beginning):
    walk.house.clock.run(0.0)
    people = walk.people(PEOPLE)
    for half in (people[: PEOPLE // 2], people[PEOPLE // 3 :]):  # a third are on both lists
        walk.import_(half, f"half {len(half)}")
    drive = walk.launch(people, lists=["half 75", "half 100"], limits={"segments_per_second": 60})
    processes = [beginning(SENDER, drive.sender) for _ in range(SENDERS)]
    processes += [beginning(ENROLMENT, str(drive.id)) for _ in range(2)]
    for one in processes:
        assert one.stdout.readline() == "ready\n"
    walk.house.clock.run()
    for one in processes:
        one.stdin.write("go\n")
        one.stdin.flush()
    for share in (0.2, 0.5, 0.8):  # what is enrolled, begun and half asked is launched anew
        walk.until(lambda share=share: len(walk.asks()) >= share * PEOPLE, "asked so far")
        _enrol_again(drive)
    walk.until_asked(drive)
    time.sleep(2)  # whoever would say it again has had the time
    assert Counter(row["to"] for row in walk.asks()) == dict.fromkeys(people, 1)
    assert all(one.poll() is None for one in processes), "a sender or an enrolment ended early"


def _enrol_again(drive):
    with db.transaction() as session:
        campaign = session.get(Campaign, drive.id)
        campaign.status = CampaignStatus.ENROLLING
        session.add(campaign)
