"""The campaign editor, among the campaigns' pages: the form, saved as it is typed, and the coach beside it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from phonebank import clock, db
from phonebank.calls import voices
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Channel
from phonebank.drafts import keeping
from phonebank.drafts import queries as drafts
from phonebank.errors import NotFoundError, PhonebankError
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import (
    campaign_form,
    coaching,
    editing,
    guards,
    languages,
    picking,
    previewing,
    second_pass,
    spoken,
    trouble,
)
from phonebank.web.campaign_form import Values
from phonebank.web.campaigns import blueprint
from phonebank.web.editing import ClashError, Form
from phonebank.web.guards import requires

__all__ = ["blueprint"]

_FIRST_VALUES: Values = {"timezone": "America/New_York", "hours.start": "09:00", "hours.end": "20:00"}
_ASKS_FOR_MORE = ("harder", "add", "to")  # buttons that change the form and save nothing


@blueprint.get("/new")
@requires(Role.ORGANIZER)
def new() -> ResponseReturnValue:
    draft_id = request.args.get("draft", type=int)
    if draft_id is not None:
        return _unfinished(draft_id)
    chosen = [request.args["list"]] if request.args.get("list") else []
    return _form({**_FIRST_VALUES, "sender_name": guards.me().name.split()[0], "lists": chosen})


@blueprint.post("/new")
@requires(Role.ORGANIZER)
def create() -> ResponseReturnValue:
    if any(button in request.form for button in _ASKS_FOR_MORE):
        return _with_more()
    try:
        with db.transaction() as session:
            campaign_id = editing.finish(session, request.form, by=guards.me().name, now=clock.now())
    except ClashError as clash:
        return _again(clash=clash), trouble.status_of(clash)
    except PhonebankError as wrong:
        return _kept_unfinished(wrong), trouble.status_of(wrong)
    return _to_preflight(campaign_id)


@blueprint.post("/keep")
@requires(Role.ORGANIZER)
def keep() -> ResponseReturnValue:
    """A campaign to be, as it is typed."""
    try:
        with db.transaction() as session:
            draft = editing.keep_new(session, request.form, by=guards.me().name, now=clock.now())
            return _saved(str(draft.version), [], draft=draft.id)
    except ClashError as clash:
        return _clashes(clash)


@blueprint.post("/aside")
@requires(Role.ORGANIZER)
def keep_aside() -> ResponseReturnValue:
    """What was typed, as a draft of its own: what it was typed for is somebody else's now."""
    with db.transaction() as session:
        raw = campaign_form.raw_of(request.form)
        raw["name"] = [f"{request.form.get('name', '')} ({guards.me().name})"[:100]]
        draft_id = keeping.begin(session, raw, by=guards.me().name, now=clock.now()).id
    flash("Your words are a draft of their own now.", "good")
    return redirect(url_for("campaigns.new", draft=draft_id), code=303)


@blueprint.post("/unfinished/<int:draft_id>/delete")
@requires(Role.ORGANIZER)
def delete_unfinished(draft_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        draft = drafts.by_id(session, draft_id, lock=True)
        if draft is not None and draft.campaign_id is None and not draft.is_deleted:
            keeping.forget(session, draft, by=guards.me().name, now=clock.now())
    flash("The unfinished draft is deleted.", "good")
    return redirect(url_for("campaigns.everything"), code=303)


@blueprint.get("/<int:campaign_id>/edit")
@requires(Role.ORGANIZER)
def edit(campaign_id: int) -> ResponseReturnValue:
    return _of_campaign(campaign_id)


@blueprint.post("/<int:campaign_id>/edit")
@requires(Role.ORGANIZER)
def change(campaign_id: int) -> ResponseReturnValue:
    if any(button in request.form for button in _ASKS_FOR_MORE):
        return _with_more(campaign_id)
    try:
        with db.transaction() as session:
            form, by = request.form, guards.me().name
            stamp, wrong = editing.keep_changes(session, campaign_id, form, by=by, now=clock.now())
    except ClashError as clash:
        return _again(campaign_id, clash=clash), trouble.status_of(clash)
    if wrong:
        return _again(campaign_id, wrong="\n".join(wrong), seen=stamp), 400
    return _to_preflight(campaign_id)


@blueprint.post("/<int:campaign_id>/keep")
@requires(Role.ORGANIZER)
def keep_changes(campaign_id: int) -> ResponseReturnValue:
    """Changes to a draft campaign, as they are typed."""
    try:
        with db.transaction() as session:
            form, by = request.form, guards.me().name
            return _saved(*editing.keep_changes(session, campaign_id, form, by=by, now=clock.now()))
    except ClashError as clash:
        return _clashes(clash)


@blueprint.post("/<int:campaign_id>/drop")
@requires(Role.ORGANIZER)
def drop_changes(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        editing.drop_changes(session, campaign_id, by=guards.me().name, now=clock.now())
    flash("The unfinished changes are dropped.", "good")
    return redirect(url_for("campaign.page", campaign_id=campaign_id), code=303)


@blueprint.post("/coach")
@requires(Role.ORGANIZER)
def coach() -> ResponseReturnValue:
    """What the coach says of the texts in the form, as they are typed."""
    with db.reading() as session:
        return render_template("campaigns/_coach.html", coached=coaching.coached(session, request.form, clock.now()))


@blueprint.post("/preview")
@requires(Role.ORGANIZER)
def preview() -> ResponseReturnValue:
    """The texts as real people of the chosen lists will read them, the price of all, and their hours."""
    if request.form.get("channel") == Channel.CALL:
        return render_template("campaigns/_spoken.html", script=_spoken())
    zone = request.form.get("timezone", "")
    with db.reading() as session:
        shown = previewing.preview(session, request.form, clock.now())
    return render_template("campaigns/_preview.html", shown=shown, zone=zone if spec.known_zone(zone) else None)


@blueprint.post("/fields")
@requires(Role.ORGANIZER)
def fields() -> ResponseReturnValue:
    """The merge fields of the chosen lists, each with somebody's value and how many lack it."""
    with db.reading() as session:
        offered = picking.offered(session, request.form, clock.now())
    return render_template("campaigns/_fields.html", offered=offered)


def _spoken() -> spoken.Script:
    with db.reading() as session:
        return spoken.of_form(session, request.form, clock.now())


def _unfinished(draft_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        draft = drafts.by_id(session, draft_id)
    if draft is None or draft.is_deleted:
        who = f" {draft.saved_by} deleted it." if draft is not None else ""
        raise NotFoundError(f"There is no such draft any more.{who}")
    if draft.campaign_id is not None:
        return redirect(url_for("campaign.page", campaign_id=draft.campaign_id), code=303)
    return _form(campaign_form.shown_of(MultiDict(draft.form)), draft=draft.id, seen=str(draft.version), kept=draft)


def _of_campaign(campaign_id: int) -> str:
    """The draft as it stands, or as somebody left it unfinished."""
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        shown, _ = campaign_form.from_spec(spec.dump(session, campaign))
        kept, seen = editing.unfinished(session, campaign), editing.stamp(session, campaign)
    shown["again_of"] = str(campaign.again_of or "")
    if kept is not None:
        shown |= campaign_form.shown_of(MultiDict(kept.form))
    return _form(shown, campaign_id=campaign_id, seen=seen, kept=kept)


def _again(campaign_id: int | None = None, **more: Any) -> str:
    """The form as it was sent, nothing of it lost."""
    seen = more.pop("seen", request.form.get("seen", ""))
    draft = more.pop("draft", request.form.get("draft", type=int))
    shown = campaign_form.shown_of(request.form)
    return _form(shown, campaign_id=campaign_id, draft=draft, seen=seen, **more)


def _kept_unfinished(wrong: PhonebankError) -> str:
    """A campaign to be that cannot be one yet: what was typed is kept all the same."""
    try:
        with db.transaction() as session:
            draft = editing.keep_new(session, request.form, by=guards.me().name, now=clock.now())
    except ClashError as clash:
        return _again(clash=clash)
    return _again(wrong=str(wrong), draft=draft.id, seen=str(draft.version))


def _with_more(campaign_id: int | None = None) -> str:
    """The form again, with the coach's wording, another language, or for calls: nothing is saved yet."""
    form: Form = request.form
    if "harder" in form:
        with db.reading() as session:
            form = coaching.take_harder(session, form, form["harder"], clock.now())
    shown = campaign_form.shown_of(form)
    if "add" in form:
        shown["languages"] = [*form.getlist("languages"), form.get("another_language", "")]
    if form.get("to") in tuple(Channel):
        shown["channel"] = form["to"]
    draft, seen = form.get("draft", type=int), form.get("seen", "")
    return _form(shown, campaign_id=campaign_id, draft=draft, seen=seen, is_changed=True)


def _form(
    shown: Values, *, campaign_id: int | None = None, draft: int | None = None, seen: str = "", **more: Any
) -> str:
    """The form that shows these values; `more` is what is to be said above it: wrong, clash, kept, is_changed."""
    said = {"wrong": "", "clash": None, "kept": None, "is_changed": False, **more}
    by_field, others = campaign_form.complaints_by_field(said["wrong"])
    others_spoken = campaign_form.languages_of(shown)
    return render_template(
        "campaigns/form.html",
        shown=shown,
        campaign_id=campaign_id,
        draft=draft,
        seen=seen,
        wrongs=by_field,
        others=others,
        zones=campaign_form.zones(shown.get("timezone", "")),
        rows_of=campaign_form.rows_of,
        voices=voices.choices,
        spoken=others_spoken,
        languages=languages.others(others_spoken),
        **said,
        **_looked_up(shown),
    )


def _looked_up(shown: Values) -> dict[str, Any]:
    """What the form shows of the database: the lists, the coach's word, what a second pass asks anew."""
    again_of = str(shown.get("again_of", ""))
    with db.reading() as session:
        return {
            "lists": [(found.name, people) for found, people in listings.lists(session)],
            "coached": coaching.coached(session, _as_form(shown), clock.now()),
            "first": second_pass.first_texts(session, int(again_of)) if again_of.isdigit() else None,
        }


def _as_form(shown: Values) -> Form:
    form: Form = MultiDict()
    for name, value in shown.items():
        form.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return form


def _saved(seen: str, wrong: list[str], draft: int | None = None) -> ResponseReturnValue:
    at = editing.clock_time(clock.now(), request.form.get("timezone", ""))
    address = url_for("campaigns.new", draft=draft) if draft is not None else ""
    return {"seen": seen, "draft": draft, "address": address, "at": at, "wrong": wrong}


def _clashes(clash: ClashError) -> ResponseReturnValue:
    return {"wrong": str(clash), "stamp": clash.stamp}, trouble.status_of(clash)


def _to_preflight(campaign_id: int) -> ResponseReturnValue:
    flash("Saved.", "good")
    return redirect(url_for("campaign.look_ahead", campaign_id=campaign_id), code=303)
