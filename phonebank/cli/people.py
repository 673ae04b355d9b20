"""`phonebank people`: who may sign in."""

import sys

import click
from sqlmodel import Session

from phonebank import clock, db
from phonebank.cli import opening, printing
from phonebank.cli.printing import say
from phonebank.errors import BadInputError
from phonebank.handoffs import suspending
from phonebank.people import accounts, admitting, queries
from phonebank.people.admitting import Staff
from phonebank.people.models import Person, Role
from phonebank.settings import Settings


@click.group()
def people() -> None:
    """Who may sign in: admins, organizers, volunteers."""


@people.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password-stdin", "reads_password", is_flag=True, help="Read their password from standard input.")
def add(email: str, name: str, role: str, *, reads_password: bool) -> None:
    """Let somebody in. Without a password, prints a link that signs them in once."""
    password = _password() if reads_password else None
    with opening.opened() as settings, db.transaction() as session:
        now = clock.now()
        person, token = admitting.invite(session, _staff(), name=name, email=email, role=role, now=now)
        if password is not None and person.id is not None:
            accounts.set_password(session, person.id, password)
            token = ""
    say(_link(settings, token) if token else f"{person.email} may sign in as {person.role}.")


@people.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a new link that signs this person in once."""
    with opening.opened() as settings, db.transaction() as session:
        person = queries.by_email(session, email)
        assert person.id is not None
        token = admitting.new_link(session, _staff(), person.id, clock.now())
    say(_link(settings, token))


@people.command("list")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(wants_json: bool) -> None:
    """Everybody who may, or might once, sign in."""
    with opening.opened(), db.reading() as session:
        rows = [_record(person) for person in queries.everyone(session)]
    if wants_json or rows:
        printing.rows(rows, wants_json=wants_json)
    else:
        say("There is nobody yet: phonebank people add EMAIL --name NAME --role admin")


@people.command()
@click.argument("email")
def suspend(email: str) -> None:
    """End their sessions and links now, and let them in no more."""
    with opening.opened(), db.transaction() as session:
        changed = suspending.suspend(session, _staff(), _id(session, email), clock.now()) is not None
    say(f"{email} is {'suspended' if changed else 'suspended already'}.")


@people.command()
@click.argument("email")
def reinstate(email: str) -> None:
    """Let a suspended person in again."""
    with opening.opened(), db.transaction() as session:
        changed = admitting.reinstate(session, _staff(), _id(session, email), clock.now())
    say(f"{email} may sign in{'' if changed else ' as before'}.")


@people.command()
@click.argument("email")
@click.argument("name", metavar="ROLE", type=click.Choice([role.value for role in Role]))
def role(email: str, name: str) -> None:
    """Make somebody an admin, organizer or volunteer. One admin always stays."""
    with opening.opened(), db.transaction() as session:
        person = queries.by_email(session, email)
        now = clock.now()
        admitting.change_role(session, _staff(), _id(session, email), before=person.role, after=name, now=now)
    say(f"{email} is {name}.")


def _staff() -> Staff:
    """Whoever can run the command is trusted like an admin."""
    return Staff(opening.operator(), Role.ADMIN)


def _id(session: Session, email: str) -> int:
    person_id = queries.by_email(session, email).id
    assert person_id is not None
    return person_id


def _password() -> str:
    if sys.stdin.isatty():
        raise BadInputError("Pipe the password in: --password-stdin reads it from standard input.")
    return sys.stdin.readline().rstrip("\r\n")


def _link(settings: Settings, token: str) -> str:
    return f"{settings.address}/sign-in/{token}"


def _record(person: Person) -> dict[str, str]:
    return {"email": person.email, "name": person.name, "role": person.role.value, "status": person.status.value}
