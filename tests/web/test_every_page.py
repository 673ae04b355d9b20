"""Every page a link leads to, with the names people should not have: it opens, and what they wrote stays words."""

import re
from html import unescape

import pytest

from phonebank import db
from tests.support.world import HOSTILE, furnish

pytestmark = pytest.mark.database("sqlite")
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
_OF_EACH_KIND = 3
_NUMBER = re.compile(r"\+?1?\(?202\)?[-. ]?555[-. ]?\d{4}")


def crawl(visitor, start="/"):
    """{address: text} of every page that links lead to; of pages that differ in a number only, the first few."""
    pages, waiting, met = {}, [start], {}
    while waiting:
        path = unescape(waiting.pop()).partition("#")[0]
        kind = re.sub(r"\d+", "N", path)
        if not path.startswith("/") or path in pages or met.get(kind, 0) >= _OF_EACH_KIND or "seen=" in path:
            continue
        met[kind] = met.get(kind, 0) + 1
        answer = visitor.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        pages[path] = answer.text if answer.mimetype == "text/html" else ""
        waiting.extend(_LINK.findall(pages[path]))
    return pages


@pytest.fixture
def furnished(app, clock):
    with db.transaction() as session:
        furnish(session, clock.now())


def test_what_people_are_called_stays_words_on_every_page_and_out_of_every_address(furnished, visitor):
    pages = {path: page for path, page in crawl(visitor("admin", name=f"Ada {HOSTILE}")).items() if page}

    assert len(pages) > 30
    assert any(HOSTILE in unescape(page) for page in pages.values())
    assert [path for path, page in pages.items() if HOSTILE in page] == []
    assert [path for path, page in pages.items() if len(re.findall(r"<h1\b", page)) != 1] == []
    assert [path for path in pages if _NUMBER.search(path) or "script" in path] == []


def test_no_page_of_a_volunteer_shows_a_whole_number_or_a_last_name(furnished, visitor):
    pages = crawl(visitor("volunteer"))

    assert [path for path, page in pages.items() if _NUMBER.search(page) or "Secretname" in page] == []
