"""Hashing and checking passwords; a wrong address takes as long as a wrong password."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from phonebank.errors import BadInputError

SHORTEST = 10
LONGEST = 1000  # hashing a book is a way to keep the server busy

_hasher = PasswordHasher()
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$sso40AlRNL3rXc1NF6ZLTA$NEm6IOw6uhK/+BjgoTktPlhY/Jxd7aST2G9muq1/mR4"
"""A hash that takes as long to check as anybody's; made beforehand, since making it takes a fifth of a second."""


def hashed(password: str) -> str:
    """An argon2id hash. Raises BadInputError for a password that is too short to keep anybody out."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInputError(f"Choose a password of {SHORTEST} characters or more (at most {LONGEST}).")
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash, False after the same work."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
