"""How a rehearsed campaign went, counted and told: the forecast of `phonebank rehearse`."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from phonebank import db
from phonebank.campaigns import queries
from phonebank.campaigns.models import Campaign
from phonebank.cli.printing import say, table
from phonebank.contacts.importing import ImportResult
from phonebank.reports import forecast
from phonebank.reports.staffing import Bound
from phonebank.web.formats import span

_NUMBERS = re.compile(r"“[^”]*”|\d[\d ()-]*")


def foreseen(campaign: Campaign, imported: ImportResult, began: datetime, bound: Bound) -> dict[str, Any]:
    """As reports.forecast has it: the counts, the course, and the rows of the list that never became people."""
    with db.reading() as session:
        now = queries.by_name(session, campaign.name)
        found = forecast.counted(session, now) | forecast.course(session, now, began, bound)
    return found | {"blocked": [*_left_in_the_list(imported), *found["blocked"]]}


def _left_in_the_list(imported: ImportResult) -> Iterator[dict[str, Any]]:
    reasons = Counter(_NUMBERS.sub("…", wrong.because).strip().rstrip(".") for wrong in imported.rejections)
    if more := imported.rejected - reasons.total():
        reasons["other faults"] += more
    for because, number in reasons.most_common():
        yield {"number": number, "of": "rows", "because": because}
    if imported.duplicates:
        yield {"number": imported.duplicates, "of": "rows", "because": "their number is in the list already"}


def report(name: str, told: dict[str, Any]) -> None:
    """The forecast for a person."""
    say(f"“{name}”, rehearsed: {told['asked']:,} of {told['recipients']:,} people asked.")
    if told["ended"] != "quiet":
        say(f"  it ended because of this: {told['ended'].replace('_', ' ')}")
    say(f"  finished   {_after(told['finish_s'])}; the last answers {_after(told['duration_s'])}")
    say(f"  texts      {told['texts']:,} in {told['segments']:,} segments, ${told['cost']:,.2f}{_reminders(told)}")
    say(f"  replies    {told['inbound']:,}: {_listed(told['replies'])}")
    say(f"  outcomes   {_listed(told['outcomes'])}")
    say(f"  handoffs   {told['handoffs']:,} conversations for a person ({told['handoff_share']:.1%} of those asked)")
    say(f"  opted out  {told['opted_out']:,}")
    say(f"  volunteers {_staffing(told['staffing'])}")
    say()
    table(["PLACE", "PEOPLE", "ASKED", "FIRST ASK", "LAST ASK", "AFTER"], map(_zone, told["zones"]))
    say()
    table(["HOUR", "ASKS", "REPLIES", "HANDOFFS", "VOLUNTEERS"], map(_hour, told["hours"]))
    say()
    say("Not asked, or not reached:" if told["blocked"] else "Everybody can be asked and reached.")
    for one in told["blocked"]:
        say(f"  {one['number']:,} {one['of']}: {one['because']}.")
    if told["rejected"]:
        say("  `phonebank contacts import --dry-run` says which rows of the list are rejected.")


def _after(seconds: float | None) -> str:
    return "nobody was asked" if seconds is None else f"{span(seconds)} after the first may be asked"


def _reminders(told: dict[str, Any]) -> str:
    return f"; {told['reminders']:,} reminders more before the event" if told["reminders"] else ""


def _staffing(found: dict[str, Any]) -> str:
    if not found["volunteers"]:
        return "none: no conversation needs a person"
    return (
        f"{found['volunteers']:,} at once answer {found['share']:.0%} within {span(found['wait_s'])}, at "
        f"{span(found['handling_s'])} a conversation; fewer in the quieter hours below"
    )


def _zone(zone: dict[str, Any]) -> list[object]:
    after = "" if zone["finish_s"] is None else span(zone["finish_s"])
    people, asked = f"{zone['people']:,}", f"{zone['asked']:,}"
    return [zone["place"], people, asked, _moment(zone["first_ask"]), _moment(zone["last_ask"]), after]


def _hour(hour: dict[str, Any]) -> list[object]:
    return [_moment(hour["at"]), *(f"{hour[name]:,}" for name in ("asks", "replies", "handoffs", "volunteers"))]


def _moment(at: str | None) -> str:
    return f"{datetime.fromisoformat(at):%a %b %d, %H:%M}" if at else ""


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word.replace('_', ' ')}" for word, number in numbers.items() if number) or "none"
