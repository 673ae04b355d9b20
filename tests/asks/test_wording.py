"""A text is a template that can only speak: it cannot run, reach or loop, and never sends a blank where a name belongs."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phonebank.asks.segments import Encoding, count
from phonebank.asks.wording import (
    Completed,
    WordingError,
    fields_used,
    missing_parts,
    parse,
    render,
    with_required_parts,
)

# ── Templates ──


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for c in first_name %}{{ c }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = 1 %}{{ x }}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% extends 'x' %}",
        "{% block b %}{% endblock %}",
        "{% call x() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{% raw %}{{ x }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ first_name.__class__ }}",
        "{{ first_name.upper }}",
        "{{ ask.__class__ }}",
        "{{ ask.items }}",
        "{{ ask.when.__class__ }}",
        "{{ ask['when'] }}",
        "{{ ask }}",
        "{{ self }}",
        "{{ __builtins__ }}",
        "{{ first_name() }}",
        "{{ range(3) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ first_name[0] }}",
        "{{ first_name | map('upper') }}",
        "{{ first_name | attr('__class__') }}",
        "{{ first_name | center(1000000) }}",
        "{{ first_name | truncate('x') }}",
        "{{ first_name | truncate(-last_name) }}",
        "{{ first_name | upper(1) }}",
        "{{ first_name | default('a', true, 1, 2) }}",
        "{{ first_name is divisibleby(0) }}",
        "{{ first_name < 3 }}",
        "{{ first name }}",
        "{{ first_name",
        "{% if first_name %}",
        "{{ }}",
        "{{ First Name }}",
        "{{ 1/0 }}",
        "{{ " + "(" * 1500 + "x" + ")" * 1500 + " }}",
        "{{ " + "not " * 900 + "x }}",
        "{% if x %}" * 100 + "{% endif %}" * 100,
        "x" * 10_000,
        "{{ ask.whenever }}",
        "\x00{{",
    ],
)
def test_what_is_not_wording_is_refused_with_one_clear_sentence(template):
    started = time.perf_counter()
    with pytest.raises(WordingError) as refused:
        parse(template)
    assert time.perf_counter() - started < 1
    assert len(str(refused.value)) < 250
    assert "\n" not in str(refused.value)


def test_a_mistake_is_named_with_its_line_and_the_nearest_field():
    with pytest.raises(WordingError, match=r"Line 2 .*did you mean ask.when"):
        parse("Hi!\n{{ ask.whenever }}")


@pytest.mark.parametrize(
    ("template", "fields"),
    [
        ("Hi {{ first_name }}", {"first_name": False}),
        ("{{ first_name | default('friend') }} {{ ask.when }}", {"first_name": True, "ask.when": False}),
        ("{{ first_name | title | default('friend') }}", {"first_name": True}),
        ("{{ first_name | default(nickname) }}", {"first_name": True, "nickname": False}),
        ("{% if first_name %}Hi {{ first_name }}{% endif %}", {"first_name": True}),
        ("{% if first_name %}Hi{% else %}{{ first_name }}{% endif %}", {"first_name": False}),
        ("{% if not city %}Hi{% else %}{{ city }}{% endif %}", {"city": True}),
        ("{% if city is defined and a %}{{ city }}{{ a }}{% endif %}", {"city": True, "a": True}),
        ("{% if city or a %}{{ city }}{% endif %}", {"city": False, "a": True}),
        ("{% if a %}x{% elif b %}{{ b }}{{ a }}{% endif %}", {"a": False, "b": True}),
        ("{% if state == 'TX' %}{{ state }}{% endif %}", {"state": True}),
        ("{% if state != 'TX' %}{{ state }}{% endif %}", {"state": False}),
        ("{{ connection if connection else 'Hello' }}", {"connection": True}),
        ("{{ a }} {{ a | default('x') }}", {"a": False}),
        ("no fields {# a comment {{ x }} #}", {}),
    ],
)
def test_a_template_says_which_fields_it_can_do_without(template, fields):
    assert fields_used(template) == fields


@given(
    st.sampled_from(
        [
            "{{ a }}",
            "{{ a | default('x') }}",
            "{% if a %}{{ a }}{% endif %}{{ b | d('y') | upper }}",
            "{% if a or b %}{{ a }}{% endif %}",
            "{{ a if a and b else b }}",
            "{% if not a %}{{ b }}{% else %}{{ a | title }}{% endif %}",
            "{% if a is undefined %}x{% else %}{{ a }}{% endif %}{{ ask.when | truncate(5) }}",
            "{{ 'x' if a == 'q' }}{{ a if a == 'q' }}",
        ],
    ),
    st.dictionaries(st.sampled_from(["a", "b", "ask.when"]), st.sampled_from([None, "", "  ", "q", "zed", 7])),
)
def test_a_row_that_has_what_is_needed_always_renders(template, row):
    needed = [field for field, can_do_without in fields_used(template).items() if not can_do_without]
    if all(str(row.get(field) or "").strip() for field in needed):
        render(template, row)


@pytest.mark.parametrize("blank", [{}, {"first_name": None}, {"first_name": ""}, {"first_name": " \n\t"}])
def test_a_blank_is_missing_so_it_is_refused_or_falls_back(blank):
    with pytest.raises(WordingError, match=r"first_name is missing"):
        render("Hi {{ first_name }}!", blank)
    with pytest.raises(WordingError, match=r"ask.when is missing"):
        render("{{ ask.when }}", blank)
    assert render('Hi {{ first_name | default("friend") }}!', blank) == "Hi friend!"
    assert render('Hi {{ first_name | title | default("friend") }}!', blank) == "Hi friend!"
    assert render("Hi{% if first_name %} {{ first_name }}{% endif %}!", blank) == "Hi!"
    assert render("{{ 'x' if first_name }}Hi", blank) == "Hi"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("{% for x in y %}", "{% for x in y %}"),
        ("<b>Ann</b> & co", "<b>Ann</b> & co"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("Ann\r\nReply YES\u2028now", "Ann Reply YES now"),
        ("An\x00n\x1b[31m", "An n [31m"),
        ("\u202eevil", "evil"),
        ("\ud83dAnn", "Ann"),
        (7, "7"),
        (0, "0"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_a_hostile_value_comes_out_as_plain_words_on_one_line(value, shown):
    assert render("Hi {{ first_name }}!", {"first_name": value}) == f"Hi {shown}!"


@given(st.text(max_size=60), st.text(max_size=60))
@example("{{ b }}", "x")
def test_any_value_is_rendered_once_and_can_be_sent(a, b):
    try:
        text = render("{{ a }}|{{ b }}", {"a": a, "b": b})
    except WordingError:
        return
    assert "\n" not in text
    text.encode("utf-8")
    assert all(ord(c) >= 32 for c in text)


def test_columns_named_like_the_template_language_are_only_columns():
    assert render("{{ range }} {{ dict }}", {"range": "Front", "dict": "x"}) == "Front x"


def test_a_text_longer_than_a_message_is_refused_not_cut():
    with pytest.raises(WordingError, match="1,600"):
        render("Hi {{ first_name }}", {"first_name": "x" * 1_000_000})
    assert len(render("Hi {{ first_name }}", {"first_name": "x" * 1597})) == 1600


def test_filters_work_and_never_make_a_text_dearer():
    text = render("{{ a | title }} {{ a | upper }} {{ a | truncate(6) }}", {"a": "maria lopez"})
    assert text == "Maria Lopez MARIA LOPEZ mar..."
    assert count(text).encoding is Encoding.GSM_7


def test_line_ends_are_kept_and_blanks_around_a_text_are_not():
    assert render("\n Hi\r\nthere\tyou \n", {}) == "Hi\nthere you"


# ── The parts of a first text ──


@pytest.mark.parametrize(
    "line",
    [
        "Reply STOP to end.",
        "reply stop to opt out",
        'Text "STOP" to quit',
        "STOP=end",
        "STOP to unsubscribe",
        "Stop2End",
        "Reply Y or N, STOP to end",
        "Reply YES, NO or STOP",
        "Text QUIT to leave this list",
        "Responda STOP para terminar.",
        "Envía ALTO para cancelar",
        "STOP para no recibir más",
    ],
)
def test_a_line_that_says_how_to_stop_is_enough(line):
    text = f"Hi, this is RepresentUs. Can you come? {line}"
    assert with_required_parts(text, organization="RepresentUs") == Completed(text, (), ())


@pytest.mark.parametrize(
    "line",
    [
        "Reply YES to stop the bill",
        "Text the governor: stop the pipeline",
        "Help us STOP the recall!",
        "Reply STOP the bill if you are with us",
        "We will stop by at six.",
        "",
    ],
)
def test_a_text_that_stops_something_else_still_needs_the_line(line):
    done = with_required_parts(f"RepresentUs here. {line}", organization="RepresentUs")
    assert done.added == ("opt_out",)
    assert done.text.endswith("Reply STOP to end.")


def test_the_line_is_added_in_the_language_of_the_text_and_after_the_disclaimer():
    done = with_required_parts(
        "Hola, ¿cuento contigo?", organization="RepresentUs", language="es", disclaimer="Paid for by RepresentUs"
    )
    assert done.text == "Hola, ¿cuento contigo? Paid for by RepresentUs\nResponda STOP para terminar."
    assert done.added == ("disclaimer", "opt_out")
    again = with_required_parts(done.text, organization="RepresentUs", disclaimer="paid for by  RepresentUs")
    assert again == Completed(done.text, (), ())


def test_an_organization_that_is_not_named_is_asked_for():
    assert missing_parts("Hi {{ first_name }}", "ACE") == ("organization", "opt_out")
    assert missing_parts("A peace rally. Reply STOP to end.", "ACE") == ("organization",)
    assert missing_parts("It's {{ organization }}. Reply STOP to end.", "ACE") == ()
    assert missing_parts("It’s Amanda, ace. Reply STOP to end.", "ACE") == ()
    assert missing_parts("We are Mom's  Army", "Mom’s Army") == ("opt_out",)


def test_an_empty_text_does_not_start_with_a_blank():
    assert with_required_parts("", organization="X").text == "Reply STOP to end."
