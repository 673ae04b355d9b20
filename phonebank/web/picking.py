"""The merge fields that a text of the form may use: the campaign's own, and the columns of its lists."""

from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.campaigns import merging
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.errors import PhonebankError
from phonebank.reports import audience
from phonebank.reports.audience import Column
from phonebank.web import previewing

_OF_THE_ASK = ("ask.when", "ask.day", "ask.time", "ask.place", "ask.why", "ask.action")
_PLAINLY = [Column("first_name", "their first name", 0), Column("connection", "what you share", 0)]


def offered(session: Session, form: MultiDict[str, str], now: datetime) -> list[Column]:
    """Each field that has a value for somebody, with an example."""
    try:
        parts = previewing.parts_so_far(session, form, now, ["…"])
    except PhonebankError:
        return [*_PLAINLY, Column("sender_name", "who asks", 0), Column("organization", "your organization", 0)]
    people = audience.audience(session, parts, now).columns if parts.list_ids else _PLAINLY
    said = merging.fields_of(parts.ask, language=FIRST_LANGUAGE, now=now)
    ours = {name: str(getattr(parts.campaign, name)) for name in merging.CAMPAIGN_FIELDS}
    ours |= {name: said.get(name, "") for name in _OF_THE_ASK}
    return [*people, *(Column(name, text, 0) for name, text in ours.items() if text not in ("", "…"))]
