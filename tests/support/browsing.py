"""Somebody's own browser on a running site; what goes wrong in its console, or asks elsewhere, is kept."""

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

_AXE = ROOT / "tests" / "browser" / "vendor" / "axe-4.14.1.min.js"
_WIDEST = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
.slice(0, 3).map(e => e.outerHTML.slice(0, 150)).join(' | ')"""

expect.set_options(timeout=10_000)


_NO_NETWORK = ("Failed to load resource", "net::ERR", "htmx:sendError", "htmx:afterRequest")
"""What the browser and htmx say of a request that met nobody, as when a test takes the network away."""


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
        page.on("request", lambda request: self._asked(request.url))
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

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.errors.append(f"a page asked another site: {url}")

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not any(words in text for words in _NO_NETWORK):
            self.errors.append(text)


def looked_at(page: Page, name: str = "") -> None:
    """A page as it stands is fit to be used: on 320, 390 and 1280 pixels nothing is wider than the screen, and axe
    finds no violation, on a phone in dark and on a desk in light. With a `name` its
    pictures are kept when asked for: NAME.png and NAME-on-a-phone.png.
    """
    before = page.viewport_size
    for size in (SMALL, PHONE, DESK):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, f"{page.url} is {too_wide} px too wide for {size['width']}: {page.evaluate(_WIDEST)}"
        if size != SMALL:
            page.emulate_media(color_scheme="dark" if size == PHONE else "light", reduced_motion="reduce")
            assert violations(page) == [], f"{page.url} at {size['width']} px"
        if name and size != SMALL:
            page.emulate_media(color_scheme="light")
            shot(page, name if size == DESK else f"{name}-on-a-phone")
    page.set_viewport_size(before or PHONE)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, each with where: the WCAG 2.2 A and AA rules and axe's own best practices."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())  # not a script element: the page's own policy would refuse it
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture for the docs when asked to: SCREENSHOTS=1 pytest tests/browser."""
    if os.environ.get("SCREENSHOTS"):
        folder = ROOT / "docs" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=whole)
