"""Asks wait while the inbox holds more than its volunteers can answer, and go on by themselves as it drains."""

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages import asking, claiming
from phonebank.messages.models import MessageKind
from phonebank.people import lifecycle as people
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update
from workers import easing

pytestmark = [pytest.mark.usefixtures("opened"), pytest.mark.database("sqlite", "postgresql")]


@pytest.fixture
def drive(opened, clock):
    return do(make.campaign, clock.now(), pace_by_inbox=2)


@pytest.fixture
def waiting(drive, clock):
    """waiting(3): so many more people wait for a volunteer; gives their handoffs."""

    def open_(many):
        with db.transaction() as session:
            return [
                make.handed_off(session, make.supporter(session, drive, clock.now()), clock.now()) for _ in range(many)
            ]

    return open_


def _holds(drive, clock):
    easing.ease(clock.now())
    return fresh(Campaign, drive.id).asks_wait_since is not None


def test_asks_wait_above_so_many_for_each_volunteer_and_go_on_as_the_inbox_drains(drive, waiting, clock):
    handoffs = waiting(3)
    assert _holds(drive, clock), "with nobody there, as if one were"
    ana, ben = (do(make.person, clock.now(), name) for name in ("Ana", "Ben"))
    for one in (ana, ben):
        do(people.seen_at_inbox, one, clock.now())
    assert not _holds(drive, clock)
    handoffs += waiting(2)
    assert _holds(drive, clock)
    update(Handoff, handoffs[0], status=HandoffStatus.CLOSED)
    assert not _holds(drive, clock)
    clock.pass_by(minutes=11)
    assert _holds(drive, clock), "they have gone home"


def test_while_they_wait_no_ask_goes_and_everything_else_does(drive, waiting, clock):
    waiting(3)
    with db.transaction() as session:
        to = factories.member(session, drive, clock.now())
        ask = factories.queued(session, to, drive, clock.now())
        words = {"kind": MessageKind.CONFIRMATION, "step": "confirmation:1", "priority": 1}
        confirmation = factories.queued(session, to, drive, clock.now(), **words)
        factories.member(session, drive, clock.now())
    assert _holds(drive, clock)
    assert [text.id for text in claiming.claim(drive.sender, 10, urgent_only=False)] == [confirmation]
    assert do(asking.top_up, drive.sender, clock.now()) == 0
    update(Campaign, drive.id, pace_by_inbox=3)
    assert not _holds(drive, clock)
    assert [text.id for text in claiming.claim(drive.sender, 10, urgent_only=False)] == [ask]


def test_a_campaign_that_does_not_pace_itself_is_left_alone(waiting, clock):
    other = do(make.campaign, clock.now())
    waiting(50)
    assert not _holds(other, clock)
