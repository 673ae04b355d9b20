"""Campaigns for tests: a whole campaign file, and the rows it makes."""

import tomllib
from datetime import UTC, datetime

from phonebank.campaigns import queries, spec
from phonebank.contacts.models import Contact, ContactList, ListMember
from phonebank.errors import NotFoundError

NOW = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)  # the wound clock's noon in Chicago

PHONE_BANK = """\
name = "Phone bank"
lists = ["supporters"]
organization = "RepresentUs"
sender_name = "Amanda"
sender = "MG00000000000000000000000000000000"

[ask]
action = "make calls with us online"
starts_at = 2027-02-10T18:00:00
ends_at = 2027-02-10T20:00:00
place = "on Zoom"
why = "The bill is heard six days later, and calls from neighbors move votes."
texts = ["Hi {{ first_name }}, it's {{ sender_name }} with {{ organization }}. We're calling supporters {{ ask.when }}. Can I count on you to join us? Reply STOP to end."]

[[ask.alternatives]]
for = "not_now"
text = "Could you join us {{ ask.when }} instead?"
starts_at = 2027-02-11T18:00:00

[[followups]]
before = "24h"
text = "See you tomorrow at 6, {{ first_name }}! Still good? Reply Y or N."
"""


def a_list(session, name="supporters", contacts=()):
    """The list of this name, with these contacts on it."""
    try:
        made = queries.list_named(session, name)
    except NotFoundError:
        made = ContactList(name=name, created_at=NOW)
        session.add(made)
        session.flush()
    session.add_all(contacts)
    session.flush()
    session.add_all(ListMember(list_id=made.id, contact_id=contact.id) for contact in contacts)
    session.flush()
    return made


def a_contact(phone="+12025550143", first_name="Elsa", **more):
    more = {"zones": "America/New_York", "created_at": NOW, "updated_at": NOW} | more
    return Contact(phone=phone, first_name=first_name, **more)


def a_campaign(session, toml=PHONE_BANK, contacts=(), **changes):
    """A draft campaign; `changes` replaces keys at the top of the file: name="…", sender="…"."""
    described = spec.parse_table(tomllib.loads(toml) | changes)
    for name in described.lists:
        a_list(session, name, contacts)
    return spec.create(session, described, NOW)
