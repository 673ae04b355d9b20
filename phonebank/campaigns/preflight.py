"""What must be mended before a launch and what is only worth knowing, with the price and the time it will take."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session

from phonebank.asks import coach, segments
from phonebank.asks.coach import DECIDING, Judgement
from phonebank.asks.models import Ask
from phonebank.asks.moments import when
from phonebank.asks.wording import missing_parts
from phonebank.campaigns import call_preflight, queries
from phonebank.campaigns.findings import About, Preflight
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel, SentBy
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.survey import Survey, survey
from phonebank.campaigns.texts import Text, faults_of_the_campaign, needed_of_people, texts_of, unknown_fields
from phonebank.campaigns.timing import timetable
from phonebank.drafts import queries as drafts
from phonebank.errors import PhonebankError
from phonebank.people.queries import count_volunteers
from phonebank.settings import Settings

MICROS = 1_000_000
_COACHED = ("en", "es")
_NOT_BEFORE, _NOT_AFTER = time(8), time(21)
__all__ = ["SET_KEYS", "Preflight", "SenderAccount", "check"]

SET_KEYS = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: without them nothing can be sent."


class _Webhooks(Protocol):
    @property
    def is_ours(self) -> bool: ...
    @property
    def is_registered(self) -> bool | None: ...


class SenderAccount(Protocol):
    """What is asked of the carrier's account; gateway.account.Account is one. All raise UnavailableError."""

    def owns_sender(self, sender: str) -> bool: ...
    def numbers_of(self, sender: str) -> list[str]: ...
    def webhooks(self, sender: str) -> _Webhooks: ...


def check(
    session: Session, parts: Parts, *, settings: Settings, account: SenderAccount | None, now: datetime
) -> Preflight:
    """Everything a launch at `now` would meet, over each recipient's own rendered text. Writes nothing.

    `account` is the carrier account to ask about the sender; None when no keys are set.
    """
    found, campaign, ask = Preflight(), parts.campaign, parts.ask
    is_call = campaign.channel is Channel.CALL
    ask = call_preflight.spoken(campaign, ask) if is_call else ask
    texts = _said(campaign, ask, parts)
    found.obstacle(About.STATE, *_not_ready(campaign))
    found.obstacle(About.CHANGES, *_unfinished_changes(session, campaign))
    found.obstacle(About.COST, *_too_small_a_budget(campaign, now))
    found.fault(About.EVENT, *_past_events(ask, [other for _, other in parts.alternatives], now))
    found.fault(About.TEXTS, *faults_of_the_campaign(texts, campaign, now))
    found.fault(About.AGAIN, *_same_words_again(session, campaign, ask))
    found.warn(About.HOURS, *_long_hours(campaign))
    _ask_the_account(found, campaign, settings, account)
    _ask_the_coach(found, texts)
    people = queries.people_to_ask(session, parts, now=now)
    found.opted_out = queries.count_opted_out(session, parts, now=now)
    found.textless = queries.count_textless(session, parts, now=now)
    seen = survey(people, campaign=campaign, ask=ask, needed=needed_of_people(texts, ask), now=now)
    if is_call:
        without = queries.count_without_consent(session, parts, now=now)
        call_preflight.look(found, campaign, people=seen.people, without_consent=without)
    _look_at_the_people(found, seen, texts)
    _count(found, seen, campaign, ask, now, volunteers=count_volunteers(session))
    return found


def _said(campaign: Campaign, ask: Ask, parts: Parts) -> list[Text]:
    texts = list(texts_of(ask, parts.alternatives, parts.plans))
    return call_preflight.said_first(campaign, texts) if campaign.channel is Channel.CALL else texts


def _not_ready(campaign: Campaign) -> Iterator[str]:
    if campaign.status is not CampaignStatus.DRAFT:
        yield f"“{campaign.name}” was launched already: it is {campaign.status}."


def _unfinished_changes(session: Session, campaign: Campaign) -> Iterator[str]:
    changes = drafts.of_campaign(session, campaign.id, campaign.created_at) if campaign.id is not None else None
    if changes is not None and changes.form:
        at = f"{changes.saved_at.astimezone(ZoneInfo(campaign.timezone)):%B %-d at %H:%M}"
        yield f"{changes.saved_by} has changes that are not finished ({at}): finish them, or drop them."


def _same_words_again(session: Session, campaign: Campaign, ask: Ask) -> Iterator[str]:
    if campaign.again_of is None:
        return
    first = queries.ask_of(session, queries.by_id(session, campaign.again_of))
    said = {_flat(text) for versions in first.texts.values() for text in versions}
    for text in texts_of(ask, (), ()):
        if text.is_first and _flat(text.template) in said:
            yield f"{text} is what they were asked the first time, word for word: say it anew."


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def _too_small_a_budget(campaign: Campaign, now: datetime) -> Iterator[str]:
    one = _price(campaign, people=1, texts=1, now=now)
    if campaign.budget_micros is not None and campaign.budget_micros < one * MICROS:
        yield f"The budget does not pay for a single {campaign.channel}: raise it, or leave it out for no limit."


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
        found.obstacle(About.KEYS, SET_KEYS)
        return
    try:
        if not account.owns_sender(campaign.sender):
            told = f"The sender {campaign.sender} is not this Twilio account's own: name one that is."
            found.obstacle(About.SENDER, told)
        elif not account.numbers_of(campaign.sender):
            told = f"The sender {campaign.sender} has no number to text from: add one to it at Twilio (error 21704)."
            found.obstacle(About.SENDER, told)
        else:
            _look_at_the_sender(found, account.webhooks(campaign.sender))
    except PhonebankError as wrong:
        found.unchecked_because(About.SENDER, f"The sender could not be checked. {wrong}")


def _look_at_the_sender(found: Preflight, webhooks: _Webhooks) -> None:
    if not webhooks.is_ours:
        found.warn(About.WEBHOOKS, "Replies do not come to this phone bank yet: run `phonebank doctor --fix`.")
    if webhooks.is_registered is False:
        told = "This Messaging Service has no A2P registration: carriers in the US block what it sends. Register it."
        found.warn(About.REGISTRATION, told)


def _ask_the_coach(found: Preflight, texts: list[Text]) -> None:
    for text in texts:
        if not text.is_first or text.language not in _COACHED:
            continue
        verdict = coach.check(text.template, ask=text.ask)
        # Only the first language's ask decides: the coach knows the others less well, and they may be there for a few.
        misses = [finding.advice for finding in verdict.findings if not finding.ok and finding.principle in DECIDING]
        told = f"{text} is {_JUDGED[verdict.verdict]}. {' '.join(misses)}"
        if verdict.verdict is Judgement.WEAK and text.language == FIRST_LANGUAGE:
            found.judge_weak(told)
        elif verdict.verdict is not Judgement.HARD:
            found.warn(About.COACH, told)


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
        nobody = f"There is nobody to reach{left_out}. Import a list with `phonebank contacts import`."
        found.obstacle(About.PEOPLE, nobody)
        return
    unknown = dict(unknown_fields(texts, seen.columns))
    found.fault(About.FIELDS, *[told for told, stops in unknown.items() if stops])
    found.warn(About.FIELDS, *[told for told, stops in unknown.items() if not stops])
    for name, rows in seen.blank.items():
        if not any(f" uses {name}, " in told for told in unknown):
            mend = f'fill it in, or write {{{{ {name} | default("…") }}}}'
            found.fault(About.MISSING, f"{name} is missing for {rows}: {mend}.")
    found.fault(About.TEXTS, *[f"{reason} This is so for {rows}." for reason, rows in seen.unusable.items()])


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
    found.recipients, found.cost_micros = (
        seen.people,
        int(_price(campaign, people=seen.people, texts=seen.segments, now=now) * MICROS),
    )
    found.segments = seen.segments if campaign.channel is Channel.TEXT else 0
    if campaign.channel is Channel.CALL:
        table = call_preflight.first_tries(campaign, list(seen.groups.values()), now)
    else:
        table = timetable(campaign, list(seen.groups.values()), now)
    found.seconds, found.windows = table.seconds, table.windows
    if campaign.budget_micros is not None and found.cost_micros > campaign.budget_micros - campaign.spent_micros:
        left = (campaign.budget_micros - campaign.spent_micros) / MICROS
        found.warn(
            About.COST,
            f"The budget is too small for everyone: the first {campaign.channel}s cost "
            f"${found.cost_micros / MICROS:,.2f} and ${left:,.2f} is left.",
        )
    _compare_with_hours(found, seen, campaign, ask, now)
    found.warn(About.TIME, *_hands(campaign, found.recipients, volunteers))
    if campaign.channel is Channel.TEXT:
        found.warn(About.TEXTS, *_added_parts(ask, campaign))


def _price(campaign: Campaign, *, people: int, texts: int, now: datetime) -> Decimal:
    """Of so many segments, or of a first call of a minute to so many people."""
    if campaign.channel is Channel.CALL:
        return people * segments.call_cost(1, on=now.date(), is_scripted=call_preflight.is_scripted(campaign))
    return segments.cost(texts, on=now.date())


def _compare_with_hours(found: Preflight, seen: Survey, campaign: Campaign, ask: Ask, now: datetime) -> None:
    begins = ask.starts_at
    late = sum(
        group.people
        for key, group in seen.groups.items()
        if (opening := found.windows[key]) is None or (begins is not None and opening.opens_at >= begins)
    )
    hours = f"{campaign.hours_start:%H:%M} to {campaign.hours_end:%H:%M}"
    if late and late == seen.people:
        told = f"Nobody's contact hours ({hours} in every zone they may be in) open before the event."
        found.fault(About.HOURS, told)
    elif late:
        found.warn(About.HOURS, f"{late:,} people will not be asked: their contact hours do not open before the event.")
    if begins is not None and late < seen.people and now + timedelta(seconds=found.seconds) > begins:
        told = when(begins, timezone=ask.timezone, now=now)
        found.warn(About.TIME, f"At this pace the last would be asked only after the event begins ({told}).")


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
