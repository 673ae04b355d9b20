"""Real parts, and a carrier that turns against us: the campaign stops by itself, says why, and one word sends it on."""

from phonebank import db
from phonebank.campaigns import queries
from phonebank.reports import stops

EVERYBODY = {str(digit): 30007 for digit in range(10)}


def _campaign(walk, drive):
    with db.reading() as session:
        return queries.by_id(session, drive.id)


def _until_stopped(walk, drive):
    walk.until(lambda: _campaign(walk, drive).status == "paused", "it stops by itself")
    walk.until(lambda: not [text for text in walk.ours() if text.status == "sending"], "what was in hand is said")
    return _campaign(walk, drive)


def _until_all_went(walk, drive):
    walk.until(lambda: not walk.standing(drive)["status"].get("pending"), "everybody asked")


def test_a_carrier_that_filters_everything_stops_the_blast_within_a_few_hundred_texts(walk):
    walk.carrier.errors(EVERYBODY)
    try:
        drive = walk.launch(700, limits={"segments_per_second": 60})
        stopped = _until_stopped(walk, drive)
        walk.until(lambda: not walk._work(), "every report is in")
    finally:
        walk.carrier.errors(clear=True)
    assert stopped.paused_over == "filtered"
    assert "texts were filtered by carriers: more than chance explains" in stopped.paused_reason
    asked = len(walk.asks())
    assert asked <= 400, "that was far too late"
    with db.reading() as session:
        told = stops.stop(session, stopped)
    assert told["texts"][0]["code"] == 30007
    assert all(one["to"].startswith("…") and len(one["to"]) == 3 for one in told["texts"])
    walk.resume(drive)
    _until_all_went(walk, drive)
    assert len(walk.asks()) == 700, "nobody is asked twice, and everybody is asked"


def test_a_messaging_service_deleted_in_mid_blast_pauses_its_campaign_and_loses_nobody(walk):
    drive = walk.launch(150, limits={"segments_per_second": 30})
    walk.until(lambda: len(walk.asks()) > 20, "the blast is under way")
    walk.carrier.errors(dict.fromkeys(EVERYBODY, 20404))
    try:
        stopped = _until_stopped(walk, drive)
        before = len(walk.asks())
        with db.reading() as session:
            assert stops.account_stop(session) is None, "it is not the account"
    finally:
        walk.carrier.errors(clear=True)
    assert (stopped.paused_over, "(20404)" in stopped.paused_reason) == ("refused", True)
    assert before < 150
    walk.resume(drive)
    _until_all_went(walk, drive)


def test_the_days_limit_holds_until_midnight_in_los_angeles_and_the_campaign_goes_on_by_itself(walk):
    drive = walk.launch(30, limits={"segments_per_second": 60, "segments_per_day": 20})
    walk.until(lambda: _holds(walk, drive), "the day is full")
    walk.until_quiet()
    assert len(walk.asks()) == 20
    assert _campaign(walk, drive).status == "running"
    walk.wind_to("12:00", days=1)
    _until_all_went(walk, drive)
    assert len(walk.asks()) == 30


def _holds(walk, drive):
    with db.reading() as session:
        return stops.holds(session, queries.by_id(session, drive.id), walk.clock.now())
