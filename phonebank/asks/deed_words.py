"""The deed of a sentence as the words that can follow "Can I count on you to": a plain verb and the rest (pure)."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.asks.anatomy import Anatomy, Found
from phonebank.asks.commitment import losses
from phonebank.asks.lexicon import phrases

_NOUN = re.compile(r"(?:a|an|the|our|this|el|la|nuestra|nuestro|una|un) ")
_WORD = re.compile(r"[a-z]+")
_INFINITIVE = re.compile(r"[a-z]+[aei]r(?:te|se|nos|me|lo|la|le|los|las|les)?\b")
_THEIRS = re.compile(r"\btheir\b")
_POINTS = re.compile(r"\w+ (?:it|that|this)\b(?! [a-z])")
_MORE_OF_IT = re.compile(
    r" (?:on|at|by|this|next|to|for|from|before|with us|tomorrow|tonight|today|mon|tue|wed|thu|fri|sat|sun|{{"
    r"|en|el|a la|con nosotros|este|hoy|[a-z]+(?:ar|er|ir)\b"
    r"|(?:call|make|knock|come|join|canvass|host|drive|give|sign|help)\b)"
)
_MORE_AFTER_CLAUSE = re.compile(r",? (?:on|at|this|tomorrow|tonight|today|mon|tue|wed|thu|fri|sat|sun|el|este|hoy)\b")
_HOUR = re.compile(r"\b[ap]\.m$", re.IGNORECASE)
_LISTED = re.compile(r", (?:and )?([a-z]+)\b(?! [0-9])")
_ALSO = re.compile(r"(?<= y )(?:dile|digale|pidele|pidale|exigele|exijale)\b")
_SPOKEN_TO = re.compile(r"^ (?:usted|ud\.?|tu|t\u00fa)\b")
_TRAIL = re.compile(r"[\s,;:\-\u2013\u2014(\"']+(?:(?:and|but|or|so|y|pero|o|if|because)[\s,]*)?$", re.IGNORECASE)
_ASKED = r"(?:you|u|(?:any|some|every)(?:one|body)|folks|people|y'?all)"
_BARE = re.compile(
    rf"\b(?:can|could|will|would) {_ASKED}[ ,]*(?:[a-z]+ly |maybe |perhaps |also |please |just )*$|\byou to $"
)
_NO_VERB = (
    r"(?:be|have|do|a|an|the|our|your|my|in|on|at|for|to|of|with|if|and|or|not|it|that|this|there|time|able|come to)\b"
)
_UNKNOWN_VERB = re.compile(rf"(?!{_NO_VERB})[a-z]{{3,}}\b(?<!ing)(?<!ed)")
_SENTENCE_MARKS = " \n\t?!.\u2026\"'\u201d"


def plain_deed(anatomy: Anatomy, asking: Found, language: str) -> str | None:
    """As "make calls with us" from "Would you maybe be interested in making calls with us?", or None."""
    start = _after_request(anatomy, asking)
    lead = _lead_in().match(anatomy.flat, start, asking.end)
    start = lead.end() if lead else start
    words = _without_faults(anatomy, Found(start, asking.end))
    if not words and not anatomy.questions:
        return str(_file()[language]["join"])  # "It would be great to have you.": to what, the rest tells
    if anatomy.first("person.crowd", asking):
        words = _THEIRS.sub("your", words)
    is_bare = _BARE.search(anatomy.flat, asking.start, start) is not None
    return _as_plain(words, Anatomy(words).flat, language, is_bare=is_bare) if words else None


def _after_request(anatomy: Anatomy, asking: Found) -> int:
    """Where the words that ask end; an imperative is itself the deed."""
    ends = [q.opener.end for q in anatomy.questions if q.sentence == asking and not _is_deed(anatomy, q.opener)]
    ends += [f.end for key in ("soft", "bids") for f in anatomy.every(key, asking)]
    if ends:
        return max(ends)
    opener = next((q.opener.start for q in anatomy.questions if q.sentence == asking), None)
    if opener is not None:
        return opener
    bidden = [*anatomy.every("imperatives", asking), *(deed for _, deed in anatomy.deeds(asking))]
    return min((f.start for f in bidden if anatomy.starts_a_clause(f, asking)), default=asking.start)


def _is_deed(anatomy: Anatomy, opener: Found) -> bool:
    return opener.start == opener.end or opener in anatomy.every("verb_openers")


def _without_faults(anatomy: Anatomy, span: Found) -> str:
    """The writer's letters of the stretch, up to a second ask and without its hedges."""
    end = _second_deed(anatomy, span)
    kept, at = [], span.start
    for loss in losses(anatomy):
        if at <= loss.start < end:
            kept.append(_TRAIL.sub("", anatomy.quote(Found(at, loss.start)) or ""))
            at = loss.end
            if _is_tail(anatomy, loss):
                at = end
    kept.append((anatomy.quote(Found(at, end)) or "").strip() if at < end else "")
    words = " ".join(piece for piece in (k.strip() for k in kept) if piece)
    words = _TRAIL.sub("", re.sub(r"\s+([,.?!])", r"\1", words).strip(_SENTENCE_MARKS))
    return f"{words}." if _HOUR.search(words) else words


def _is_tail(anatomy: Anatomy, loss: Found) -> bool:
    """Whether what follows the loss goes with it: anything but more of the deed ("… maybe on Tuesday")."""
    is_clause = anatomy.flat.startswith(("if ", "si ", "unless ", "only if", "in case"), loss.start)
    more = _MORE_AFTER_CLAUSE if is_clause else _MORE_OF_IT
    return more.match(anatomy.flat, loss.end) is None


def _second_deed(anatomy: Anatomy, span: Found) -> int:
    """Where a second deed is joined on, or the end."""
    known = {*_file()["plain"]["en"], *_file()["verbs"]["en"].values()}
    listed = _LISTED.finditer(anatomy.flat, span.start, span.end)
    if comma := next((m.start() for m in listed if m[1] in known and any(anatomy.deeds(span))), None):
        span = Found(span.start, comma)
    joints = [f.start for key in ("joints", "and_also", "openers_on_top") for f in anatomy.every(key, span)]
    for joint in sorted(joints):
        after = Found(joint, span.end)
        if any(anatomy.deeds(Found(span.start, joint))) and (anatomy.deeds(after) or anatomy.first("and_also", after)):
            return joint
    return span.end


def _as_plain(words: str, flat: str, language: str, *, is_bare: bool) -> str | None:
    verb = _WORD.match(flat)
    if verb is None or phrases("vague").match(flat) or _POINTS.match(flat):
        return None
    if _NOUN.match(flat):
        return str(_file()[language]["come"]) + words if phrases("event").search(flat) else None
    if verb[0] in ("there", "at", "in", "on") and language == "en":
        return f"be {words}"
    is_verb = is_bare and language == "en" and _UNKNOWN_VERB.match(flat)
    plain = verb[0] if is_verb else _plain_verb(verb[0], flat, language)
    if plain and words.startswith(plain.upper()) and not words.isupper():
        plain = plain.upper()  # "RSVP"
    rest = words[verb.end() :].replace(" banking", " bank", 1)
    return plain and plain + _ALSO.sub(_told, _SPOKEN_TO.sub("", rest))


def _told(also: re.Match[str]) -> str:
    return str(_file()["verbs"]["es"][also[0]])


def _plain_verb(verb: str, flat: str, language: str) -> str | None:
    """From "making", "make"; None for a word that is no verb an ask is made of."""
    known: dict[str, str] = _file()["verbs"][language]
    if verb in known:
        return known[verb]
    if language == "es":
        return verb if _INFINITIVE.match(flat) else None
    plain = verb.removesuffix("ing") if verb not in _file()["plain"]["en"] else verb
    return plain if plain in _file()["plain"]["en"] or plain in known.values() else None


@cache
def _lead_in() -> re.Pattern[str]:
    """The words between those that ask and the verb: "(would you) maybe be able to"."""
    return re.compile(rf"[\s,]*(?:(?:{'|'.join(_file()['lead_in'])})(?![\w'])[\s,]*)*")


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("rewriting.toml").read_text("utf-8"))
