"""Who is suspended holds nothing any more: conversations and first texts are the others' at once, drafts with them."""

from datetime import timedelta

from phonebank import db
from phonebank.handoffs import lifecycle, suspending
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.people.admitting import Staff
from phonebank.people.models import Role
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make


def test_what_they_had_in_hand_is_the_others(database, clock):
    now = clock.now()
    admin = Staff("Amanda", Role.ADMIN)
    with db.transaction() as session:
        drive = make.campaign(session, now)
        ana, bo = make.person(session, now, "Ana"), make.person(session, now, "Bo")
        handoffs = [make.handed_off(session, make.supporter(session, drive, now), now) for _ in range(2)]
        for handoff_id, who in zip(handoffs, (ana, bo), strict=True):
            assert lifecycle.claim(session, handoff_id, who, now)
        lifecycle.save_draft(session, handoffs[0], ana, "Hi Rosa")
        to_ask = make.supporter(session, drive, now)
        to_ask.status = RecipientStatus.PENDING
        session.flush()
        until = now + timedelta(minutes=30)
        assert recipients.take_in_hand(session, [to_ask.id], ana, until=until, now=now) == 1
    with db.transaction() as session:
        assert suspending.suspend(session, admin, ana, now) == 1
        assert suspending.suspend(session, admin, ana, now) is None
        assert not lifecycle.renew(session, handoffs[0], ana, now), "an answer that is on its way is refused"
    with db.reading() as session:
        first, second = (session.get(Handoff, one) for one in handoffs)
        assert (first.status, first.draft) == (HandoffStatus.OPEN, "Hi Rosa")
        assert second.claimed_by == bo
        assert session.get(Recipient, to_ask.id).held_by is None
