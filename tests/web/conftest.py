"""The web application on a database of the test's own, and somebody of each role to open it with."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from phonebank import clock as house_clock
from phonebank import db
from phonebank.app import create_app
from phonebank.asks.models import Ask
from phonebank.followups import scheduling
from phonebank.messages.models import MessageKind
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.recipients.models import RecipientStatus
from phonebank.reports import lately
from phonebank.settings import Settings
from phonebank.web import sign_in, supporter, waiting_list
from phonebank.web.throttle import Throttle
from tests.support import conversations as make
from tests.support.calling import ACCOUNT, PUBLIC, TOKEN, Phone, a_call, calling
from tests.support.factories import member
from tests.support.pages import Visitor
from workers import opening


@pytest.fixture
def settings(database_url, redis_url) -> Settings:
    return Settings(
        database_url=database_url, redis_url=redis_url, secret_key="s" * 40, metrics_token="a token for scrapers"
    )


@pytest.fixture
def app(settings, monkeypatch) -> Flask:
    monkeypatch.setattr(supporter, "GUESSES", Throttle(supporter.GUESSES._limit))
    for throttle in ("_BY_PERSON_AND_PLACE", "_BY_PLACE", "_BY_PERSON"):
        monkeypatch.setattr(sign_in, throttle, Throttle(getattr(sign_in, throttle)._limit))
    monkeypatch.setattr(waiting_list, "SHARED_FOR_S", 0.0)  # each look a fresh one
    monkeypatch.setattr(lately, "_CHEAP_S", 60.0)  # counted anew each time, however slow the machine is
    app = create_app(settings)
    app.testing = True
    yield app
    db.engine().dispose()


@pytest.fixture
def client(app) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def person(app) -> Callable[..., str]:
    """Add somebody: person("organizer") gives their e-mail address."""

    def add(role: str, name: str = "", password: str | None = "correct horse battery") -> str:
        email = f"{role}@example.org"
        with db.transaction() as session:
            accounts.add(session, email, name or role.title(), role, password, house_clock.now())
        return email

    return add


@pytest.fixture
def visitor(app, person) -> Callable[[str], Visitor]:
    """Somebody of this role, signed in: visitor("admin").get("/people")."""

    def signed_in(role: str, name: str = "") -> Visitor:
        email = person(role, name, password=None)
        with db.transaction() as session:
            token = accounts.sign_in_link(session, accounts.queries.by_email(session, email).id, house_clock.now())
        visitor = Visitor(app.test_client(), email)
        visitor.open(f"/sign-in/{token}")
        visitor.send(f"/sign-in/{token}")
        return visitor

    return signed_in


@pytest.fixture
def volunteer(app, clock):
    """volunteer("Ana"): signed in, each on a browser of their own."""

    def signed_in(name, role=Role.VOLUNTEER):
        with db.transaction() as session:
            person_id = make.person(session, clock.now(), name, role)
            token = accounts.sign_in_link(session, person_id, clock.now())
        visitor = Visitor(app.test_client())
        visitor.open(f"/sign-in/{token}")
        visitor.send(f"/sign-in/{token}")
        return visitor

    return signed_in


@pytest.fixture
def workers_open(settings, monkeypatch):
    """A worker's turn may be taken in this process, on the test's own database."""
    monkeypatch.setattr(opening._Opened, "settings", settings)


@pytest.fixture
def drive(app, clock):
    with db.transaction() as session:
        return make.campaign(session, clock.now())


@pytest.fixture
def waits(drive, clock):
    """waits("Rosa", "maybe?"): a handoff, and whose it is."""

    def handed_off(name="Rosa", body="maybe?", language="en", **fields):
        with db.transaction() as session:
            supporter = make.supporter(session, drive, clock.now(), name, language=language)
            return make.handed_off(session, supporter, clock.now(), body, **fields), supporter

    return handed_off


@pytest.fixture
def said_yes(app, clock):
    """said_yes(): somebody with a commitment, as (recipient, token)."""

    def pledged(first_name="Rosa", language="en", **ask_fields):
        now = clock.now()
        with db.transaction() as session:
            drive = make.campaign(session, now)
            rosa = make.supporter(session, drive, now, first_name, language=language)
            make.text(session, rosa, "Can I count on you?", now, kind=MessageKind.ASK, step="ask", claimed_at=now)
            ask = session.get(Ask, drive.ask_id)
            for name, value in ask_fields.items():
                setattr(ask, name, value)
            return rosa, scheduling.pledge(session, drive, ask, rosa, now).token

    return pledged


@pytest.fixture
def now(clock):
    return house_clock.now()


@pytest.fixture
def voice_client(database_url, tmp_path, clock):
    settings = Settings(
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key="s" * 40,
        public_url=PUBLIC,
        phonebank_home=tmp_path,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_base_url="http://127.0.0.1:1",
    )
    app = create_app(settings)
    app.testing = True
    yield app.test_client()
    db.engine().dispose()


@pytest.fixture
def phone(voice_client, now):
    """phone(…): one of our calls, taken by somebody; fields of the campaign (`drive`) and of the call."""

    def rung(drive=None, recipient=None, **fields):
        with db.transaction() as session:
            campaign = calling(session, now, **(drive or {}))
            to = member(session, campaign, now, status=RecipientStatus.PENDING, **(recipient or {}))
            return Phone(voice_client, a_call(session, campaign, now, rings=to, **fields))

    return rung
