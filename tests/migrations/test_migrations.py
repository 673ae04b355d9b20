"""The database's shape through time, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from phonebank import db, migrations, tables
from phonebank.db import JSONField
from phonebank.errors import RefusedError
from phonebank.migrations import Shape
from phonebank.settings import Settings


@pytest.fixture
def blank(blank_database_url):
    engine = db.configure(Settings(database_url=blank_database_url).database)
    yield engine
    engine.dispose()


def test_an_empty_database_gets_exactly_the_tables_of_the_models(blank):
    assert migrations.shape(blank) is Shape.EMPTY

    assert migrations.upgrade(blank) is True

    assert migrations.current_is_head(blank)
    with blank.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_upgrading_twice_changes_nothing_the_second_time(blank):
    migrations.upgrade(blank)

    assert migrations.upgrade(blank) is False


def test_two_upgrades_at_once_both_end_well(blank):
    with ThreadPoolExecutor(2) as both:
        changed = list(both.map(lambda _: migrations.upgrade(blank), range(2)))

    assert sorted(changed) == [False, True]


def test_a_database_from_a_newer_version_is_refused_and_left_alone(blank):
    migrations.upgrade(blank)
    with blank.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert migrations.shape(blank) is Shape.NEWER
    with pytest.raises(RefusedError, match="newer version"):
        migrations.upgrade(blank)


def test_an_upgrade_that_fails_leaves_nothing_behind(blank, monkeypatch):
    monkeypatch.setattr(migrations, "_run", _half_an_upgrade)

    with pytest.raises(ZeroDivisionError):
        migrations.upgrade(blank)

    assert migrations.shape(blank) is Shape.EMPTY


def _half_an_upgrade(connection):
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR)"))
    connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    raise ZeroDivisionError


def test_a_revision_is_written_in_types_that_never_change_with_ours():
    from phonebank.migrations.rendering import render_plainly

    assert "Moment" not in render_plainly("type", db.Moment(), None)
    assert render_plainly("type", JSONField, None).startswith("sa.JSON()")
    assert render_plainly("column", None, None) is False
