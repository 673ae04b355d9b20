"""`phonebank trace`: one text's life."""

import pytest

from phonebank import db
from phonebank.intents import Decision, Intent
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.replies.models import ReplyReading
from tests.support.call_rows import a_call, said
from tests.support.campaigns import NOW, a_campaign


@pytest.fixture
def told(phonebank, home):
    """Stores a message, and gives what trace says of it."""
    phonebank.ok("db", "upgrade")

    def told(*, wanted=None, reading=None, **row):
        db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
        text = {"phone": "+12025550143", "sender": "+12025550100", "body": "Hi\x1b[31m Elsa", "created_at": NOW} | row
        with db.transaction() as session:
            message = Message(**text)
            session.add(message)
            session.flush()
            if reading:
                session.add(ReplyReading(message_id=message.id, read_at=NOW, acted=True, hold=False, **reading))
            number = message.id
        return phonebank.ok("trace", wanted or number)

    return told


OUT = {"direction": Direction.OUT, "kind": MessageKind.ASK}


def test_a_text_that_failed_says_what_the_carrier_meant(told):
    life = told(
        **OUT,
        status=MessageStatus.UNDELIVERED,
        claimed_at=NOW,
        attempts=1,
        sent_at=NOW,
        settled_at=NOW,
        carrier_sid="SM" + "1" * 32,
        error_code=30003,
    )

    assert "to …43" in life
    assert "2027-02-03 18:00:00Z  taken by the carrier as SM111" in life
    assert "(30003)" in life
    assert "undelivered" in life
    assert "\x1b" not in life
    assert "5550143" not in life


def test_a_reply_says_how_it_was_read(told):
    reading = {"intent": Intent.YES, "confidence": 0.97, "why": "“count me in”", "decision": Decision.CONFIRM}

    life = told(direction=Direction.IN, kind=MessageKind.REPLY, status=MessageStatus.HANDLED, reading=reading)

    assert "read as yes (0.97): “count me in”" in life
    assert "decided: confirm by the machine" in life


def test_a_text_is_found_by_the_carriers_id(told):
    assert "Text 1: ask" in told(**OUT, status=MessageStatus.SENT, carrier_sid="SMabc", wanted="SMabc")


@pytest.mark.parametrize("wanted", ["12", "SM0", "-1", "99999999999999999999", "²", "'; DROP TABLE message"])
def test_an_unknown_id_is_one_sentence(phonebank, wanted):
    assert phonebank.refused("trace", "--", wanted) == "There is no text with that id."


def test_a_call_says_what_was_said_in_it_and_never_the_number(phonebank, home):
    phonebank.ok("db", "upgrade")
    db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    with db.transaction() as session:
        call = a_call(session, a_campaign(session), carrier_sid="CA" + "1" * 32, ended_at=NOW)
        said(session, call, 1, "yes\x1b[31m", intent="yes")
        number = call.id

    for wanted in (f"call {number}", "CA" + "1" * 32):
        life = phonebank.ok("trace", wanted)
        assert "with …43" in life
        assert "they said “yes" in life
        assert "understood as yes" in life
        assert "\x1b" not in life
        assert "5550143" not in life
