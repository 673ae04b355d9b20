"""A yes is confirmed at once, reminded once, and can be kept or taken back."""

import pytest

from phonebank import db
from phonebank.followups import queries as followups

REMINDER = "See you tomorrow, {{ first_name }}! Still good? Reply Y or N."


@pytest.fixture
def pledged(walk):
    """Somebody who has said yes and been confirmed: their number."""
    drive = walk.launch(1, followups=[{"before": "24h", "text": REMINDER}])
    walk.until_asked()
    number = drive.people[0]
    walk.says(number, "Yes!")
    walk.until_heard(number, "Wonderful", "/y/")
    return number


def _commitment(walk, number):
    with db.reading() as session:
        return followups.by_token(session, _token(walk, number))


def _token(walk, number):
    return next(body for body in walk.heard(number) if "/y/" in body).rsplit("/y/", 1)[1].split()[0]


def _remind(walk, number):
    walk.wind_to("18:30", days=6)
    walk.until_heard(number, "See you tomorrow")


def test_a_yes_is_confirmed_reminded_once_and_kept(walk, pledged):
    assert walk.recipient(pledged).outcome == "yes"
    _remind(walk, pledged)
    walk.says(pledged, "Y")
    walk.until(lambda: _commitment(walk, pledged).status == "confirmed")
    walk.pass_by(hours=3)
    walk.until_quiet()
    assert [body[:8] for body in walk.heard(pledged)] == ["Hi P" + pledged[-4:], "Wonderfu", "See you "]


def test_a_no_to_the_reminder_takes_the_yes_back(walk, pledged):
    _remind(walk, pledged)
    walk.says(pledged, "N")
    walk.until(lambda: _commitment(walk, pledged).status == "withdrawn")
    walk.until_heard(pledged, "Thank you for telling me")
    assert walk.recipient(pledged).outcome == "no"


def test_a_yes_taken_back_is_not_reminded(walk, pledged):
    walk.says(pledged, "Sorry, I can't make it after all")
    walk.until(lambda: _commitment(walk, pledged).status == "withdrawn")
    walk.wind_to("18:30", days=6)
    walk.until_quiet()
    assert not [body for body in walk.heard(pledged) if "See you tomorrow" in body]
