"""Every page of the house stands up to axe and a small screen, in light and dark; each test of a feature adds its own."""

import re

import pytest

from phonebank import db
from phonebank.people.models import Role
from tests.support.browsing import looked_at, violations
from tests.support.world import furnish

pytestmark = pytest.mark.database("sqlite")
_IS_A_FILE = re.compile(r"\.(csv|ics|json|xlsx|png)\b|export|download|rejects|/guide/\w+/\w+")


def seen_by(page, visit):
    """Visit every page that links lead this person to; of those that differ in a number only, the first."""
    waiting, met = ["/"], set()
    while waiting:
        path = waiting.pop()
        page.goto(path)
        visit(page)
        for link in page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))"):
            kind = re.sub(r"\d+|(?<=/practice/)\w+", "N", link.partition("#")[0])
            if kind not in met and not _IS_A_FILE.search(kind):
                met.add(kind)
                waiting.append(link.partition("#")[0])


def test_every_page_with_the_names_people_should_not_have(site, clock):
    with db.transaction() as session:
        furnish(session, clock.now())
    page = site.signed_in("Amanda", Role.ADMIN)
    page.on("dialog", lambda dialog: site.errors.append(f"a name ran as a script: {dialog.message}"))
    seen_by(page, looked_at)


def test_every_page_of_a_volunteer(site, clock):
    with db.transaction() as session:
        furnish(session, clock.now())
    seen_by(site.signed_in("Ana"), looked_at)


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
