"""Somebody's own browser on a running site; what goes wrong in its console is kept."""

import os
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

from phonebank import db
from phonebank.people import accounts
from phonebank.people.models import Role
from tests.support import conversations as make
from tests.support.sources import ROOT
from tests.support.winding import WoundClock

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}

expect.set_options(timeout=10_000)


@dataclass
class Site:
    """`errors` are the scripts' own; an answer refused by the server is none."""

    browser: Browser
    address: str
    clock: WoundClock
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, path: str = "", size: dict[str, int] | None = None) -> Page:
        """A page in a browser of its own, not signed in."""
        context = self.browser.new_context(viewport=size or PHONE, base_url=self.address)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda wrong: self.errors.append(str(wrong)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        if path:
            page.goto(path)
        return page

    def link(self, name: str, role: Role = Role.VOLUNTEER) -> str:
        """The address of a sign-in link for a new person."""
        with db.transaction() as session:
            person_id = make.person(session, self.clock.now(), name, role)
            return f"/sign-in/{accounts.sign_in_link(session, person_id, self.clock.now())}"

    def signed_in(self, name: str, role: Role = Role.VOLUNTEER, size: dict[str, int] | None = None) -> Page:
        """The first page of somebody who has just signed in."""
        page = self.page(self.link(name, role), size)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/*")
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text and "net::ERR" not in text:
            self.errors.append(text)


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture for the docs when asked to: SCREENSHOTS=1 pytest tests/browser."""
    if os.environ.get("SCREENSHOTS"):
        folder = ROOT / "docs" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=whole)
