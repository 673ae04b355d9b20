"""What somebody typed, as it will go: trimmed, in plain quotes, nothing unprintable (pure)."""

import re

from phonebank.asks import segments
from phonebank.asks.wording import LONGEST_TEXT
from phonebank.errors import BadInputError
from phonebank.optouts.keywords import INVISIBLE

_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no phone shows them, PostgreSQL stores no NUL


def sendable(typed: str, what: str = "answer") -> str:
    """The words that go. Raises BadInputError when they are empty or too long for a text; `what` names them there."""
    words = segments.plain(_UNSENDABLE.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if not INVISIBLE.sub("", words).strip():
        raise BadInputError(f"Write something first: the {what} is empty.")
    if len(words) > LONGEST_TEXT:
        raise BadInputError(
            f"The {what} has {len(words):,} characters; a text holds at most {LONGEST_TEXT:,}. Shorten it.",
        )
    return words
