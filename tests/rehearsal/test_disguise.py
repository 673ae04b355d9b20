"""Real people rehearse under numbers that nobody has."""

import re

from phonebank import db
from phonebank.campaigns import queries
from phonebank.contacts import queries as contacts
from phonebank.contacts.models import Consent
from phonebank.rehearsal import disguise
from tests.support.campaigns import NOW, a_campaign, a_contact


def test_everyone_gets_a_number_of_fiction_and_keeps_the_rest(database):
    real = [a_contact(f"+1415867{n:04}", first_name=f"Person {n}", zones="America/Chicago") for n in range(150)]
    with db.transaction() as session:
        campaign = a_campaign(session, contacts=[*real, a_contact("+12015550100", "Already")])
        session.add(Consent(phone="+14158670007", source="a sheet", recorded_by="a test", recorded_at=NOW))
        session.flush()
        assert disguise.disguise(session, campaign, NOW) == 151
        [consent], [agreed] = contacts.consents(session), [one for one in real if one.first_name == "Person 7"]
        assert consent.phone == agreed.phone != "+14158670007"
    with db.reading() as session:
        people = list(session.scalars(queries.members_of(campaign, now=NOW)))
    assert len({person.phone for person in people}) == 151
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", person.phone) for person in people)
    assert {person.first_name for person in people} == {"Already", *(f"Person {n}" for n in range(150))}
    assert "America/Chicago" in {person.zones for person in people}


def test_there_are_enough_of_them_and_always_in_the_same_order():
    numbers = list(disguise.fictional(taken=()))
    assert len(numbers) == len(set(numbers)) > 30_000
    assert list(disguise.fictional(taken={numbers[0]}))[:3] == numbers[1:4]
