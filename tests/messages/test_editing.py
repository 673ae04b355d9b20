"""What a volunteer may change in a first text, and what must stay."""

import pytest

from phonebank.campaigns.models import Campaign
from phonebank.errors import BadInputError
from phonebank.messages import editing

PREPARED = "Hi Rosa, it's Ana with RepresentUs. Can I count on you to join us online Wednesday, February 10 at 6 pm? Reply STOP to end."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("  \n", "the text is empty"),
        ("\u200b", "the text is empty"),
        ("a" * 1601, "1,601 characters"),
        (PREPARED.replace("Rosa", "{{ first_name }}"), "A blank is left"),
        (PREPARED.replace("Rosa", "[name]"), "A blank is left"),
        (PREPARED.replace(" Reply STOP to end.", ""), "how to stop"),
        (PREPARED.replace(" with RepresentUs", ""), "Keep the name RepresentUs"),
        ("Hi Rosa, it's Ana with RepresentUs. Hope you are well! Reply STOP to end.", "The ask got lost"),
    ],
)
def test_what_must_stay_in_a_text_cannot_be_taken_out(typed, told):
    with pytest.raises(BadInputError, match=told):
        editing.checked(typed, PREPARED, Campaign(organization="RepresentUs"), "en")


@pytest.mark.parametrize(
    "typed",
    [
        PREPARED,
        PREPARED.replace("Hi Rosa", "Hey Rosa, we met at the fair"),
        PREPARED.replace("'", "\u2019").replace(" Reply", "\r\nReply"),
    ],
)
def test_a_friendly_word_may_be_put_in(typed):
    assert "Can I count on you" in editing.checked(typed, PREPARED, Campaign(organization="RepresentUs"), "en")


def test_a_disclaimer_stays():
    campaign = Campaign(organization="RepresentUs", disclaimer="Paid for by RepresentUs.")
    with pytest.raises(BadInputError, match="Keep the disclaimer"):
        editing.checked(PREPARED + " See you!", PREPARED + " Paid for by RepresentUs.", campaign, "en")


def test_what_the_campaign_prepared_may_always_go():
    weak = "Would love to see you. RepresentUs. Text STOP"
    assert editing.checked(weak, weak, Campaign(organization="Other"), "en") == weak
