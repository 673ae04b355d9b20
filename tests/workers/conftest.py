"""A process that is open for turns: settings, database and doorbell of the test's own."""

import pytest

from phonebank import db, jobs
from phonebank.settings import Settings
from workers import opening


@pytest.fixture
def opened(database_url, redis_url, tmp_path, clock, monkeypatch) -> Settings:
    settings = Settings(database_url=database_url, redis_url=redis_url, phonebank_home=tmp_path)
    engine = db.configure(settings.database)
    jobs.configure(settings)
    monkeypatch.setattr(opening._Opened, "settings", settings)
    yield settings
    jobs.connection().close()
    jobs.configure(Settings(redis_url="redis://127.0.0.1:1/0"))
    engine.dispose()
