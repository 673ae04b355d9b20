"""A campaign file and its rows: read one, make the rows, write them back as a file's contents for a copy."""

import tomllib
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns import complaints, queries
from phonebank.campaigns.models import Alternative, Campaign, CampaignList, FollowUpPlan
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec_models import AlternativeSpec, AnswersSpec, CampaignSpec, FollowUpSpec
from phonebank.campaigns.spec_types import FIRST_LANGUAGE, event_time, known_zone
from phonebank.errors import BadInputError, RefusedError

__all__ = ["CampaignSpec", "copy", "create", "dump", "known_zone", "load", "moment", "parse", "parse_table", "rows"]

MICROS = 1_000_000
_BIGGEST_FILE = 1_000_000
_DEFAULT_ZONE = "America/New_York"
_NOT_YET = 0  # the id of a row that is not in the database


def load(path: Path) -> CampaignSpec:
    """The campaign file at this path. Raises BadInputError with one sentence for each thing to mend."""
    try:
        if path.stat().st_size > _BIGGEST_FILE:
            raise BadInputError(f"{path} is too big to be a campaign file: more than a megabyte.")
        return parse(path.read_text("utf-8-sig"))
    except OSError as wrong:
        raise BadInputError(f"Cannot read {path}: {wrong.strerror or wrong}.") from None
    except ValueError as wrong:  # UnicodeDecodeError, or a path with a null byte
        raise BadInputError(f"{path} is not a campaign file: it is not text in UTF-8.") from wrong


def parse(toml_text: str) -> CampaignSpec:
    """The campaign that this TOML describes. Raises BadInputError naming keys, lines and the nearest known key."""
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadInputError(f"The campaign file is not valid TOML: {wrong}.") from None
    except (RecursionError, ValueError) as wrong:
        raise BadInputError("The campaign file is not valid TOML: something in it is too deep or too big.") from wrong
    return parse_table(table, toml_text)


def parse_table(table: dict[str, Any], toml_text: str = "") -> CampaignSpec:
    """The same from a table already read (a form): the keys of a campaign file, dates as datetimes or ISO texts."""
    zone = known_zone(table.get("timezone", _DEFAULT_ZONE)) or ZoneInfo(_DEFAULT_ZONE)
    try:
        return CampaignSpec.model_validate(table, context={"zone": zone})
    except ValidationError as wrong:
        raise BadInputError(complaints.sentences(wrong, CampaignSpec, toml_text)) from None


def rows(session: Session, spec: CampaignSpec, now: datetime) -> Parts:
    """The rows this campaign would become, not in the database. Refuses lists that do not exist."""
    for name in spec.exclude.lists:
        queries.list_named(session, name)
    list_ids = [queries.list_named(session, name).id for name in dict.fromkeys(spec.lists)]
    return Parts(
        _campaign_row(spec, now),
        _ask_row(spec),
        [_alternative_rows(said, spec) for said in spec.ask.alternatives],
        [_plan_row(plan) for plan in spec.followups],
        [list_id for list_id in list_ids if list_id is not None],
    )


def moment(text: str, zone: str) -> datetime:
    """A date and time someone typed, in this zone unless it has an offset. Raises ValueError with what to write."""
    return event_time(text, ZoneInfo(zone))


def create(session: Session, spec: CampaignSpec, now: datetime) -> Campaign:
    """A draft campaign with all its rows. Refuses a name that is taken and lists that do not exist."""
    if queries.is_taken(session, spec.name):
        raise RefusedError(f"There is already a campaign named “{spec.name}”: choose another name.")
    parts = rows(session, spec, now)
    session.add_all([parts.ask, *(ask for _, ask in parts.alternatives)])
    session.flush()
    parts.campaign.ask_id = _id(parts.ask)
    session.add(parts.campaign)
    session.flush()
    campaign_id = _id(parts.campaign)
    for alternative, ask in parts.alternatives:
        alternative.campaign_id, alternative.ask_id = campaign_id, _id(ask)
    for plan in parts.plans:
        plan.campaign_id = campaign_id
    lists = [CampaignList(campaign_id=campaign_id, list_id=list_id) for list_id in parts.list_ids]
    session.add_all([*lists, *(alternative for alternative, _ in parts.alternatives), *parts.plans])
    session.flush()
    return parts.campaign


def dump(session: Session, campaign: Campaign) -> CampaignSpec:
    """The campaign as its file would say it."""
    ask = queries.ask_of(session, campaign)
    zone = ZoneInfo(campaign.timezone)
    described = _event(ask, zone) | {
        "texts": ask.texts.get(FIRST_LANGUAGE, []),
        "shift": ask.shift,
        "languages": _other_languages(ask.texts),
        "answers": {**ask.answers.get(FIRST_LANGUAGE, {}), "languages": _other_languages(ask.answers)},
        "alternatives": [
            _event(other, zone) | {"for": row.answers_to} | _first_text(other.texts)
            for row, other in queries.alternatives_of(session, campaign)
        ],
    }
    return parse_table(
        {key: getattr(campaign, key) for key in _SAME_NAMES}
        | {
            "lists": [row.name for row in queries.lists_of(session, campaign)],
            "exclude": campaign.excluded,
            "hours": {"start": campaign.hours_start, "end": campaign.hours_end},
            "limits": _limits(campaign),
            "ask": described,
            "followups": [
                {"before": f"{plan.before_seconds // 60}m"} | _only_text(plan.texts)
                for plan in queries.follow_up_plans_of(session, campaign)
            ],
            "questions": campaign.questions,
            "call": campaign.call_script or None,
        },
    )


def copy(session: Session, campaign: Campaign, now: datetime) -> Campaign:
    """A new draft that says the same under the first free name: “Name (2)”."""
    spec = dump(session, campaign)
    names = (f"{spec.name[:90]} ({number})" for number in range(2, 10_000))
    free = next(name for name in names if not queries.is_taken(session, name))
    return create(session, spec.model_copy(update={"name": free}), now)


_SAME_NAMES = ("name", "channel", "organization", "sender_name", "sender", "timezone", "disclaimer", "sent_by")


def _id(row: Ask | Campaign) -> int:
    assert row.id is not None
    return row.id


def _campaign_row(spec: CampaignSpec, now: datetime) -> Campaign:
    budget = None if spec.limits.budget is None else _micros(spec.limits.budget)
    return Campaign(
        **{key: getattr(spec, key) for key in _SAME_NAMES},
        ask_id=_NOT_YET,
        hours_start=spec.hours.start,
        hours_end=spec.hours.end,
        segments_per_second=spec.limits.segments_per_second,
        budget_micros=budget,
        segments_per_day=spec.limits.segments_per_day,
        pace_by_inbox=spec.limits.pace_by_inbox,
        excluded=spec.exclude.model_dump(mode="json"),
        questions=[one.model_dump() for one in spec.questions],
        call_script=spec.call.model_dump(mode="json") if spec.call else {},
        created_at=now,
    )


def _ask_row(spec: CampaignSpec) -> Ask:
    texts = {FIRST_LANGUAGE: list(spec.ask.texts)} | {code: list(t) for code, t in spec.ask.languages.items()}
    return Ask(
        action=spec.ask.action,
        place=spec.ask.place,
        why=spec.ask.why,
        starts_at=spec.ask.starts_at,
        ends_at=spec.ask.ends_at,
        timezone=spec.timezone,
        texts=texts,
        answers=_answers(spec.ask.answers),
        shift=spec.ask.shift,
    )


def _answers(answers: AnswersSpec) -> dict[str, dict[str, str]]:
    first = answers.model_dump(exclude={"languages"}, exclude_none=True)
    others = {code: words.model_dump(exclude_none=True) for code, words in answers.languages.items()}
    return {code: words for code, words in ({FIRST_LANGUAGE: first} | others).items() if words}


def _alternative_rows(said: AlternativeSpec, spec: CampaignSpec) -> tuple[Alternative, Ask]:
    texts = {FIRST_LANGUAGE: [said.text]} | {code: [text] for code, text in said.languages.items()}
    ask = Ask(
        action=said.action or spec.ask.action,
        place=said.place or spec.ask.place,
        why=said.why or spec.ask.why,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        timezone=spec.timezone,
        texts=texts,
        answers=_answers(spec.ask.answers),
    )
    return Alternative(campaign_id=_NOT_YET, answers_to=said.answers_to, ask_id=_NOT_YET), ask


def _plan_row(plan: FollowUpSpec) -> FollowUpPlan:
    seconds = int(plan.before / timedelta(seconds=1))
    texts = {FIRST_LANGUAGE: plan.text, **plan.languages}
    return FollowUpPlan(campaign_id=_NOT_YET, before_seconds=seconds, texts=texts)


def _event(ask: Ask, zone: ZoneInfo) -> dict[str, Any]:
    told = {key: getattr(ask, key) for key in ("action", "place", "why")}
    moments = {key: at.astimezone(zone) for key in ("starts_at", "ends_at") if (at := getattr(ask, key))}
    return told | moments


def _first_text(texts: dict[str, list[str]]) -> dict[str, Any]:
    return _only_text({code: versions[0] for code, versions in texts.items()})


def _only_text(texts: dict[str, str]) -> dict[str, Any]:
    return {"text": texts[FIRST_LANGUAGE], "languages": _other_languages(texts)}


def _other_languages(words: dict[str, Any]) -> dict[str, Any]:
    return {code: said for code, said in words.items() if code != FIRST_LANGUAGE}


def _limits(campaign: Campaign) -> dict[str, Any]:
    budget = None if campaign.budget_micros is None else campaign.budget_micros / MICROS
    return {
        "segments_per_second": campaign.segments_per_second,
        "segments_per_day": campaign.segments_per_day,
        "pace_by_inbox": campaign.pace_by_inbox,
        "budget": budget,
    }


def _micros(dollars: float) -> int:
    return int((Decimal(str(dollars)) * MICROS).to_integral_value(ROUND_HALF_UP))
