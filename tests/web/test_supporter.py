"""The supporter's own page: theirs alone, in their language, with a change of mind and a stop that hold."""

import re
from datetime import timedelta

import icalendar
import pytest

from phonebank import db
from phonebank.app import create_app
from phonebank.asks.models import Ask
from phonebank.followups import lifecycle, queries
from phonebank.followups.models import CommitmentStatus
from phonebank.intents import Outcome
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.recipients import queries as recipients
from phonebank.settings import Settings
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


@pytest.mark.database("sqlite", "postgresql")
def test_the_page_says_what_they_said_yes_to(said_yes, browser):
    rosa, token = said_yes()
    page = browser.open(f"/y/{token}")
    for shown in ("Rosa", "RepresentUs", "Make calls with us online", "on Zoom", "calls from neighbors move votes"):
        assert shown in page
    assert "Wednesday, February 10 at 6 pm EST, until 8 pm" in page
    assert rosa.phone[2:] not in re.sub(r"[^0-9]", "", page)
    assert "Secretname" not in page


def test_nothing_of_it_is_indexed_kept_or_passed_on(said_yes, browser):
    _, token = said_yes()
    for path in (f"/y/{token}", f"/y/{token}/event.ics", "/y/no-such-page"):
        answer = browser.get(path)
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script" not in answer.text


@pytest.mark.database("sqlite", "postgresql")
def test_a_wrong_address_is_told_politely_in_each_language(browser):
    for path in ("/y/nothing", "/y/nothing/event.ics", "/y/" + "x" * 900, "/y/%00", "/y/%F0%9F%91%8D"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "one of us will help" in answer.text
        assert "alguien le ayudará" in answer.text


def test_the_calendar_file_is_accepted_and_changes_with_the_mind(said_yes, browser):
    _, token = said_yes()
    browser.open(f"/y/{token}")
    file = browser.get(f"/y/{token}/event.ics")
    assert file.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(file.data).walk("VEVENT")
    assert event["STATUS"] == "CONFIRMED"
    browser.send(f"/y/{token}/mind", {"choice": "no"})
    (changed,) = icalendar.Calendar.from_ical(browser.get(f"/y/{token}/event.ics").data).walk("VEVENT")
    assert (changed["STATUS"], changed["UID"]) == ("CANCELLED", event["UID"])


@pytest.mark.database("sqlite", "postgresql")
def test_they_can_change_their_mind_and_change_it_back(said_yes, browser):
    rosa, token = said_yes()
    browser.open(f"/y/{token}")
    assert "you can't make it, <bdi>Rosa</bdi>" in browser.follow(f"/y/{token}/mind", {"choice": "no"})
    assert _status(token) == CommitmentStatus.WITHDRAWN
    with db.reading() as session:
        assert recipients.by_id(session, rosa.id).outcome == Outcome.NO
    assert "You are down for this" in browser.follow(f"/y/{token}/mind", {"choice": "yes"})
    assert _status(token) == CommitmentStatus.PLEDGED


def test_pressing_twice_changes_it_once(said_yes, browser):
    rosa, token = said_yes()
    browser.open(f"/y/{token}")
    for _ in range(3):
        assert browser.send(f"/y/{token}/mind", {"choice": "no"}).status_code == 303
    with db.reading() as session:
        thanks = [m for m in conversation(session, rosa.phone) if m.kind is MessageKind.THANKS]
    assert len(thanks) == 1


@pytest.mark.database("sqlite", "postgresql")
def test_stop_is_written_in_the_ledger_as_their_own_and_ends_everything(said_yes, browser):
    rosa, token = said_yes()
    browser.open(f"/y/{token}")
    page = browser.follow(f"/y/{token}/mind", {"choice": "stop"})
    assert "We will not text you again" in page
    assert "<form" not in page
    with db.reading() as session:
        entry = standing(session, rosa.phone)[Ban.OPT_OUT]
        assert entry.recorded_by == "their page"
    assert _status(token) == CommitmentStatus.WITHDRAWN
    browser.send(f"/y/{token}/mind", {"choice": "yes"})
    assert _bans(rosa) == {Ban.OPT_OUT}
    assert _status(token) == CommitmentStatus.WITHDRAWN


def test_nobody_presses_for_them_from_another_site(said_yes, client):
    rosa, token = said_yes()
    for site in ("cross-site", "same-site"):
        for path, form in (("mind", {"choice": "no"}), ("mind", {"choice": "stop"}), ("later", {"when": "tomorrow"})):
            answer = client.post(f"/y/{token}/{path}", data=form, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 400
    assert _status(token) == CommitmentStatus.PLEDGED
    assert _bans(rosa) == set()


def test_the_forms_work_over_https_without_a_referrer(said_yes, settings):
    _, token = said_yes()
    secure = Settings(**{**settings.model_dump(), "public_url": "https://calls.example.org"})
    browser = Visitor(create_app(secure).test_client())
    there = {"base_url": "https://calls.example.org"}
    browser.get(f"/y/{token}", **there)
    assert browser.send(f"/y/{token}/mind", {"choice": "no"}, **there).status_code == 303
    assert _status(token) == CommitmentStatus.WITHDRAWN


def test_an_unknown_choice_does_nothing(said_yes, browser):
    _, token = said_yes()
    browser.open(f"/y/{token}")
    assert browser.send(f"/y/{token}/mind", {"choice": "banana"}).status_code == 400
    assert browser.send("/y/nothing/mind", {"choice": "no"}).status_code == 404
    assert browser.get(f"/y/{token}/mind").status_code == 405
    assert _status(token) == CommitmentStatus.PLEDGED


def test_it_speaks_their_language(said_yes, browser):
    _, token = said_yes("José María", "es")
    page = browser.open(f"/y/{token}")
    assert '<html lang="es">' in page
    assert "¡Gracias, <bdi>José María</bdi>! Contamos con usted" in page
    assert "miércoles 10 de febrero a las 6 pm EST, hasta las 8 pm" in page
    assert "Nos dijo que no podrá venir" in browser.follow(f"/y/{token}/mind", {"choice": "no"})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Bob</b>", "&lt;b&gt;Bob&lt;/b&gt;"),
        ("ليلى", "ليلى"),
        ("{name}", "{name}"),
        ("", "Thank you!"),
        ("👍", "👍"),
    ],
)
def test_any_name_stays_a_name(said_yes, browser, name, shown):
    _, token = said_yes(name)
    page = browser.get(f"/y/{token}").text
    assert shown in page
    assert "<b>Bob" not in page


def test_a_language_we_do_not_speak_falls_back_to_english(said_yes, browser):
    _, token = said_yes(language="tl")
    assert '<html lang="en">' in browser.open(f"/y/{token}")


def test_an_event_that_is_over_takes_no_change_of_mind(said_yes, browser, clock):
    _, token = said_yes()
    clock.pass_by(days=8)
    page = browser.open(f"/y/{token}")
    assert "This has taken place" in page
    assert "I can't make it" not in page
    browser.send(f"/y/{token}/mind", {"choice": "no"})
    assert _status(token) == CommitmentStatus.PLEDGED
    assert "We will not text you again" in browser.follow(f"/y/{token}/mind", {"choice": "stop"})


def test_an_ask_without_a_date_has_a_page_and_no_calendar(said_yes, browser):
    _, token = said_yes(starts_at=None, ends_at=None, place="", why="")
    page = browser.open(f"/y/{token}")
    assert "event.ics" not in page
    assert "I can't make it" in page
    assert browser.get(f"/y/{token}/event.ics").status_code == 404


def test_a_link_that_is_code_is_not_a_link(said_yes, browser):
    _, token = said_yes(link="javascript:alert(1)")
    assert "javascript:" not in browser.open(f"/y/{token}")


def test_a_yes_given_back_after_the_ask_moved_shows_the_new_time(said_yes, browser, clock):
    rosa, token = said_yes()
    with db.transaction() as session:
        commitment = queries.by_token(session, token)
        lifecycle.withdraw(session, commitment.id, clock.now())
        session.get(Ask, commitment.ask_id).starts_at += timedelta(days=1)
    assert "Thursday, February 11" in browser.open(f"/y/{token}")
    assert rosa.id
