"""A text as the coach reads it: one plain letter for each of the writer's, so that places agree (pure)."""

import re
import tomllib
import unicodedata
from pathlib import Path

_FOLDS = {
    **{
        ord(letter): plain
        for letter in map(chr, range(0xC0, 0x180))
        if (plain := unicodedata.normalize("NFD", letter)[0]) < "\x7f"
    },
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\t\xa0\u2009\u202f\u200b\r"), " "),
}


_MEANT: dict[str, str] = tomllib.loads(Path(__file__).with_name("slips.toml").read_text("utf-8"))["slips"]
_SLIPS = re.compile(rf"\b(?:{'|'.join(_MEANT)})\b")


def fold(text: str) -> str:
    """Lower case, without accents, straight quotes: one character for each of the text's, so that places agree."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return _SLIPS.sub(lambda slip: _MEANT[slip[0]], lowered.translate(_FOLDS))
