"""Checking nobody's password takes as long as checking anybody's: who has an account cannot be told by the clock."""

import pytest

from phonebank.errors import BadInputError
from phonebank.people import passwords


def test_nobodys_hash_takes_as_long_as_anybodys():
    assert not passwords._hasher.check_needs_rehash(passwords._NOBODYS)


def test_nobody_has_nobodys_password():
    assert not passwords.matches(None, "nobody has this password")


def test_a_short_password_is_refused():
    with pytest.raises(BadInputError, match="10 characters"):
        passwords.hashed("short")
