"""Somebody waits too long, and an organizer's phone says so, by the same carrier as everything else."""

from datetime import time

from phonebank import db
from phonebank.alerts import lifecycle
from phonebank.people.models import Role
from tests.support import conversations as make

NUMBER = "+12125550177"


def test_an_organizer_is_texted_once_while_the_clock_watches(walk):
    drive = walk.launch(1)
    walk.until_asked()
    with db.transaction() as session:
        olu = make.person(session, walk.house.clock.now(), "Olu", Role.ORGANIZER)
        lifecycle.wish(session, olu, phone=NUMBER, by_text=True, by_email=False, start=time(0, 1), end=time(23, 59))
    walk.says(drive.people[0], "Maybe, what time does it end?")
    walk.until(lambda: walk.handoff(drive.people[0]))
    walk.house.clock.pass_by(minutes=11)
    walk.until_heard(NUMBER, "somebody has waited more than 10 minutes")
    walk.until_quiet()
    assert len(walk.heard(NUMBER)) == 1
