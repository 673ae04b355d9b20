"""The pre-flight as a list to read from top to bottom: each check, how it came out, and where to mend it."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from phonebank import jobs
from phonebank.asks.moments import when
from phonebank.campaigns.findings import About, Preflight, State
from phonebank.campaigns.queries import Parts
from phonebank.errors import UnavailableError
from phonebank.web import formats
from phonebank.web.languages import language_name

_TITLES = {
    About.STATE: "The draft",
    About.CHANGES: "Unfinished changes",
    About.KEYS: "The carrier's account",
    About.SENDER: "The sender",
    About.REGISTRATION: "Its registration",
    About.WEBHOOKS: "Replies come back",
    About.WORKERS: "Phonebank is at work",
    About.PEOPLE: "People to ask",
    About.OPT_OUTS: "Those who said stop",
    About.EVENT: "The event",
    About.HOURS: "Contact hours",
    About.FIELDS: "Merge fields",
    About.MISSING: "Missing values",
    About.TEXTS: "The texts",
    About.AGAIN: "Said anew",
    About.COACH: "A hard ask",
    About.COST: "Cost",
    About.TIME: "Time to finish",
}
_ANCHORS = {
    About.CHANGES: "campaign",
    About.SENDER: "asking",
    About.PEOPLE: "whom",
    About.EVENT: "ask",
    About.HOURS: "limits",
    About.FIELDS: "texts",
    About.MISSING: "texts",
    About.TEXTS: "texts",
    About.AGAIN: "texts",
    About.COACH: "texts",
    About.COST: "limits",
    About.TIME: "limits",
}
_NEED_THE_ACCOUNT = (About.SENDER, About.REGISTRATION, About.WEBHOOKS)
_UNSEEN = "unseen"
_PLACES = (
    (re.compile(r"ask\.texts\[(\d+)\]"), r"Text \1"),
    (re.compile(r"ask\.alternatives\[(\d+)\]\.text"), r"Alternative \1"),
    (re.compile(r"followups\[(\d+)\]\.text"), r"Reminder \1"),
    (re.compile(r"ask\.answers\.wrong_number"), "The answer to a wrong number"),
    (re.compile(r"ask\.answers\.(\w+)"), r"The answer to \1"),
)


@dataclass(frozen=True)
class Check:
    """One line: `state` is ok, warns, stops or unseen; `sentences` say what to do, `fine` what is well."""

    about: About
    title: str
    state: str
    sentences: list[str]
    fine: str
    mend: str


def look_at_the_house(found: Preflight) -> None:
    """Whether somebody is there to send: a warning, since they may be started any time."""
    start = "start `phonebank run`, or the parts of the Procfile"
    try:
        if not jobs.is_up():
            found.warn(About.WORKERS, f"Redis does not answer: nothing goes out until it does; {start}.")
            return
        idle = [name for name, many in jobs.hands().items() if not many]
        if idle:
            found.warn(About.WORKERS, f"Nobody works {', '.join(idle)}: nothing goes out until somebody does; {start}.")
        if not jobs.is_swept():
            found.warn(About.WORKERS, f"The clock stands still: {start}.")
    except UnavailableError as wrong:
        found.warn(About.WORKERS, str(wrong))


def checks(found: Preflight, parts: Parts, now: datetime) -> list[Check]:
    """Every check there is. What belongs to a second pass is left out of a first."""
    shown = [about for about in About if about is not About.AGAIN or parts.campaign.again_of is not None]
    return [_check(about, found, parts, now) for about in shown]


def _check(about: About, found: Preflight, parts: Parts, now: datetime) -> Check:
    has_account = found.state(About.KEYS) is State.OK
    unseen = about in _NEED_THE_ACCOUNT and not found.about(about) and (not has_account or _sender_unseen(about, found))
    state = _UNSEEN if unseen else found.state(about).value
    fine = "Not looked at: mend what stands above first." if unseen else _fine(about, found, parts, now)
    mend = ""
    if about in _ANCHORS and state in (State.STOPS, State.WARNS):
        mend = url_for("campaigns.edit", campaign_id=parts.campaign.id, _anchor=_ANCHORS[about])
    return Check(about, _TITLES[about], state, [_plainly(told) for told in found.about(about)], fine, mend)


def _plainly(sentence: str) -> str:
    """The places of a campaign file as the form calls them: ask.texts[1] (es) is "Text 1 in Spanish"."""
    for place, said in _PLACES:
        sentence = place.sub(said, sentence)
    return re.sub(r"\(([a-z]{2,3})\)", lambda found: f"in {language_name(found[1])}", sentence)


def _sender_unseen(about: About, found: Preflight) -> bool:
    return about is not About.SENDER and found.state(About.SENDER) is State.STOPS


def _fine(about: About, found: Preflight, parts: Parts, now: datetime) -> str:  # noqa: PLR0911 - a line a check
    campaign, ask = parts.campaign, parts.ask
    match about:
        case About.SENDER:
            return f"{campaign.sender} is yours and has a number."
        case About.PEOPLE:
            return f"{found.recipients:,} of them" + (
                f"; {found.textless:,} more cannot be reached by text." if found.textless else "."
            )
        case About.OPT_OUTS:
            return f"{found.opted_out:,} of the lists are left out." if found.opted_out else "None is on these lists."
        case About.EVENT:
            if ask.starts_at is None:
                return "The ask has no date."
            return f"{when(ask.starts_at, timezone=ask.timezone, now=now)}, still to come."
        case About.HOURS:
            return f"{campaign.hours_start:%H:%M} to {campaign.hours_end:%H:%M}, each person's own time."
        case About.COST:
            budget = f" of a budget of {formats.money(campaign.budget_micros)}" if campaign.budget_micros else ""
            return f"{formats.money(found.cost_micros)}{budget} for {found.segments:,} segments."
        case About.TIME:
            return f"The last text is out after {formats.span(found.seconds)}."
        case _:
            return _ALL_WELL[about]


_ALL_WELL = {
    About.STATE: "Not launched yet.",
    About.CHANGES: "None: what you see is what goes out.",
    About.KEYS: "Its keys are set.",
    About.REGISTRATION: "Nothing is said against it.",
    About.WEBHOOKS: "They come to this phone bank.",
    About.WORKERS: "Workers and clock are there.",
    About.FIELDS: "Each is one that your lists have.",
    About.MISSING: "Everybody has what the texts need.",
    About.TEXTS: "They fit, name you, and say how to stop.",
    About.AGAIN: "Other words than the first time.",
    About.COACH: "It gets a yes or a no.",
}
