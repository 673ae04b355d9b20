"""The page of a rehearsal: a supporter's phone, the clock, the carrier's troubles; nothing of it outside one."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.app import create_app
from phonebank.settings import Settings
from phonebank.web import rehearsal
from phonebank.web.guards import guard_of

ELSA = "+14105550108"


@pytest.fixture
def settings(database_url, redis_url, spawn_carrier, home) -> Settings:
    (home / "var" / "rehearsal").mkdir(parents=True)
    carrier = spawn_carrier(pick_delay=(0, 0.01), delivery_delay=(0, 0.02), inbound_url="http://127.0.0.1:9/sms")
    carrier.supporters([{"number": ELSA, "first_name": "Elsa"}])
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="s" * 40,
        rehearsal=True,
        phonebank_home=home,
        twilio_account_sid=carrier.account_sid,
        twilio_auth_token=carrier.auth_token,
        twilio_api_base_url=carrier.url,
    )


@pytest.fixture(autouse=True)
def dial(settings):
    house_clock.wind(settings.clock_file, to=datetime(2027, 2, 3, 18, 0, tzinfo=UTC), speed=1.0)
    yield
    house_clock.follow(None)


@pytest.fixture
def elsa(visitor):
    """A volunteer who looks at Elsa's phone, and its address."""
    volunteer = visitor("volunteer")
    found = re.search(r'href="(/rehearsal/phones/\w+)"', volunteer.open("/rehearsal"))
    return volunteer, found[1]


@pytest.mark.database("sqlite")
def test_outside_a_rehearsal_there_is_no_such_page(settings):
    app = create_app(settings.model_copy(update={"rehearsal": False}))
    assert app.test_client().get("/rehearsal").status_code == 404
    db.engine().dispose()


@pytest.mark.database("sqlite")
def test_every_route_of_it_has_its_guard(app, client):
    assert all(guard_of(view) for name, view in app.view_functions.items() if name.startswith("rehearsal."))
    assert client.get("/rehearsal").status_code == 303


@pytest.mark.database("sqlite")
def test_no_number_stands_in_an_address(elsa):
    volunteer, address = elsa
    page = volunteer.open(address)
    assert "(410) 555-0108" in page
    assert not re.search(r'(?:href|action|hx-\w+)="[^"]*5550108', page)


@pytest.mark.database("sqlite")
def test_a_visitor_answers_as_a_supporter_who_is_quiet_from_then_on(elsa):
    volunteer, address = elsa
    volunteer.open(address)
    assert (
        "Maybe, says &lt;Elsa&gt;"
        in volunteer.send(f"{address}/reply", {"body": "Maybe, says <Elsa>"}, follow_redirects=True).text
    )
    assert "says nothing by themselves" in volunteer.open(address)
    swapped = volunteer.send(f"{address}/reply", {"body": "again"}, headers={"HX-Request": "true"})
    assert "again" in swapped.text
    assert "<html" not in swapped.text


@pytest.mark.database("sqlite")
def test_the_clock_goes_on_and_faster_and_never_back(elsa, settings):
    volunteer, _ = elsa
    before = house_clock.now()
    volunteer.send("/rehearsal/clock", {"to": "hour"})
    assert house_clock.now() >= before + timedelta(hours=1)
    volunteer.send("/rehearsal/clock", {"speed": "60"})
    assert house_clock.speed() == 60
    volunteer.send("/rehearsal/clock", {"to": "morning"})
    assert house_clock.now() >= datetime(2027, 2, 4, 15, 0, tzinfo=UTC)
    assert volunteer.send("/rehearsal/clock", {"speed": "-1"}).status_code == 400
    assert volunteer.send("/rehearsal/clock", {"to": "yesterday"}).status_code == 400


@pytest.mark.database("sqlite")
def test_trouble_at_the_carrier_is_made_and_mended(elsa):
    volunteer, _ = elsa
    for kind in rehearsal.TROUBLES:
        volunteer.send("/rehearsal/trouble", {"kind": kind})
        assert re.search(rf'value="{kind}" aria-pressed="true"', volunteer.open("/rehearsal"))
    volunteer.send("/rehearsal/trouble", {"kind": ""})
    assert re.search(r'value="" aria-pressed="true"', volunteer.open("/rehearsal"))
    assert volunteer.send("/rehearsal/trouble", {"kind": "flood"}).status_code == 400


@pytest.mark.database("sqlite")
def test_a_phone_nobody_has_is_not_found(elsa):
    volunteer, _ = elsa
    assert volunteer.get("/rehearsal/phones/0123456789ab").status_code == 404


@pytest.mark.database("sqlite")
def test_its_time_stands_on_every_page(elsa):
    volunteer, _ = elsa
    assert "Wed, Feb 3, 1:0" in volunteer.open("/inbox")
