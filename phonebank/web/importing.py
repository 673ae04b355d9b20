"""One uploaded list: its columns matched while what that does is shown, imported, watched, its rejects as a file."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import db, jobs
from phonebank.audiences import storing
from phonebank.contacts import lifecycle, queries, uploads
from phonebank.contacts.models import ContactImport, ImportStatus
from phonebank.contacts.sampling import Sample
from phonebank.errors import BadInputError, NotFoundError, PhonebankError, RefusedError
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import guards, live, matching, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("imports", __name__, url_prefix="/contacts/imports/<int:import_id>")


@blueprint.get("")
@requires(Role.ORGANIZER)
def reading(import_id: int) -> ResponseReturnValue:
    values = _progress(import_id)
    upload = values["upload"]
    if isinstance(upload, ContactImport) and upload.status is ImportStatus.DRAFT:
        return redirect(url_for("imports.match", import_id=import_id), code=303)
    progress = live.piece("contacts/_progress.html", **values)
    return render_template("contacts/reading.html", upload=upload, progress=progress)


@blueprint.get("/match")
@requires(Role.ORGANIZER)
def match(import_id: int) -> ResponseReturnValue:
    """The columns of a draft; whoever comes back here after the import sees how that went."""
    upload, sample = _draft(import_id)
    return _on_its_way(import_id) if upload is None else _match_page(upload, sample)


@blueprint.post("/match")
@requires(Role.ORGANIZER)
def choose(import_id: int) -> ResponseReturnValue:
    """Keep what the columns are said to be, and show what that does."""
    upload, sample = _draft(import_id)
    if upload is None:
        return _on_its_way(import_id)
    try:
        chosen = matching.chosen(request.form, sample, upload)
    except PhonebankError as wrong:
        return _effects(upload, {"trouble": str(wrong)})
    with db.transaction() as session:
        lifecycle.choose(session, import_id, **chosen)
        if matching.is_partial(chosen["foreseen"]):
            jobs.ring_after_commit(session, "counting", str(import_id))
    if not request.headers.get("HX-Request"):
        return redirect(url_for("imports.match", import_id=import_id), code=303)
    return _effects(upload, chosen["foreseen"])


@blueprint.get("/effects")
@requires(Role.ORGANIZER)
def effects(import_id: int) -> ResponseReturnValue:
    """What importing does as the columns stand, while the whole file is being counted."""
    upload, _ = _draft(import_id)
    if upload is None:
        return _on_its_way(import_id)
    if matching.is_partial(upload.foreseen):
        jobs.ring("counting", str(import_id))  # an earlier ring may have been lost
    return live.answer("contacts/_effects.html", **matching.shown(upload, upload.foreseen))


@blueprint.post("/import")
@requires(Role.ORGANIZER)
def submit(import_id: int) -> ResponseReturnValue:
    """Import it, once: a second press leads to the same import."""
    upload, sample = _draft(import_id)
    if upload is None:
        return _on_its_way(import_id)
    try:
        chosen = matching.chosen(request.form, sample, upload)
        if "phone" not in chosen["fields"]:
            raise BadInputError(matching.NO_NUMBER)
        with db.transaction() as session:
            name, consent = _list_name(session), " ".join(request.form.get("consent", "").split())[:500]
            described = {"fields": chosen["fields"], "region": chosen["region"], "list_name": name, "consent": consent}
            if lifecycle.submit(session, import_id, imported_by=guards.signature(), **described):
                jobs.ring_after_commit(session, "imports", str(import_id))
    except PhonebankError as wrong:
        return _match_page(upload, sample, wrong), trouble.status_of(wrong)
    if not jobs.is_up():
        flash("Redis does not answer, so the list is read as soon as the workers are back.", "warn")
    return redirect(url_for("imports.reading", import_id=import_id), code=303)


@blueprint.post("/discard")
@requires(Role.ORGANIZER)
def discard(import_id: int) -> ResponseReturnValue:
    """Forget an upload that is not to be imported, and every row of it."""
    with db.transaction() as session:
        if not uploads.discard(session, import_id):
            raise RefusedError("This list is imported already, or was thrown away: look under Contacts.")
    flash("The file is gone. Nobody was imported from it.", "good")
    return redirect(url_for("contacts.lists"), code=303)


@blueprint.get("/progress")
@requires(Role.ORGANIZER)
def progress(import_id: int) -> ResponseReturnValue:
    return live.answer("contacts/_progress.html", **_progress(import_id))


@blueprint.post("/cancel")
@requires(Role.ORGANIZER)
def cancel(import_id: int) -> ResponseReturnValue:
    """Stop at the next batch; who is stored already stays."""
    with db.transaction() as session:
        _import(session, import_id)
        if not lifecycle.cancel(session, import_id):
            raise RefusedError("The list is read already: there is nothing to cancel.")
        uploads.drop(session, import_id, uploads.FILE)  # a reader has a copy of its own
        uploads.drop(session, import_id, uploads.SAMPLE)
    return redirect(url_for("imports.reading", import_id=import_id), code=303)


@blueprint.get("/rejects.csv")
@requires(Role.ORGANIZER)
def rejects(import_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        _import(session, import_id)
        if not uploads.has(session, import_id, uploads.REJECTS):
            raise NotFoundError("No row of this list was rejected.")
    response = Response(_rejected(import_id), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="rejects-{import_id}.csv"'
    return response


def _rejected(import_id: int) -> Iterator[bytes]:
    with db.reading() as session:
        yield from uploads.read(session, import_id, uploads.REJECTS)


def _progress(import_id: int) -> dict[str, object]:
    with db.reading() as session:
        found = _import(session, import_id)
        has_rejects = uploads.has(session, import_id, uploads.REJECTS)
        session.expunge_all()
    is_going = found.status in {ImportStatus.WAITING, ImportStatus.READING}
    return {"upload": found, "is_going": is_going, "has_rejects": has_rejects}


def _import(session: Session, import_id: int) -> ContactImport:
    found = session.get(ContactImport, import_id)
    if found is None:
        raise NotFoundError("There is no such upload: it may have been thrown away. Upload the file again.")
    return found


def _draft(import_id: int) -> tuple[ContactImport | None, Sample]:
    """The draft and its first rows; no draft when it is imported already."""
    with db.reading() as session:
        upload = _import(session, import_id)
        if upload.status is not ImportStatus.DRAFT:
            return None, Sample([], [], is_whole=True)
        return upload, uploads.sample_of(session, import_id)


def _on_its_way(import_id: int) -> ResponseReturnValue:
    address = url_for("imports.reading", import_id=import_id)
    return ("", 200, {"HX-Redirect": address}) if request.headers.get("HX-Request") else redirect(address, code=303)


def _effects(upload: ContactImport, foreseen: dict[str, object]) -> str:
    return live.piece("contacts/_effects.html", **matching.shown(upload, foreseen))


def _match_page(upload: ContactImport, sample: Sample, wrong: PhonebankError | None = None) -> str:
    fields = matching.said(request.form, sample) if wrong else upload.fields
    foreseen = matching.foreseen(sample, fields, upload.region) if sample.is_whole else upload.foreseen
    with db.reading() as session:
        lists = listings.lists(session)
        before = queries.imported_before(session, upload)
    return render_template(
        "contacts/match.html",
        upload=upload,
        columns=matching.columns_of(sample, fields),
        options=matching.FIELDS,
        effects=_effects(upload, foreseen),
        wrong=wrong,
        typed=request.form,
        lists=lists,
        onto=[("", "A new list"), *((str(found.id), f"{found.name} ({people:,} people)") for found, people in lists)],
        before=before,
        suggested=matching.suggested_name(upload.file_name, {found.name for found, _ in lists}),
    )


def _list_name(session: Session) -> str:
    """The name of the list that the form says; one that is there already has to be chosen, not typed."""
    if list_id := request.form.get("list_id", "").strip():
        return queries.list_by_id(session, int(list_id) if list_id.isdecimal() else 0).name
    name = storing.proper_name(request.form.get("list_name", ""))
    if queries.is_list_named(session, name):
        raise BadInputError(f"There is a list “{name}” already: choose it under “Put them on”, or give another name.")
    return name
