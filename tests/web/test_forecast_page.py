"""How a campaign goes by place and hour, on a page of its own."""

from datetime import timedelta

import pytest

from phonebank import clock as house_clock
from phonebank import db
from tests.support import conversations as make

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaign_id(clock, app):
    now = house_clock.now()
    with db.transaction() as session:
        drive = make.campaign(session, now, launched_at=now, launched_by="Olu")
        for minutes in range(40):
            somebody = make.supporter(session, drive, now)
            somebody.asked_at = now
            session.add(somebody)
            make.handed_off(session, somebody, now + timedelta(minutes=minutes / 4))
        return drive.id


def test_the_campaigns_page_leads_to_its_course(campaign_id, visitor):
    organizer = visitor("organizer")
    assert f"/campaigns/{campaign_id}/forecast" in organizer.open(f"/campaigns/{campaign_id}")
    page = organizer.open(f"/campaigns/{campaign_id}/forecast")
    assert "Eastern" in page
    assert page.count("<svg") >= 2
    assert "within 5 minutes" in page


def test_a_stricter_bound_takes_more_volunteers_and_nonsense_is_passed_over(campaign_id, visitor):
    organizer = visitor("organizer")
    assert "within 1 minute," in organizer.open(f"/campaigns/{campaign_id}/forecast?wait=1&handling=30")
    assert "within 5 minutes" in organizer.open(f"/campaigns/{campaign_id}/forecast?wait=soon")


def test_volunteers_do_not_see_it(campaign_id, visitor):
    assert visitor("volunteer").get(f"/campaigns/{campaign_id}/forecast").status_code == 403
