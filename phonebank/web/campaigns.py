"""Campaigns: all of them, a new one from a file, copies, second passes. The form is in editor.py."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.campaigns import queries, spec
from phonebank.errors import BadInputError, PhonebankError
from phonebank.people.models import Role
from phonebank.web import guards, live, overview, trouble
from phonebank.web import second_pass as again
from phonebank.web.guards import requires

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")


@blueprint.get("")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    values = overview.screenful(before) | overview.unfinished(is_first=before is None)
    return render_template("campaigns/everything.html", **values, rows=live.piece("campaigns/_all.html", **values))


@blueprint.get("/rows")
@requires(Role.ORGANIZER)
def rows() -> ResponseReturnValue:
    """The live piece of the list."""
    return live.answer("campaigns/_all.html", **overview.screenful(request.args.get("before", type=int)))


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


@blueprint.post("/<int:campaign_id>/copy", endpoint="copy")
@requires(Role.ORGANIZER)
def duplicate(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        copied = spec.copy(session, queries.by_id(session, campaign_id), clock.now())
        copied_id, name = copied.id, copied.name
    flash(f"This is a copy, “{name}”. Change what you like, then save it.", "good")
    return redirect(url_for("campaigns.edit", campaign_id=copied_id), code=303)


@blueprint.post("/<int:campaign_id>/second-pass")
@requires(Role.ORGANIZER)
def second_pass(campaign_id: int) -> ResponseReturnValue:
    """To those who have not answered, worded anew: a list of them and a draft to write."""
    with db.transaction() as session:
        campaign = queries.by_id(session, campaign_id)
        draft_id = again.begin(session, campaign, by=guards.me().name, now=clock.now()).id
    return redirect(url_for("campaigns.new", draft=draft_id), code=303)


def _pasted() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("toml", "")
    try:
        return str(file.read(), "utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError("That file is not a campaign file: it is not text in UTF-8.") from None


def _to(campaign_id: int | None) -> ResponseReturnValue:
    return redirect(url_for("campaign.page", campaign_id=campaign_id), code=303)
