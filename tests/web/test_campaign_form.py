"""A form is a campaign file with other punctuation: nothing is lost on the way there and back."""

import tomllib

import pytest
from werkzeug.datastructures import MultiDict

from phonebank.campaigns import spec
from phonebank.errors import BadInputError
from phonebank.web import campaign_form
from tests.support.campaigns import PHONE_BANK

LANGUAGES = """
[ask.languages]
es = ["Hola {{ first_name }}, ¿puedo contar contigo {{ ask.when }}? STOP para salir."]
"""
WHOLE = PHONE_BANK.replace("[[ask.alternatives]]", LANGUAGES + "\n[[ask.alternatives]]", 1)


def as_form(shown):
    form = MultiDict()
    for name, value in shown.items():
        form.setlist(name, value if isinstance(value, list) else [str(value)])
    return form


def test_a_campaign_shown_and_saved_unchanged_says_the_same():
    said = spec.parse(WHOLE)
    shown, base = campaign_form.from_spec(said)
    again = spec.parse_table(campaign_form.to_table(as_form(shown), base))
    assert again == said


def test_what_the_form_does_not_show_is_kept():
    shown, base = campaign_form.from_spec(spec.parse(WHOLE))
    form = as_form(shown)
    form["ask.action"] = "knock on doors"
    again = spec.parse_table(campaign_form.to_table(form, base))
    assert again.ask.action == "knock on doors"
    assert "Hola" in again.ask.languages["es"][0]


def test_event_times_are_shown_on_the_campaigns_own_clock():
    shown, _ = campaign_form.from_spec(spec.parse(WHOLE))
    assert shown["ask.starts_at"] == "2027-02-10T18:00"
    assert shown["followups.0.before"] == "24h"


def test_blank_inputs_leave_the_defaults():
    form = MultiDict(
        {"name": "A", "organization": "B", "sender": "12345", "ask.action": "c", "limits.budget": "", "hours.start": ""}
    )
    form.setlist("lists", ["l"])
    form.setlist("ask.texts", ["Can I count on you?", "  "])
    said = spec.parse_table(campaign_form.to_table(form))
    assert said.limits.budget is None
    assert f"{said.hours.start:%H:%M}" == "09:00"
    assert said.ask.texts == ("Can I count on you?",)


def test_whether_traffic_shifts_is_shown_and_may_be_taken_back():
    shown, base = campaign_form.from_spec(spec.parse(WHOLE.replace("place =", "shift = true\nplace =", 1)))
    assert shown["ask.shift"] is True
    form = as_form(shown)
    assert spec.parse_table(campaign_form.to_table(form, base)).ask.shift
    form["ask.shift"] = "false"
    assert not spec.parse_table(campaign_form.to_table(form, base)).ask.shift


def test_a_row_whose_text_is_emptied_is_gone():
    shown, base = campaign_form.from_spec(spec.parse(WHOLE))
    form = as_form(shown)
    form["ask.alternatives.0.text"] = ""
    form["followups.0.text"] = " "
    again = spec.parse_table(campaign_form.to_table(form, base))
    assert again.ask.alternatives == ()
    assert again.followups == ()


def test_a_new_row_is_added_after_the_others():
    shown, base = campaign_form.from_spec(spec.parse(WHOLE))
    form = as_form(shown)
    form.update({"ask.alternatives.1.for": "not_that", "ask.alternatives.1.text": "Could you bring a friend instead?"})
    again = spec.parse_table(campaign_form.to_table(form, base))
    assert [one.answers_to for one in again.ask.alternatives] == ["not_now", "not_that"]


def test_inputs_that_are_no_keys_are_left_alone():
    form = MultiDict({"csrf_token": "x", "ask.texts.__class__": "y", "ask.alternatives.999.text": "z", "evil": "w"})
    assert campaign_form.to_table(form) == {"lists": [], "exclude": {"lists": []}, "ask": {"texts": []}}


def test_a_complaint_stands_beside_its_input():
    by_field, others = campaign_form.complaints_by_field(
        "ask.starts_at: has no time.\nlists: must not be empty.\nask.texts[2]: Line 1 cannot be read.\n"
        "followups[1].before: must be a length of time.\nThere is no list named “x”."
    )
    assert by_field == {
        "ask.starts_at": "Has no time.",
        "lists": "Must not be empty.",
        "ask.texts": "Line 1 cannot be read.",
        "followups.0.before": "Must be a length of time.",
    }
    assert others == ["There is no list named “x”."]


def test_a_zone_that_a_file_named_stays_to_be_chosen():
    assert ("Europe/Berlin", "Europe/Berlin") in campaign_form.zones("Europe/Berlin")
    assert len(campaign_form.zones("America/Chicago")) == len(campaign_form.zones(""))


def test_the_example_file_is_toml():
    assert tomllib.loads(WHOLE)["ask"]["languages"]["es"]


def test_who_sends_and_what_people_ask_travel_through_the_form():
    shown, base = campaign_form.from_spec(spec.parse(WHOLE))
    form = as_form(shown)
    form["sent_by"] = "people"
    form["questions.0.question"], form["questions.0.answer"] = "How long is it?", "Two hours, {{ ask.when }}."
    form["questions.1.question"], form["questions.1.answer"] = "", "  "
    again = spec.parse_table(campaign_form.to_table(form, base))
    assert again.sent_by == "people"
    assert [(one.question, one.answer) for one in again.questions] == [
        ("How long is it?", "Two hours, {{ ask.when }}.")
    ]
    shown, base = campaign_form.from_spec(again)
    assert spec.parse_table(campaign_form.to_table(as_form(shown), base)) == again
    half = as_form(shown | {"questions.0.answer": ""})
    with pytest.raises(BadInputError, match=r"questions\[1\].answer"):
        spec.parse_table(campaign_form.to_table(half, base))
