"""A draft can be said anew; what was launched stays as it was launched."""

import tomllib

import pytest

from phonebank import db
from phonebank.campaigns import lifecycle, queries, redrafting, spec
from phonebank.errors import RefusedError
from tests.support.campaigns import NOW, PHONE_BANK, a_campaign, a_list


def said(**changes):
    return spec.parse_table(tomllib.loads(PHONE_BANK) | changes)


@pytest.fixture
def draft(database):
    with db.transaction() as session:
        a_list(session, "others")
        return a_campaign(session).id


def test_a_draft_says_what_it_is_told_now(draft):
    wanted = said(name="Door knocking", lists=["others"], organization="Votes for All")
    with db.transaction() as session:
        redrafting.redraft(session, draft, wanted, NOW)
        fresh = spec.create(session, wanted.model_copy(update={"name": "Fresh"}), NOW)
        as_if_new = spec.dump(session, fresh).model_copy(update={"name": "Door knocking"})
        assert spec.dump(session, queries.by_id(session, draft)) == as_if_new


def test_rows_that_are_no_longer_said_are_gone(draft):
    table = tomllib.loads(PHONE_BANK)
    del table["ask"]["alternatives"], table["followups"]
    with db.transaction() as session:
        redrafting.redraft(session, draft, spec.parse_table(table), NOW)
        parts = queries.parts_of(session, queries.by_id(session, draft))
        assert (parts.alternatives, parts.plans) == ([], [])


def test_the_same_words_again_change_nothing(draft):
    with db.transaction() as session:
        before = spec.dump(session, queries.by_id(session, draft))
        redrafting.redraft(session, draft, before, NOW)
        assert spec.dump(session, queries.by_id(session, draft)) == before


def test_what_was_launched_is_not_changed(draft):
    with db.transaction() as session:
        lifecycle.launch(session, draft, by="Olu", because=None, now=NOW)
    with db.transaction() as session, pytest.raises(RefusedError, match="copy it"):
        redrafting.redraft(session, draft, said(name="Another"), NOW)


def test_what_is_about_to_launch_is_not_changed(draft):
    with db.transaction() as session:
        lifecycle.schedule(session, draft, at=NOW, by="Olu", because=None)
    with db.transaction() as session, pytest.raises(RefusedError):
        redrafting.redraft(session, draft, said(name="Another"), NOW)


def test_a_name_is_taken_once(draft):
    with db.transaction() as session:
        a_campaign(session, name="Another")
    with db.transaction() as session, pytest.raises(RefusedError, match="already a campaign"):
        redrafting.redraft(session, draft, said(name="Another"), NOW)
