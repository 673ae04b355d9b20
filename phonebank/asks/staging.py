"""What of a call script is said, and what is only done: its pauses, and its branches for each answer (pure)."""

import re

_ASIDE = re.compile(r"[\[(<*][^\[\](){}<>*\n]{1,160}[\])>*]")
_WAITS = re.compile(
    r"\b(?:paus\w*|wait\w*|silen\w*|quiet\w*|listen\w*|breathe?|beat|count to|let (?:them|him|her)|hold|esper\w*"
    r"|callad\w*|calle|escuch\w*|deje que)\b",
    re.IGNORECASE,
)
_WHO = (
    r"(?:they|he|she|voter|supporter|contact|person|the (?:person|voter|supporter|answer)|dicen?|responden?|contestan?)"
)
_ANSWER = r"(?:yes|no|not|maybe|unsure|undecided|busy|s[i\u00ed]|tal vez|quiz[a\u00e1]s?|ahora no)"
_BRANCH = re.compile(
    r"(?:^|(?<=[.!?\])>\n\"'\u201d]))[ \t\[(*\u2022-]*(?:if|when|on|for|si|cuando)\b[^.?!:\n\]]{0,6}"
    rf"\b(?:{_ANSWER}|{_WHO}\b[^.?!:\n\]]{{1,24}})\b[^.?!:\n\]]{{0,30}}[:\]\u2014\u2013\u2192=]",
    re.IGNORECASE,
)
_ENDS = re.compile(r"^[ \t]*(?:\.\.\.|\u2026)")


def said(text: str) -> str:
    """The script with everything that is not said to everybody blanked: letters keep their places."""
    start = branches_at(text)
    kept = text if start is None else text[:start] + " " * (len(text) - start)
    return _ASIDE.sub(lambda aside: " " * len(aside[0]) if _WAITS.search(aside[0]) else aside[0], kept)


def branches_at(text: str) -> int | None:
    """Where a script begins to say what follows each answer ("If not now: …"): after its question, or None."""
    asked = text.find("?")
    found = _BRANCH.search(text, asked + 1) if asked >= 0 else None
    return found.start() if found else None


def pause_after(text: str, place: int) -> str | None:
    """The pause that stands right after this place: "[pause]", "(wait for the answer)", "...", or None."""
    rest = text[place : place + 200]
    if ends := _ENDS.match(rest):
        return ends[0].strip()
    found = next((aside for aside in _ASIDE.finditer(rest) if _WAITS.search(aside[0])), None)
    return found[0] if found and not rest[: found.start()].strip(" \n\t\"'.\u201d") else None
