"""One link for many: so many and no more, until then and no longer, and each form lets one person in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.people import joining, queries
from phonebank.people.admitting import Staff
from phonebank.people.models import Role

OLGA = Staff("Olga (olga@example.org)", Role.ORGANIZER)


@pytest.fixture
def link(database, clock):
    """link(most=2): the secret of a new link that works for two hours."""

    def made(most=2):
        with db.transaction() as session:
            until = clock.now() + timedelta(hours=2)
            return joining.open_link(session, OLGA, most=most, until=until, now=clock.now())

    return made


def join(token, clock, name="Ana", form="a"):
    with db.transaction() as session:
        return joining.join(session, token, name, form=form, now=clock.now())


def test_so_many_join_and_no_more(link, clock):
    token = link(most=2)
    assert [join(token, clock, form=form).role for form in "ab"] == [Role.VOLUNTEER] * 2
    with pytest.raises(RefusedError, match="no longer lets anybody in"):
        join(token, clock, form="c")


def test_two_of_one_name_are_two_people(link, clock):
    token = link()
    first, second = join(token, clock, form="a"), join(token, clock, form="b")
    assert first.name == second.name
    assert first.email != second.email


def test_the_same_form_again_is_the_same_person_even_when_the_link_is_full(link, clock):
    token = link(most=1)
    assert join(token, clock).id == join(token, clock).id


def test_a_crowd_at_the_door_never_gets_more_seats_than_there_are(link, clock):
    token = link(most=3)

    def come(form):
        try:
            return join(token, clock, form=str(form)).id
        except RefusedError:
            return None

    with ThreadPoolExecutor(8) as many:
        let_in = [one for one in many.map(come, range(8)) if one]
    assert len(set(let_in)) == 3


def test_a_held_key_joins_once(link, clock):
    token = link(most=5)
    with ThreadPoolExecutor(4) as many:
        assert len({one.id for one in many.map(lambda _: join(token, clock), range(4))}) == 1


def test_a_link_that_is_over_or_ended_lets_nobody_in(link, clock):
    ended = link()
    with db.transaction() as session:
        link_id = queries.join_link(session, joining.hashed(ended)).id
        assert joining.revoke(session, OLGA, link_id, clock.now())
        assert not joining.revoke(session, OLGA, link_id, clock.now())
    over = link()
    for token, later in ((ended, 0), (over, 3), ("unknown", 0)):
        clock.pass_by(hours=later)
        with db.reading() as session:
            assert not joining.works(session, token, clock.now())
        with pytest.raises(RefusedError):
            join(token, clock)


@pytest.mark.parametrize("most", [0, 501])
def test_a_link_for_nobody_or_for_everybody_is_refused(database, clock, most):
    with pytest.raises(BadInputError, match="1 to 500"), db.transaction() as session:
        joining.open_link(session, OLGA, most=most, until=clock.now() + timedelta(hours=1), now=clock.now())


def test_a_link_for_weeks_is_refused_and_so_is_a_volunteers(database, clock):
    until = clock.now() + timedelta(days=4)
    with pytest.raises(BadInputError, match="3 days"), db.transaction() as session:
        joining.open_link(session, OLGA, most=1, until=until, now=clock.now())
    ana = Staff("Ana", Role.VOLUNTEER, 1)
    with pytest.raises(PhonebankError, match="Only organizers"), db.transaction() as session:
        joining.open_link(session, ana, most=1, until=until, now=clock.now())
