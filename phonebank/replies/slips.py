"""What a thumb, a disguise or a missing space makes of a word: the variants of the words that ask to stop (pure)."""

from collections.abc import Iterator
from itertools import product

_NEIGHBOURS = {
    key: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, key in enumerate(row)
}
_LOOKALIKES = {"o": "o0", "i": "i1", "l": "l1", "e": "e3", "a": "a4", "s": "s5", "t": "t7"}


def slips_of(word: str) -> Iterator[str]:
    """The word with two letters swapped, one left out or one hit beside its key; the first letter is seldom missed."""
    for at in range(1, len(word)):
        yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        yield word[:at] + word[at + 1 :]
        for beside in _NEIGHBOURS.get(word[at], ""):
            yield word[:at] + beside + word[at + 1 :]


def disguises_of(word: str) -> Iterator[str]:
    """The word with digits for some of its letters: `st0p`, `m3ss4ge`."""
    for letters in product(*(_LOOKALIKES.get(letter, letter) for letter in word)):
        yield "".join(letters)


def run_together(written: str) -> Iterator[tuple[str, str]]:
    """Each way to read `stop|quit texting me|us?`, without and with its spaces: `stoptexting`, `stop texting`."""
    choices = [(*part.rstrip("?").split("|"), *([""] if part.endswith("?") else [])) for part in written.split()]
    for chosen in product(*choices):
        words = [word for word in chosen if word]
        yield "".join(words), " ".join(words)
