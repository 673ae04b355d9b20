"""A house of real parts for each kind of database, kept from story to story; a story that fails has it built anew."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from phonebank import clock as house_clock
from phonebank import db
from tests.support import promises
from tests.support.house import House
from tests.support.walk import Walk

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        walk = getattr(item, "funcargs", {}).get("walk")
        if walk is not None:
            report.sections.append(("the parts' own words", walk.house.logs()))
    return report


@pytest.fixture(scope="session")
def houses() -> Iterator[dict[str, House]]:
    """The houses that stand, by kind of database."""
    standing: dict[str, House] = {}
    yield standing
    for house in standing.values():
        _pull_down(house)


@pytest.fixture
def walk(houses, databases, database_kind, request) -> Iterator[Walk]:
    """A story in a house on this kind of database; what must be so at the end of every story is checked at its end."""
    house = houses.pop(database_kind, None) or _build(databases.fresh)
    house.enter()
    house.clock.set(_next_noon(house))
    walk = Walk(house)
    yield walk
    try:
        if not request.node.stash.get(_FAILED, False):
            house.carrier.faults(clear=True)
            house.start_all()
            walk.until_quiet()
            promises.check(walk)
            houses[database_kind] = house
    finally:
        walk.leave()
        db.engine().dispose()
        house_clock.follow(None)
        if database_kind not in houses:
            _pull_down(house)


def _build(fresh: Callable[[], str]) -> House:
    # /tmp by name: a socket's path must be short
    return House(fresh(), Path(tempfile.mkdtemp(prefix="phonebank-house-", dir="/tmp")))


def _pull_down(house: House) -> None:
    house.stop()
    shutil.rmtree(house.home, ignore_errors=True)


def _next_noon(house: House):
    """The next day, at a moment that is inside contact hours in all of the contiguous US."""
    return (house.clock.now() + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
