"""Whom some rules choose: how many each takes away and how many are left, in one look at the people."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlmodel import Session, col

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.audiences.rules import Answer, How, Rules, Where
from phonebank.campaigns.models import Campaign, CampaignList
from phonebank.campaigns.queries import UNDER_WAY
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.errors import BadInputError
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Outcome
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient, RecipientStatus

_COLUMNS_OF = 1_000  # people, the latest: their columns are offered


@dataclass(frozen=True)
class Step:
    """One rule: its name among the Rules, and who stays (SQL, never NULL). `nth` where a rule stands several times."""

    name: str
    stays: Any
    nth: int = 0


@dataclass(frozen=True)
class Taken:
    """How many one rule takes away of those whom the rules before it left."""

    name: str
    nth: int
    people: int


@dataclass(frozen=True)
class Counts:
    """`on_lists` is the sum of what each rule took away and what is `left`."""

    on_lists: int
    taken: list[Taken]
    left: int


def counts(session: Session, rules: Rules, now: datetime) -> Counts:
    """What these rules would choose now. Each person is counted once, at the first rule that takes them away."""
    steps = _steps(session, rules, now)
    fates = [(~step.stays, number) for number, step in enumerate(steps)]
    fate = case(*fates, else_=len(steps)).label("fate")
    each = select(fate).select_from(Contact).where(_on_lists(rules)).offset(0)  # a fence: SQLite would decide it twice
    db.compile_nothing(session)
    people = select(each.subquery().c.fate, func.count().label("people"))
    rows = session.connection().execute(people.group_by("fate"))
    found: dict[int, int] = {row.fate: row.people for row in rows}
    taken = [Taken(step.name, step.nth, found.get(number, 0)) for number, step in enumerate(steps)]
    return Counts(sum(found.values()), taken, found.get(len(steps), 0))


def chosen(session: Session, rules: Rules, now: datetime) -> Select[Any]:
    """SELECT of the ids of everybody these rules choose."""
    return select(col(Contact.id)).where(_on_lists(rules), *(step.stays for step in _steps(session, rules, now)))


def check(session: Session, rules: Rules) -> None:
    """Raises BadInputError when there is no list to choose from, or one was deleted meanwhile."""
    if not rules.lists:
        raise BadInputError("Tick the lists to choose from.")
    wanted = {*rules.lists, *rules.without_lists}
    found = session.scalar(select(func.count()).where(col(ContactList.id).in_(wanted)))
    if found != len(wanted):
        raise BadInputError("One of these lists was deleted meanwhile: reload the page and choose again.")


def _on_lists(rules: Rules) -> Any:
    if rules.on_all:
        return and_(*(_is_on((list_id,)) for list_id in rules.lists))
    return _is_on(rules.lists)


def _is_on(lists: tuple[int, ...]) -> Any:
    return exists().where(col(ListMember.contact_id) == Contact.id, col(ListMember.list_id).in_(lists))


def _steps(session: Session, rules: Rules, now: datetime) -> list[Step]:
    """The rules that are set, what people are first, then what they were asked and said."""
    return [*_of_people(rules), *_of_answers(rules), *_left_out(session, rules, now)]


def _of_people(rules: Rules) -> list[Step]:
    steps = []
    if rules.states:
        steps.append(Step("states", col(Contact.state).in_(rules.states)))
    if rules.zips:
        steps.append(Step("zips", or_(*(col(Contact.zip).startswith(begins) for begins in rules.zips))))
    if rules.zones:
        within = "|" + col(Contact.zones) + "|"
        steps.append(Step("zones", or_(*(within.contains(f"|{zone}|", autoescape=True) for zone in rules.zones))))
    if rules.languages:
        steps.append(Step("languages", col(Contact.language).in_(rules.languages)))
    steps += [Step("columns", _column_says(one), nth) for nth, one in enumerate(rules.columns)]
    if rules.connection:
        steps.append(Step("connection", _holds(col(Contact.connection), rules.connection)))
    if rules.has_consent is not None:
        proof = exists().where(col(Consent.phone) == Contact.phone)
        steps.append(Step("has_consent", proof if rules.has_consent else ~proof))
    return steps


def _column_says(one: Where) -> Any:
    fields: Any = col(Contact.fields)
    value = func.coalesce(fields[one.column].as_string(), "")
    match one.how:
        case How.IS:
            return func.lower(value) == func.lower(one.value)
        case How.IS_NOT:
            return func.lower(value) != func.lower(one.value)
        case How.CONTAINS:
            return _holds(value, one.value)
        case How.FILLED:
            return value != ""
        case How.BLANK:
            return value == ""


def _holds(text: Any, part: str) -> Any:
    return text.icontains(part, autoescape=True)


def _of_answers(rules: Rules) -> list[Step]:
    steps = []
    if rules.said_to is not None and rules.said:
        plain = [Outcome(one.value) for one in rules.said if one is not Answer.SILENT]
        said: Any = col(Recipient.outcome).in_(plain)
        if Answer.SILENT in rules.said:
            said = or_(said, and_(col(Recipient.asked_at).is_not(None), col(Recipient.replied_at).is_(None)))
        steps.append(Step("said", _was_recipient(col(Recipient.campaign_id) == rules.said_to, said)))
    if rules.kept:
        theirs = exists().where(
            col(Commitment.recipient_id) == Recipient.id,
            col(Recipient.contact_id) == Contact.id,
            col(Commitment.status) == CommitmentStatus.KEPT,
            *([col(Commitment.campaign_id) == rules.kept_in] if rules.kept_in is not None else []),
        )
        steps.append(Step("kept", theirs))
    return steps


def _left_out(session: Session, rules: Rules, now: datetime) -> list[Step]:
    is_out = exists().where(
        col(OptOut.phone) == Contact.phone, col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    steps = [Step("opted_out", ~is_out)]
    if rules.without_lists:
        steps.append(Step("without_lists", ~_is_on(rules.without_lists)))
    if rules.asked_within_days is not None:
        lately = now - timedelta(days=rules.asked_within_days)
        steps.append(Step("asked_within_days", ~_was_recipient(col(Recipient.asked_at) > lately)))
    if rules.not_in_running:
        running = select(col(Campaign.id)).where(col(Campaign.status).in_(UNDER_WAY))
        is_in = col(Recipient.campaign_id).in_(running), col(Recipient.status) != RecipientStatus.EXCLUDED
        steps.append(Step("not_in_running", ~_was_recipient(*is_in)))
    if rules.refused_to or rules.refused_action:
        campaigns = {*rules.refused_to, *_campaigns_asking(session, rules.refused_action)}
        refused = col(Recipient.outcome).in_((Outcome.NO, Outcome.NOT_THAT))
        steps.append(Step("refused", ~_was_recipient(col(Recipient.campaign_id).in_(campaigns), refused)))
    return steps


def _was_recipient(*conditions: Any) -> Any:
    return exists().where(col(Recipient.contact_id) == Contact.id, *conditions)


def _campaigns_asking(session: Session, action: str) -> list[int]:
    """Every campaign whose ask is this action, however it is spaced and capitalized."""
    wanted = _plain(action)
    rows = session.connection().execute(
        select(col(Campaign.id), col(Ask.action)).join(Ask, col(Ask.id) == Campaign.ask_id)
    )
    return [campaign_id for campaign_id, asked in rows if campaign_id and wanted and _plain(asked) == wanted]


def _plain(action: str) -> str:
    return " ".join(action.casefold().split())


@dataclass(frozen=True)
class Offered:
    """What there is to choose by. `zones` and `languages` with how many people have each, the most first."""

    zones: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    columns: list[str]
    campaigns: list[tuple[int, str]]
    actions: list[str]


def offered(session: Session) -> Offered:
    execute = session.connection().execute
    people: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    groups = col(Contact.zones), col(Contact.language)
    for group, language, number in execute(select(*groups, func.count()).group_by(*groups)):
        languages[language] += number
        people.update(dict.fromkeys(group.split("|"), number))
    latest = execute(select(col(Contact.fields)).order_by(col(Contact.id).desc()).limit(_COLUMNS_OF)).scalars()
    asked = execute(
        select(col(Campaign.id), col(Campaign.name), col(Ask.action))
        .join(Ask, col(Ask.id) == Campaign.ask_id)
        .order_by(col(Campaign.id).desc())
    ).all()
    return Offered(
        people.most_common(),
        languages.most_common(),
        sorted({name for fields in latest for name in fields}),
        [(campaign_id, name) for campaign_id, name, _ in asked if campaign_id],
        sorted({action for _, _, action in asked if action}),
    )


def campaigns(session: Session) -> list[tuple[int, str]]:
    """Every campaign's id and name."""
    rows = session.connection().execute(select(col(Campaign.id), col(Campaign.name)))
    return [(campaign_id, name) for campaign_id, name in rows if campaign_id]


def campaigns_using(session: Session, found: ContactList) -> list[tuple[int, str]]:
    """The campaigns that ask the people of this list, or leave them out; newest first."""
    of_each = col(Campaign.id), col(Campaign.name), col(Campaign.excluded)
    asking = set(
        session.connection().scalars(select(col(CampaignList.campaign_id)).where(col(CampaignList.list_id) == found.id))
    )
    rows = session.connection().execute(select(*of_each).order_by(col(Campaign.id)))
    used = [(one, name) for one, name, out in rows if one in asking or found.name in (out or {}).get("lists", [])]
    return used[::-1]
