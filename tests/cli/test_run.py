"""`phonebank run` as a person starts it: real processes, killed and stopped in every way there is."""

import errno
import os
import signal
import socket
import sqlite3

import pytest

from phonebank import settings
from phonebank.cli import premises
from tests.support.http_visitor import HttpVisitor
from tests.support.running import Running, eventually, processes
from tests.support.servers import free_port

PARTS = ["phonebank carrier", "phonebank clock", "phonebank web", "phonebank worker"]
QUEUES = ["asks", "bulk", "counts", "imports", "replies", "slow", "urgent"]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    run = Running(tmp_path_factory.mktemp("rehearsal"), free_port(), "--rehearse")
    yield run
    run.stop()


@pytest.fixture
def started(tmp_path, free_port):
    """started() is a plain run, without Twilio keys."""
    runs = []

    def start(*options):
        runs.append(Running(tmp_path, free_port, *options))
        return runs[-1]

    yield start
    for run in runs:
        run.stop()


def test_a_rehearsal_has_every_part_as_a_child_in_its_own_session(rehearsal):
    eventually(lambda: len(rehearsal.named("phonebank worker ")) >= len(QUEUES))
    names = {part.name for part in rehearsal.parts()}
    assert {*PARTS, *(f"phonebank worker {queue}" for queue in QUEUES)} <= names
    assert {os.getsid(part.pid) for part in rehearsal.parts()} == {os.getsid(rehearsal.process.pid)}


def test_a_rehearsal_texts_by_itself_and_shows_it_to_whoever_signs_in(rehearsal):
    eventually(lambda: rehearsal.delivered() >= 3)
    visitor, link = HttpVisitor(rehearsal.address), rehearsal.link("Volunteer").removeprefix(rehearsal.address)
    visitor.open(link)
    visitor.send(link)
    assert "Elsa" in visitor.open("/rehearsal")
    assert "Rehearsal" in visitor.open("/inbox")
    visitor.close()


def test_parts_that_are_killed_are_started_again_and_go_on(rehearsal):
    killed = [rehearsal.named(name)[0] for name in ("phonebank web", "phonebank worker bulk", "phonebank carrier")]
    for part in killed:
        os.kill(part.pid, signal.SIGKILL)
    for part in killed:
        eventually(lambda part=part: [one for one in rehearsal.named(part.name) if one.pid != part.pid])
    before = rehearsal.delivered()
    eventually(lambda: rehearsal.delivered() > before or rehearsal.delivered() >= 76, within=60)


def test_a_rehearsal_leaves_nothing_behind(rehearsal):
    parts = {part.pid for part in rehearsal.parts()}
    rehearsal.process.send_signal(signal.SIGINT)
    assert rehearsal.process.wait(20) == 0
    assert not [one for one in processes() if one.pid in parts]
    assert list((rehearsal.home / "home").iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_without_keys_says_so_and_once_stopped_leaves_only_what_it_keeps(started, ending):
    run = started()
    assert f"phonebank runs at {run.address}" in run.told
    assert "No Twilio keys" in run.told
    assert "phonebank people add" in run.told
    parts = {part.pid for part in run.parts()}
    run.process.send_signal(ending)
    run.process.send_signal(ending)  # twice, as an impatient person does
    assert run.process.wait(20) == 0
    assert not [one for one in processes() if one.pid in parts]
    assert {path.name for path in (run.home / "home" / "var").iterdir()} == {"phonebank.db", "redis", "secret_key"}


def test_no_part_outlives_a_run_that_was_killed(started):
    run = started()
    parts = {part.pid for part in run.parts()}
    assert len(parts) >= len(PARTS)
    run.process.kill()
    run.process.wait()
    eventually(lambda: not [one for one in processes() if one.pid in parts])


def test_a_second_run_in_the_same_folder_is_refused(phonebank, free_port):
    with premises.held(settings.load()):
        assert "runs here already" in phonebank.refused("run", "--port", free_port)


def test_a_port_in_use_is_refused_before_anything_starts(home, phonebank):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in phonebank.refused("run", "--port", port)
        assert f"Port {port} is in use" in phonebank.refused("web", "--port", port)
    assert list(home.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(home, phonebank, free_port):
    (home / "var").write_text("a file where the folder should be")
    assert "Cannot write in" in phonebank.refused("run", "--port", free_port)


def test_a_home_that_is_not_there_is_refused(monkeypatch, phonebank, free_port):
    monkeypatch.setenv("PHONEBANK_HOME", "/nowhere/at/all")
    assert "There is no folder" in phonebank.refused("run", "--port", free_port)


def test_a_database_from_a_newer_version_is_refused(home, monkeypatch, phonebank, free_port):
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("it started"))
    phonebank.ok("db", "upgrade")
    rows = sqlite3.connect(home / "var" / "phonebank.db")
    rows.execute("UPDATE alembic_version SET version_num = '9999'")
    rows.commit()
    rows.close()
    for words in (("run", "--port", free_port), ("web", "--port", free_port), ("worker",), ("clock",)):
        assert "newer version" in phonebank.refused(*words)


def test_a_disk_that_is_full_is_refused(monkeypatch, phonebank, free_port):
    def no_room(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(premises.os, "fsync", no_room)
    assert "The disk is full" in phonebank.refused("run", "--port", free_port)


def test_a_part_keeps_the_working_folder_as_its_home(home, monkeypatch, phonebank):
    class Became(Exception):  # noqa: N818 - what happened, not what went wrong
        pass

    def become(_program, _words, environment):
        raise Became(environment["PHONEBANK_HOME"])

    monkeypatch.delenv("PHONEBANK_HOME")
    monkeypatch.chdir(home)
    monkeypatch.setattr("os.execve", become)
    for part in ("worker", "clock"):
        with pytest.raises(Became, match=str(home)):
            phonebank(part)
        os.chdir(home)
