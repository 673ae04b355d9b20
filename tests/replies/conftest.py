"""A running campaign, and somebody who was asked a minute ago."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Alternative, FollowUpPlan
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do


@pytest.fixture
def drive(database, clock):
    """A running campaign with a reminder a day before, and another date for a not now."""
    with db.transaction() as session:
        made = make.campaign(session, clock.now())
        starts = session.get(Ask, made.ask_id).starts_at
        other = make.kept(session, Ask(action="make calls", starts_at=starts + timedelta(days=1), texts={}))
        make.kept(session, Alternative(campaign_id=made.id, answers_to="not_now", ask_id=other.id))
        make.kept(session, FollowUpPlan(campaign_id=made.id, before_seconds=86_400, texts={"en": "See you tomorrow!"}))
        return made


@pytest.fixture
def rosa(drive, clock):
    """Somebody who was asked a minute ago."""
    return do(factories.asked, drive, clock.now())
