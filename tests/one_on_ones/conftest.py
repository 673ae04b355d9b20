"""Ana holds Rosa's conversation; Ben and Olu, an organizer, are there too."""

from types import SimpleNamespace

import pytest

from phonebank import db
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import queries as handoff_queries
from phonebank.one_on_ones import booking, queries
from phonebank.one_on_ones.booking import By, Plan
from phonebank.people.models import Role
from tests.support import conversations as make

ADDRESS = "https://phonebank.example.org"


@pytest.fixture
def scene(database, clock):
    """It is Wednesday, February 3, 2027, 1 p.m. where Rosa is (New York)."""
    now = clock.now()
    with db.transaction() as session:
        ana, ben = make.person(session, now, "Ana Voss"), make.person(session, now, "Ben")
        olu = make.person(session, now, "Olu", Role.ORGANIZER)
        drive = make.campaign(session, now)
        rosa = make.supporter(session, drive, now)
        handoff_id = make.handed_off(session, rosa, now)
        handoffs.claim(session, handoff_id, ana, now)
    return SimpleNamespace(ana=ana, ben=ben, olu=olu, drive=drive, rosa=rosa, handoff_id=handoff_id)


@pytest.fixture
def book(scene, clock):
    """book(day="2027-02-05"): the id of a one-on-one that Ana books with Rosa; Friday at 3, at the library."""

    def one(nonce="a", **changes):
        fields = {"meets_id": scene.ana, "day": "2027-02-05", "at": "15:00", "minutes": 30, "place": "at the library"}
        with db.transaction() as session:
            handoff = handoff_queries.by_id(session, scene.handoff_id)
            plan = Plan(**{**fields, **changes})
            return booking.book(session, handoff, plan, nonce, By(scene.ana, ADDRESS, clock.now()))

    return one


def booked(one_on_one_id):
    """The row as it stands."""
    with db.reading() as session:
        return queries.by_id(session, one_on_one_id)
