"""`phonebank contacts` as an operator types it."""

import pytest

from phonebank import clock, db
from phonebank.calls.models import CallStatus
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.gateway import recordings
from phonebank.handoffs import lifecycle as handoffs
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import Message, MessageKind, Priority
from phonebank.optouts import ledger
from phonebank.optouts import queries as optouts
from phonebank.recipients import enrolling
from phonebank.reports.holdings import holdings
from tests.support.call_rows import a_call
from tests.support.campaigns import NOW, a_campaign, a_contact

ELSA = "+12025550143"
LIST = "Given,Number,Town\nElsa,(202) 555-0143,Albany\nBo,202-555-0144,Troy\nBad,12,\nElsa,+1 202 555 0143,\n"


def a_file(folder, content=LIST):
    (folder / "list.csv").write_text(content)
    return folder / "list.csv"


MAPPED = ("--list", "supporters", "--map", "first_name=Given", "--map", "phone=Number")


def test_an_import_tells_its_counts_in_json_and_its_rejects_on_stderr(phonebank, tmp_path):
    told = phonebank("contacts", "import", a_file(tmp_path), *MAPPED, "--json")

    assert told.exit_code == 0
    assert told.stdout == '{"rows": 4, "imported": 2, "updated": 0, "duplicates": 1, "opted_out": 0, "rejected": 1}\n'
    assert "Line 4: " in told.stderr


def test_an_import_again_updates(phonebank, tmp_path):
    phonebank.ok("contacts", "import", a_file(tmp_path), *MAPPED)

    assert "0 new, 2 known, 1 twice in the file, 0 opted out, 1 rejected" in phonebank.ok(
        "contacts", "import", a_file(tmp_path), *MAPPED
    )
    assert phonebank.records("contacts", "list", "--json") == [{"list": "supporters", "contacts": 2}]


def test_rejects_are_written_to_be_mended(phonebank, tmp_path):
    phonebank.ok("contacts", "import", a_file(tmp_path), *MAPPED, "--rejects", tmp_path / "rejects.csv")

    assert "Bad" in (tmp_path / "rejects.csv").read_text("utf-8-sig")


def test_a_dry_run_stores_nothing(phonebank, tmp_path):
    assert "Would import" in phonebank.ok("contacts", "import", a_file(tmp_path), *MAPPED, "--dry-run")
    assert phonebank.records("contacts", "list", "--json") == []


def test_a_mapping_without_its_sign_is_wrong_usage(phonebank, tmp_path):
    assert phonebank("contacts", "import", a_file(tmp_path), "--list", "x", "--map", "phone").exit_code == 2


def test_a_file_that_is_no_list_is_one_sentence(phonebank, tmp_path):
    for content in ("", "%PDF-1.7 nothing", "a,b\n1,2\n"):
        told = phonebank.refused("contacts", "import", a_file(tmp_path, content), "--list", "x")
        assert len(told.splitlines()) == 1
    assert "cannot be read" in phonebank.refused("contacts", "import", tmp_path / "no.csv", "--list", "x")


def test_an_erased_person_is_forgotten_and_stays_opted_out(phonebank, home):
    phonebank.ok("db", "upgrade")
    db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    person = a_contact(ELSA, "Elsa", last_name="Berg", email="e@example.org", fields={"town": "Albany"})
    with db.transaction() as session:
        campaign = a_campaign(session, contacts=[person])
        campaign_id = campaign.id
        enrolling.enrol_batch(session, campaign, NOW)
        text = {"phone": ELSA, "sender": campaign.sender, "kind": MessageKind.ANSWER, "priority": Priority.ANSWER}
        message_id = composing.compose(session, NewText(body="Hi Elsa Berg", **text), NOW)
        story = {"reason": "question", "why": "said “Elsa here”", "urgency": 2, "now": NOW}
        handoffs.open_(session, phone=ELSA, campaign_id=campaign_id, recipient_id=None, **story)
        ledger.record(session, ELSA, because="said so", by="test", now=NOW)

    told = phonebank("contacts", "erase", "202 555 0143")

    assert (told.exit_code, told.stderr) == (0, "")
    db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    with db.reading() as session:
        assert not holdings(session, ELSA)
        assert optouts.is_opted_out(session, ELSA)
        forgotten, message = session.get(Contact, 1), session.get(Message, message_id)
        kept = [vars(forgotten), vars(message), *(vars(one) for one in _rest(session, forgotten))]
        assert not any(word in str(kept) for word in ("Elsa", "Berg", "Albany", "5550143", "example.org"))
        assert (message.status, message.body) == ("canceled", "[erased]")
        assert session.get(Campaign, campaign_id) is not None
    assert "Nothing is held" in phonebank.refused("contacts", "erase", "202 555 0143")


def _rest(session, forgotten):
    held = holdings(session, forgotten.phone)
    assert held.recipients
    assert held.handoffs
    assert not held.memberships
    return [*held.recipients, *held.handoffs, *held.readings]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda _now: {"status": CallStatus.IN_PROGRESS, "recording_sid": "RE" + "0" * 32}, "under way"),
        (lambda now: {"ended_at": now}, "its recording may still come in"),
    ],
)
def test_nothing_is_deleted_at_the_carrier_of_whom_cannot_be_erased_yet(phonebank, home, monkeypatch, call, says):
    phonebank.ok("db", "upgrade")
    db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    with db.transaction() as session:
        person = a_contact(ELSA, "Elsa")
        a_call(session, a_campaign(session, contacts=[person]), person, **call(clock.now()))
    deleted = []
    monkeypatch.setattr(recordings, "delete", lambda _settings, sid: deleted.append(sid))

    assert says in phonebank.refused("contacts", "erase", ELSA)
    assert deleted == []


def test_what_was_recorded_is_deleted_at_the_carrier(phonebank, home, monkeypatch):
    phonebank.ok("db", "upgrade")
    db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    with db.transaction() as session:
        person = a_contact(ELSA, "Elsa")
        a_call(session, a_campaign(session, contacts=[person]), person, recording_sid="RE" + "0" * 32)
    deleted = []
    monkeypatch.setattr(recordings, "delete", lambda _settings, sid: deleted.append(sid))

    phonebank.ok("contacts", "erase", ELSA)

    assert deleted == ["RE" + "0" * 32]
