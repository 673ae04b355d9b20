"""What a launch of calls needs besides what texts need: consent, a number to call from, a way out (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from phonebank.asks.models import Ask
from phonebank.campaigns.call_spec import CallMode, CallSpec, spec_of
from phonebank.campaigns.findings import About, Preflight
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.texts import Text
from phonebank.campaigns.timing import Group, Timetable, timetable

_ALONE = (
    "People are dialed only while volunteers are ready in their browsers. Whoever answers and finds none of them free "
    "hears a voice say who called and how to stop it; dialing keeps these under 3 in 100 of those who answer."
)

_READY = (
    "Whoever asks for a person is put through to a volunteer who is ready under Calls. With nobody free they say when "
    "to call back; where more than 3 in 100 of those who answer find nobody, dialing slows down, to a tenth at worst."
)

_RECORDED = (
    "Calls are recorded. Everybody hears so before it begins, as California, Florida and a dozen more states ask; who "
    "presses a key before they have heard it is not recorded. Twilio keeps recordings until you erase the person."
)


def look(found: Preflight, campaign: Campaign, *, people: int, without_consent: tuple[int, int]) -> None:
    """Add what stops this launch of calls and what is worth knowing.

    `without_consent`: how many of its people have agreed to nothing, and how many of these have a landline.
    """
    spec = spec_of(campaign)
    if not campaign.sender.startswith("+"):
        told = f"Calls come from a number, and {campaign.sender} is none: name a number of yours, like +12025550143."
        found.obstacle(About.SENDER, told)
    found.fault(About.TEXTS, *_without_a_way_out(spec))
    if spec.record and spec.mode is not CallMode.SCRIPTED:
        found.obstacle(About.TEXTS, "Only scripted calls can be recorded: set record = false.")
    elif spec.record:
        found.warn(About.TEXTS, _RECORDED)
    if spec.mode is CallMode.SCRIPTED:
        _look_at_consent(found, people, *without_consent)
        found.warn(About.PEOPLE, _READY)
    if spec.mode is CallMode.POWER:
        found.warn(About.PEOPLE, _ALONE)


def spoken(campaign: Campaign, ask: Ask) -> Ask:
    """The ask with the words it is spoken in, in each language of the script, in place of its texts; of no session."""
    spec = spec_of(campaign)
    others = {language: [words.ask] for language, words in spec.languages.items() if words.ask}
    return Ask(**{**ask.model_dump(), "texts": {FIRST_LANGUAGE: [spec.ask], **others}})


def said_first(campaign: Campaign, texts: Sequence[Text]) -> list[Text]:
    """These texts, the ask under its name in the [call] table, and before them the greeting."""
    named = [replace(text, place="call.ask") if text.is_first else text for text in texts]
    greeting = Text("call.greeting", FIRST_LANGUAGE, spec_of(campaign).greeting, named[0].ask)
    return [greeting, *named]


def first_tries(campaign: Campaign, groups: Sequence[Group], now: datetime) -> Timetable:
    """When everyone will have been called once, at the pace of calls."""
    calls = [replace(group, segments=group.people) for group in groups]
    return timetable(campaign, calls, now, pace=spec_of(campaign).calls_per_second)


def is_scripted(campaign: Campaign) -> bool:
    """Whether an artificial voice calls."""
    return spec_of(campaign).mode is CallMode.SCRIPTED


def _look_at_consent(found: Preflight, people: int, without: int, landlines: int) -> None:
    """An artificial voice needs it for mobiles, and for numbers that may be one."""
    left_out = without - landlines
    if left_out and left_out == people:
        told = (
            "Nobody on the lists has a consent recorded: only a volunteer may call them. Let volunteers dial "
            '(mode = "preview"), or import the list with the consent its people gave.'
        )
        found.obstacle(About.PEOPLE, told)
    elif left_out:
        has = "person has" if left_out == 1 else "people have"
        told = f"{left_out:,} {has} no consent recorded: only a volunteer may call them, and the voice will not."
        found.warn(About.PEOPLE, told)
    if landlines:
        told = f"{landlines:,} of those without a recorded consent have a landline: at most three calls in 30 days."
        found.warn(About.PEOPLE, told)


def _without_a_way_out(spec: CallSpec) -> Iterator[str]:
    if spec.voicemail is not None and not spec.toll_free:
        yield "A message on a machine must name a toll-free number that opts out whoever calls it: set toll_free."
