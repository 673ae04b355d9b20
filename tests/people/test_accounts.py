"""Who gets in, and who no longer does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank import db
from phonebank.errors import BadInputError, NotFoundError, RefusedError
from phonebank.people import accounts, passwords, queries
from phonebank.people.models import PersonStatus, Role, SignInLink

sqlite_only = pytest.mark.database("sqlite")


@pytest.fixture
def now(database, clock):
    return clock.now()


def add(now, email="amanda@example.org", role="admin", password=None):
    with db.transaction() as session:
        return accounts.add(session, email, "Amanda", role, password, now).id


def link_for(person_id, now):
    with db.transaction() as session:
        return accounts.sign_in_link(session, person_id, now)


def use(token, now):
    with db.transaction() as session:
        person = accounts.use_link(session, token, now)
        return person.email if person else None


def test_a_link_lets_its_person_in_once(now):
    token = link_for(add(now), now)
    assert [use(token, now), use(token, now)] == ["amanda@example.org", None]


def test_a_link_opened_by_ten_at_once_lets_one_in(now):
    token = link_for(add(now), now)
    with ThreadPoolExecutor(10) as pool:
        let_in = list(pool.map(lambda _: use(token, now), range(10)))
    assert sum(email is not None for email in let_in) == 1


@sqlite_only
def test_looking_at_a_link_does_not_use_it_up(now):
    token = link_for(add(now), now)
    with db.reading() as session:
        assert [accounts.link_works(session, token, now) for _ in range(3)] == [True] * 3
    assert use(token, now) == "amanda@example.org"


@sqlite_only
def test_a_link_expires(now):
    token = link_for(add(now), now)
    later = now + accounts.LINK_LASTS
    with db.reading() as session:
        assert not accounts.link_works(session, token, later)
    assert use(token, later) is None
    assert use(token, later - timedelta(seconds=1)) == "amanda@example.org"


@sqlite_only
def test_only_the_hash_of_a_link_is_kept(now):
    token = link_for(add(now), now)
    with db.reading() as session:
        kept = session.exec(db_select(SignInLink)).one()
        assert token not in kept.token_hash


def db_select(model):
    from sqlmodel import select

    return select(model)


@sqlite_only
def test_an_unknown_link_lets_nobody_in(now):
    assert use("nonsense", now) is None


def test_a_suspended_person_gets_in_neither_by_link_nor_by_password(now):
    add(now)
    person = add(now, "olu@example.org", "organizer", "correct horse battery")
    token = link_for(person, now)
    with db.transaction() as session:
        assert accounts.suspend(session, "olu@example.org")
    assert use(token, now) is None
    with db.reading() as session:
        assert accounts.check_password(session, "olu@example.org", "correct horse battery") is None
    with pytest.raises(RefusedError, match="suspended"):
        link_for(person, now)


@sqlite_only
def test_suspending_twice_changes_nothing_the_second_time(now):
    add(now)
    add(now, "olu@example.org", "organizer")
    with db.transaction() as session:
        assert [accounts.suspend(session, "olu@example.org") for _ in range(2)] == [True, False]
        assert [accounts.reinstate(session, "OLU@example.org ") for _ in range(2)] == [True, False]


def test_the_last_active_admin_is_never_suspended(now):
    add(now)
    add(now, "ada@example.org")
    with db.transaction() as session:
        accounts.suspend(session, "ada@example.org")
    with db.transaction() as session, pytest.raises(RefusedError, match="only admin left"):
        accounts.suspend(session, "amanda@example.org")


def test_two_admins_cannot_suspend_each_other_at_once(now):
    emails = ["amanda@example.org", "ada@example.org"]
    for email in emails:
        add(now, email)

    def suspend(email):
        try:
            with db.transaction() as session:
                return accounts.suspend(session, email)
        except RefusedError:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(suspend, emails)) == [False, True]
    with db.reading() as session:
        assert [person.status for person in queries.everyone(session)].count(PersonStatus.ACTIVE) == 1


@sqlite_only
def test_a_password_lets_its_person_in_however_the_address_is_written(now):
    add(now, "Amanda@Example.org", password="correct horse battery")
    with db.reading() as session:
        person = accounts.check_password(session, " AMANDA@example.ORG", "correct horse battery")
        assert person is not None
        assert person.role is Role.ADMIN
        assert accounts.check_password(session, "amanda@example.org", "wrong horse battery") is None


@sqlite_only
@pytest.mark.parametrize("password", ["", "nobody has this password"])
def test_a_person_without_a_password_has_none_that_works(now, password):
    add(now)
    with db.reading() as session:
        assert accounts.check_password(session, "amanda@example.org", password) is None
        assert accounts.check_password(session, "nobody@example.org", password) is None


@sqlite_only
def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(now, monkeypatch):
    add(now, password="correct horse battery")
    checked = []
    real = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting(real, checked))
    with db.reading() as session:
        for email in ("amanda@example.org", "nobody@example.org"):
            accounts.check_password(session, email, "wrong")
    assert len(checked) == 2


class Counting:
    def __init__(self, real, checked):
        self.real, self.checked = real, checked

    def verify(self, hashed, password):
        self.checked.append(hashed)
        return self.real.verify(hashed, password)


@sqlite_only
def test_a_new_password_ends_every_open_session(now):
    person_id = add(now, password="correct horse battery")
    with db.transaction() as session:
        accounts.set_password(session, person_id, "another long password")
        session.expire_all()
        assert queries.by_id(session, person_id).sessions_begun == 1
        assert accounts.check_password(session, "amanda@example.org", "another long password")
        assert accounts.check_password(session, "amanda@example.org", "correct horse battery") is None


@sqlite_only
def test_one_address_is_one_person(now):
    add(now)
    with pytest.raises(RefusedError, match="already here, as admin"):
        add(now, " AMANDA@example.org ", "volunteer")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "amanda",
        "amanda@",
        "@example.org",
        "a b@example.org",
        "a@b",
        "a@example..org",
        "<a@example.org>",
        "a@b.c\n",
        "x" * 65 + "@example.org",
        "a@" + "b." * 130 + "org",
    ],
)
def test_what_is_not_an_address_is_refused(email):
    if email.strip() == "a@b.c":
        assert accounts.checked_email(email) == "a@b.c"
        return
    with pytest.raises(BadInputError, match=r"name@example\.org"):
        accounts.checked_email(email)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_clear_refusal(text):
    try:
        address = accounts.checked_email(text)
    except BadInputError:
        return
    assert address.isprintable()
    assert address.count("@") == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b", "a\u202eb"])
def test_what_is_not_a_name_is_refused(name):
    with pytest.raises(BadInputError):
        accounts.checked_name(name)


def test_a_role_is_one_of_three():
    assert accounts.checked_role("volunteer") is Role.VOLUNTEER
    with pytest.raises(BadInputError, match="admin, organizer, volunteer"):
        accounts.checked_role("owner")


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_that_keeps_nobody_out_is_refused(password):
    with pytest.raises(BadInputError, match="10 characters"):
        passwords.hashed(password)


@sqlite_only
def test_nobody_of_that_address_is_a_clear_sentence(now):
    with db.reading() as session, pytest.raises(NotFoundError, match="Nobody here has the address"):
        queries.by_email(session, "ghost@example.org")
