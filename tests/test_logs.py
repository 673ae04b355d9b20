"""No log line holds a person's number, name or words, whoever wrote the line."""

import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from phonebank import logs

PHONE = "+12025550143"


@pytest.fixture
def written(capsys):
    """written(say): what stands on stderr when `say()` has been called with the logs as the product has them."""
    kept = logging.getLogger().handlers[:], logging.getLogger().level

    def told(say):
        logs.configure("INFO")  # not before: the test's stderr is another one while it is set up
        say()
        return capsys.readouterr().err

    yield told
    logging.getLogger().handlers[:], level = kept
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "typed", [PHONE, "(202) 555-0143", "202.555.0143", "1 202 555 0143", "202-555-0143", "+442071838750"]
)
def test_a_number_is_masked_however_it_is_typed(typed):
    masked = logs.mask(f"to {typed} now")
    assert "5550" not in masked.replace("-", "").replace(" ", "")
    assert masked.endswith(f"…{typed[-2:]} now")


@given(st.from_regex(r"\+[1-9][0-9]{9,14}", fullmatch=True), st.text(max_size=20), st.text(max_size=20))
def test_no_number_survives_wherever_it_stands(number, before, after):
    assert number[1:] not in logs.mask(before + number + after)


def test_small_numbers_and_words_stay_readable():
    assert logs.mask("message=1234567 of 20 took 12.5 s") == "message=1234567 of 20 took 12.5 s"


def test_a_rooms_line_is_masked_and_says_which_room(written):
    person = {"phone": PHONE, "first_name": "Rosa", "body": "my secret"}
    line = written(lambda: logs.get("messages").info(f"spoke to {PHONE}", messages=12, **person))
    assert PHONE[1:8] not in line
    assert "Rosa" not in line
    assert "secret" not in line
    assert "room=messages" in line
    assert "messages=12" in line


def test_numbers_inside_other_values_are_masked(written):
    told = {"phones": [PHONE], "told": {"to": PHONE}, "number": int(PHONE), "wrong": ValueError(PHONE), "ids": [1, 2]}
    line = written(lambda: logs.get("messages").info("x", **told))
    assert PHONE[1:8] not in line
    assert "[1, 2]" in line


def test_a_traceback_is_masked(written):
    def fail():
        raise ValueError(f"cannot reach {PHONE}")

    def say():
        try:
            fail()
        except ValueError:
            logs.get("messages").exception("it failed")
            logging.getLogger("somebody.else").exception("theirs failed")

    lines = written(say)
    assert lines.count("ValueError: cannot reach …43") == 2
    assert PHONE[1:8] not in lines


def test_a_librarys_own_line_is_masked(written):
    line = written(lambda: logging.getLogger("rq.worker").warning("job %s for %s", "texts", PHONE))
    assert "job texts for …43" in line


def test_a_line_with_broken_arguments_is_no_crash(written):
    words = "%s and %s"
    assert PHONE[1:8] not in written(lambda: logging.getLogger("somebody.else").warning(words, PHONE))


def test_a_level_below_the_chosen_one_is_silent(written):
    def whisper():
        logs.get("messages").debug("whisper")
        logging.getLogger("twilio.http_client").info("BEGIN Twilio API Request")

    assert written(whisper) == ""
