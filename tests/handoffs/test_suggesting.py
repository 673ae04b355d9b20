"""What a volunteer may start from."""

import pytest

from phonebank.asks import segments
from phonebank.handoffs.suggesting import AT_RISK_REASON, Offer, _reasons, _rows, suggestions
from phonebank.intents import Intent

FIELDS = {
    "first_name": "Rosa",
    "sender_name": "Amanda",
    "organization": "RepresentUs",
    "ask.when": "Wednesday, February 10 at 6 pm",
    "ask.place": "on Zoom",
    "ask.why": "Calls from neighbors move votes.",
}
OFFERS = [
    Offer("not_now", "Could you join us Thursday instead?"),
    Offer("not_that", "Could you write a letter instead?"),
]


def _texts(reason, fields=FIELDS, language="en", offers=()):
    return [one.text for one in suggestions(reason, language=language, fields=fields, offers=offers)]


@pytest.mark.parametrize("reason", [*Intent, "unsure", "late", "may_opt_out", "opt_in_request", "something new"])
@pytest.mark.parametrize("language", ["en", "es", "tl"])
def test_every_reason_has_a_start_that_is_whole_and_one_segment_or_two(reason, language):
    found = _texts(reason, language=language)
    assert found
    for text in found:
        assert "{" not in text
        assert segments.count(text).encoding is segments.Encoding.GSM_7
        assert segments.count(text).segments <= 2


def test_a_not_now_is_offered_the_other_day_first():
    found = _texts("not_now", offers=OFFERS)
    assert found[0] == "Could you join us Thursday instead?"
    assert "Could you write a letter instead?" not in found


def test_a_not_that_is_offered_the_other_action_first():
    found = _texts("not_that", offers=OFFERS)
    assert found[0] == "Could you write a letter instead?"
    assert "Could you join us Thursday instead?" not in found


def test_a_maybe_is_asked_what_it_means_before_anything_is_offered():
    found = _texts("maybe", offers=OFFERS)
    assert "What would help you decide" in found[0]
    assert found[-2:] == [offer.text for offer in OFFERS]


def test_nothing_is_offered_to_somebody_who_is_upset():
    assert all("STOP" in text for text in _texts("hostile", offers=OFFERS))


def test_what_is_not_known_is_not_said():
    found = _texts("question", fields={"organization": "RepresentUs"})
    assert all("when" not in text and "None" not in text for text in found)
    assert "Thank you for writing back! What would" in _texts("maybe", fields={})[0]


def test_a_name_that_is_a_template_stays_a_name():
    assert "{{ ask.why }}" in _texts("no", fields=FIELDS | {"first_name": "{{ ask.why }}"})[0]


def test_the_file_knows_only_reasons_there_are():
    assert _reasons() <= {*Intent, "unsure", "late", "may_opt_out", "opt_in_request", AT_RISK_REASON}
    assert all(row["en"] for row in _rows())
