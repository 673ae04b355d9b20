"""The carrier's delivery reports are lost: what became of each text is asked for, and the books are right in the end."""

from collections import Counter

from phonebank.messages.closing import SILENT_FOR


def test_texts_whose_every_report_was_lost_end_as_the_carrier_knows(walk):
    walk.carrier.faults("callback_dropped", rate=1.0)
    failing, *others = walk.people(12)
    walk.carrier.errors({failing: 30003})  # one more try, hours later
    drive = walk.launch([failing, *others])
    walk.until(lambda: len(walk.asks()) == len(drive.people), "everybody asked")
    walk.until(lambda: not walk.carrier.stats()["to_come"], "all of them at their phones, or not")
    walk.until(lambda: _statuses(walk) == {"sent": 12}, "no more known than that they went")
    walk.carrier.errors(clear=True)
    walk.carrier.faults(clear=True)
    walk.pass_by(seconds=SILENT_FOR.total_seconds() + 60)
    walk.until(lambda: _statuses(walk)["delivered"] >= 11, "the carrier asked for them")
    first = walk.talk(failing)[0]
    assert (first.status, first.error_code) == ("undelivered", 30003)
    walk.wind_to("13:00")
    walk.until(lambda: _statuses(walk) == {"delivered": 12, "undelivered": 1}, "what never arrived said once more")
    drive.people.append(failing)  # asked twice, and for a reason


def _statuses(walk):
    return Counter(text.status.value for text in walk.ours())
