"""CSV that a spreadsheet cannot be tricked by, and the published counts."""

import csv
import io

import pytest

from phonebank import db
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import MessageKind, Priority
from phonebank.recipients import enrolling, queries
from phonebank.reports import exports
from phonebank.reports.standing import standing
from tests.support.campaigns import NOW, a_campaign, a_contact


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("\r=x", "'\r=x"),
        ("\ufeff=x", "'\ufeff=x"),
        (" =x", "' =x"),
        ("+1202555014\uff13", "'+1202555014\uff13"),
        ("\t=x", "'\t=x"),
        ("-2+3", "'-2+3"),
        ("+1 (202) 555", "'+1 (202) 555"),
        ("+12025550143", "+12025550143"),
        (-0.5, "-0.5"),
        (None, ""),
        ("<b>Bo</b>", "<b>Bo</b>"),
        (NOW, "2027-02-03T18:00:00+00:00"),
    ],
)
def test_no_cell_is_run_as_a_formula(value, written):
    assert exports.cell(value) == written


@pytest.fixture
def campaign(database):
    """One recipient with a name that is a formula, one opted out of nothing, and a text to the first."""
    with db.transaction() as session:
        made = a_campaign(session, contacts=[a_contact(first_name='=HYPERLINK("x")'), a_contact("+12025550144", "Bo")])
        enrolling.enrol_batch(session, made, NOW)
        elsa = queries.of_phone(session, "+12025550143")[0]
        text = NewText(
            phone=elsa.phone,
            sender=made.sender,
            kind=MessageKind.ASK,
            body='Hi, "Elsa"\nare you in?',
            priority=Priority.ASK,
            campaign_id=made.id,
            recipient_id=elsa.id,
            step="ask",
        )
        composing.compose(session, text, NOW)
    return made


def exported(campaign, what):
    out = io.StringIO()
    with db.reading() as session:
        number = exports.write(session, session.merge(campaign), what, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert number == len(rows)
    return rows


def test_recipients_are_exported_with_their_names_made_harmless(campaign):
    first, second = exported(campaign, exports.What.RECIPIENTS)

    assert (first["phone"], first["first_name"], first["status"]) == ("+12025550143", '\'=HYPERLINK("x")', "pending")
    assert (second["first_name"], second["outcome"]) == ("Bo", "none")


def test_messages_are_exported_whole(campaign):
    (row,) = exported(campaign, exports.What.MESSAGES)

    assert row["body"] == 'Hi, "Elsa"\nare you in?'
    assert (row["kind"], row["status"], row["pictures"], row["cost"]) == ("ask", "queued", "0", "0.0128")


def test_the_published_counts_name_every_status(campaign):
    with db.reading() as session:
        counted = standing(session, session.merge(campaign))

    assert counted["recipients"] == {
        "pending": 2,
        "asked": 0,
        "replied": 0,
        "with_volunteer": 0,
        "settled": 0,
        "excluded": 0,
        "unreachable": 0,
    }
    assert counted["messages"]["queued"] == 1
    assert "received" not in counted["messages"]
    assert (counted["segments"], counted["cost"], counted["inbound"]) == (0, 0.0, 0)
