"""Nobody is reached outside contact hours in any zone they may be in; an answer to their own text may be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from phonebank import db
from phonebank.campaigns import queries as campaign_queries
from phonebank.messages.composing import NewText, compose
from phonebank.messages.models import Message, MessageKind, Priority
from phonebank.recipients.queries import any_due
from phonebank.reports.progress import progress
from tests.support.house import LONE, SERVICE

EASTERN, CENTRAL, PACIFIC = "America/New_York", "America/Chicago", "America/Los_Angeles"
NEAR_BORDER = "Eastern or Central"  # western Kentucky's 270: its people may be in either


def _local_hours(rows, *zones):
    return [datetime.fromisoformat(row["at"]).astimezone(ZoneInfo(zone)).hour for row in rows for zone in zones]


def test_each_is_asked_when_the_hours_open_in_every_zone_they_may_be_in(walk):
    walk.wind_to("07:00")
    drives = {zone: walk.launch(2, columns={"timezone": zone}) for zone in (EASTERN, CENTRAL, PACIFIC)}
    border = [f"+1270555010{last}" for last in (1, 2)]
    drives[NEAR_BORDER] = walk.launch(border, columns={"timezone": ""})
    heard = []
    for moment in ("08:59", "09:01", "10:01", "12:01"):
        walk.wind_to(moment)
        walk.until(lambda: not _due(walk, drives.values()), "everyone due asked or parked")
        walk.until_quiet()
        heard.append({zone for zone, drive in drives.items() if all(walk.asks(number) for number in drive.people)})
    assert heard[0] == set()
    assert heard[1] == {EASTERN}
    assert heard[2] == {EASTERN, CENTRAL, NEAR_BORDER}
    assert heard[3] == set(drives)


def _due(walk, drives):
    with db.reading() as session:
        return any(any_due(session, drive.id, walk.clock.now()) for drive in drives)


def test_a_blast_cut_off_by_the_evening_goes_on_in_the_morning(walk):
    walk.wind_to("19:58:00")
    drive = walk.launch(30, limits={"segments_per_second": 5})
    walk.until(lambda: len(walk.asks()) >= 5)
    walk.wind_to("19:59:57")
    walk.until(lambda: len({row["to"] for row in walk.asks()}) + _parked(walk, drive) >= 30, "asked or parked")
    assert 0 < len(walk.asks()) < 30
    assert set(_local_hours(walk.asks(), EASTERN)) == {19}
    walk.wind_to("09:00:30")
    walk.until_asked(drive)
    assert set(_local_hours(walk.asks(), EASTERN)) == {19, 9}


def _parked(walk, drive):
    tomorrow = walk.clock.now() + timedelta(hours=6)
    waiting = [number for number in drive.people if not walk.asks(number)]
    texts = [
        text for number in waiting for text in walk.talk(number) if text.status == "queued" and text.due_at > tomorrow
    ]
    return len(texts) + sum(
        (one := walk.recipient(number)).due_at > tomorrow and one.composed_at is None for number in waiting
    )


def test_no_text_sits_in_the_carriers_queue_past_the_hours(walk):
    sender = LONE[0]  # says one segment a second, however fast we hand them over
    walk.wind_to("19:59:50")
    walk.clock.run(0.0)  # until everybody is asked, however slow this machine is
    drive = walk.launch(20, sender=sender, limits={"segments_per_second": 20})
    walk.until_asked(drive)
    walk.clock.run()
    walk.until(
        lambda: all(row["status"] in {"delivered", "failed"} for row in walk.asks()), "the carrier's queue empty"
    )
    assert [row for row in walk.asks() if row["error_code"] == 30036], "the carrier had to give some up"
    shown = [line["at"] for number in drive.people for line in walk.carrier.thread(number)]
    assert max(shown) < (_closing(walk) + timedelta(seconds=2)).isoformat()


def test_whom_the_evening_cut_off_is_told_and_who_has_no_hours_left_too(walk):
    """Some have a morning before their event, some have not: the campaign's page and its status say so of both."""
    walk.wind_to("19:58:00")
    tomorrow = walk.launch(
        8, limits={"segments_per_second": 1}, ask=walk.ask(starts_at=walk.event(0))
    )  # by UTC it is tomorrow
    tonight = walk.launch(8, limits={"segments_per_second": 1}, ask=walk.ask(starts_at=walk.event(-1, 22)))
    walk.until(lambda: len(walk.asks()) >= 2)
    walk.wind_to("20:00:30")
    walk.until(lambda: not _due(walk, (tomorrow, tonight)), "everyone due asked, parked or left out")
    asked = {drive.id: sum(bool(walk.asks(number)) for number in drive.people) for drive in (tomorrow, tonight)}
    walk.until(lambda: _says(walk, tomorrow, 8 - asked[tomorrow.id], "until 09:00 their time"), "said to wait")
    walk.until(lambda: _left_out(walk, tonight) == 8 - asked[tonight.id], "said to be left out")
    assert _progress(walk, tonight)["waiting"]["people"] == 0
    walk.may_miss.update(number for number in tonight.people if not walk.asks(number))
    walk.wind_to("09:00:30")
    walk.until_asked(tomorrow)
    assert _progress(walk, tomorrow)["waiting"]["people"] == 0
    assert set(_local_hours(walk.asks(), EASTERN)) == {19, 9}


def _progress(walk, drive):
    with db.reading() as session:
        return progress(session, campaign_queries.by_id(session, drive.id), walk.clock.now())


def _says(walk, drive, people, words):
    found = _progress(walk, drive)["waiting"]
    return found["people"] == people and all(words in said for said in found["says"]) and found["says"]


def _left_out(walk, drive):
    return sum(number for reason, number in _progress(walk, drive)["left_out"].items() if "before the event" in reason)


def _closing(walk):
    local = walk.clock.now().astimezone(ZoneInfo(EASTERN))
    return local.replace(hour=20, minute=0, second=0, microsecond=0).astimezone(UTC)


def test_an_answer_at_night_goes_within_ten_minutes_and_later_waits_for_the_morning(walk):
    drive = walk.launch(2)
    walk.until_asked()
    quick, slow = drive.people
    walk.wind_to("23:30")
    walk.says(quick, "Yes!")
    walk.until_heard(quick, "Wonderful")
    walk.says(slow, "Hmm, maybe")
    handoff = walk.until(lambda: walk.handoff(slow))
    ana = walk.volunteer("Ana")
    walk.pass_by(minutes=15)
    ana.open("/inbox")
    page = ana.send(f"/inbox/{handoff.id}/take").text
    ana.send(f"/inbox/{handoff.id}/answer", {"body": "What would help you decide?", "nonce": ana.field(page, "nonce")})
    answer = walk.until(lambda: walk.talk(slow)[-1] if walk.talk(slow)[-1].kind == "answer" else None)
    assert answer.due_at.astimezone(ZoneInfo(EASTERN)).hour == 9
    walk.pass_by(hours=3)
    walk.until_quiet()
    assert len(walk.heard(slow)) == 1
    walk.wind_to("09:01")
    walk.until_heard(slow, "What would help you decide?")


def test_somebody_in_no_campaign_is_answered_by_their_own_zone_too(walk):
    walk.wind_to("09:30")
    moved_west = "+12125550198"  # a New York number
    walk.import_([moved_west], "moved west", timezone=PACIFIC)
    with db.transaction() as session:
        text = NewText(moved_west, SERVICE, MessageKind.ANSWER, "Good morning", Priority.ANSWER)
        message_id = compose(session, text, walk.clock.now())
        assert session.get(Message, message_id).due_at.astimezone(ZoneInfo(PACIFIC)).hour == 9
