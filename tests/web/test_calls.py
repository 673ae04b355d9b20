"""The volunteers' page for calls: ready, ringing, talking, the verdict, and people they call themselves."""

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.bridges import lifecycle, queries
from phonebank.calls import lifecycle as calls
from phonebank.calls.models import Call, CallKind, CallSeat, CallStatus, OfferStatus
from phonebank.campaigns.models import Campaign, Channel
from phonebank.handoffs import bridging, powering
from phonebank.handoffs import queries as handoffs
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.settings import Settings
from tests.support import bridges as make
from tests.support import conversations, factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.database("sqlite")

PREVIEW = {"ask": "Can I count on you to make calls with us?", "mode": "preview", "attempts": 2, "spacing": "4h"}


@pytest.fixture(autouse=True)
def browser_phone(monkeypatch):
    """browser_phone(False): there is none."""

    def set_up(has_it):
        monkeypatch.setattr(Settings, "has_browser_phone", property(lambda _self: has_it))

    set_up(True)
    return set_up


@pytest.fixture
def ana(volunteer):
    return volunteer("Ana")


@pytest.fixture
def ben(volunteer):
    return volunteer("Ben")


@pytest.fixture
def caller(ana, clock):
    with db.transaction() as session:
        return make.caller(session, clock.now())


def _seated():
    with db.reading() as session:
        return session.exec(select(CallSeat.person_id)).one()


def _press(visitor, path, **form):
    visitor.get("/calls")
    return visitor.send(path, form)


def _rings(ana, caller, clock):
    _press(ana, "/calls/ready", where="browser")
    ana.get("/calls")
    assert do(bridging.want_person, caller, clock.now())


def test_a_volunteer_is_ready_by_one_button_which_begins_their_shift(ana, clock):
    assert "You are not taking calls" in ana.get("/calls").text
    _press(ana, "/calls/ready", where="browser")
    assert "Waiting for somebody" in ana.get("/calls").text
    with db.reading() as session:
        assert queries.count_free(session, clock.now()) == 1
    _press(ana, "/calls/away")
    assert "You are not taking calls" in ana.get("/calls").text


def test_who_calls_is_seen_by_first_name_and_taken_and_settled_as_by_text(ana, caller, clock):
    _rings(ana, caller, clock)
    page = ana.get("/calls").text
    assert "would like to talk" in page
    assert caller.phone not in page
    assert "Secretname" not in page
    _press(ana, f"/calls/{caller.id}/take")
    assert "Connecting you" in ana.get("/calls").text
    do(bridging.join, caller, _seated(), clock.now())
    assert "Ask, then stay quiet" in ana.get("/calls").text
    _press(ana, f"/calls/{caller.id}/verdict", intent="yes", note="Will bring a friend.")
    _press(ana, f"/calls/{caller.id}/verdict", intent="no", note="a second press")
    assert fresh(Recipient, caller.recipient_id).outcome is Outcome.YES
    with db.reading() as session:
        assert handoffs.standing_of(session, caller.phone) is None
        assert queries.note_of(session, caller.id) == "Will bring a friend."
        assert queries.count_free(session, clock.now()) == 1, "the next may come"


def test_a_decline_makes_way_and_a_late_take_is_told(ana, caller, clock):
    _rings(ana, caller, clock)
    _press(ana, f"/calls/{caller.id}/decline")
    _press(ana, f"/calls/{caller.id}/take")
    assert "went to the next volunteer" in ana.get("/calls").text
    with db.reading() as session:
        assert queries.offer_of(session, caller.id, _seated()).status is OfferStatus.DECLINED


def test_a_caller_who_hung_up_before_they_came_is_put_away(ana, caller, clock):
    _rings(ana, caller, clock)
    update(Call, caller.id, status=CallStatus.COMPLETED)
    assert "Waiting for somebody" in ana.get("/calls").text
    assert fresh(Call, caller.id).abandoned_at is not None


def test_their_own_phone_is_kept_and_never_shown(ana, caller, clock):
    assert _press(ana, "/calls/ready", where="phone", phone="nonsense").status_code == 400
    _press(ana, "/calls/ready", where="phone", phone="(202) 555-0199")
    assert do(bridging.want_person, caller, clock.now())
    page = ana.get("/calls").text
    assert "Your phone is ringing" in page
    assert "0199" not in page


def test_another_volunteers_call_is_nobody_elses(ana, ben, caller, clock):
    _rings(ana, caller, clock)
    _press(ben, f"/calls/{caller.id}/verdict", intent="opt_out")
    assert fresh(Recipient, caller.recipient_id).outcome is Outcome.NONE


def test_only_this_page_may_use_the_microphone_and_speak_with_the_carrier(ana):
    page, other = ana.get("/calls"), ana.get("/inbox")
    assert page.headers["Permissions-Policy"].endswith("microphone=(self)")
    assert "wss://*.twilio.com" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert other.headers["Permissions-Policy"].endswith("microphone=()")


def test_without_an_app_of_twilios_the_browser_phone_says_what_to_do(ana, browser_phone):
    browser_phone(False)
    told = _press(ana, "/calls/token")
    assert told.status_code == 409
    assert "at your own phone below" in told.text


@pytest.fixture
def drive(ana, clock):
    with db.transaction() as session:
        drive = conversations.campaign(session, clock.now(), channel=Channel.CALL, call_script=PREVIEW)
        rosa = conversations.supporter(session, drive, clock.now())
        rosa.status = RecipientStatus.PENDING
        session.flush()
        return drive.id, rosa.id


def _live(recipient_id):
    with db.reading() as session:
        return session.exec(select(Call).where(Call.recipient_id == recipient_id)).all()


def test_a_volunteer_sees_the_next_person_and_nobody_else_gets_them(ana, ben, drive, clock):
    campaign_id, rosa = drive
    _press(ana, f"/calls/campaigns/{campaign_id}/next")
    _press(ana, f"/calls/campaigns/{campaign_id}/next")
    page = ana.get("/calls").text
    assert "Read the script once" in page
    assert "Ask for their story" in page
    _press(ben, f"/calls/campaigns/{campaign_id}/next")
    assert "Nobody is left to call right now" in ben.get("/calls").text
    [call] = _live(rosa)
    assert (call.kind, call.status, call.due_at, call.lapses_at > clock.now()) == (
        CallKind.LIVE,
        CallStatus.QUEUED,
        None,
        True,
    )


def test_a_person_who_was_not_called_is_left_to_the_next_volunteer(ana, ben, drive):
    campaign_id, rosa = drive
    _press(ana, f"/calls/campaigns/{campaign_id}/next")
    [call] = _live(rosa)
    _press(ana, f"/calls/{call.id}/leave")
    _press(ben, f"/calls/campaigns/{campaign_id}/next")
    assert "Read the script once" in ben.get("/calls").text
    assert [one.step for one in _live(rosa)] == ["call", "call#2"]


def test_who_did_not_answer_is_tried_again_later_and_not_too_often(ana, drive, clock):
    campaign_id, rosa = drive
    for _ in range(2):
        _press(ana, f"/calls/campaigns/{campaign_id}/next")
        call = _live(rosa)[-1]
        update(Call, call.id, status=CallStatus.NO_ANSWER, due_at=clock.now(), claimed_at=clock.now())
        assert "Nobody answered" in ana.get("/calls").text
        _press(ana, f"/calls/{call.id}/leave")
        _press(ana, f"/calls/campaigns/{campaign_id}/next")
        assert "Nobody is left to call right now" in ana.get("/calls").text
        clock.pass_by(hours=4, minutes=1) if _ == 0 else clock.pass_by(hours=24)
    _press(ana, f"/calls/campaigns/{campaign_id}/next")
    assert len(_live(rosa)) == 2


def test_a_verdict_on_a_call_of_their_own_settles_the_person(ana, drive, clock):
    campaign_id, rosa = drive
    _press(ana, f"/calls/campaigns/{campaign_id}/next")
    [call] = _live(rosa)
    update(Call, call.id, status=CallStatus.COMPLETED, due_at=clock.now(), bridged_at=clock.now())
    _press(ana, f"/calls/{call.id}/verdict", intent="no")
    settled = fresh(Recipient, rosa)
    assert (settled.outcome, settled.status) == (Outcome.NO, RecipientStatus.SETTLED)


@pytest.fixture
def power(ana, clock):
    with db.transaction() as session:
        script = PREVIEW | {"mode": "power"}
        return conversations.campaign(session, clock.now(), channel=Channel.CALL, call_script=script).id


def test_without_a_browser_phone_nobody_is_ready_for_the_next_call_and_is_told_why(ana, power, browser_phone):
    assert "Ready for the next call" in ana.get("/calls").text
    browser_phone(False)
    assert "Ready for the next call" not in ana.get("/calls").text
    _press(ana, f"/calls/campaigns/{power}/next")
    assert "Nobody is called in this campaign just now" in ana.get("/calls").text
    for path, form in ((f"/calls/campaigns/{power}/join", {}), ("/calls/ready", {"where": "browser"})):
        _press(ana, path, **form)
        assert "are not set up here; an organizer can do it. Take them" in ana.get("/calls").text
    with db.reading() as session:
        assert session.exec(select(CallSeat)).all() == []


def test_ready_for_the_next_call_opens_a_line_and_a_break_closes_it(ana, power, clock):
    _press(ana, f"/calls/campaigns/{power}/join")
    page = ana.get("/calls").text
    assert 'data-place="power" data-call="seat"' in page
    assert "Connecting you" in page
    do(lifecycle.line_opens, _seated(), "CA1")
    assert "on your line at once" in ana.get("/calls").text
    with db.reading() as session:
        assert queries.ready_in(session, power, clock.now()) == [_seated()]
    _press(ana, "/calls/away")
    assert "You are not taking calls" in ana.get("/calls").text
    with db.reading() as session:
        assert queries.ready_in(session, power, clock.now()) == []


def test_who_answered_stands_before_the_volunteer_with_the_script_and_the_verdicts(ana, power, clock):
    with db.transaction() as session:
        factories.member(session, session.get(Campaign, power), clock.now())
    _press(ana, f"/calls/campaigns/{power}/join")
    do(lifecycle.line_opens, _seated(), "CA1")
    assert do(powering.top_up, conversations.SENDER, clock.now()) == 1
    [claimed] = do(calls.claim, conversations.SENDER, 1, by_machine=False, now=clock.now())
    do(calls.answer, claimed.id, sid="CA2", now=clock.now())
    do(powering.put_through, fresh(Call, claimed.id), clock.now())
    page = ana.get("/calls").text
    assert "You are on the line" in page
    assert "Ask, then stay quiet" in page
    _press(ana, f"/calls/{claimed.id}/verdict", intent="yes")
    assert fresh(Recipient, claimed.recipient_id).outcome is Outcome.YES
    assert 'data-call="seat"' in ana.get("/calls").text, "and their line opens again"
