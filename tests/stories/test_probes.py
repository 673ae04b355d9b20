"""The six probes that the texting programs we measured fail, each by hand on the real parts."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from phonebank import db
from phonebank.errors import RefusedError
from phonebank.messages import sending
from phonebank.messages.composing import NewText, compose
from phonebank.messages.models import MessageKind, Priority

OUR_NUMBER = "+12025550190"


def _write_again(walk, number, drive):
    """One more text to this number, as a member of staff would write it."""
    with db.transaction() as session:
        text = NewText(number, drive.sender, MessageKind.ANSWER, "One more word", Priority.ANSWER)
        return compose(session, text, walk.clock.now())


def test_the_same_text_delivered_three_times_is_one_row(walk):
    number = walk.people(1)[0]
    walk.carrier.inbound(sender=number, to=OUR_NUMBER, body="Hello", times=3)
    assert len(walk.replies(number)) == 1


def test_three_senders_at_once_ask_each_person_once(walk):
    drive = walk.launch(20, limits={"segments_per_second": 100})
    until = time.monotonic() + 20
    with ThreadPoolExecutor(3) as at_once:
        turns = [
            at_once.submit(sending.send_due, walk.house.settings, drive.sender, urgent_only=False, until=until)
            for _ in range(3)
        ]
        walk.until_asked(drive)
    assert all(turn.exception() is None for turn in turns)
    assert len(walk.asks()) == 20


@pytest.mark.parametrize("words", ["STOP", "please stop texting me"])
def test_after_a_stop_the_next_text_is_refused(walk, words):
    drive = walk.launch(1)
    walk.until_asked()
    walk.says(drive.people[0], words)
    walk.until(lambda: walk.is_opted_out(drive.people[0]))
    with pytest.raises(RefusedError, match="asked us to stop"):
        _write_again(walk, drive.people[0], drive)


def test_a_stop_from_a_number_without_a_conversation_counts(walk):
    number = walk.people(1)[0]
    walk.carrier.inbound(sender=number, to=OUR_NUMBER, body="STOP")
    assert walk.is_opted_out(number)
    drive = walk.launch(1)
    with pytest.raises(RefusedError, match="asked us to stop"):
        _write_again(walk, number, drive)


def test_at_two_past_midnight_nobody_is_texted(walk):
    drive = walk.launch(1)
    walk.until_asked()
    walk.wind_to("00:02")
    _write_again(walk, drive.people[0], drive)
    walk.until(lambda: not walk.house.is_busy("urgent"))
    assert len(walk.heard(drive.people[0])) == 1
    walk.wind_to("09:02")
    walk.until_heard(drive.people[0], "One more word")
