"""The practice page: dealt somebody, coached, answered three times; nothing is stored and nothing sent."""

import re

import pytest
from sqlalchemy import text

from phonebank import db

pytestmark = pytest.mark.database("sqlite")
ASK = "Hi Dana, it's Vera with RepresentUs. Can I count on you to make calls with us on Wednesday at 6 pm?"
ANSWERS = {
    "maybe": "What would make it a yes?",
    "not_now": "Could you make calls with us on Sunday at 2 pm?",
    "not_that": "Will you bake for the callers on Sunday?",
}


@pytest.fixture
def vera(visitor, clock):
    return visitor("volunteer", "Vera")


def write(somebody, stage, words, *, go="check", **before):
    return somebody.follow("/practice/dana", {**before, stage: words, "stage": stage, "go": go})


def current(page):
    """The stage that the page asks for."""
    found = re.search(r'name="stage" value="(\w+)"', page)
    return found[1] if found else None


def test_a_whole_talk_from_the_inbox_to_the_yes(vera):
    assert "/practice" in vera.open("/inbox")
    assert "Dana" in vera.open("/practice")
    assert current(vera.open("/practice/dana")) == "ask"
    said = {"ask": ASK}
    page = write(vera, "ask", ASK)
    for stage, answer in ANSWERS.items():
        assert current(page) == stage
        page = write(vera, stage, answer, **said)
        said[stage] = answer
    assert current(page) is None
    assert "Put me down" in page
    assert "If maybe, find out what that means and adjust ask" in page
    assert "Try another" in page
    assert page.count("well said") == 4


def test_a_weak_ask_is_coached_and_may_be_said_anyway(vera):
    vera.open("/practice/dana")
    page = write(vera, "ask", "Would you maybe be interested in helping sometime?")
    assert current(page) == "ask"
    assert "A weak ask" in page
    assert "Would you maybe be interested in helping sometime?" in page
    page = write(vera, "ask", "Would you maybe be interested in helping sometime?", go="on")
    assert current(page) == "maybe"
    assert "Let me see how the week goes" in page


def test_an_answer_that_offers_nothing_is_told_so_and_may_stand(vera):
    vera.open("/practice/dana")
    before = {"ask": ASK, "maybe": ANSWERS["maybe"]}
    page = write(vera, "not_now", "Okay, let me know.", **before)
    assert (current(page), "Name another day or hour" in page) == ("not_now", True)
    assert current(write(vera, "not_now", "Okay, let me know.", go="on", **before)) == "not_that"


def test_the_coachs_words_may_be_taken_and_are_said_next(vera):
    vera.open("/practice/dana")
    weak = "Hi Dana, would you maybe be interested in making calls with us on Wednesday at 6 pm?"
    assert "Take these words" in write(vera, "ask", weak)
    page = write(vera, "ask", weak, go="take")
    assert (current(page), "A hard ask" in page) == ("ask", True)
    taken = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)[1]
    assert "maybe" not in taken
    assert current(write(vera, "ask", taken)) == "maybe"


def test_a_talk_that_offers_nothing_at_last_ends_without_a_yes(vera):
    vera.open("/practice/dana")
    before = {"ask": ASK, "maybe": ANSWERS["maybe"], "not_now": ANSWERS["not_now"]}
    page = write(vera, "not_that", "Okay, bye.", go="on", **before)
    assert current(page) is None
    assert "No yes this time" in page
    assert "Put me down" not in page


def test_an_empty_answer_never_goes_on(vera):
    vera.open("/practice/dana")
    assert current(write(vera, "ask", "  ", go="on")) == "ask"
    assert current(write(vera, "not_that", ANSWERS["not_that"], go="on", ask=ASK)) == "maybe"


def test_dealing_gives_somebody_else(vera):
    seen = {vera.get("/practice/deal?but=dana").headers["Location"] for _ in range(30)}
    assert len(seen) > 1
    assert "/practice/dana" not in seen


def test_nobody_of_that_name_is_not_found(vera):
    assert vera.get("/practice/nobody").status_code == 404


def test_it_is_for_who_is_signed_in(client, clock):
    assert client.get("/practice").status_code == 303


def test_what_is_written_is_shown_as_text_and_never_run(vera):
    vera.open("/practice/dana")
    answer = vera.send("/practice/dana", {"ask": "<script>alert(1)</script>", "stage": "ask", "go": "on"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "ask", ["{{ x.__class__ }}", "{% for %}", "\x00", "?" * 1600, "https://example.org", "a" * 99_999]
)
def test_whatever_is_written_gets_a_page(vera, ask):
    vera.open("/practice/dana")
    for go in ("check", "on"):
        assert vera.send("/practice/dana", {"ask": ask, "stage": "nonsense", "go": go}).status_code == 200


def rows():
    with db.reading() as session:
        tables = session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return {name: session.connection().scalar(text(f"SELECT count(*) FROM {name}")) for name in tables}


def test_nothing_is_stored_and_nothing_sent(vera):
    vera.open("/practice/dana")
    before = rows()
    write(vera, "ask", ASK)
    write(vera, "not_that", ANSWERS["not_that"], ask=ASK, maybe="What?", not_now="Sunday?")
    assert rows() == before


def test_an_organizer_finds_it_from_the_campaigns(visitor, clock):
    assert 'href="/practice"' in visitor("organizer").open("/campaigns")
