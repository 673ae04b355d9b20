"""How the pieces of a rewrite are put together: marks, capitals, links and names in their places (pure)."""

import re

_LINK_AT_END = re.compile(r"[\s:,\-]+((?:https?://|www\.)\S+|[\w.-]+\.[a-z]{2,}/\S*)$", re.IGNORECASE)
_CALLED = re.compile(r", [A-Z][a-z]+$")
_PAIR = 2


def with_the_campaigns(deed: str, moment: str) -> str:
    """The day and place before a name at the end: "vote {{ ask.when }}, Carl"."""
    called = _CALLED.search(deed)
    return f"{deed[: called.start()]}{moment}{called[0]}" if called else deed + moment


def shouted(question: str) -> str:
    """In capitals, as the writer's sentence was, but for the merge fields."""
    return re.sub(
        r"\{\{[^{}]*\}\}|[^{]+", lambda part: part[0] if part[0].startswith("{{") else part[0].upper(), question
    )


def mid_sentence(question: str) -> str:
    return re.sub(r"[^\W\d_]", lambda first: first[0].lower(), question, count=1)


def without_link(deed: str) -> tuple[str, str]:
    """A link at the end comes after the question mark, which would break it."""
    link = _LINK_AT_END.search(deed)
    return (deed[: link.start()], f" {link[1]}") if link else (deed, "")


def hailed(greeting: str) -> str:
    """The greeting of a sentence that goes, as one of its own: "Hi!", "¡Hola!"."""
    opened = "¡" if greeting.lower().startswith(("hola", "buen")) else ""
    return f"{opened}{greeting.rstrip(' ,-!')}!" if greeting else ""


def closing_quote(sentence: str) -> str:
    """The mark that closes a script put in quotes."""
    end = sentence.rstrip()
    return end[-1] if end.endswith(('"', "\u201d")) and end.count('"') != _PAIR else ""


def joined(pieces: list[str | None]) -> str:
    return " ".join(piece for piece in pieces if piece)
