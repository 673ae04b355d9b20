"""What follows on the supporter's own page: a reminder they ask for, an end to its address, and no trace of visits."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.cli import erasing
from phonebank.followups import lifecycle, queries, scheduling
from phonebank.followups.models import CommitmentStatus
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from tests.support.pages import Visitor

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def browser(client):
    return Visitor(client)


def _status(token):
    with db.reading() as session:
        return queries.by_token(session, token).status


def _bans(recipient):
    with db.reading() as session:
        return set(standing(session, recipient.phone))


def _reminders(rosa):
    with db.reading() as session:
        return [one for one in conversation(session, rosa.phone) if one.kind is MessageKind.REMINDER]


def _write_due(at):
    with db.transaction() as session:
        scheduling.write_due(session, address="https://calls.example.org", now=at)


FORMS = (("later", {"when": "tomorrow"}), ("mind", {"choice": "no"}), ("mind", {"choice": "stop"}))


def test_no_cookie_is_set_whatever_they_do(said_yes, client):
    _, token = said_yes()
    answers = [client.get(f"/y/{token}"), client.get(f"/y/{token}/event.ics"), client.get("/y/nothing")]
    answers += [client.post(f"/y/{token}/{path}", data=form) for path, form in FORMS]
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_looking_changes_nothing_however_often_a_preview_does_it(said_yes, client):
    rosa, token = said_yes()
    for path in ("", "/event.ics", "/mind", "/later"):
        for _ in range(3):
            client.get(f"/y/{token}{path}")
            client.head(f"/y/{token}{path}")
    assert _status(token) == CommitmentStatus.PLEDGED
    assert _reminders(rosa) == []


@pytest.mark.database("sqlite", "postgresql")
def test_a_reminder_is_sent_once_on_the_day_they_chose(said_yes, browser, clock):
    rosa, token = said_yes()
    for wish in ("tomorrow", "day_before", "day_before"):
        browser.send(f"/y/{token}/later", {"when": wish})
    assert "We will text you on Tuesday, February 9." in browser.open(f"/y/{token}")
    _write_due(clock.now() + timedelta(days=2))
    assert _reminders(rosa) == [], "the first wish was replaced"
    with db.reading() as session:
        ask = session.get(Ask, queries.by_token(session, token).ask_id)
    for _ in range(2):
        _write_due(ask.starts_at - timedelta(hours=20))
    (text,) = _reminders(rosa)
    assert "you asked us to remind you to make calls with us online Wednesday, February 10 at 6 pm" in text.body
    assert f"https://calls.example.org/y/{token}" in text.body


def test_a_reminder_is_in_their_language(said_yes, browser, clock):
    rosa, token = said_yes("José María", "es")
    assert "el día anterior" in browser.open(f"/y/{token}")
    browser.send(f"/y/{token}/later", {"when": "tomorrow"})
    _write_due(clock.now() + timedelta(days=1))
    (text,) = _reminders(rosa)
    assert text.body.startswith("Hola José María, le escribe RepresentUs. Nos pidió un recordatorio para el")


@pytest.mark.parametrize("choice", ["stop", "no"])
def test_a_reminder_goes_with_the_yes_it_belongs_to(said_yes, browser, clock, choice):
    rosa, token = said_yes()
    browser.send(f"/y/{token}/later", {"when": "tomorrow"})
    browser.send(f"/y/{token}/mind", {"choice": choice})
    browser.send(f"/y/{token}/later", {"when": "tomorrow"})
    _write_due(clock.now() + timedelta(days=1))
    assert _reminders(rosa) == []


@pytest.mark.parametrize(
    "form",
    [
        {"when": "on_a_day", "on": "2027-02-01"},
        {"when": "on_a_day", "on": "2027-02-20"},
        {"when": "on_a_day", "on": "soon"},
        {"when": "on_a_day"},
        {"when": "banana"},
        {},
    ],
)
def test_a_day_that_makes_no_sense_is_told_on_the_page(said_yes, browser, form):
    _, token = said_yes()
    answer = browser.send(f"/y/{token}/later", form)
    assert answer.status_code == 400
    assert "Choose a day between now and the event." in answer.text


def test_a_day_of_ones_own_is_kept_inside_the_contact_hours(said_yes, browser, clock):
    _, token = said_yes(starts_at=None, ends_at=None)
    browser.send(f"/y/{token}/later", {"when": "on_a_day", "on": "2027-02-14"})
    with db.reading() as session:
        wished = queries.wished(session, queries.by_token(session, token).id)
    assert wished.due_at.isoformat() == "2027-02-14T15:00:00+00:00"


def test_nobody_is_reminded_without_end(said_yes, browser, clock):
    _, token = said_yes(starts_at=None, ends_at=None)
    for _ in range(5):
        browser.send(f"/y/{token}/later", {"when": "tomorrow"})
        clock.pass_by(days=1)
        _write_due(clock.now())
    answer = browser.send(f"/y/{token}/later", {"when": "tomorrow"})
    assert (answer.status_code, "as often as we can" in answer.text) == (400, True)


@pytest.mark.database("sqlite", "postgresql")
def test_the_address_expires_without_a_personal_word_and_still_stops(said_yes, browser, clock):
    rosa, token = said_yes()
    clock.pass_by(days=7 + 15)
    for path in ("", "/event.ics"):
        answer = browser.get(f"/y/{token}{path}")
        assert answer.status_code == 410
        for personal in ("Rosa", "make calls", "Zoom", "RepresentUs"):
            assert personal not in answer.text
    assert "This link has expired" in answer.text
    assert "Este enlace ya venció" in answer.text
    browser.send(f"/y/{token}/mind", {"choice": "no"})
    browser.send(f"/y/{token}/later", {"when": "tomorrow"})
    assert _status(token) == CommitmentStatus.PLEDGED
    browser.send(f"/y/{token}/mind", {"choice": "stop"})
    assert _bans(rosa) == {Ban.OPT_OUT}
    assert "We will not text you again" in browser.get(f"/y/{token}").text


def test_a_yes_without_a_date_expires_sixty_days_after_it(said_yes, browser, clock):
    _, token = said_yes(starts_at=None, ends_at=None)
    clock.pass_by(days=59)
    assert browser.get(f"/y/{token}").status_code == 200
    clock.pass_by(days=2)
    assert browser.get(f"/y/{token}").status_code == 410


def test_guessing_is_slowed_down_and_tells_nothing(said_yes, browser):
    _, token = said_yes()
    told = {browser.get(f"/y/{'x' * 31}{guess:02}").status_code for guess in range(30)}
    assert told == {404}
    assert browser.get("/y/" + "y" * 32).status_code == 429
    assert browser.get(f"/y/{token}").status_code == 429, "a right guess looks like a wrong one"


def test_whoever_was_forgotten_has_no_page(said_yes, browser, clock):
    rosa, token = said_yes()
    with db.transaction() as session:
        erasing.erase(session, rosa.phone, clock.now())
    answer = browser.get(f"/y/{token}")
    assert (answer.status_code, "Rosa" in answer.text) == (404, False)


def test_whoever_came_is_thanked(said_yes, browser, clock):
    _, token = said_yes()
    with db.transaction() as session:
        lifecycle.keep(session, queries.by_token(session, token).id, by=1, now=clock.now())
    assert "It was good to see you, <bdi>Rosa</bdi>" in browser.open(f"/y/{token}")


def test_a_place_has_a_map_that_learns_nothing_of_the_address(said_yes, browser):
    _, token = said_yes(place="12 Main St & Oak <b>, Springfield")
    page = browser.get(f"/y/{token}").text
    assert (
        'href="https://www.openstreetmap.org/search?query=12%20Main%20St%20%26%20Oak%20%3Cb%3E%2C%20Springfield"'
        in page
    )
    assert "<b>" not in page
    assert page.count(token) == page.count(f"/y/{token}")


def test_what_is_online_has_no_map(said_yes, browser):
    _, token = said_yes(place="on Zoom")
    assert "openstreetmap" not in browser.open(f"/y/{token}")
