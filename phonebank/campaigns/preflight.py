"""What must be mended before a launch and what is only worth knowing, with the price and the time it will take."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session

from phonebank.asks import coach, segments
from phonebank.asks.coach import DECIDING, Judgement
from phonebank.asks.models import Ask
from phonebank.asks.moments import when
from phonebank.asks.wording import missing_parts
from phonebank.campaigns import queries
from phonebank.campaigns.contact_hours import Window
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel, SentBy
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec_models import FIRST_LANGUAGE
from phonebank.campaigns.survey import Survey, survey
from phonebank.campaigns.texts import Text, faults_of_the_campaign, needed_of_people, texts_of, unknown_fields
from phonebank.campaigns.timing import timetable
from phonebank.errors import PhonebankError
from phonebank.people.queries import count_volunteers
from phonebank.settings import Settings

MICROS = 1_000_000
_COACHED = ("en", "es")
_NOT_BEFORE, _NOT_AFTER = time(8), time(21)
SET_KEYS = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: without them nothing can be sent."


class _Webhooks(Protocol):
    @property
    def is_ours(self) -> bool: ...


class SenderAccount(Protocol):
    """What is asked of the carrier's account; gateway.twilio.Account is one. All raise UnavailableError."""

    def owns_sender(self, sender: str) -> bool: ...
    def numbers_of(self, sender: str) -> list[str]: ...
    def webhooks(self, sender: str) -> _Webhooks: ...


@dataclass
class Preflight:
    """What was found. Costs are millionths of a US dollar, seconds run from the launch to the last first text.

    `faults` of the campaign's own, `obstacles` around it and what was `unchecked` because the carrier did not answer
    stop a launch; `weak` asks need a reason for it. `windows` says by (possible zones joined by `|`, stated state)
    when contact hours open next, None for never.
    """

    faults: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    recipients: int = 0
    opted_out: int = 0
    textless: int = 0
    segments: int = 0
    cost_micros: int = 0
    seconds: float = 0.0
    windows: dict[tuple[str, str], Window | None] = field(default_factory=dict)

    @property
    def blockers(self) -> list[str]:
        """All that stops a launch."""
        return self.faults + self.obstacles + self.unchecked

    @property
    def is_weak(self) -> bool:
        return bool(self.weak)


def check(
    session: Session, parts: Parts, *, settings: Settings, account: SenderAccount | None, now: datetime
) -> Preflight:
    """Everything a launch at `now` would meet, over each recipient's own rendered text. Writes nothing.

    `account` is the carrier account to ask about the sender; None when no keys are set.
    """
    found, campaign, ask = Preflight(), parts.campaign, parts.ask
    texts = list(texts_of(ask, parts.alternatives, parts.plans))
    found.obstacles += _not_ready(campaign, now)
    found.faults += _past_events(ask, [other for _, other in parts.alternatives], now)
    found.faults += faults_of_the_campaign(texts, campaign, now)
    found.warnings += _long_hours(campaign)
    _ask_the_account(found, campaign, settings, account)
    _ask_the_coach(found, texts)
    people = queries.people_to_ask(session, parts, now=now)
    found.opted_out = queries.count_opted_out(session, parts, now=now)
    found.textless = queries.count_textless(session, parts, now=now)
    seen = survey(people, campaign=campaign, ask=ask, needed=needed_of_people(texts, ask), now=now)
    _look_at_the_people(found, seen, texts)
    _count(found, seen, campaign, ask, now, volunteers=count_volunteers(session))
    return found


def _not_ready(campaign: Campaign, now: datetime) -> Iterator[str]:
    if campaign.channel is Channel.CALL:
        yield "Campaigns of calls cannot be launched in this release yet: only texts go out."
    if campaign.status is not CampaignStatus.DRAFT:
        yield f"“{campaign.name}” was launched already: it is {campaign.status}."
    if campaign.budget_micros is not None and campaign.budget_micros < segments.cost(1, on=now.date()) * MICROS:
        yield "The budget does not pay for a single text: raise it, or leave it out for no limit."


def _past_events(ask: Ask, others: list[Ask], now: datetime) -> Iterator[str]:
    for told, event in [("The event", ask), *(("An alternative's event", other) for other in others)]:
        if event.starts_at is not None and event.starts_at <= now:
            began = f"{event.starts_at.astimezone(ZoneInfo(event.timezone)):%B %-d, %Y at %H:%M}"
            yield f"{told} has begun or is over ({began}): give it a later date."


def _long_hours(campaign: Campaign) -> Iterator[str]:
    if campaign.hours_start < _NOT_BEFORE or campaign.hours_end > _NOT_AFTER:
        yield (
            f"The hours {campaign.hours_start:%H:%M} to {campaign.hours_end:%H:%M} are longer than the 08:00 to 21:00 "
            "that federal law sets for sales calls and texts (47 CFR 64.1200(c)(1)): people may complain."
        )


def _ask_the_account(found: Preflight, campaign: Campaign, settings: Settings, account: SenderAccount | None) -> None:
    if account is None or not settings.has_twilio_keys:
        found.obstacles.append(SET_KEYS)
        return
    try:
        if not account.owns_sender(campaign.sender):
            found.obstacles.append(f"The sender {campaign.sender} is not this Twilio account's own: name one that is.")
        elif not account.numbers_of(campaign.sender):
            found.obstacles.append(
                f"The sender {campaign.sender} has no number to text from: add one to it at Twilio (error 21704)."
            )
        elif not account.webhooks(campaign.sender).is_ours:
            found.warnings.append("Replies do not come to this phone bank yet: run `phonebank doctor --fix`.")
    except PhonebankError as wrong:
        found.unchecked.append(f"The sender could not be checked. {wrong}")


def _ask_the_coach(found: Preflight, texts: list[Text]) -> None:
    for text in texts:
        if not text.is_first or text.language not in _COACHED:
            continue
        verdict = coach.check(text.template, ask=text.ask)
        # Only the first language's ask decides: the coach knows the others less well, and they may be there for a few.
        misses = [finding.advice for finding in verdict.findings if not finding.ok and finding.principle in DECIDING]
        told = f"{text} is {_JUDGED[verdict.verdict]}. {' '.join(misses)}"
        if verdict.verdict is Judgement.WEAK and text.language == FIRST_LANGUAGE:
            found.weak.append(told)
        elif verdict.verdict is not Judgement.HARD:
            found.warnings.append(told)


_JUDGED = {
    Judgement.HARD: "a hard ask",
    Judgement.NEARLY: "nearly a hard ask",
    Judgement.WEAK: "a weak ask, easy to let go by",
}


def _look_at_the_people(found: Preflight, seen: Survey, texts: list[Text]) -> None:
    if not seen.people:
        reasons = [(found.opted_out, "opted out"), (found.textless, "cannot be reached by text")]
        told = ", ".join(f"{people:,} {why}" for people, why in reasons if people)
        left_out = f": of everyone on its lists, {told}" if told else ""
        found.obstacles.append(f"There is nobody to reach{left_out}. Import a list with `phonebank contacts import`.")
        return
    unknown = dict(unknown_fields(texts, seen.columns))
    found.faults += [told for told, stops in unknown.items() if stops]
    found.warnings += [told for told, stops in unknown.items() if not stops]
    for name, rows in seen.blank.items():
        if not any(f" uses {name}, " in told for told in unknown):
            mend = f'fill it in, or write {{{{ {name} | default("…") }}}}'
            found.faults.append(f"{name} is missing for {rows}: {mend}.")
    found.faults += [f"{reason} This is so for {rows}." for reason, rows in seen.unusable.items()]


def _hands(campaign: Campaign, texts: int, volunteers: int) -> Iterator[str]:
    """What it takes where volunteers send each first text."""
    if campaign.sent_by != SentBy.PEOPLE:
        return
    if not volunteers:
        yield f"Volunteers send the {texts:,} first texts by hand, and nobody is a volunteer yet: invite some."
        return
    each, many = ceil(texts / volunteers), "volunteer" if volunteers == 1 else "volunteers"
    yield (
        f"{volunteers:,} {many} send the {texts:,} first texts by hand, about {each:,} each: nothing goes out before "
        "they do, and the time above is the pace’s alone."
    )


def _count(found: Preflight, seen: Survey, campaign: Campaign, ask: Ask, now: datetime, *, volunteers: int) -> None:
    found.recipients, found.segments = seen.people, seen.segments
    found.cost_micros = int(segments.cost(seen.segments, on=now.date()) * MICROS)
    table = timetable(campaign, list(seen.groups.values()), now)
    found.seconds, found.windows = table.seconds, table.windows
    if campaign.budget_micros is not None and found.cost_micros > campaign.budget_micros - campaign.spent_micros:
        left = (campaign.budget_micros - campaign.spent_micros) / MICROS
        found.warnings.append(
            f"The budget is too small for everyone: the first texts cost ${found.cost_micros / MICROS:,.2f} "
            f"and ${left:,.2f} is left.",
        )
    _compare_with_hours(found, seen, campaign, ask, now)
    found.warnings += _hands(campaign, found.recipients, volunteers)
    found.warnings += _added_parts(ask, campaign)


def _compare_with_hours(found: Preflight, seen: Survey, campaign: Campaign, ask: Ask, now: datetime) -> None:
    begins = ask.starts_at
    late = sum(
        group.people
        for key, group in seen.groups.items()
        if (opening := found.windows[key]) is None or (begins is not None and opening.opens_at >= begins)
    )
    hours = f"{campaign.hours_start:%H:%M} to {campaign.hours_end:%H:%M}"
    if late and late == seen.people:
        found.faults.append(f"Nobody's contact hours ({hours} in every zone they may be in) open before the event.")
    elif late:
        found.warnings.append(f"{late:,} people will not be asked: their contact hours do not open before the event.")
    if begins is not None and late < seen.people and now + timedelta(seconds=found.seconds) > begins:
        told = when(begins, timezone=ask.timezone, now=now)
        found.warnings.append(f"At this pace the last would be asked only after the event begins ({told}).")


def _added_parts(ask: Ask, campaign: Campaign) -> Iterator[str]:
    lacks = {
        part
        for versions in ask.texts.values()
        for template in versions
        for part in missing_parts(template, campaign.organization)
    }
    if "opt_out" in lacks:
        yield "A line that says how to stop is added to a first text: it had none."
    if "organization" in lacks:
        yield f"“{campaign.organization}: ” is put before a first text: it did not say who writes."
