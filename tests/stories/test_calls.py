"""People are called, not texted: by the real parts, over the real webhooks, once each."""

from collections import Counter

import pytest

from tests.support import call_walk
from tests.support.call_walk import OURS, in_our_books, said, until_called


def _is_settled(walk, number, outcome):
    walk.until(lambda: walk.recipient(number).outcome == outcome, f"the outcome {outcome}")


@pytest.mark.parametrize("answer", ["1", "Yes, count me in!"])
def test_a_yes_is_kept_confirmed_by_text_and_not_called_again(walk, answer):
    number = call_walk.launch(walk, takes={"answers": [answer]}).people[0]
    assert "Can I count on you" in said(until_called(walk, number))
    _is_settled(walk, number, "yes")
    walk.until_heard(number, "/y/")
    walk.pass_by(days=1)
    assert len(walk.carrier.calls(number)) == 1


def test_a_stop_in_a_call_ends_it_and_every_call_and_text_after_it(walk):
    number = call_walk.launch(walk, takes={"answers": ["Take me off your list"]}).people[0]
    until_called(walk, number)
    assert walk.is_opted_out(number)
    other = walk.people(1)[0]
    call_walk.launch(walk, [number, other])
    until_called(walk, other)
    assert len(walk.carrier.calls(number)) == 1


def test_a_machine_is_left_a_message_and_called_no_more_than_was_said(walk):
    number = call_walk.launch(walk, takes={"takes": "machine"}, call={"attempts": 2}).people[0]
    row = until_called(walk, number)
    words = [line["words"] for line in row["lines"]]
    assert "We would love your help." in " ".join(words[words.index("(beep)") + 1 :])


def test_nobody_at_home_is_tried_again_at_another_time_of_day_and_not_for_ever(walk):
    number = call_walk.launch(walk, takes={"takes": "no_answer"}, call={"attempts": 2, "spacing": "4h"}).people[0]
    first = until_called(walk, number)
    for _ in range(2):
        walk.pass_by(hours=5)
    walk.wind_to("12:00", days=1)
    again = until_called(walk, number, 2)
    assert (first["status"], again["status"]) == ("no-answer", "no-answer")
    walk.wind_to("12:00", days=2)
    walk.until(lambda: in_our_books(number)[-1].status == "no_answer")
    assert len(walk.carrier.calls(number)) == 2


def test_reports_doubled_and_out_of_order_change_nothing(walk):
    walk.carrier.faults("callback_reordered", "callback_doubled", "question_doubled", rate=0.5)
    people = call_walk.launch(walk, 20, takes={"answers": ["1"]}).people
    for number in people:
        until_called(walk, number)
        _is_settled(walk, number, "yes")
        walk.until(lambda number=number: [call.status for call in in_our_books(number)] == ["completed"])
    assert Counter(row["to"] for row in walk.carrier.calls() if row["to"] in people) == dict.fromkeys(people, 1)


def test_who_calls_back_is_told_who_we_are_and_can_stop(walk):
    number = call_walk.launch(walk, takes={"takes": "no_answer"}).people[0]
    until_called(walk, number)
    address = f"{walk.house.settings.address}/twilio/voice"
    came = walk.carrier.call_in(number, OURS, url=address, manner={"answers": ["9"]})
    walk.until(lambda: walk.carrier.call(came["sid"])["ended_at"])
    assert "RepresentUs" in said(walk.carrier.call(came["sid"]))
    assert walk.is_opted_out(number)
