"""A weak ask made hard in its writer's own words: what hands out a no is cut, and the deed is asked for (pure)."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.asks.anatomy import Anatomy, Found
from phonebank.asks.coach import Judgement, check
from phonebank.asks.commitment import day_of_the_deed, losses, second_ask
from phonebank.asks.deed_words import plain_deed
from phonebank.asks.moments import AskFields
from phonebank.asks.phrasing import (
    closing_quote,
    hailed,
    joined,
    mid_sentence,
    shouted,
    with_the_campaigns,
    without_link,
)
from phonebank.asks.vocabulary import opt_out_patterns

_LONGEST = 1200
_NAME_AND_HAIL = 2
_FIELD = re.compile(r"\{\{[^{}]*\}\}")
_TOGETHER = re.compile(r"\b(?:with (?:us|me)|conmigo|con nosotr[oa]s)\b|\{\{ ?ask\.action")
_IDENTITY = re.compile(r"\b(?:hablo con|(?:speak|talk) (?:with|to))\b")
_SPANISH = re.compile(
    r"[\u00bf\u00a1]|\b(?:que|con|nosotros|el|la|los|puede|puedes|para|usted|hola|las|te|puedas|venir|pronto|de|una?|por|tu|su|nos)\b"
)
_ENGLISH = re.compile(r"\b(?:the|you|to|we|us|with|and|can|for|is|our|are|if)\b")
_AWKWARD = re.compile(
    r"\b(?:to|para|a) (?:to|you|your|i|we|us|and|or|if|it|that|so|please|para|y|o|usted)\b"
    r"|\bif [^.?!]{1,30}\. (?:can i count|\u00bfpuedo contar)|\bstop\b[^?]*\{\{ ?ask|\u00bf[^?]*\u00bf"
    r"|\b(?:soon|sometime|some stuff|pronto|time|year|month|week) (?:el )?\{\{ ?ask"
    r"|\b(?:and|or|but|if|the|with|y|o|pero|si) ?\?|[,;:] ?\?|\s\?|,\s*,|\b(\w+) \1\b"
)
_TRAILING = re.compile(
    r"[\s,;:\-\u2013\u2014(\"']+(?:(?:and|so|but|or|y|pero|asi que|then|because)\b[\s,]*)?$", re.IGNORECASE
)
_ASIDES = re.compile(r"\s*[\[(<][^\])>]*[\])>]\s*$")


def rewrite(text: str, *, channel: str = "text", ask: AskFields | None = None) -> str | None:
    """The same ask, hard: or None when it is hard already, or names no deed and no day to build on.

    What comes back has been checked with the same `channel` and `ask`; a campaign's `ask` lends its deed and day.
    """
    if len(text) > _LONGEST or not text.strip() or check(text, channel=channel, ask=ask).verdict is Judgement.HARD:
        return None
    for put in (_without_faults, _asked_anew):
        made = put(text, ask)
        if made and _reads_well(made) and check(made, channel=channel, ask=ask).verdict is Judgement.HARD:
            return made
    return None


def _reads_well(made: str) -> bool:
    return _AWKWARD.search(Anatomy(made).flat) is None


def _without_faults(text: str, _: AskFields | None) -> str | None:
    """The question kept as it stands, and the sentences around it that apologize or ask for more cut."""
    anatomy = Anatomy(text)
    if not anatomy.questions:
        return None
    first = anatomy.questions[0].sentence
    faulty = [*losses(anatomy), *_second(anatomy)]
    asked = Found(_question_start(anatomy, first, faulty), first.end)
    if any(_is_in(fault, asked) for fault in faulty):
        return None
    words = _slice(anatomy, asked)
    words = words if asked == first else words[:1] + words[1:2].upper() + words[2:]
    return joined([words if piece is None else piece for piece in _kept(anatomy, first)])


def _question_start(anatomy: Anatomy, first: Found, faulty: list[Found]) -> int:
    """Where the question begins in "Sé que andas ocupada, pero ¿cuidas …?": the sentence, when that has no fault."""
    mark = anatomy.flat.rfind("\u00bf", first.start, first.end)
    return mark if mark >= 0 and any(_is_in(f, Found(first.start, mark)) for f in faulty) else first.start


def _asked_anew(text: str, ask: AskFields | None) -> str | None:
    """The first sentence that asks, put as a question that counts on this person."""
    anatomy = Anatomy(text)
    asking = _asking(anatomy)
    language = _language(anatomy.flat)
    deed = _deed(anatomy, asking, language, ask)
    if asking is None or deed is None:
        return None
    deed, link = without_link(deed)
    question = _words(language, anatomy.flat)["question"].replace("{deed}", deed) + link
    place = _kept(anatomy, asking)
    lead = _lead(anatomy, asking, language)
    aside = _ASIDES.search(_slice(anatomy, asking))
    question = mid_sentence(question) if lead.endswith((",", ":")) else question
    closing = closing_quote(_slice(anatomy, asking).removesuffix(aside[0] if aside else ""))
    question = shouted(question) if _slice(anatomy, asking).isupper() else question
    put = f"{lead} {question}{closing}".strip() + (f" {aside[0].strip()}" if aside else "")
    return joined([put if piece is None else piece for piece in place])


def _asking(anatomy: Anatomy) -> Found | None:
    if anatomy.questions:
        return anatomy.questions[0].sentence
    if anatomy.requests:
        named = (s for s in anatomy.requests if anatomy.named_in(s))
        return next(named, anatomy.requests[0])
    views = (s for s in anatomy.sentences if anatomy.first("opinion", s))
    return next((s for s in views if not _IDENTITY.search(anatomy.flat, s.start, s.end)), None)


def _deed(anatomy: Anatomy, asking: Found | None, language: str, ask: AskFields | None) -> str | None:
    """The deed in the writer's words, else the campaign's; with the campaign's day where the text has none."""
    is_view = asking is not None and anatomy.first("opinion", asking) is not None
    deed = plain_deed(anatomy, asking, language) if asking and not is_view else None
    words = _words(language, anatomy.flat)
    if deed is None and ask and ask.action:
        deed = words["action"]
    if deed and not day_of_the_deed(anatomy).is_exact and ask and ask.starts_at:
        deed = with_the_campaigns(deed, words["when"] + _place(anatomy, asking, deed, ask, words))
    elif deed and asking and (day := _day_lost(anatomy, asking, deed)):
        deed += f" {day.strip()}"
    return deed


def _place(anatomy: Anatomy, asking: Found | None, deed: str, ask: AskFields, words: dict[str, str]) -> str:
    """The campaign's place, for a deed done together that names none of its own."""
    if not ask.place or anatomy.first("advice.place"):
        return ""
    named = anatomy.named_in(asking) if asking else None
    return words["place"] if _TOGETHER.search(deed) or (named and named[1]) else ""


def _day_lost(anatomy: Anatomy, asking: Found, deed: str) -> str | None:
    """The day that stood among the excuses ("if you're free on Saturday …") when the deed itself names none."""
    if any(Anatomy(deed).every("when.day")):
        return None
    for loss in losses(anatomy):
        for day in anatomy.every("when.day", asking):
            if _is_in(loss, asking) and 0 <= day.start - loss.end <= len(" on "):
                return anatomy.quote(Found(loss.end, day.end) if "on " in anatomy.flat[loss.end : day.start] else day)
    return None


def _lead(anatomy: Anatomy, asking: Found, language: str) -> str:
    """What stands before the question in its sentence: the greeting always, the rest when it is free of faults."""
    start = _request_start(anatomy, asking)
    before = Found(asking.start, start)
    words = anatomy.quote(before) or ""
    if any(_is_in(fault, before) for fault in [*losses(anatomy), *_crowds(anatomy)]):
        return _greeting(anatomy, before, language)
    words = _TRAILING.sub("", words)
    if words and anatomy.flat[before.start : before.end].rstrip().endswith(":"):
        return f"{words}:"
    if len(_FIELD.sub("x", words).split()) <= _NAME_AND_HAIL:
        is_name = words.istitle() and "," in (anatomy.quote(before) or "")
        is_hail = is_name or words.endswith("}") or _greetings().match(Anatomy(words).flat)
        return f"{words}," if words and is_hail else ""
    return words if words[-1] in ".!?\u2026" else f"{words}."


def _greeting(anatomy: Anatomy, before: Found, language: str) -> str:
    flat = anatomy.flat[before.start : before.end]
    if _crowd_names().match(flat):
        return str(_file()[language]["greeting"])
    if not _greetings().match(flat):
        return ""
    comma = re.search(r"[,!]| - ", flat)
    return anatomy.quote(Found(before.start, before.start + comma.end())) or "" if comma else ""


def _request_start(anatomy: Anatomy, asking: Found) -> int:
    """Where the words that ask begin: the opener, or the indirect or imperative words."""
    opener = next((q.opener.start for q in anatomy.questions if q.sentence == asking), None)
    starts = [f.start for key in ("soft", "opinion", "bids") for f in anatomy.every(key, asking)]
    if opener is not None:
        starts.append(opener)
    if not starts:
        imperatives = [*anatomy.every("imperatives", asking), *(deed for _, deed in anatomy.deeds(asking))]
        starts = [f.start for f in imperatives] or [asking.start]
    start = min(starts)
    lead_in = re.search(
        r"(?:please|por favor|[\u00bf\u00a1\"]|\b(?:so|and|but|y|pero),?)[ ]*$", anatomy.flat[asking.start : start]
    )
    return asking.start + lead_in.start() if lead_in else start


def _kept(anatomy: Anatomy, asking: Found) -> list[str | None]:
    """The sentences that stay, in the writer's letters; None stands where the question goes."""
    faults = [*losses(anatomy), *_second(anatomy), *_crowds(anatomy)]
    pieces: list[str | None] = []
    for sentence in anatomy.sentences:
        if sentence == asking:
            pieces.append(None)
        elif greeting := _crowd_greeting(anatomy, sentence):
            pieces.append(greeting)
        elif _says_how_to_stop(anatomy, sentence) or not (
            any(_is_in(fault, sentence) for fault in faults) or _asks_too(anatomy, sentence)
        ):
            pieces.append(_slice(anatomy, sentence))
        elif not pieces:
            pieces.append(hailed(_greeting(anatomy, sentence, _language(anatomy.flat))))
    return pieces


def _says_how_to_stop(anatomy: Anatomy, sentence: Found) -> bool:
    return any(way.search(anatomy.flat, sentence.start, sentence.end) for way in opt_out_patterns())


def _asks_too(anatomy: Anatomy, sentence: Found) -> bool:
    if _IDENTITY.search(anatomy.flat, sentence.start, sentence.end):
        return False
    return sentence in anatomy.requests or anatomy.first("opinion", sentence) is not None


def _crowd_greeting(anatomy: Anatomy, sentence: Found) -> str | None:
    """A greeting to the crowd in a sentence of its own ("Hi everyone!"), made to one person."""
    flat = anatomy.flat[sentence.start : sentence.end].strip()
    if not (found := _crowd_names().match(flat)) or not found["hail"]:
        return None
    rest = flat[found.end() :].strip()
    greeting = str(_file()[_language(anatomy.flat)]["greeting"])
    if not rest:
        return greeting.rstrip(",") + "!"
    kept = anatomy.quote(Found(sentence.start + found.end(), sentence.end)) or ""
    return f"{greeting} {kept.strip()}" if not anatomy.first("person.crowd", _after(sentence, found.end())) else None


def _after(sentence: Found, letters: int) -> Found:
    return Found(sentence.start + letters, sentence.end)


def _second(anatomy: Anatomy) -> list[Found]:
    found = second_ask(anatomy)
    return [found] if found else []


def _crowds(anatomy: Anatomy) -> list[Found]:
    return list(anatomy.every("person.crowd"))


def _is_in(found: Found, span: Found) -> bool:
    return span.start <= found.start < span.end


def _slice(anatomy: Anatomy, sentence: Found) -> str:
    """The sentence with what is written until the next one begins: pauses of a script are blank to the reader."""
    return anatomy.text[anatomy.place(sentence.start) : anatomy.place(sentence.end)].strip()


def _language(flat: str) -> str:
    return "es" if len(_SPANISH.findall(flat)) > len(_ENGLISH.findall(flat)) else "en"


def _words(language: str, flat: str) -> dict[str, str]:
    words = dict(_file()[language])
    if "question_usted" in words and _formal().search(flat):
        words["question"] = words["question_usted"]
    return words


@cache
def _greetings() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(_file()['hails'])})\b")


@cache
def _crowd_names() -> re.Pattern[str]:
    file = _file()
    hail = f"(?P<hail>{'|'.join(file['hails'])})?"
    return re.compile(rf"\s*{hail}[ ,]*(?:to )?(?:a )?(?:{'|'.join(file['crowds'])})\b[ ]*[,!.:\-\u2013\u2014]*")


@cache
def _formal() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_file()['formal'])})\b")


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("rewriting.toml").read_text("utf-8"))
