"""While the database is down webhooks wait on disk: durable, in order, opt-outs first, and nothing stops the rest."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from phonebank import db
from phonebank.messages import receiving, spool
from phonebank.messages.models import Message, MessageStatus, StrayReport
from phonebank.optouts.queries import is_opted_out
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh

pytestmark = pytest.mark.usefixtures("database")
PHONE = "+12025550143"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "var" / "spool"


def text(body, sid=None):
    return {"MessageSid": sid or factories.sid(), "From": PHONE, "To": "+15005550006", "Body": body}


def _heard():
    with db.reading() as session:
        return list(session.exec(select(Message).order_by(col(Message.id))))


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which file a handle is")
def test_a_webhook_is_on_disk_before_we_say_that_we_have_it(folder, clock, monkeypatch):
    synced = []
    fsync = os.fsync

    def sync(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", sync)
    spool.keep(folder, "text", "", text("yes"), clock.now())
    [kept] = folder.iterdir()
    assert synced == [str(kept.with_suffix(".new")), str(folder)], "the file, then its folder"
    written = json.loads(kept.read_text())
    assert (written["kind"], written["at"], written["form"]["Body"]) == ("text", clock.now().isoformat(), "yes")


def test_a_disk_that_refuses_is_not_hidden(tmp_path, clock):
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="var"):
        spool.keep(tmp_path / "var" / "spool", "text", "", text("yes"), clock.now())


def test_a_half_written_file_is_not_replayed(folder, clock):
    folder.mkdir(parents=True)
    (folder / "0001.new").write_text('{"kind": "te')
    assert not spool.is_waiting(folder)
    assert spool.replay(folder) == 0


def test_an_empty_or_missing_folder_is_nothing_to_do(folder):
    assert not spool.is_waiting(folder)
    assert spool.replay(folder) == 0


def test_texts_are_replayed_in_order_with_their_own_moment(folder, clock):
    bodies = [f"text {number}" for number in range(12)]
    for body in bodies:
        spool.keep(folder, "text", "", text(body), clock.pass_by(seconds=1))
    kept_at = clock.now()
    clock.pass_by(hours=2)
    assert spool.is_waiting(folder)
    assert spool.replay(folder) == 12
    assert [one.body for one in _heard()] == bodies
    assert _heard()[-1].created_at == kept_at
    assert not spool.is_waiting(folder)


def test_opt_outs_are_replayed_first(folder, clock):
    for body in ("hello", "STOP", "there"):
        spool.keep(folder, "text", "", text(body), clock.pass_by(seconds=1))
    spool.replay(folder)
    assert [one.body for one in _heard()] == ["STOP", "hello", "there"]
    with db.reading() as session:
        assert is_opted_out(session, PHONE)


def test_what_was_stored_after_all_is_not_stored_again(folder, clock):
    form = text("yes", sid="SM1")
    do(receiving.store, spool.inbound.text_from(form), clock.now())
    for _ in range(2):
        spool.keep(folder, "text", "", form, clock.now())
    spool.replay(folder)
    assert len(_heard()) == 1


def test_a_report_is_replayed_on_its_text(folder, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        to = factories.member(session, drive, clock.now())
        sent = {"status": MessageStatus.SENT, "carrier_sid": "SM1", "attempts": 1, "claimed_at": clock.now()}
        message_id = factories.queued(session, to, drive, clock.now(), **sent)
    report = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    spool.keep(folder, "report", str(message_id), report, clock.now())
    spool.keep(folder, "report", "nobody's", {**report, "MessageSid": "SM2"}, clock.now())
    spool.replay(folder)
    assert fresh(Message, message_id).status is MessageStatus.DELIVERED
    with db.reading() as session:
        assert [one.about for one in session.exec(select(StrayReport))] == ["nobody's"]


POISON = {
    "not json": "{",
    "empty": "",
    "a list": "[]",
    "a word": '"text"',
    "null": "null",
    "a number": "12",
    "no kind": '{"form": {}, "at": "2027-02-03T18:00:00+00:00"}',
    "no form": '{"kind": "text", "at": "2027-02-03T18:00:00+00:00"}',
    "a form that is a list": '{"kind": "text", "form": [], "at": "2027-02-03T18:00:00+00:00"}',
    "a body that is a number": '{"kind": "text", "form": {"Body": 5}, "at": "2027-02-03T18:00:00+00:00"}',
    "a body that is a list": '{"kind": "text", "form": {"Body": []}, "at": "2027-02-03T18:00:00+00:00"}',
    "no sender": '{"kind": "text", "form": {"MessageSid": "SM1"}, "at": "2027-02-03T18:00:00+00:00"}',
    "no moment": '{"kind": "text", "form": {"MessageSid": "SM1", "From": "+12025550143"}}',
    "a moment that is none": '{"kind": "text", "form": {"MessageSid": "SM1", "From": "+12025550143"}, "at": "soon"}',
    "no zone": '{"kind": "text", "form": {"MessageSid": "SM1", "From": "+12025550143"}, "at": "2027-02-03T18:00:00"}',
}


def test_a_file_nobody_understands_is_set_aside_and_stops_nothing(folder, clock):
    spool.keep(folder, "text", "", text("before"), clock.now())
    for number, content in enumerate(POISON.values()):
        (folder / f"18{number:03d}.json").write_text(content)
    (folder / "18999.json").write_bytes(b"\xff\xfe\x00")
    spool.keep(folder, "text", "", text("after"), clock.pass_by(days=300))
    spool.replay(folder)
    assert [one.body for one in _heard()] == ["before", "after"]
    assert len(list(folder.glob("*.bad"))) == len(POISON) + 1
    assert not spool.is_waiting(folder)


def test_a_database_still_down_loses_nothing(folder, clock, monkeypatch):
    spool.keep(folder, "text", "", text("one"), clock.now())
    spool.keep(folder, "text", "", text("two"), clock.now() + timedelta(seconds=1))

    def refuse(*_):
        raise OperationalError("INSERT", {}, Exception("down"))

    with monkeypatch.context() as down:
        down.setattr(receiving, "store", refuse)
        with pytest.raises(OperationalError):
            spool.replay(folder)
    assert len(list(folder.glob("*.json"))) == 2
    spool.replay(folder)
    assert [one.body for one in _heard()] == ["one", "two"]


def test_two_replays_at_once_store_each_text_once(folder, clock):
    for number in range(10):
        spool.keep(folder, "text", "", text(f"text {number}"), clock.pass_by(seconds=1))
    (folder / "0.json").write_text("[]")
    factories.at_once(3, lambda _: spool.replay(folder))
    assert sorted(one.body for one in _heard()) == sorted(f"text {number}" for number in range(10))
    assert not spool.is_waiting(folder)


def test_odd_characters_survive_the_disk(folder, clock):
    for body in ("🎉 ñ “”", "a\x00b", "half \ud83d pair"):
        spool.keep(folder, "text", "", text(body), clock.pass_by(seconds=1))
    spool.replay(folder)
    assert [one.body for one in _heard()] == ["🎉 ñ “”", "ab", "half ? pair"]
