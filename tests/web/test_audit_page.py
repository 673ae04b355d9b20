"""The trail on its page: every deed, found by person, deed, what it was about and day; nobody below an admin reads it."""

import re
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.people import audit
from phonebank.people.models import Deed

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def admin(visitor, clock):
    """An admin, and a trail of three entries over two days."""
    now = clock.now()
    with db.transaction() as session:
        audit.record(session, Deed.LAUNCHED, by="Olga (o@x.org)", about="Ranked choice", now=now - timedelta(days=1))
        audit.record(session, Deed.PAUSED, by="Ana (a@x.org)", about="Ranked choice", now=now, detail="100% full")
        audit.record(session, Deed.EXPORTED, by="Olga (o@x.org)", about="<script>alert(1)</script>", now=now)
    return visitor("admin")


def found(page):
    return re.findall(r'data-label="Did"><strong>([\w ]+)<', page)


@pytest.mark.parametrize(
    ("sought", "deeds"),
    [
        ("", ["exported", "paused", "launched"]),
        ("by=olga", ["exported", "launched"]),
        ("deed=paused", ["paused"]),
        ("about=RANKED", ["paused", "launched"]),
        ("about=100%25", ["paused"]),
        ("by=olga&about=ranked", ["launched"]),
        ("by=nobody", []),
    ],
)
def test_the_trail_is_searched(admin, sought, deeds):
    assert found(admin.open(f"/audit?{sought}")) == deeds


def test_a_day_is_the_viewers_own(admin, clock):
    yesterday = clock.now().date() - timedelta(days=1)
    assert found(admin.open(f"/audit?day={yesterday}&zone=UTC")) == ["launched"]
    assert found(admin.open(f"/audit?day={clock.now().date()}")) == ["exported", "paused"]
    assert "Give the day as" in admin.open("/audit?day=yesterday")


def test_what_was_done_is_text_and_never_a_script(admin):
    assert "&lt;script&gt;alert(1)" in admin.get("/audit").text


def test_a_long_trail_comes_in_screenfuls_that_keep_the_search(admin, clock):
    with db.transaction() as session:
        for number in range(60):
            audit.record(session, Deed.INVITED, by="Olga (o@x.org)", about=f"person {number}", now=clock.now())
    page = admin.open("/audit?by=olga&zone=UTC")
    assert len(found(page)) == 50
    older = re.search(r'href="(/audit\?before=\d+[^"]*)"', page)[1].replace("&amp;", "&")
    assert "by=olga" in older
    assert len(found(admin.open(older))) == 12


@pytest.mark.parametrize("role", ["volunteer", "organizer"])
def test_only_admins_read_it(visitor, role):
    assert visitor(role).get("/audit").status_code == 403


def test_nobody_writes_by_the_page(admin):
    assert admin.send("/audit").status_code == 405


def test_what_staff_do_on_the_pages_stands_in_it(admin):
    admin.open("/opt-outs")
    admin.follow("/opt-outs", {"number": "(202) 555-0143", "because": "They called."})
    admin.follow("/opt-outs/1/lift", {"because": "They wrote."})
    admin.send("/people", {"name": "Bo", "role": "volunteer"})
    page = admin.open("/audit?by=admin")
    assert found(page) == ["invited", "opt out lifted", "opt out recorded"]
    assert "555" not in page
