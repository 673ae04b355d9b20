"""Who may decide about whom: one admin stays, nobody raises themselves, and each deed stands in the trail."""

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.errors import PhonebankError
from phonebank.people import admitting, queries
from phonebank.people.admitting import Staff
from phonebank.people.models import AuditEntry, Deed, PersonStatus, Role
from tests.support import conversations as make

ADMIN, ORGANIZER, VOLUNTEER = Role


@pytest.fixture
def staff(database, clock):
    """staff(Role.ADMIN): somebody of this role, as who decides."""

    def one(role):
        with db.transaction() as session:
            return Staff(f"{role} (x@example.org)", role, make.person(session, clock.now(), str(role), role))

    return one


def person(person_id):
    with db.reading() as session:
        return queries.by_id(session, person_id)


def trail():
    with db.reading() as session:
        return [(entry.deed, entry.detail) for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def test_an_organizer_lets_volunteers_in_and_nobody_higher(staff, clock):
    organizer = staff(ORGANIZER)
    with db.transaction() as session:
        made, _ = admitting.invite(session, organizer, name="Ana Voss", email="", role="volunteer", now=clock.now())
    assert made.email.startswith("ana-voss-")
    with pytest.raises(PhonebankError, match="Only an admin"), db.transaction() as session:
        admitting.invite(session, organizer, name="Bo", email="", role="organizer", now=clock.now())
    assert trail() == [(Deed.INVITED, "as volunteer")]


@pytest.mark.parametrize("verb", [admitting.new_link, admitting.suspend, admitting.reinstate])
@pytest.mark.parametrize("role", [ADMIN, ORGANIZER])
def test_an_organizer_decides_nothing_about_organizers_and_admins(staff, clock, verb, role):
    above, organizer = staff(role), staff(ORGANIZER)
    with pytest.raises(PhonebankError, match="Only an admin"), db.transaction() as session:
        verb(session, organizer, above.id, clock.now())
    assert trail() == []


@pytest.mark.parametrize("role", [ORGANIZER, VOLUNTEER])
def test_nobody_but_an_admin_changes_a_role_least_of_all_their_own(staff, clock, role):
    somebody = staff(role)
    with pytest.raises(PhonebankError, match="Only an admin"), db.transaction() as session:
        admitting.change_role(session, somebody, somebody.id, before=role, after=ADMIN, now=clock.now())
    assert person(somebody.id).role is role


def test_an_admin_changes_a_role_once(staff, clock):
    admin, other = staff(ADMIN), staff(VOLUNTEER)
    for first in (True, False):
        with db.transaction() as session:
            moved = admitting.change_role(
                session, admin, other.id, before="volunteer", after="organizer", now=clock.now()
            )
        assert moved is first, "whoever looks at an old page changes nothing"
    assert person(other.id).role is ORGANIZER
    assert trail() == [(Deed.ROLE_CHANGED, "from volunteer to organizer")]


def test_the_last_admin_stays_one_and_stays_in(staff, clock):
    admin = staff(ADMIN)
    for verb in (
        lambda s: admitting.change_role(s, admin, admin.id, before="admin", after="volunteer", now=clock.now()),
        lambda s: admitting.suspend(s, admin, admin.id, clock.now()),
    ):
        with pytest.raises(PhonebankError, match="only admin left"), db.transaction() as session:
            verb(session)
    second = staff(ADMIN)
    with db.transaction() as session:
        assert admitting.change_role(session, second, admin.id, before="admin", after="volunteer", now=clock.now())
    with pytest.raises(PhonebankError, match="only admin left"), db.transaction() as session:
        admitting.suspend(session, second, second.id, clock.now())


def test_suspending_and_letting_in_again_are_each_told_once(staff, clock):
    admin, other = staff(ADMIN), staff(VOLUNTEER)
    for first in (True, False):
        with db.transaction() as session:
            assert admitting.suspend(session, admin, other.id, clock.now()) is first
    assert person(other.id).status is PersonStatus.SUSPENDED
    for first in (True, False):
        with db.transaction() as session:
            assert admitting.reinstate(session, admin, other.id, clock.now()) is first
    assert [deed for deed, _ in trail()] == [Deed.SUSPENDED, Deed.REINSTATED]
