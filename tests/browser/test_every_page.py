"""Every page of the house stands up to axe and a small screen, in light and dark; each test of a feature adds its own."""

import pytest

from phonebank.people.models import Role
from tests.support.browsing import looked_at, violations

pytestmark = pytest.mark.database("sqlite")
PAGES = ("/contacts", "/unmatched", "/in-doubt", "/opt-outs", "/people", "/me", "/practice", "/campaigns")


def test_pages_without_anything_on_them_yet(site):
    page = site.signed_in("Amanda", Role.ADMIN)
    for path in PAGES:
        page.goto(path)
        looked_at(page)


def test_the_page_to_sign_in(site):
    looked_at(site.page("/sign-in"))


def test_what_axe_finds_is_told(site):
    page = site.page("/sign-in")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/icon.svg\">')")

    assert [found.partition(":")[0] for found in violations(page)] == ["image-alt"]


def test_the_guide_and_one_of_its_pages(site):
    page = site.signed_in("Ana")
    page.goto("/guide")
    looked_at(page)
    page.get_by_role("main").get_by_role("link").last.click()
    looked_at(page)
