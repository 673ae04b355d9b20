"""The one table of decisions: whatever is read, wherever the conversation stands, there is one safe thing to do."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonebank.intents import ANSWERED_BY_MACHINE, Decision, Intent, Outcome
from phonebank.replies.decisions import Answering, Situation, decide, decide_verdict
from phonebank.replies.reading import Reading

YES, NO, NOT_NOW, NOT_THAT = Intent.YES, Intent.NO, Intent.NOT_NOW, Intent.NOT_THAT
SPEAKS = {
    Decision.CONFIRM,
    Decision.CONFIRM_AND_HAND_OFF,
    Decision.WITHDRAW,
    Decision.WITHDRAW_AND_OFFER,
    Decision.THANK,
    Decision.OFFER_ALTERNATIVE,
    Decision.EXPLAIN,
}
OFFERS = {Decision.OFFER_ALTERNATIVE, Decision.WITHDRAW_AND_OFFER}
CONFIRMS = {Decision.CONFIRM, Decision.CONFIRM_AND_HAND_OFF, Decision.KEEP_COMMITMENT}


def reading(intent, *, acted=True, **more):
    """Sure, unless it says otherwise."""
    return Reading(intent, 0.99 if acted else 0.5, "'…'", acted=acted, **more)


readings = st.builds(
    Reading, st.sampled_from(Intent), st.floats(0, 1), st.text(), st.booleans(), st.booleans(), st.booleans()
)
situations = st.builds(
    Situation,
    is_known=st.booleans(),
    is_opted_out=st.booleans(),
    is_open=st.booleans(),
    is_with_volunteer=st.booleans(),
    has_commitment=st.booleans(),
    outcome=st.sampled_from(Outcome),
    answering=st.sampled_from(Answering),
    alternatives=st.frozensets(st.sampled_from([NOT_NOW, NOT_THAT])),
)


def every_reading():
    flags = itertools.product(Intent, *[(False, True)] * 3)
    return [Reading(intent, 0.9, "", acted=acted, hold=hold, asks_too=too) for intent, acted, hold, too in flags]


def every_situation():
    some = [frozenset(), frozenset({NOT_NOW}), frozenset({NOT_NOW, NOT_THAT})]
    flags = itertools.product(*[(False, True)] * 5, [Outcome.NONE, Outcome.NO, Outcome.YES], Answering, some)
    return [Situation(*row) for row in flags]


def verdicts():
    return [reading(intent) for intent in Intent]


def test_every_combination_has_a_decision():
    every = {decide(told, stands) for told in every_reading() for stands in every_situation()}
    every |= {decide_verdict(told, stands, is_said=True) for told in every_reading() for stands in every_situation()}
    assert every == set(Decision), "a Decision that nothing leads to is dead"


@given(readings, situations)
def test_a_yes_is_confirmed_only_when_it_is_sure(told, stands):
    if decide(told, stands) in CONFIRMS:
        assert told.intent is YES
        assert told.acted
        assert not told.hold


@given(readings, situations.filter(lambda stands: stands.is_opted_out))
def test_a_number_that_opted_out_is_never_answered(told, stands):
    decision = decide(told, stands)
    assert decision in {Decision.KEEP, Decision.REQUEST_OPT_IN, Decision.OPT_OUT}


@given(readings.filter(lambda told: not told.acted), situations)
def test_what_is_unsure_is_never_acted_on(told, stands):
    assert decide(told, stands) in {
        Decision.HAND_OFF,
        Decision.HOLD_AND_HAND_OFF,
        Decision.KEEP,
        Decision.REQUEST_OPT_IN,
    }


@given(readings.filter(lambda told: not told.acted), situations)
def test_what_is_unsure_and_open_always_reaches_a_person(told, stands):
    if stands.is_known and not stands.is_opted_out:
        assert decide(told, stands) in {Decision.HAND_OFF, Decision.HOLD_AND_HAND_OFF}


@given(readings, situations.filter(lambda stands: not stands.is_open))
def test_a_closed_campaign_answers_nobody(told, stands):
    assert decide(told, stands) not in SPEAKS


@given(readings.filter(lambda told: told.hold and not told.acted), situations)
def test_a_possible_opt_out_is_held_whoever_wrote_it(told, stands):
    if not stands.is_opted_out:
        assert decide(told, stands) is Decision.HOLD_AND_HAND_OFF


@given(situations)
def test_a_sure_opt_out_wins_everywhere(stands):
    assert decide(reading(Intent.OPT_OUT), stands) is Decision.OPT_OUT


@given(readings, situations.filter(lambda stands: not stands.is_known))
def test_a_stranger_is_never_answered(told, stands):
    assert decide(told, stands) not in SPEAKS | CONFIRMS | {Decision.APOLOGIZE}


@given(readings, situations)
def test_an_alternative_is_offered_only_while_one_is_left_for_that_answer(told, stands):
    if decide(told, stands) in OFFERS:
        assert told.intent in stands.alternatives


@given(readings, situations)
def test_while_a_volunteer_talks_the_machine_only_stops_or_hands_over(told, stands):
    if stands.is_with_volunteer or stands.answering is Answering.PERSON:
        assert decide(told, stands) not in SPEAKS | CONFIRMS


@settings(max_examples=30)
@given(st.sampled_from([one for one in Intent if one not in ANSWERED_BY_MACHINE]), situations)
def test_what_only_a_person_can_answer_goes_to_a_person(intent, stands):
    if stands.is_known and not stands.is_opted_out:
        assert decide(reading(intent), stands) is Decision.HAND_OFF


WALK = [
    (YES, {}, Decision.CONFIRM),
    (NO, {}, Decision.THANK),
    (NO, {"outcome": Outcome.NO}, Decision.KEEP),
    (YES, {"outcome": Outcome.NO}, Decision.CONFIRM),
    (YES, {"has_commitment": True}, Decision.KEEP),
    (YES, {"has_commitment": True, "answering": Answering.REMINDER}, Decision.KEEP_COMMITMENT),
    (YES, {"has_commitment": True, "answering": Answering.ALTERNATIVE}, Decision.CONFIRM),
    (NO, {"has_commitment": True}, Decision.WITHDRAW),
    (NO, {"has_commitment": True, "answering": Answering.REMINDER}, Decision.WITHDRAW),
    (NOT_NOW, {"alternatives": frozenset({NOT_NOW})}, Decision.OFFER_ALTERNATIVE),
    (NOT_NOW, {"alternatives": frozenset({NOT_THAT})}, Decision.HAND_OFF),
    (NOT_NOW, {"answering": Answering.ALTERNATIVE}, Decision.THANK),
    (NOT_NOW, {"answering": Answering.ALTERNATIVE, "alternatives": frozenset({NOT_THAT})}, Decision.THANK),
    (NOT_THAT, {"answering": Answering.ALTERNATIVE, "alternatives": frozenset({NOT_THAT})}, Decision.OFFER_ALTERNATIVE),
    (NOT_NOW, {"has_commitment": True, "alternatives": frozenset({NOT_NOW})}, Decision.WITHDRAW_AND_OFFER),
    (NOT_NOW, {"has_commitment": True}, Decision.WITHDRAW),
    (Intent.HELP, {}, Decision.EXPLAIN),
    (Intent.WRONG_NUMBER, {}, Decision.APOLOGIZE),
    (Intent.WRONG_NUMBER, {"is_with_volunteer": True}, Decision.APOLOGIZE),
    (Intent.WRONG_NUMBER, {"is_opted_out": True}, Decision.KEEP),
    (YES, {"is_opted_out": True}, Decision.REQUEST_OPT_IN),
    (YES, {"is_open": False}, Decision.HAND_OFF),
    (NO, {"is_open": False}, Decision.KEEP),
    (NO, {"is_open": False, "has_commitment": True}, Decision.HAND_OFF),
    (YES, {"is_known": False}, Decision.KEEP),
    (YES, {"answering": Answering.PERSON}, Decision.HAND_OFF),
    (YES, {"is_with_volunteer": True}, Decision.HAND_OFF),
]


@pytest.mark.parametrize(("intent", "stands", "decision"), WALK)
def test_the_walk_of_a_conversation(intent, stands, decision):
    assert decide(reading(intent), Situation(**stands)) is decision


@pytest.mark.parametrize(
    ("stands", "decision"),
    [({}, Decision.CONFIRM_AND_HAND_OFF), ({"has_commitment": True}, Decision.HAND_OFF)],
)
def test_a_yes_that_also_asks_reaches_a_person_too(stands, decision):
    assert decide(reading(YES, asks_too=True), Situation(**stands)) is decision


HANDS_OVER = {Decision.HAND_OFF, Decision.HOLD_AND_HAND_OFF, Decision.REQUEST_OPT_IN, Decision.CONFIRM_AND_HAND_OFF}


@pytest.mark.parametrize(
    ("stands", "decision"),
    [
        ({"has_commitment": True}, Decision.KEEP),
        ({"outcome": Outcome.NO}, Decision.KEEP),
        ({"is_open": False}, Decision.KEEP),
        ({}, Decision.HAND_OFF),
        ({"has_commitment": True, "answering": Answering.REMINDER}, Decision.HAND_OFF),
        ({"has_commitment": True, "answering": Answering.ALTERNATIVE}, Decision.HAND_OFF),
        ({"has_commitment": True, "answering": Answering.PERSON}, Decision.HAND_OFF),
        ({"has_commitment": True, "is_with_volunteer": True}, Decision.HAND_OFF),
    ],
)
def test_thanks_for_an_answer_need_none_but_are_no_answer_to_a_question(stands, decision):
    assert decide(reading(Intent.OTHER, acted=False, is_thanks=True), Situation(**stands)) is decision


def test_a_verdict_is_never_handed_back_to_the_volunteers():
    for told, stands in itertools.product(verdicts(), every_situation()):
        for is_said in (False, True):
            assert decide_verdict(told, stands, is_said=is_said) not in HANDS_OVER, (told.intent, stands)


def test_a_volunteers_yes_is_confirmed_though_the_machine_would_not_have_dared():
    stands = Situation(is_with_volunteer=True, answering=Answering.PERSON, is_open=False)
    assert decide_verdict(reading(YES), stands, is_said=True) is Decision.CONFIRM


def test_what_a_volunteer_said_is_not_said_again_by_the_machine():
    for intent in (NO, NOT_NOW, NOT_THAT):
        stands = Situation(is_with_volunteer=True, alternatives=frozenset({NOT_NOW, NOT_THAT}))
        assert decide_verdict(reading(intent), stands, is_said=True) is Decision.SETTLE
        assert decide_verdict(reading(intent), stands, is_said=False) in SPEAKS


def test_a_verdict_never_speaks_to_a_number_that_opted_out():
    for told, stands in itertools.product(verdicts(), every_situation()):
        if stands.is_opted_out:
            decision = decide_verdict(told, stands, is_said=False)
            assert decision in {Decision.KEEP, Decision.SETTLE, Decision.OPT_OUT}
