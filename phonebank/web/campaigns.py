"""Campaigns: all of them, a new one by form or from a file, changing a draft, copying, and the coach."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from phonebank import clock, db
from phonebank.campaigns import queries, redrafting, spec
from phonebank.errors import BadInputError, PhonebankError
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import campaign_form, coaching, guards, trouble
from phonebank.web.campaign_form import Values
from phonebank.web.guards import requires

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")
_FIRST_VALUES: Values = {"timezone": "America/New_York", "hours.start": "09:00", "hours.end": "20:00"}


@blueprint.get("")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    with db.reading() as session:
        return render_template("campaigns/everything.html", campaigns=queries.all_(session))


@blueprint.get("/new")
@requires(Role.ORGANIZER)
def new() -> ResponseReturnValue:
    chosen = [request.args["list"]] if request.args.get("list") else []
    return _form({**_FIRST_VALUES, "sender_name": guards.me().name.split()[0], "lists": chosen})


@blueprint.post("/new")
@requires(Role.ORGANIZER)
def create() -> ResponseReturnValue:
    if "harder" in request.form:
        return _with_harder()
    try:
        said = spec.parse_table(campaign_form.to_table(request.form))
        with db.transaction() as session:
            campaign_id = spec.create(session, said, clock.now()).id
    except PhonebankError as wrong:
        return _form(campaign_form.shown_of(request.form), wrong=wrong), trouble.status_of(wrong)
    return _to(campaign_id)


@blueprint.get("/paste")
@requires(Role.ORGANIZER)
def paste() -> ResponseReturnValue:
    return render_template("campaigns/paste.html", toml="", wrong=None)


@blueprint.post("/paste")
@requires(Role.ORGANIZER)
def create_from_file() -> ResponseReturnValue:
    try:
        toml = _pasted()
        with db.transaction() as session:
            campaign_id = spec.create(session, spec.parse(toml), clock.now()).id
    except PhonebankError as wrong:
        toml = request.form.get("toml", "")
        return render_template("campaigns/paste.html", toml=toml, wrong=wrong), trouble.status_of(wrong)
    return _to(campaign_id)


@blueprint.get("/<int:campaign_id>/edit")
@requires(Role.ORGANIZER)
def edit(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        shown, _ = campaign_form.from_spec(spec.dump(session, queries.by_id(session, campaign_id)))
    return _form(shown, campaign_id=campaign_id)


@blueprint.post("/<int:campaign_id>/edit")
@requires(Role.ORGANIZER)
def change(campaign_id: int) -> ResponseReturnValue:
    if "harder" in request.form:
        return _with_harder(campaign_id)
    try:
        with db.transaction() as session:
            _, base = campaign_form.from_spec(spec.dump(session, queries.by_id(session, campaign_id)))
            said = spec.parse_table(campaign_form.to_table(request.form, base))
            redrafting.redraft(session, campaign_id, said, clock.now())
    except PhonebankError as wrong:
        shown = campaign_form.shown_of(request.form)
        return _form(shown, campaign_id=campaign_id, wrong=wrong), trouble.status_of(wrong)
    return _to(campaign_id)


@blueprint.post("/<int:campaign_id>/copy", endpoint="copy")
@requires(Role.ORGANIZER)
def duplicate(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        copied = spec.copy(session, queries.by_id(session, campaign_id), clock.now())
        copied_id, name = copied.id, copied.name
    flash(f"This is a copy, “{name}”. Change what you like, then save it.", "good")
    return redirect(url_for("campaigns.edit", campaign_id=copied_id), code=303)


@blueprint.post("/coach")
@requires(Role.ORGANIZER)
def coach() -> ResponseReturnValue:
    """What the coach says of the texts in the form, as they are typed."""
    with db.reading() as session:
        return render_template("campaigns/_coach.html", coached=coaching.coached(session, request.form, clock.now()))


def _form(shown: Values, *, campaign_id: int | None = None, wrong: PhonebankError | None = None) -> str:
    by_field, others = campaign_form.complaints_by_field(str(wrong) if wrong else "")
    with db.reading() as session:
        lists = [(found.name, people) for found, people in listings.lists(session)]
        coached = coaching.coached(session, _as_form(shown), clock.now())
    return render_template(
        "campaigns/form.html",
        shown=shown,
        campaign_id=campaign_id,
        wrong=wrong,
        wrongs=by_field,
        others=others,
        lists=lists,
        zones=campaign_form.zones(shown.get("timezone", "")),
        rows_of=campaign_form.rows_of,
        coached=coached,
    )


def _with_harder(campaign_id: int | None = None) -> str:
    """The form again, with the coach's wording in the box: nothing is saved yet."""
    with db.reading() as session:
        form = coaching.take_harder(session, request.form, request.form["harder"], clock.now())
    return _form(campaign_form.shown_of(form), campaign_id=campaign_id)


def _as_form(shown: Values) -> MultiDict[str, str]:
    form: MultiDict[str, str] = MultiDict()
    for name, value in shown.items():
        form.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return form


def _pasted() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("toml", "")
    try:
        return str(file.read(), "utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError("That file is not a campaign file: it is not text in UTF-8.") from None


def _to(campaign_id: Any) -> ResponseReturnValue:
    return redirect(url_for("campaign.page", campaign_id=campaign_id), code=303)
