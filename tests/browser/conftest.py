"""Chromium on the web application, served on a port of the test's own over a clock that runs."""

import os
import shutil
from threading import Thread

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from phonebank import db
from phonebank.app import create_app
from phonebank.reports import lately
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support.browsing import Site

_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.fail("No Chromium: install it, for example with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def site(chromium, database_url, redis_url, clock, free_port, monkeypatch):
    """The pages at their own address: `site.signed_in("Ana")` is a page of somebody's own browser."""
    monkeypatch.setattr(lately._Kept, "by_key", {})  # counts of another test's campaign of the same number
    settings = Settings(database_url=database_url, redis_url=redis_url, secret_key="s" * 40, port=free_port)
    server = make_server("127.0.0.1", free_port, create_app(settings), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    clock.run()
    opened = Site(chromium, settings.address, clock)
    yield opened
    opened.close()
    server.shutdown()
    server.server_close()
    db.engine().dispose()
    assert opened.errors == []


@pytest.fixture
def waits(site, clock):
    """waits("Rosa", "maybe?"): a handoff of one campaign, and whose it is."""
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())

    def handed_off(name="Rosa", body="maybe?", **fields):
        with db.transaction() as session:
            supporter = make.supporter(session, drive, clock.now(), name)
            return make.handed_off(session, supporter, clock.now(), body, **fields), supporter

    return handed_off
