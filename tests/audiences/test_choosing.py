"""Whom rules choose: each rule alone, and what is counted before is what is saved then, for any people and rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlmodel import select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.audiences import queries, rules, storing
from phonebank.audiences.rules import Answer, Rules
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.errors import BadInputError
from phonebank.followups.models import Commitment
from phonebank.intents import Outcome
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient, RecipientStatus

NOW = datetime(2027, 2, 3, 18, tzinfo=UTC)
EASTERN, CENTRAL = "America/New_York", "America/Chicago"
PHONE_BANK, PETITION = "make calls with us", "sign the petition"


@pytest.fixture
def house(database):
    """Two lists, a running campaign for a phone bank and a closed one for a petition."""
    with db.transaction() as session:
        for name in ("friends", "members"):
            session.add(ContactList(name=name, created_at=NOW))
        for name, action, status in (
            ("running", PHONE_BANK, CampaignStatus.RUNNING),
            ("closed", PETITION, CampaignStatus.CLOSED),
        ):
            ask = Ask(action=action)
            session.add(ask)
            session.flush()
            session.add(
                Campaign(name=name, ask_id=ask.id, status=status, organization="X", sender="+1", created_at=NOW)
            )
        session.flush()
    return database


def person(session, number, *lists, out=False, proof=False, asked=(), kept=(), **known):
    """Somebody on these lists; `asked` is (campaign, outcome, days ago), `kept` the campaigns they came to."""
    phone = f"+1202555{number:04d}"
    who = Contact(phone=phone, **{"zones": EASTERN, "created_at": NOW, "updated_at": NOW, **known})
    session.add(who)
    session.flush()
    session.add_all(ListMember(list_id=one, contact_id=who.id) for one in lists)
    if out:
        session.add(OptOut(phone=phone, kind=Ban.OPT_OUT, because="STOP", recorded_by="them", recorded_at=NOW))
    if proof:
        session.add(Consent(phone=phone, source="form", recorded_by="me", recorded_at=NOW))
    for campaign, outcome, days in asked:
        at = NOW - timedelta(days=days)
        replied = None if outcome is Outcome.NONE else at
        them = Recipient(
            campaign_id=campaign,
            contact_id=who.id,
            phone=phone,
            zones=EASTERN,
            status=RecipientStatus.ASKED,
            outcome=outcome,
            due_at=at,
            asked_at=at,
            replied_at=replied,
        )
        session.add(them)
        session.flush()
        if campaign in kept:
            session.add(
                Commitment(
                    recipient_id=them.id,
                    campaign_id=campaign,
                    ask_id=campaign,
                    status="kept",
                    token=f"t{number}-{campaign}",
                    pledged_at=at,
                )
            )


def left(**said):
    """Who is chosen, by the last digits of their number."""
    with db.reading() as session:
        wanted = rules.parse({"lists": [1], **said})
        ids = session.connection().scalars(queries.chosen(session, wanted, NOW)).all()
        found = session.exec(select(Contact.phone).where(Contact.id.in_(ids))).all()
        assert queries.counts(session, wanted, NOW).left == len(found)
    return sorted(int(phone[-2:]) for phone in found)


@pytest.fixture
def people(house):
    with db.transaction() as session:
        person(session, 1, 1, state="CA", zip="90210", language="es", fields={"precinct": "12"}, proof=True)
        person(session, 2, 1, 2, zones=f"{CENTRAL}|{EASTERN}", connection="Came to our House Party", zip="60601")
        person(session, 3, 1, asked=[(1, Outcome.NO, 3)])
        person(session, 4, 1, asked=[(2, Outcome.YES, 40)], kept=(2,))
        person(session, 5, 1, out=True)
        person(session, 6, 2)
        person(session, 7, 1, asked=[(2, Outcome.NONE, 40)], fields={"precinct": "Élan", "note": ""})


CHOSEN = (
    ({}, [1, 2, 3, 4, 7]),
    ({"lists": [1, 2]}, [1, 2, 3, 4, 6, 7]),
    ({"lists": [1, 2], "on_all": True}, [2]),
    ({"states": ["california"]}, [1]),
    ({"zips": ["902", "6"]}, [1, 2]),
    ({"zones": [CENTRAL]}, [2]),
    ({"languages": ["es"]}, [1]),
    ({"columns": [{"column": "Precinct", "how": "is", "value": "12"}]}, [1]),
    ({"columns": [{"column": "precinct", "how": "is", "value": "Élan"}]}, [7]),
    ({"columns": [{"column": "precinct", "how": "is_not", "value": "12"}]}, [2, 3, 4, 7]),
    ({"columns": [{"column": "precinct", "how": "contains", "value": "LAN"}]}, [7]),
    ({"columns": [{"column": "precinct", "how": "contains", "value": "%"}]}, []),
    ({"columns": [{"column": "note", "how": "blank"}, {"column": "precinct", "how": "filled"}]}, [1, 7]),
    ({"connection": "house party"}, [2]),
    ({"has_consent": True}, [1]),
    ({"has_consent": False}, [2, 3, 4, 7]),
    ({"said_to": 2, "said": ["yes", "maybe"]}, [4]),
    ({"said_to": 2, "said": ["silent"]}, [7]),
    ({"said_to": 1, "said": ["no"]}, [3]),
    ({"kept": True}, [4]),
    ({"kept": True, "kept_in": 1}, []),
    ({"without_lists": [2]}, [1, 3, 4, 7]),
    ({"asked_within_days": 7}, [1, 2, 4, 7]),
    ({"asked_within_days": 60}, [1, 2]),
    ({"not_in_running": True}, [1, 2, 4, 7]),
    ({"refused_to": [1]}, [1, 2, 4, 7]),
    ({"refused_action": "Make  calls with us"}, [1, 2, 4, 7]),
    ({"refused_action": PETITION}, [1, 2, 3, 4, 7]),
)


def test_each_rule_chooses(people):
    found = [(said, left(**said)) for said, _ in CHOSEN]
    assert found == list(CHOSEN)


def test_each_person_is_counted_at_the_first_rule_that_takes_them(people):
    with db.reading() as session:
        found = queries.counts(session, rules.parse({"lists": [1], "languages": ["en"], "zips": ["6"]}), NOW)
    assert found.on_lists == 6
    assert [(one.name, one.people) for one in found.taken] == [("zips", 5), ("languages", 0), ("opted_out", 0)]
    assert found.left == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"states": ["Atlantis"]}, "“Atlantis” is not a state we know"),
        ({"zips": ["9x"]}, "A ZIP begins with"),
        ({"asked_within_days": 0}, "whole number"),
        ({"connection": "x" * 300}, "connection"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(said, sentence):
    with pytest.raises(BadInputError, match=sentence):
        rules.parse(said)


_lists = some.sampled_from([[], [1], [2], [1, 2]])
_people = some.fixed_dictionaries(
    {
        "lists": _lists,
        "out": some.booleans(),
        "proof": some.booleans(),
        "state": some.sampled_from(["", "CA", "NY"]),
        "zip": some.sampled_from(["", "90210", "10001", "1000"]),
        "zones": some.sampled_from([EASTERN, CENTRAL, f"{CENTRAL}|{EASTERN}"]),
        "language": some.sampled_from(["en", "es"]),
        "connection": some.sampled_from(["", "house party", "100% sure_thing"]),
        "fields": some.dictionaries(some.sampled_from(["precinct", "note"]), some.sampled_from(["", "12", "É"])),
        "asked": some.lists(
            some.tuples(some.sampled_from([1, 2]), some.sampled_from(list(Outcome)), some.integers(0, 40)),
            max_size=2,
            unique_by=lambda one: one[0],
        ),
        "kept": _lists,
    }
)
_rules = some.fixed_dictionaries(
    {"lists": some.sampled_from([[1], [2], [1, 2]])},
    optional={
        "on_all": some.booleans(),
        "states": some.just(["CA"]),
        "zips": some.sampled_from([["9"], ["100", "902"]]),
        "zones": some.sampled_from([[EASTERN], [CENTRAL, EASTERN]]),
        "languages": some.just(["es"]),
        "columns": some.lists(
            some.fixed_dictionaries(
                {
                    "column": some.sampled_from(["precinct", "nowhere"]),
                    "how": some.sampled_from(list(rules.How)),
                    "value": some.sampled_from(["", "12", "é", "_", "'\""]),
                }
            ),
            max_size=2,
        ),
        "connection": some.sampled_from(["party", "%", "_"]),
        "has_consent": some.booleans(),
        "said_to": some.sampled_from([1, 2]),
        "said": some.lists(some.sampled_from(list(Answer)), unique=True),
        "kept": some.booleans(),
        "without_lists": _lists,
        "asked_within_days": some.sampled_from([1, 20]),
        "not_in_running": some.booleans(),
        "refused_to": _lists,
        "refused_action": some.sampled_from([PHONE_BANK, "nothing of the kind"]),
    },
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(everyone=some.lists(_people, min_size=1, max_size=12), said=some.lists(_rules, min_size=1, max_size=4))
def test_what_is_counted_before_is_what_is_saved_then(house, everyone, said):
    with db.engine().connect() as connection, connection.begin() as undone:
        with db.Session(connection, join_transaction_mode="create_savepoint") as session:
            for number, one in enumerate(everyone):
                person(session, number, *one["lists"], **{key: one[key] for key in one if key != "lists"})
            session.flush()
            for nth, each in enumerate(said):
                _counted_is_saved(session, rules.parse(each), f"chosen {nth}")
        undone.rollback()


def _counted_is_saved(session, wanted: Rules, name):
    before = queries.counts(session, wanted, NOW)
    made = storing.save(session, wanted, name, by="Amanda", told=[], now=NOW)
    saved = session.exec(select(ListMember).where(ListMember.list_id == made.id)).all()
    assert len(saved) == before.left
    assert before.on_lists == before.left + sum(one.people for one in before.taken)
    again = queries.counts(session, rules.parse({"lists": [made.id]}), NOW)
    assert (again.on_lists, again.left) == (before.left, before.left), "nobody who opted out is among them"
