"""The pages obey their own Content-Security-Policy: nothing runs or styles from inside the HTML."""

import re

import pytest

from tests.support import sources
from tests.support.sources import ROOT

FORBIDDEN = {
    "a script inside the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style inside the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address of another site": re.compile(
        r"<(?:script|link|img)[^>]*\b(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in sources.files(".html")
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    sources.listed(found, f"Move {what} to a file under phonebank/web/static/:")
