"""The breaker is right as often as it says: false alarms and power, simulated, and looked at after every batch."""

import math
import random
import re

import pytest

from phonebank.campaigns import breaker
from phonebank.campaigns.breaker import WATCHED
from phonebank.campaigns.models import StopCause

PEOPLE, BATCH = 10_000, 15


def _trips_at(rng, cause, share, people=PEOPLE, lag=0):
    """After how many texts a campaign of this true share is stopped, looked at after each batch; None for never.

    `lag` texts at the end of what was said are not yet known to be bad.
    """
    known, bad_at = 0, -1
    while (bad_at := bad_at + _until_next(rng, share)) < people:
        known += 1
        seen_at = bad_at + lag + 1
        said = seen_at + -seen_at % BATCH  # between two bad ones the evidence only falls: no look there can stop it
        if breaker.is_beyond_chance(cause, known, said):
            return said
    return None


def _until_next(rng, share):
    """How many texts on the next bad one is."""
    return 1 if share >= 1 else 1 + int(math.log(1 - rng.random()) / math.log(1 - share))


@pytest.mark.parametrize("cause", WATCHED)
def test_a_campaign_as_bad_as_usual_is_hardly_ever_stopped(cause):
    rng = random.Random(f"false alarms {cause}")
    campaigns = 1_000
    stopped = sum(_trips_at(rng, cause, breaker.usual(cause)) is not None for _ in range(campaigns))
    # At worst one in a thousand is expected; six or more would be a chance of 1 in 1,700.
    assert stopped <= 5, f"{stopped} of {campaigns} stopped"


@pytest.mark.parametrize(
    ("cause", "most", "at_ten_times"),
    [
        (StopCause.FILTERED, 1_200, 300),
        (StopCause.FAILED, 200, 100),
        (StopCause.OPTED_OUT, 300, 120),
        (StopCause.WRONG_NUMBER, 300, 120),
    ],
)
def test_three_times_the_usual_is_stopped_within_a_known_number_of_texts(cause, most, at_ten_times):
    rng = random.Random(f"power {cause}")
    stopped = sorted(_trips_at(rng, cause, 3 * breaker.usual(cause)) or PEOPLE for _ in range(400))
    assert stopped[199] <= most, f"half of them were stopped only after {stopped[199]} texts"
    assert stopped[379] <= 2.5 * most, f"19 of 20 were stopped only after {stopped[379]} texts"
    ten = sorted(_trips_at(rng, cause, min(0.95, 10 * breaker.usual(cause))) or PEOPLE for _ in range(400))
    assert ten[379] <= at_ten_times


def test_a_carrier_that_filters_everything_stops_it_within_a_few_texts_of_the_first_report():
    rng = random.Random(1)
    assert _trips_at(rng, StopCause.FILTERED, 1.0) <= 2 * BATCH
    assert _trips_at(rng, StopCause.FILTERED, 1.0, lag=225) <= 225 + 4 * BATCH


def test_reports_that_come_late_only_make_it_more_patient():
    for said in range(1, 600, 7):
        for bad in range(said):
            now, later = (breaker.log_evidence(0.05, known, said) for known in (bad, bad + 1))
            assert now < later


def test_nothing_bad_or_nothing_said_is_no_evidence():
    assert not any(breaker.is_beyond_chance(cause, 0, said) for cause in WATCHED for said in (0, 1, 10**6))
    assert breaker.is_beyond_chance(StopCause.FILTERED, 50, 40), "counts that crossed on the way still count"


def test_the_reason_is_a_sentence_with_both_counts():
    for cause in WATCHED:
        told = breaker.reason(cause, 12, 1340)
        assert re.fullmatch(
            r"12 of the last 1,340 \w+( \w+)+: more than chance explains where \d+% is usual\.", told
        ), told
