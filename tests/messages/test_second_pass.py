"""A second pass: exactly those who got the ask and said nothing; whoever answers meanwhile is left alone."""

from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.campaigns import lifecycle, queries, spec
from phonebank.contacts.models import ListMember
from phonebank.errors import RefusedError
from phonebank.intents import Outcome
from phonebank.messages import receiving, second_pass
from phonebank.messages.models import MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.reports import audience
from tests.support import factories
from tests.support.campaigns import PHONE_BANK, a_campaign, a_contact, a_list
from tests.support.factories import asked, do, fresh, says, update


@pytest.fixture
def drive(database, clock):
    with db.transaction() as session:
        made = a_campaign(session)
        lifecycle.launch(session, made.id, by="Vera", because=None, now=clock.now())
        lifecycle.begin(session, made.id, clock.now())
        return made


def begun(drive, now):
    with db.transaction() as session:
        made = second_pass.list_the_silent(session, queries.by_id(session, drive.id), now)
        return set(session.exec(select(ListMember.contact_id).where(ListMember.list_id == made.id))), made.name


def test_only_those_who_got_it_and_said_nothing_are_listed(drive, clock):
    now = clock.now()
    rosa = do(asked, drive, now, first_name="Rosa")
    do(asked, drive, now, replied_at=now)
    do(asked, drive, now, status=RecipientStatus.SETTLED, outcome=Outcome.YES)
    do(asked, drive, now, status=RecipientStatus.WITH_VOLUNTEER)
    do(factories.member, drive, now)
    banned = do(asked, drive, now)
    do(ledger.record, banned.phone, kind=Ban.OPT_OUT, because="STOP", by="them", now=now)
    assert begun(drive, now)[0] == {rosa.contact_id}


def test_an_ask_that_failed_reached_nobody(drive, clock):
    now = clock.now()
    somebody = do(factories.member, drive, now, status=RecipientStatus.ASKED, asked_at=now)
    do(factories.queued, somebody, drive, now, status=MessageStatus.FAILED)
    with pytest.raises(RefusedError, match="Nobody is left"):
        begun(drive, now)


def test_what_is_written_and_not_read_yet_is_an_answer(drive, clock):
    now = clock.now()
    rosa = do(asked, drive, now)
    do(receiving.store, factories.inbound(rosa.phone, "Yes!"), now)
    with pytest.raises(RefusedError, match="Nobody is left"):
        begun(drive, now)


def test_a_second_tap_an_event_that_is_over_and_a_draft_are_refused(drive, clock):
    do(asked, drive, clock.now())
    begun(drive, clock.now())
    with pytest.raises(RefusedError, match="a moment ago"):
        begun(drive, clock.now())
    with pytest.raises(RefusedError, match="has begun or is over"):
        begun(drive, clock.now() + timedelta(days=30))


def test_who_answers_the_first_meanwhile_is_not_among_the_second(drive, clock):
    now = clock.now()
    rosa, hal = do(asked, drive, now), do(asked, drive, now)
    _, name = begun(drive, now)
    with db.transaction() as session:
        again = spec.create(
            session, spec.parse(PHONE_BANK.replace("Phone bank", "Two").replace("supporters", name)), now
        )
        again.again_of = drive.id
        session.flush()
    update(Recipient, rosa.id, replied_at=now)
    with db.reading() as session:
        members = session.exec(queries.members_of(queries.by_id(session, again.id), now=now)).all()
        assert [one.id for one in members] == [hal.contact_id]


def test_a_reply_after_the_second_ask_answers_the_second(drive, clock):
    now = clock.now()
    rosa = do(asked, drive, now)
    with db.transaction() as session:
        again = a_campaign(session, name="Two")
        lifecycle.launch(session, again.id, by="Vera", because=None, now=now)
        lifecycle.begin(session, again.id, now)
        later = now + timedelta(minutes=5)
        second = factories.in_campaign(session, again, rosa, later, status=RecipientStatus.ASKED, asked_at=later)
        sent = {
            "status": MessageStatus.DELIVERED,
            "claimed_at": later,
            "sent_at": later,
            "carrier_sid": factories.sid(),
        }
        factories.queued(session, second, again, later, **sent)
    assert says(rosa.phone, "Yes, count me in!", now=now + timedelta(minutes=6))
    assert fresh(Recipient, second.id).outcome is Outcome.YES
    assert fresh(Recipient, rosa.id).outcome is Outcome.NONE


def test_an_audience_is_counted_with_what_it_lacks_and_speaks(database, clock):
    with db.transaction() as session:
        people = [
            a_contact(fields={"precinct": "12-B"}),
            a_contact("+12025550144", "Wilhelmina"),
            a_contact("+12025550145", "", language="es", zones="America/Los_Angeles"),
        ]
        a_list(session, contacts=people)
        ids = [one.id for one in people]
        parts = spec.rows(session, spec.parse(PHONE_BANK), clock.now())
        found = audience.audience(session, parts, clock.now())
    assert found.people == 3
    assert {column.name: column.lack for column in found.columns} == {"first_name": 1, "name": 1, "precinct": 2}
    assert found.languages == {"en": 2, "es": 1}
    assert {group.zones: group.people for group in found.groups} == {"America/New_York": 2, "America/Los_Angeles": 1}
    assert set(ids) == found.stand_outs
