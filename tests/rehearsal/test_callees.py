"""Who takes a call and how: laid down by somebody, left to a visitor, or as the dice of a simulated person fall."""

from collections import Counter

from phonebank.rehearsal.callees import Callees
from phonebank.rehearsal.manners import HANGS_UP, Manner, Takes
from phonebank.rehearsal.supporters import Supporter, Supporters

NUMBERS = [f"+1{area}55501{last:02d}" for area in range(201, 211) for last in range(100)]


def _callees(seed=1, visited=(), **person):
    crowd = Supporters(seed, {}, 1.0)
    crowd.register(Supporter(number=number, first_name="Ana", **person) for number in NUMBERS)
    return Callees(seed, crowd, lambda number: number in visited)


def test_the_same_seed_gives_the_same_calls_and_another_seed_others():
    def all_of(seed):
        callees = _callees(seed)
        return [callees.manner_of(number) for number in NUMBERS]

    assert all_of(1) == all_of(1)
    assert all_of(1) != all_of(2)


def test_calls_fall_as_the_weights_say_and_a_second_call_is_another_throw():
    callees = _callees()
    first = [callees.manner_of(number).takes for number in NUMBERS]
    shares = Counter(first)
    assert 0.35 < shares[Takes.HUMAN] / len(NUMBERS) < 0.45
    assert 0.23 < shares[Takes.MACHINE] / len(NUMBERS) < 0.33
    assert [callees.manner_of(number).takes for number in NUMBERS] != first


def test_what_was_laid_down_holds_then_a_visitor_then_the_dice_and_nobody_else_answers():
    callees = _callees(visited=NUMBERS[:2])
    callees.told[NUMBERS[0]] = Manner(takes=Takes.FAX)
    assert callees.manner_of(NUMBERS[0]).takes is Takes.FAX
    assert callees.manner_of(NUMBERS[1]).by_hand
    assert not callees.manner_of(NUMBERS[2]).by_hand
    assert callees.manner_of("client:ana").by_hand
    assert callees.manner_of("+13125559999").takes is Takes.NO_ANSWER


def test_a_persona_picks_up_and_says_what_it_would_write():
    callees = _callees(persona="yes")
    answers = [callees.manner_of(number).answers[0] for number in NUMBERS]
    assert 0.4 < sum(answer == "1" for answer in answers) / len(NUMBERS) < 0.6
    assert all(answer == "1" or any(letter.isalpha() for letter in answer) for answer in answers)
    stops = _callees(persona="opt_out").manner_of(NUMBERS[0])
    assert stops.takes is Takes.HUMAN


def test_nobody_says_anything_after_hanging_up():
    callees = _callees()
    for number in NUMBERS:
        answers = callees.manner_of(number).answers
        assert HANGS_UP not in answers[:-1]
