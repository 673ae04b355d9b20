"""Whether the carrier would take a TwiML document, by its published rules (twiml.toml), and what is wrong with it."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?(-[A-Z]{2})?")
_VOICE = re.compile(r"man|woman|alice|Polly\.[A-Z][a-z]+(-Neural|-Generative)?|Google\.[a-z]{2,3}-[A-Z]{2}-[\w-]+")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_HINTS, _LONGEST_HINT = 500, 100
_MOST_DIALED = 10
_ENDS = frozenset({"Redirect", "Hangup", "Reject", "Leave"})
_ALONE = frozenset({"Conference", "Queue"})


def check_twiml(text: str, room: str = "call") -> list[str]:
    """What the carrier would refuse in this document, a sentence each; an empty list when it takes it.

    `room`: "call", or the music of a "queue" or "conference" where fewer verbs are known.
    """
    if len(text.encode()) > rules()["longest_document"]:
        return [f"The document is longer than {rules()['longest_document']:,} bytes."]
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return ["The document has a DOCTYPE."]
    try:
        root = ET.fromstring(text)  # noqa: S314  # without a DOCTYPE there is nothing to expand
    except ET.ParseError as wrong:
        return [f"The document is not XML: {wrong}."]
    if root.tag != "Response":
        return [f"The document is a <{root.tag}>, not a <Response>."]
    return [*_check_names(root, "Response", rules()["rooms"][room]), *_check_order(root)]


@cache
def rules() -> dict[str, Any]:
    """twiml.toml as it stands."""
    return tomllib.loads(Path(__file__).with_name("twiml.toml").read_text())


def _check_names(element: ET.Element, path: str, holds: list[str]) -> Iterator[str]:
    rule = rules()[element.tag]
    yield from _check_attributes(element, path, rule.get("attributes", {}))
    yield from _check_words(element, path, rule.get("words"))
    yield from _CHECKS.get(element.tag, _nothing)(element, path)
    for child in element:
        if child.tag not in holds:
            yield f"{path} cannot hold <{child.tag}>."
        else:
            yield from _check_names(child, f"{path}/{child.tag}", rules()[child.tag].get("holds", []))


def _check_attributes(element: ET.Element, path: str, known: dict[str, str]) -> Iterator[str]:
    for key, value in element.attrib.items():
        name = "xml:lang" if key == _XML_LANG else key
        if name not in known:
            yield f"{path} has no attribute {name}."
        elif not _fits(value, known[name]):
            yield f'{path} {name}="{value}" should be {_said(known[name])}.'


def _check_words(element: ET.Element, path: str, limits: str | None) -> Iterator[str]:
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    if limits is None:
        if own.strip():
            yield f'{path} cannot hold words: "{own.strip()[:40]}".'
        return
    least, most = map(int, limits.split(".."))
    words = "".join(element.itertext()).strip()
    if len(words) < least:
        yield f"{path} is empty."
    if len(words) > most:
        yield f"{path} has {len(words):,} characters, {most:,} at most."


def _check_order(root: ET.Element) -> Iterator[str]:
    for before, after in pairwise(root):
        if before.tag in _ENDS:
            yield f"Response/{after.tag} is never reached: it comes after <{before.tag}>."


def _check_say(element: ET.Element, path: str) -> Iterator[str]:
    voice, language = element.get("voice", ""), element.get("language")
    most = rules()["longest_said"].get(voice.partition(".")[0], rules()["longest_said"]["basic"])
    if len("".join(element.itertext()).encode()) > most:
        yield f"{path} is longer than the {most:,} bytes this voice says (error 13521)."
    spoken = _language_of(voice)
    if language and spoken and spoken != language:
        yield f'{path} voice="{voice}" speaks {spoken}, not {language}.'


def _language_of(voice: str) -> str | None:
    maker, _, name = voice.partition(".")
    if maker == "Google":
        return "-".join(name.split("-")[:2])
    plain = name.split("-")[0]
    return next((language for language, names in rules()["voices"].items() if plain in names), None)


def _check_play(element: ET.Element, path: str) -> Iterator[str]:
    address = (element.text or "").strip()
    if not address and "digits" not in element.attrib:
        yield f"{path} has neither an address nor digits."
    elif address and not _is_address(address):
        yield f'{path} "{address[:40]}" is not an address.'


def _check_redirect(element: ET.Element, path: str) -> Iterator[str]:
    address = (element.text or "").strip()
    if address and not _is_address(address):
        yield f'{path} "{address[:40]}" is not an address.'


def _check_gather(element: ET.Element, path: str) -> Iterator[str]:
    if "speechModel" in element.attrib and element.get("speechTimeout") == "auto":
        yield f"{path} with a speechModel needs speechTimeout in seconds, not auto (error 13335)."
    if "speech" not in element.get("input", "dtmf").split():
        for name in ("hints", "speechTimeout", "speechModel", "language"):
            if name in element.attrib:
                yield f'{path} {name} has no meaning without input="speech".'


def _check_dial(element: ET.Element, path: str) -> Iterator[str]:
    words = (element.text or "").strip()
    if words and len(element):
        yield f"{path} holds both a number and nouns."
    if not words and not len(element):
        yield f"{path} dials nobody."
    if len(element) > _MOST_DIALED:
        yield f"{path} dials {len(element)} at once, {_MOST_DIALED} at most."
    if len(element) > 1 and any(child.tag in _ALONE for child in element):
        yield f"{path} holds a Conference or Queue beside others."


def _check_client(element: ET.Element, path: str) -> Iterator[str]:
    if not (element.text or "").strip() and element.find("Identity") is None:
        yield f"{path} names nobody."


def _check_enqueue(element: ET.Element, path: str) -> Iterator[str]:
    if not (element.text or "").strip() and "workflowSid" not in element.attrib:
        yield f"{path} names no queue."


def _nothing(_element: ET.Element, _path: str) -> Iterator[str]:
    yield from ()


_CHECKS = {
    "Say": _check_say,
    "Play": _check_play,
    "Redirect": _check_redirect,
    "Gather": _check_gather,
    "Dial": _check_dial,
    "Client": _check_client,
    "Enqueue": _check_enqueue,
}


def _fits(value: str, kind: str) -> bool:
    if kind in _KINDS:
        return bool(_KINDS[kind](value))
    if kind.startswith("+"):
        return bool(value.split()) and set(value.split()) <= set(kind[1:].split("|"))
    if ".." in kind:
        least, most = map(int, kind.split(".."))
        return value.isascii() and value.isdecimal() and least <= int(value) <= most
    return value in kind.split("|")


def _said(kind: str) -> str:
    if kind.startswith("+"):
        return "some of " + kind[1:].replace("|", ", ")
    return kind.replace("|", ", ").replace("..", " to ").replace("_", " ")


def _is_address(value: str) -> bool:
    """Absolute and http(s), or relative; an empty one is no address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    absolute = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return not re.search(r"\s", value) and bool(value) and (absolute or not (parts.scheme or parts.netloc))


def _are_hints(value: str) -> bool:
    hints = value.split(",")
    return len(hints) <= _MOST_HINTS and all(0 < len(hint.strip()) <= _LONGEST_HINT for hint in hints)


_KINDS: dict[str, Callable[[str], object]] = {
    "text": lambda _value: True,
    "url": lambda value: not value or _is_address(value),
    "method": lambda value: value in {"GET", "POST"},
    "flag": lambda value: value in {"true", "false"},
    "keys": re.compile(r"[0-9*#]*").fullmatch,
    "tones": re.compile(r"[0-9A-DwW*#]+").fullmatch,
    "voice": _VOICE.fullmatch,
    "language": _LANGUAGE.fullmatch,
    "hints": _are_hints,
    "speech_timeout": re.compile(r"auto|[1-9]\d?").fullmatch,
}
