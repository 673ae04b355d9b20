"""Deeds and events that no list names, known by where they stand in a sentence (pure)."""

import re
import tomllib
from functools import cache
from pathlib import Path

Place = tuple[int, int]

_WITH_ME = re.compile(r"\b(?:with (?:us|me)|please|pls|conmigo|con nosotr[oa]s)\b")
_ROLE = re.compile(
    r" ?(?:come|be there|attend|join us|join|venir|vienes|viene|ir|vas) "
    r"(?P<thing>(?:as|como) (?:a |an |our |the |un |una )?[a-z-]+)"
)
_BECOMES = re.compile(
    r" ?be (?P<thing>(?:our|a|an|the|my) "
    r"(?!part|guest|hero|voice|support|leader|champion|change|force|friend|good|great)[a-z-]+)"
)
_COMMANDED_ES = re.compile(
    # "cúbreme el turno"; "te esperamos … para limpiar el parque"; "cocina arroz … porfa"
    r"(?:^|[,;:.!] )(?P<told>(?!siete|este)[a-z]{2,}[aei](?:me|nos|te)) "
    r"(?:del|el|la|los|las|un|una|con|a|al|tu|su|[0-9])\b"
    r"|\b(?:esper|necesit|invit)[a-z]+ [^.?!]*\bpara (?P<expected>"
    r"(?!ganar|proteger|lograr|parar|detener|exigir|defender|apoyar)[a-z]+[aei]r) "
    r"|(?:^|[,:;!] |\b[a-z]+,? )(?P<asked>[a-z]{3,}[ae]) [^?]*\b(?:porfa|por favor|porfis)\b"
)


def attended(words: str, *, comes: bool) -> Place | None:
    """Where the thing to come to stands in what follows an opener: "join the [garden build] saturday".

    `comes` when the opener itself says that one comes: "are you coming to | the [quilting bee]".
    """
    found = _BECOMES.match(words) or _ROLE.match(words) or _attended().match(words)
    found = found or (_named().match(words) if comes else None)
    return found.span("thing") if found else None


def held(sentence: str) -> Place | None:
    """Where a sentence tells what will be done or held: "we [sort coats]", "the [bus] leaves monday"."""
    found = _done_by_us().search(sentence) or _held().search(sentence)
    return found.span(found.lastgroup or 0) if found else None


def told_to_do(sentence: str) -> Place | None:
    """Where an imperative begins that no list has: "[stuff] mailers with us thursday"."""
    found = _come_and().search(sentence) or _COMMANDED_ES.search(sentence)
    if found is None and _WITH_ME.search(sentence):
        found = _commanded().search(sentence)
    return found.span(found.lastgroup or 0) if found else None


@cache
def _attended() -> re.Pattern[str]:
    return re.compile(rf" ?(?:{_any('attends')} )(?:{_any('own')} )?{_thing()}")


@cache
def _named() -> re.Pattern[str]:
    return re.compile(rf" ?{_any('own')} {_thing()}")


@cache
def _done_by_us() -> re.Pattern[str]:
    return re.compile(
        rf"\bwe(?:'re| are|'ll be| will be) (?P<doing>(?!{_any('moods')}\b)[a-z-]+ing\b[^.?!,]*)"
        rf"|\bwe(?:'ll| will)? (?!{_any('states')}\b)(?P<does>[a-z-]+(?<!ed)\b[^.?!,]*)"
        rf"|\b(?P<hacemos>(?!{_any('states_es')}\b)[a-z]+(?:amos|emos|imos)\b[^.?!,]*)"
    )


@cache
def _held() -> re.Pattern[str]:
    own, things, happens = _any("own"), _things(), _any("happens")
    return re.compile(
        rf"(?:^|[,:;.!-] |\b(?:so|and|y|hey|but|there's|there is|hay|{own}) )(?:{own} )?(?P<dated>{things}),? "
        rf"(?:{happens} )?(?:on |at |this |next |from )?{_any('day')}"
        rf"|\b{own} (?P<happening>{things})(?:'s| {happens})\b"
    )


@cache
def _commanded() -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|[,:;!-] )(?:please |pls |so |and |then )*(?P<verb>{_verb()}(?<!s)(?<!ing)(?<!ed)(?<!ly))"
        rf"(?: (?:up|out|off|down|on|over))? (?:{_any('objects')} ?)"
    )


@cache
def _come_and() -> re.Pattern[str]:
    return re.compile(
        r"(?:^|[,:;!-] )(?:please |pls )?(?:come|go|help (?:us|me)) (?:and |out and )?"
        rf"(?P<verb>(?!(?:out|join|by|over|down|up)\b){_verb()}) (?:[a-z]+s|the|a|an|our|your|some) "
    )


def _verb() -> str:
    return rf"(?!{_any('function')}\b)(?!{_any('day')})[a-z]+"


def _thing() -> str:
    return rf"(?P<thing>{_things()})(?= (?:on |at |this |next )?{_any('day')}| ?[,.?!(-]|$)"


def _things() -> str:
    """Up to five words, none of them one that cannot be part of a name, the last one something to come to."""
    word = rf"(?!{_any('not_things')}\b)(?!{_any('day')})[a-z][a-z'&-]*"
    return rf"(?:{word} ){{0,4}}?(?!{_any('no_event')}\b)(?!{_any('day')}){word}"


def _any(key: str) -> str:
    return f"(?:{'|'.join(_words()[key])})"


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("unlisted.toml").read_text("utf-8"))
