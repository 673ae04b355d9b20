"""What other tools take in their uploads: their columns, their ids, and nobody who must be left alone."""

import csv
import io
import tracemalloc

import pytest
from sqlalchemy import insert

from phonebank import db
from phonebank.contacts.models import Contact
from phonebank.intents import Outcome
from phonebank.optouts import ledger
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.reports import column_sets, exports, sheets
from phonebank.reports.sheets import What
from tests.support import conversations as make
from tests.support.factories import update

pytestmark = pytest.mark.usefixtures("database")
ASKED, SETTLED, UNREACHABLE = RecipientStatus.ASKED, RecipientStatus.SETTLED, RecipientStatus.UNREACHABLE


@pytest.fixture
def drive(database, clock):
    with db.transaction() as session:
        return make.campaign(session, clock.now())


@pytest.fixture
def asked(drive, clock):
    """asked("Rosa", outcome="yes", vanid="12"): somebody who was asked; what else is said are columns of their list."""

    def made(name, outcome=Outcome.NONE, status=SETTLED, **fields):
        with db.transaction() as session:
            who = make.supporter(session, drive, clock.now(), name)
        update(Recipient, who.id, outcome=outcome, status=status, asked_at=clock.now())
        update(Contact, who.contact_id, fields=fields, email=f"{name.lower()}@example.org", zip="20001")
        return who

    return made


def exported(name, campaign_id=None, outcome=None):
    with db.snapshot() as session:
        sheet = column_sets.sheet(name, campaign_id, outcome)
        text = "".join(exports.lines(session, sheet))
        rows = list(csv.DictReader(io.StringIO(text)))
        assert exports.count(session, sheet) == len(rows)
    return rows


def test_van_gets_its_columns_from_left_to_right_with_its_id_first(drive, asked, clock):
    who = asked("Rosa", Outcome.YES, vanid="1234567")
    (row,) = exported("van", drive.id)
    assert list(row)[:4] == ["VAN ID", "Date Contacted", "Phone Number", "Canvass Result"]
    assert row == {
        "VAN ID": "1234567",
        "Date Contacted": "02/03/2027",
        "Phone Number": who.phone.removeprefix("+1"),
        "Canvass Result": "Canvassed",
        "Response": "yes",
        "Contact Type": "SMS Text",
        "First Name": "Rosa",
        "Last Name": "Secretname",
    }


@pytest.mark.parametrize(
    ("outcome", "status", "result", "response"),
    [
        (Outcome.NONE, ASKED, "Texted", ""),
        (Outcome.NO, SETTLED, "Canvassed", "no"),
        (Outcome.MAYBE, RecipientStatus.WITH_VOLUNTEER, "Canvassed", "maybe"),
        (Outcome.NONE, RecipientStatus.REPLIED, "Canvassed", ""),
        (Outcome.OPTED_OUT, SETTLED, "Do Not Text", ""),
        (Outcome.WRONG_NUMBER, SETTLED, "Wrong Number", ""),
        (Outcome.NONE, UNREACHABLE, "Deliverability Error", ""),
    ],
)
def test_each_answer_has_its_canvass_result(asked, outcome, status, result, response):
    asked("Rosa", outcome, status, van_id="7")
    (row,) = exported("van")
    assert (row["Canvass Result"], row["Response"]) == (result, response)


def test_every_state_has_a_canvass_result():
    results = column_sets.known()["van"].results
    known = {*Outcome, *RecipientStatus} - {"none", "pending", "excluded"}
    assert set(results) == {str(word) for word in known}


def test_whose_list_had_no_id_is_left_out_for_van_and_only_there(asked):
    asked("Rosa", vanid=" ", external_id="55")
    asked("Bo")
    asked("Cy", my_campaign_vanid="77")
    assert [row["VAN ID"] for row in exported("van")] == ["55"]
    assert [row["VAN ID"] for row in exported("van_my_campaign")] == ["77"]
    assert len(exported("action_network")) == 3


def test_action_network_gets_nobody_who_must_be_left_alone(asked, clock):
    asked("Rosa", Outcome.YES)
    asked("Bo", Outcome.OPTED_OUT)
    asked("Cy", Outcome.WRONG_NUMBER)
    elsewhere = asked("Di", Outcome.NO)
    with db.transaction() as session:
        ledger.record(session, elsewhere.phone, because="STOP", by="them", now=clock.now())
    (row,) = exported("action_network")
    assert (row["email"], row["zip_code"], row["mobile_number"][:2]) == ("rosa@example.org", "20001", "+1")


def test_only_those_who_decided_so_when_it_is_asked_for(asked):
    asked("Rosa", Outcome.YES)
    asked("Bo", Outcome.NO)
    assert [row["first_name"] for row in exported("action_network", outcome=Outcome.YES)] == ["Rosa"]


def test_a_formula_in_a_column_of_theirs_is_made_harmless(asked):
    asked("=cmd|'/C calc'!A0", vanid="=1+1")
    (row,) = exported("van")
    assert (row["VAN ID"], row["First Name"]) == ("'=1+1", "'=cmd|'/C calc'!A0")


@pytest.mark.parametrize("what", [what for what in What if what is not What.CALLS])
def test_everything_names_the_campaign_of_each_row(asked, drive, what):
    asked("Rosa")
    with db.snapshot() as session:
        text = "".join(exports.lines(session, sheets.sheet(what)))
        of_one = "".join(exports.lines(session, sheets.sheet(what, drive.id)))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.splitlines()[0].removeprefix("campaign,") == of_one.splitlines()[0]
    assert {row.get("campaign", drive.name) for row in rows} <= {drive.name}


def test_many_rows_take_no_more_memory_than_few(drive, asked, clock):
    first = asked("Rosa")
    _copies(first, drive, 40_000)
    with db.snapshot() as session:
        pieces = exports.lines(session, sheets.sheet(What.RECIPIENTS, drive.id))
        next(pieces)
        tracemalloc.start()
        size = sum(len(piece) for piece in pieces)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 1_800_000
    assert peak < 3_000_000, "all of them at once would take tens of megabytes"


def test_what_is_written_meanwhile_is_not_in_it(drive, asked):
    asked("Rosa")
    with db.snapshot() as session:
        sheet = sheets.sheet(What.RECIPIENTS, drive.id)
        number = exports.count(session, sheet)
        asked("Bo")
        assert len("".join(exports.lines(session, sheet)).splitlines()) - 1 == number == 1


def _copies(first, drive, number):
    stamps = {"created_at": first.due_at, "updated_at": first.due_at}
    contact = {"first_name": "Rosa", "last_name": "", "email": "", "zip": "", "state": "", "zones": "America/New_York"}
    contact |= {"language": "en", "connection": "", "fields": {}, **stamps}
    row = {"campaign_id": drive.id, "zones": "America/New_York", "state": "", "language": "en", "variant": 0}
    row |= {"status": ASKED, "outcome": Outcome.NONE, "due_at": first.due_at}
    ids = range(1000, 1000 + number)
    with db.transaction() as session:
        people = [{"id": one, "phone": f"+1303{one:07}", **contact} for one in ids]
        session.connection().execute(insert(Contact), people)
        recipients = [{"id": one, "contact_id": one, "phone": f"+1303{one:07}", **row} for one in ids]
        session.connection().execute(insert(Recipient), recipients)
