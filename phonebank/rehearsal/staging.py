"""Sets a rehearsal's stage through the product's own verbs: a list, a campaign, the people who sign in, a launch."""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from phonebank import db
from phonebank.campaigns import launching, preflight, queries, spec
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.preflight import Preflight
from phonebank.campaigns.spec import CampaignSpec
from phonebank.contacts import importing
from phonebank.contacts.importing import Order
from phonebank.errors import UnavailableError
from phonebank.gateway.account import Account
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.rehearsal.remote import Carrier
from phonebank.settings import Settings

SAMPLE_LIST = Path(__file__).with_name("sample.csv")
SAMPLE_CAMPAIGN = Path(__file__).with_name("sample.toml")
SAMPLE_CALLED = Path(__file__).with_name("sample_calls.csv")
SAMPLE_CALLS = Path(__file__).with_name("sample_calls.toml")
CALLS_FROM = "+12025550170"
PLAYERS = {Role.VOLUNTEER: "Victor Vega", Role.ORGANIZER: "Olive Osei", Role.ADMIN: "Amanda Alvarez"}
ZONE = ZoneInfo("America/New_York")

# One o'clock in New York is ten in Los Angeles: contact hours for the whole list but in Honolulu, where it is eight.
_CURTAIN = time(13)
_EVENT_IN = timedelta(days=7)
_SATURDAY = 5
_LINKS_LAST = timedelta(days=90)  # the clock may be wound over a week
# What the first on the list will do, so that every turn a talk can take is seen early; the others follow the mix.
_CAST = (
    *("keeps_word", "comes_round", "takes_another_day", "keeps_word", "hears_no_for_an_answer", "changes_mind"),
    *("yes_and_asks", "not_that", "comes_round", "no", "keeps_word", "opt_out"),
)
_CALLED_CAST = ("yes", "comes_round", "takes_another_day", "opt_out", "no")


def curtain(now: datetime) -> datetime:
    """When a rehearsal's clock starts: today, or on Monday when it is a weekend, inside contact hours."""
    today = now.astimezone(ZONE).date()
    day = today + timedelta(days=7 - today.weekday() if today.weekday() >= _SATURDAY else 0)
    return datetime.combine(day, _CURTAIN, ZONE).astimezone(UTC)


def carrier_of(settings: Settings) -> Carrier:
    """The control door of this rehearsal's stand-in carrier."""
    url, sid, token = settings.twilio_api_base_url, settings.twilio_account_sid, settings.twilio_auth_token
    if not (settings.rehearsal and url and sid and token):
        raise UnavailableError("This is no rehearsal: start one with `phonebank run --rehearse`.")
    return Carrier(url, sid, token)


def sample_campaign(now: datetime, file: Path = SAMPLE_CAMPAIGN) -> CampaignSpec:
    """A sample's campaign file with its dates moved, so that the event is a week from now."""
    table = tomllib.loads(file.read_text("utf-8"))
    event: date = table["ask"]["starts_at"].date()
    return spec.parse_table(_moved(table, now.astimezone(ZONE).date() + _EVENT_IN - event))


def set_stage(settings: Settings, now: datetime) -> dict[Role, str]:
    """The whole sample, texts and calls, launched. Gives the secret end of a sign-in link for each role."""
    with db.transaction() as session:
        links = {role: _link(session, role, name, now) for role, name in PLAYERS.items()}
    carrier_of(settings).supporters([], replace=True)
    _begin(settings, SAMPLE_LIST, SAMPLE_CAMPAIGN, _CAST, now)
    _begin(settings, SAMPLE_CALLED, SAMPLE_CALLS, _CALLED_CAST, now)
    return links


def _begin(settings: Settings, people_file: Path, campaign_file: Path, cast: Iterable[str], now: datetime) -> None:
    """One campaign and its list, its people ready to answer."""
    described = sample_campaign(now, campaign_file)
    importing.import_list(people_file, Order(list_name=described.lists[0], imported_by="rehearsal"), now=now)
    with db.transaction() as session:
        campaign = spec.create(session, described, now)
        people = list(queries.people_to_ask(session, queries.parts_of(session, campaign), now=now))
    carrier_of(settings).supporters(supporters(people, chain(cast, repeat(None))))
    launch(settings, campaign, by=PLAYERS[Role.ORGANIZER], now=now)


def supporters(people: Iterable[Any], cast: Iterable[str | None] = repeat(None)) -> Iterator[dict[str, Any]]:
    """Contacts as simulated people for the carrier: those of several possible zones live in the first."""
    for person, persona in zip(people, cast, strict=False):
        yield {
            "number": person.phone,
            "first_name": person.first_name,
            "zone": person.zones.split("|")[0],
            "language": person.language,
            "persona": persona,
        }


def launch(settings: Settings, campaign: Campaign, *, by: str, now: datetime) -> Preflight:
    """Launch it as a person would: looked at first, the carrier asked. Raises RefusedError with what stops it."""
    account = Account(settings)
    account.set_webhooks(campaign.sender)
    with db.reading() as session:
        parts = queries.parts_of(session, campaign)
        found = preflight.check(session, parts, settings=settings, account=account, now=now)
    with db.transaction() as session:
        launching.launch(session, campaign, found, by=by, because="a rehearsal", at=None, now=now)
    return found


def _link(session: Session, role: Role, name: str, now: datetime) -> str:
    person = accounts.add(session, f"{role}@example.org", name, role, None, now)
    assert person.id is not None
    return accounts.sign_in_link(session, person.id, now, lasts=_LINKS_LAST)


def _moved(value: Any, days: timedelta) -> Any:
    """The same table with every date and time so much later."""
    if isinstance(value, dict):
        return {key: _moved(inner, days) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, days) for inner in value]
    return value + days if isinstance(value, date) else value
