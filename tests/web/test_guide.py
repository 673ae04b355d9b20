"""The guide in the house: every page of it opens, every link and picture in it leads somewhere, every page's help exists."""

import re

import pytest

from phonebank.web import guide
from tests.support import sources
from tests.support.sources import ROOT

pytestmark = pytest.mark.database("sqlite")
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


@pytest.fixture
def reader(visitor):
    return visitor("volunteer")


def test_every_page_of_the_guide_opens_and_everything_in_it_leads_somewhere(reader):
    pages = _LINK.findall(_article(reader.get("/guide").text, "main"))

    assert pages
    lost = {
        f"{page} → {link}"
        for page in pages
        for link in _LINK.findall(_article(reader.get(page).text, "article"))
        if reader.get(link, buffered=True).status_code not in (200, 302, 303, 403)
    }
    assert lost == set()


def test_every_page_that_offers_help_has_a_page_in_the_guide():
    asked = {
        (path.name, name)
        for path in sources.files(".html")
        for name in re.findall(r'\{\{ help\("([^"]+)"\) \}\}', (ROOT / path).read_text())
        if path.name != "_help.html"
    }

    assert {one for one in asked if one[1] not in guide.topics()} == set()


def test_every_picture_the_guide_shows_is_there():
    shown = {
        (path.name, picture)
        for path in sources.files(".md")
        if "guide" in path.parts
        for picture in re.findall(r"\]\(\.\./\.\./screenshots/([\w-]+\.png)\)", (ROOT / path).read_text())
    }

    assert {one for one in shown if not (ROOT / "docs" / "screenshots" / one[1]).exists()} == set()


def test_html_in_the_guide_stays_text(app):
    with app.test_request_context():
        assert "<script" not in guide._rendered("# A\n\n<script>alert(1)</script>", "staff")


@pytest.mark.parametrize("path", ["/guide/staff/nothing", "/guide/volunteers/campaigns", "/guide/pictures/..%2Fx.png"])
def test_a_page_or_picture_that_is_not_there_is_not_found(reader, path):
    assert reader.get(path).status_code == 404


def _article(page, element):
    return page[page.index(f"<{element}") : page.index(f"</{element}>")]
