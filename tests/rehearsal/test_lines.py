"""How long somebody on the line hears nothing at all."""

from datetime import UTC, datetime, timedelta

from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.manners import Manner
from phonebank.rehearsal.phonecalls import PhoneCall

NOON = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)


def test_the_longest_quiet_is_kept():
    line = Line(PhoneCall("CA1", "+1", "+2", "outbound-api", "ringing", NOON, NOON, NOON), Manner())
    for begins, ends in ((0, 1.5), (4, 4.25), (9, 9.5)):
        line.falls_quiet(NOON + timedelta(seconds=begins))
        line.sounds(NOON + timedelta(seconds=ends))
    line.sounds(NOON + timedelta(seconds=60))
    assert line.call.longest_quiet_s == 1.5
