"""Lists: one with who is on it, and a new one put together from others, with what each rule does before it is saved."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.audiences import queries as audiences
from phonebank.audiences import storing
from phonebank.audiences.queries import Counts, Offered
from phonebank.audiences.rules import Rules
from phonebank.contacts import queries
from phonebank.errors import PhonebankError
from phonebank.people import audit
from phonebank.people.models import Deed, Role
from phonebank.reports import list_facts, listings
from phonebank.web import choosing, guards, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("lists", __name__, url_prefix="/contacts")


@blueprint.get("/lists/<int:list_id>")
@requires(Role.ORGANIZER)
def one(list_id: int) -> ResponseReturnValue:
    return _one(list_id)


@blueprint.post("/lists/<int:list_id>/rename")
@requires(Role.ORGANIZER)
def rename(list_id: int) -> ResponseReturnValue:
    try:
        with db.transaction() as session:
            name = storing.rename(session, list_id, request.form.get("name", ""))
    except PhonebankError as wrong:
        return _one(list_id, wrong), trouble.status_of(wrong)
    flash(f"The list is now called “{name}”.", "good")
    return redirect(url_for("lists.one", list_id=list_id), code=303)


@blueprint.post("/lists/<int:list_id>/delete")
@requires(Role.ORGANIZER)
def delete(list_id: int) -> ResponseReturnValue:
    """Its people stay contacts."""
    try:
        with db.transaction() as session:
            name = storing.remove(session, list_id)
            audit.record(session, Deed.DELETED, by=guards.signature(), about=f"the list “{name}”", now=clock.now())
    except PhonebankError as wrong:
        return _one(list_id, wrong), trouble.status_of(wrong)
    flash(f"The list “{name}” is deleted. Its people are still contacts.", "good")
    return redirect(url_for("contacts.lists"), code=303)


@blueprint.get("/choose")
@requires(Role.ORGANIZER)
def choose() -> ResponseReturnValue:
    """A new list from others; `?list=3` begins with that one."""
    ticked = tuple(int(one) for one in request.args.getlist("list") if one.isdecimal() and len(one) < choosing.LONGEST)
    return _page(Rules(lists=ticked))


@blueprint.post("/choose")
@requires(Role.ORGANIZER)
def save() -> ResponseReturnValue:
    """Save the list; a browser without scripts first asks for the counts by the other button."""
    wanted = Rules()
    try:
        wanted = choosing.rules_of(request.form)
        if "count" in request.form:
            return _page(wanted)
        with db.transaction() as session:
            now = clock.now()
            audiences.check(session, wanted)
            found = audiences.counts(session, wanted, now)
            told = choosing.told(wanted, found, choosing.names(session))
            name = request.form.get("name", "")
            made = storing.save(session, wanted, name, by=guards.signature(), told=told, now=now)
    except PhonebankError as wrong:
        return _page(wanted, wrong), trouble.status_of(wrong)
    return redirect(url_for("lists.one", list_id=made.id), code=303)


@blueprint.post("/choose/counts")
@requires(Role.ORGANIZER)
def counts() -> ResponseReturnValue:
    """What the rules do as they stand on the page."""
    try:
        return _counted(choosing.rules_of(request.form))
    except PhonebankError as wrong:
        return render_template("contacts/_counts.html", wrong=wrong, counts=None)


def _counted(rules: Rules) -> str:
    with db.reading() as session:
        audiences.check(session, rules)
        found = audiences.counts(session, rules, clock.now())
        return _drawn(found, rules, session)


def _drawn(found: Counts, rules: Rules, session: Session) -> str:
    told = choosing.told(rules, found, choosing.names(session))
    return render_template("contacts/_counts.html", wrong=None, counts=found, told=told)


def _page(rules: Rules, wrong: PhonebankError | None = None) -> str:
    with db.reading() as session:
        lists, offered = listings.lists(session), audiences.offered(session)
    try:
        drawn = _counted(rules) if rules.lists else render_template("contacts/_counts.html", wrong=None, counts=None)
    except PhonebankError as refused:
        drawn = render_template("contacts/_counts.html", wrong=refused, counts=None)
    return render_template("contacts/choose.html", **_shown(rules, offered), lists=lists, counts=drawn, wrong=wrong)


def _shown(rules: Rules, offered: Offered) -> dict[str, object]:
    return {
        "rules": rules,
        "offered": offered,
        "zones": choosing.zones_of(offered),
        "answers": choosing.ANSWERS,
        "hows": choosing.HOWS,
        "columns": [*rules.columns, None],
        "languages": choosing.languages_of(offered),
        "typed": request.form,
    }


def _one(list_id: int, wrong: PhonebankError | None = None) -> str:
    with db.reading() as session:
        found = queries.list_by_id(session, list_id)
        facts = list_facts.facts(session, found)
    return render_template(
        "contacts/list.html", list=found, facts=facts, languages=choosing.language_name, wrong=wrong, typed=request.form
    )
