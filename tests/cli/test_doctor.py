"""`phonebank doctor`: how each part stands, and what mends it."""

import json

import pytest

from phonebank import db, jobs
from phonebank.cli import checks
from phonebank.errors import NotFoundError
from phonebank.gateway.account import Account
from phonebank.settings import load
from tests.support.campaigns import a_campaign

SERVICE = "MG" + "0" * 32


@pytest.fixture
def findings(phonebank):
    """findings("--fix") → what it found by part, and its exit status."""

    def ask(*options):
        result = phonebank("doctor", "--json", *options)
        lines = map(json.loads, result.stdout.splitlines())
        return {line["part"]: line for line in lines}, result.exit_code

    return ask


@pytest.fixture
def well(phonebank, carrier, redis_url, monkeypatch):
    """A home whose database, Redis and carrier answer, with one draft campaign."""
    for name, value in {
        "REDIS_URL": redis_url,
        "TWILIO_ACCOUNT_SID": carrier.account_sid,
        "TWILIO_AUTH_TOKEN": carrier.auth_token,
        "TWILIO_API_BASE_URL": carrier.url,
    }.items():
        monkeypatch.setenv(name, value)
    phonebank.ok("db", "upgrade")
    jobs.configure(load())
    db.configure(load().database)
    with db.transaction() as session:
        a_campaign(session, sender=SERVICE)
    yield
    db.engine().dispose()


def test_with_nothing_running_it_says_what_is_bad_and_how_to_mend_it(findings, phonebank):
    phonebank.ok("db", "upgrade")
    found, status = findings()
    assert status == 1
    assert found["database"]["state"] == "ok"
    assert found["redis"] == {
        "part": "redis",
        "state": "bad",
        "told": "does not answer",
        "mend": "Start `phonebank run`, or the parts of the Procfile.",
    }
    assert found["keys"]["state"] == "warn"


def test_a_database_that_is_behind_is_bad(findings):
    found, _ = findings()
    assert (found["database"]["state"], found["database"]["mend"]) == ("bad", "Run `phonebank db upgrade`.")


def test_a_queue_without_a_worker_and_a_clock_that_stands_still_are_bad(well, findings):
    found, status = findings()
    assert (found["redis"]["state"], found["workers"]["state"], found["clock"]["state"]) == ("ok", "bad", "bad")
    assert "urgent" in found["workers"]["told"]
    jobs.note_sweep()
    assert findings()[0]["clock"]["state"] == "ok"
    assert status == 1


def test_webhooks_that_lead_elsewhere_are_bad_until_it_sets_them(well, findings):
    assert findings()[0][f"webhooks {SERVICE}"]["state"] == "bad"
    assert findings("--fix")[0][f"webhooks {SERVICE}"]["state"] == "ok"
    assert findings()[0][f"webhooks {SERVICE}"]["told"] == "replies come here"
    assert Account(load()).webhooks(SERVICE).is_ours


def test_a_sender_that_is_not_ours_is_bad(well, findings):
    with db.transaction() as session:
        a_campaign(session, name="Elsewhere", sender="+12025550111")
    assert findings()[0]["sender +12025550111"]["state"] == "bad"


def test_keys_that_are_refused_are_bad(well, findings, monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "f" * 32)
    found, _ = findings()
    assert found["keys"]["state"] == "bad"
    assert "TWILIO_AUTH_TOKEN" in found["keys"]["told"]


def test_an_address_that_does_not_answer_is_bad(findings, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://127.0.0.1:9")
    assert findings()[0]["address"]["state"] == "bad"


def test_a_person_reads_one_line_a_part(phonebank):
    result = phonebank("doctor")
    assert result.exit_code == 1
    assert all(line.split()[0] in {"ok", "warn", "bad"} for line in result.stdout.splitlines())


@pytest.fixture
def app(well, monkeypatch):
    """The TwiML app of the account, as {"url"}, and the settings that name it."""
    app = {"url": "https://old.example.org/voice"}
    monkeypatch.setattr(Account, "browser_url", lambda _self: app["url"])
    monkeypatch.setattr(Account, "set_browser_url", lambda self: app.update(url=self.our_browser_url))
    monkeypatch.setenv("TWILIO_APP_SID", "AP" + "0" * 32)
    return app


def test_a_browser_phone_that_leads_elsewhere_is_told_and_mended(app, findings, monkeypatch):
    found, _ = findings()
    assert (found["browser phone"]["state"], "API_KEY" in found["browser phone"]["mend"]) == ("warn", True)
    monkeypatch.setenv("TWILIO_API_KEY", "SK" + "0" * 32)
    monkeypatch.setenv("TWILIO_API_SECRET", "s" * 32)
    monkeypatch.setattr(Account, "check", lambda _self: "Ours")
    monkeypatch.setattr(checks, "_senders", list)
    found, status = findings()
    assert (found["browser phone"]["told"], status) == ("its TwiML app leads to https://old.example.org/voice", 1)
    found, _ = findings("--fix")
    assert found["browser phone"]["state"] == "ok"
    assert app["url"].endswith("/twilio/calls/browser")
    assert findings()[0]["browser phone"]["told"] == "volunteers speak in their browsers"


def test_a_browser_phone_of_another_account_is_bad(app, findings, monkeypatch):
    def missing(_self):
        raise NotFoundError("nothing there")

    for name in ("TWILIO_API_KEY", "TWILIO_API_SECRET"):
        monkeypatch.setenv(name, "SK" + "0" * 32)
    monkeypatch.setattr(Account, "check", lambda _self: "Ours")
    monkeypatch.setattr(checks, "_senders", list)
    monkeypatch.setattr(Account, "browser_url", missing)
    assert findings()[0]["browser phone"]["told"] == "the account has no such TwiML app"
