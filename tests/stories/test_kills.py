"""A worker killed at any point of a blast: everybody is asked exactly once, none is missed."""

import asyncio
import os
import random
import time

import pytest

from phonebank import db
from phonebank.gateway import twilio
from phonebank.gateway.contract import OutgoingText
from phonebank.messages import asking, claiming

SEEDS = range(3 if os.environ.get("STORIES_ON") == "both" else 1)
BY_CHANCE = range(3 if os.environ.get("STORIES_ON") == "both" else 0)  # TestDeadInTheMiddle has these moments for sure
PEOPLE = 30
TROUBLE = (
    "too_many_requests",
    "error_before",
    "error_after",
    "reset_before",
    "reset_after",
    "hang_before",
    "hang_after",
    "html_after",
    "no_sid",
    "callback_dropped",
    "callback_doubled",
    "callback_reordered",
)


def _in_hand(walk):
    """Texts that are claimed, and whether the carrier has taken them: [(number, taken)]."""
    taken = {row["to"] for row in walk.asks()}
    return [(text.phone, text.phone in taken) for text in walk.doubtful()]


def _kill_when(walk, is_there):
    """SIGKILL the blast's turn at a moment when this is so: stopped, looked at, and let go on until it is."""

    def killed():
        if not walk.house.freeze("bulk"):
            return False
        if is_there():
            return walk.house.kill_turn("bulk")
        walk.house.thaw("bulk")
        time.sleep(random.uniform(0.001, 0.05))
        return False

    walk.until(killed, "killed at that moment")


@pytest.mark.parametrize("seed", BY_CHANCE)
def test_killed_between_claim_and_answer(walk, seed):
    """Claimed, and the carrier has not been told or has not answered yet."""
    random.seed(seed)
    walk.carrier.faults("callback_dropped", rate=0.5)
    drive = walk.launch(PEOPLE, limits={"segments_per_second": 20})
    for so_many in (3, 15):
        walk.until(lambda so_many=so_many: len(walk.asks()) >= so_many)
        _kill_when(walk, lambda: any(not taken for _, taken in _in_hand(walk)))
    walk.until_asked_after_all(drive)


@pytest.mark.parametrize("seed", BY_CHANCE)
def test_killed_between_answer_and_record(walk, seed):
    """The carrier has taken it, and nobody has written that down."""
    random.seed(seed)
    walk.carrier.faults("callback_dropped", rate=1.0)
    drive = walk.launch(PEOPLE, limits={"segments_per_second": 20})
    for so_many in (3, 15):
        walk.until(lambda so_many=so_many: len(walk.asks()) >= so_many)
        _kill_when(walk, lambda: any(taken for _, taken in _in_hand(walk)))
    walk.until_asked_after_all(drive)


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_again_and_again_by_a_carrier_in_trouble(walk, seed):
    chance = random.Random(seed)
    for kind in chance.sample(TROUBLE, 6):
        walk.carrier.faults(kind, rate=0.12, seconds=40)
    drive = walk.launch(PEOPLE, limits={"segments_per_second": 15})
    for _kill in range(4):
        time.sleep(chance.uniform(0.2, 0.9))
        walk.house.kill_turn("bulk")
    walk.until_asked_after_all(drive)


def test_every_worker_killed_and_started_again(walk):
    drive = walk.launch(PEOPLE, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 8)
    walk.house.kill("workers")
    first = walk.asks()[0]["to"]
    walk.says(first, "Yes!")
    walk.house.start_all()
    walk.until_heard(first, "Wonderful")
    walk.until_asked_after_all(drive)


def test_every_part_killed_at_once_and_started_again(walk):
    drive = walk.launch(PEOPLE, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 8)
    for part in ("workers", "redis", "web", "clock"):
        walk.house.kill(part)
    walk.house.start_all()
    walk.until_asked_after_all(drive)


class TestDeadInTheMiddle:
    """The same two moments without chance: this process takes a batch as a worker does, and dies."""

    @pytest.fixture
    def batch(self, walk):
        walk.house.kill("workers")
        drive = walk.launch(6, limits={"segments_per_second": 30})
        from phonebank.recipients import enrolling

        enrolling.enrol(drive.id, walk.clock.now())
        with db.transaction() as session:
            asking.top_up(session, drive.sender, walk.clock.now())
        batch = walk.until(
            lambda: (
                got
                if isinstance(got := claiming.Taker(drive.sender, urgent_only=False).take(), claiming.Batch)
                else None
            )
        )
        assert walk.doubtful()
        return batch

    def test_claimed_and_dead_before_a_word(self, walk, batch):
        assert not walk.asks()
        walk.house.start_all()
        walk.until_asked_after_all(*walk.drives)
        assert {row["to"] for row in walk.asks()} >= {text.phone for text in batch.texts}

    def test_taken_by_the_carrier_and_dead_before_it_is_recorded(self, walk, batch):
        walk.carrier.faults("callback_dropped", rate=1.0)

        async def speak():
            async with twilio.speaking(walk.house.settings) as gateway:
                for text in batch.texts:
                    told = f"{walk.house.settings.address}/twilio/status/{text.id}"
                    await gateway.send(OutgoingText(text.phone, text.sender, text.body, 3600, told))

        asyncio.run(speak())
        assert len(walk.asks()) == len(batch.texts)
        walk.house.start_all()
        walk.until_asked_after_all(*walk.drives)
