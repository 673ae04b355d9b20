"""Puts the lines of a step into words for one person: the campaign's own, else ours; or a recording of them (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from phonebank.asks import answers, wording
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.calls import lines
from phonebank.campaigns.call_spec import CallSpec, CallWords
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.gateway.twiml import LONGEST_SAID, Spoken

_OWN = ("greeting", "ask", "voicemail")
_WORDS_IN_TWO_SECONDS = 5
_WORDS_BEFORE_THE_NAME = 15
_NAMES_NINE = re.compile(r"\b(9|nine|nueve)\b", re.IGNORECASE)
_NAMES_A_KEY = re.compile(r"\b(1|one|uno)\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?]+(?=\s|$)")


@dataclass(frozen=True)
class Script:
    """What the calls of one campaign can say to one person. `fields` holds the merge fields for each language.

    `offers` is each alternative with its own fields by language; `audio` the address of a recorded line by its name
    and language (("ask", "en")).
    """

    fields: Mapping[str, Mapping[str, object]]
    call: CallSpec | None = None
    ask: Ask | None = None
    offers: Mapping[str, tuple[Ask, Mapping[str, Mapping[str, object]]]] = field(default_factory=dict)
    audio: Mapping[tuple[str, str], str] = field(default_factory=dict)
    disclaimer: str = ""


def languages(call: CallSpec) -> tuple[str, ...]:
    """The languages the ask is there in, the campaign's first one first."""
    others = [language for language, words in call.languages.items() if words.ask and language in lines.LANGUAGES]
    return (FIRST_LANGUAGE, *others)


def speak(names: tuple[str, ...], language: str, script: Script) -> list[Spoken]:
    """Each of these lines in this language, with its voice; one invites to another language in that language."""
    return [_spoken(name, language, script) for name in names]


def words_of(name: str, language: str, script: Script) -> str:
    """One line as it is said to this person."""
    words = _rendered(name, language, script)
    if name == "greeting":
        return _with_disclaimer(_lawful(words, language, script), script)
    if name == "voicemail":
        return f"{words} {_rendered('voicemail_opt_out', language, script)}"
    needs_keys = name == "ask" or name.startswith("offer_")
    return words if not needs_keys or _NAMES_A_KEY.search(words) else f"{words} {lines.template('keys', language)}"


def _spoken(name: str, language: str, script: Script) -> Spoken:
    language = name.removeprefix("invite_") if name.startswith("invite_") else language
    ours = lines.spoken()[language]
    voice = script.call.voice if script.call and language == FIRST_LANGUAGE else ours["voice"]
    return Spoken(words_of(name, language, script), voice, ours["speech"], script.audio.get((name, language)))


def _rendered(name: str, language: str, script: Script) -> str:
    """The campaign's words, or ours where it has none or where they miss a value for this person."""
    fields = dict(script.fields.get(language, {}))
    if name.startswith("offer_"):
        ask, own = script.offers[name.removeprefix("offer_")]
        fields |= own.get(language, {})
        chosen: str | None = _text_of(ask, name.removeprefix("offer_"), language)
    else:
        chosen = _own(name, language, script.call)
    if chosen is not None:
        try:
            return wording.render(chosen, fields, longest=LONGEST_SAID)
        except WordingError:
            pass  # the pre-flight has said so; on the line nobody waits for words that cannot be said
    return wording.render(lines.template(name, language), fields, longest=LONGEST_SAID)


def _own(name: str, language: str, call: CallSpec | None) -> str | None:
    if call is None or name not in _OWN:
        return None
    words = call if language == FIRST_LANGUAGE else call.languages.get(language, CallWords())
    found: str | None = getattr(words, name)
    return found


def _text_of(ask: Ask, name: str, language: str) -> str:
    own = ask.texts.get(language)
    return str(own[0]) if own else answers.template(ask, name, language)


def _lawful(greeting: str, language: str, script: Script) -> str:
    """The greeting with who calls at its beginning and the key that stops it within two seconds of that.

    47 CFR 64.1200(b)(1) and (b)(3).
    """
    organization = str(script.fields.get(language, {}).get("organization") or "")
    at = greeting.casefold().find(organization.casefold())
    if at < 0 or len(greeting[:at].split()) > _WORDS_BEFORE_THE_NAME:
        greeting, at = f"{_rendered('identity', language, script)} {greeting}", 0
        at = greeting.casefold().find(organization.casefold())
    named = at + len(organization)
    nine = _NAMES_NINE.search(greeting, named)
    stop = _SENTENCE_ENDS.search(greeting, named)
    until = nine.start() if nine else len(greeting)
    if nine and len(greeting[named:until].split()) <= _WORDS_IN_TWO_SECONDS:
        return greeting
    opt_out = lines.template("opt_out", language)
    cut = stop.end() if stop and len(greeting[named : stop.start()].split()) <= _WORDS_IN_TWO_SECONDS else named
    mark = "" if greeting[:cut].endswith((".", "!", "?")) else "."
    return f"{greeting[:cut]}{mark} {opt_out} {greeting[cut:].lstrip(' ,;:.')}".strip()


def _with_disclaimer(greeting: str, script: Script) -> str:
    return f"{greeting} {script.disclaimer}" if script.disclaimer and script.disclaimer not in greeting else greeting


def said_number(phone: str) -> str:
    """A US number so that a voice says its digits: "8 0 0, 5 5 5, 0 1 4 3"."""
    digits = phone.removeprefix("+1")
    return ", ".join(" ".join(part) for part in (digits[:3], digits[3:6], digits[6:]))
