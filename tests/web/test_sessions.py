"""Only what a person does writes the session's cookie."""

import pytest

pytestmark = pytest.mark.database("sqlite")


def test_a_piece_that_asks_for_itself_writes_no_cookie(visitor):
    """A late answer to it would else undo a sign-out, and swallow what the next page has to say."""
    ana = visitor("volunteer")
    assert "Set-Cookie" in ana.get("/inbox").headers
    assert "Set-Cookie" not in ana.get("/inbox/rows", headers={"HX-Request": "true"}).headers
