"""What a load balancer and a monitor are told."""

import pytest
from sqlalchemy import text

from phonebank import db

pytestmark = pytest.mark.database("sqlite")


def test_alive_needs_nothing(client):
    assert client.get("/health/live").json == {"alive": True}


def test_ready_names_what_is_missing(client):
    told = client.get("/health/ready")
    assert told.json["database"]
    assert told.json["redis"]
    assert told.status_code == (200 if told.json["migrations"] else 503)


def test_a_database_behind_this_version_is_not_ready(client):
    with db.transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
        session.execute(text("DELETE FROM alembic_version"))
    told = client.get("/health/ready")
    assert (told.status_code, told.json["migrations"]) == (503, False)


def test_metrics_are_for_loopback_or_a_token(client):
    assert "phonebank_handoffs" in client.get("/metrics").text
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", environ_overrides=elsewhere).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    token = {"Authorization": "Bearer a token for scrapers"}
    assert client.get("/metrics", environ_overrides=elsewhere, headers=token).status_code == 200
    assert client.get("/metrics", environ_overrides=elsewhere, headers={"Authorization": "Bearer x"}).status_code == 403


def test_metrics_count_what_waits(client):
    told = client.get("/metrics").text
    assert 'phonebank_messages_unsettled{status="queued"} 0.0' in told
    assert "phonebank_redis_up 1.0" in told
