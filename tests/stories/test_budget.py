"""The budget is never passed, whoever spends it at the same time."""

from phonebank import db
from phonebank.campaigns.queries import by_id


def _campaign(walk, drive):
    with db.reading() as session:
        return by_id(session, drive.id)


def test_a_blast_stops_before_its_budget_is_passed_and_goes_on_when_it_is_raised(walk):
    drive = walk.launch(40, limits={"segments_per_second": 40, "budget": 0.20})
    walk.until(lambda: _campaign(walk, drive).status == "paused")
    walk.until(lambda: not walk.doubtful())
    paused = _campaign(walk, drive)
    assert "budget" in paused.paused_reason
    assert 0 < paused.spent_micros <= paused.budget_micros
    spent = sum(text.cost_micros for text in walk.ours() if text.carrier_sid)
    assert spent == paused.spent_micros
    assert 0 < len(walk.asks()) < 40
    walk.may_miss |= set(drive.people) - {row["to"] for row in walk.asks()}


def test_what_the_carrier_refused_is_not_paid_for(walk):
    walk.carrier.faults("too_many_requests", rate=0.3, times=20)
    drive = walk.launch(40, limits={"segments_per_second": 60, "budget": 0.512})
    walk.until_asked(drive)
    walk.until_quiet()
    assert _campaign(walk, drive).spent_micros == sum(text.cost_micros for text in walk.ours())
