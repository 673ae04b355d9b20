"""Lists of people: what there is, uploading one, watching it being read, and its rejected rows as a file."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db, jobs
from phonebank import phone as phones
from phonebank.contacts import ledger, lifecycle, queries, uploads
from phonebank.contacts.models import ContactImport, ImportStatus
from phonebank.errors import BadInputError, NotFoundError, PhonebankError, RefusedError
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import guards, live, trouble
from phonebank.web.guards import accepts_body, requires

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")
LARGEST_FILE = 110_000_000
_LONGEST_NAME = 100
_MOST_SHOWN = 200


@blueprint.get("")
@requires(Role.ORGANIZER)
def lists() -> ResponseReturnValue:
    with db.reading() as session:
        return render_template(
            "contacts/lists.html",
            lists=listings.lists(session),
            imports=listings.latest_imports(session),
            textless=queries.textless(session, 0)[0],
        )


@blueprint.get("/textless")
@requires(Role.ORGANIZER)
def textless() -> ResponseReturnValue:
    """The numbers no text can reach."""
    with db.reading() as session:
        many, numbers = queries.textless(session, _MOST_SHOWN)
        return render_template("contacts/textless.html", many=many, numbers=numbers)


@blueprint.post("/textless")
@requires(Role.ORGANIZER)
def texts_again() -> ResponseReturnValue:
    """A person knows better: the number in the form is texted again, from the next campaign on."""
    with db.transaction() as session:
        is_known = ledger.texts_again(session, request.form.get("number", ""))
    flash("The next campaign texts it again." if is_known else "That number is not among them.", "good")
    return redirect(url_for("contacts.textless"), code=303)


@blueprint.get("/upload")
@requires(Role.ORGANIZER)
def form() -> ResponseReturnValue:
    return _form()


@blueprint.post("/upload")
@accepts_body(LARGEST_FILE)
@requires(Role.ORGANIZER)
def upload() -> ResponseReturnValue:
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise BadInputError("Choose a file: a list saved as CSV or XLSX.")
        with db.transaction() as session:
            import_id = uploads.keep(session, _described(file.filename), file.stream)
    except PhonebankError as wrong:
        return _form(wrong), trouble.status_of(wrong)
    if not jobs.is_up():
        flash("Redis does not answer, so the list is read as soon as the workers are back.", "warn")
    return redirect(url_for("contacts.reading", import_id=import_id), code=303)


@blueprint.get("/imports/<int:import_id>")
@requires(Role.ORGANIZER)
def reading(import_id: int) -> ResponseReturnValue:
    values = _progress(import_id)
    progress = live.piece("contacts/_progress.html", **values)
    return render_template("contacts/reading.html", upload=values["upload"], progress=progress)


@blueprint.get("/imports/<int:import_id>/progress")
@requires(Role.ORGANIZER)
def progress(import_id: int) -> ResponseReturnValue:
    return live.answer("contacts/_progress.html", **_progress(import_id))


@blueprint.post("/imports/<int:import_id>/cancel")
@requires(Role.ORGANIZER)
def cancel(import_id: int) -> ResponseReturnValue:
    """Stop at the next batch; who is stored already stays."""
    with db.transaction() as session:
        _import(session, import_id)
        if not lifecycle.cancel(session, import_id):
            raise RefusedError("The list is read already: there is nothing to cancel.")
        uploads.drop(session, import_id, uploads.FILE)  # a reader has a copy of its own
    return redirect(url_for("contacts.reading", import_id=import_id), code=303)


@blueprint.get("/imports/<int:import_id>/rejects.csv")
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
        raise NotFoundError("There is no such upload.")
    return found


def _described(file_name: str) -> ContactImport:
    name = " ".join(request.form.get("list_name", "").split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInputError(f"Name the list: 1 to {_LONGEST_NAME} ordinary characters.")
    region = request.form.get("region", "").strip().upper() or "US"
    phones.check_region(region)
    return ContactImport(
        file_name=file_name[-200:],
        list_name=name,
        consent=" ".join(request.form.get("consent", "").split())[:500],
        mapping=mapping(request.form.get("mapping", "")),
        region=region,
        imported_by=guards.signature(),
        created_at=clock.now(),
    )


def mapping(lines: str) -> dict[str, str]:
    """`phone = Cell #` a line, as a dict. Raises BadInputError for a line that is not of that form."""
    pairs = [line.partition("=") for line in lines.splitlines() if line.strip()]
    for field, equals, column in pairs:
        if not (field.strip() and equals and column.strip()):
            raise BadInputError(f"Write columns as “field = column”, one a line; “{field.strip()[:40]}” is not.")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _form(wrong: PhonebankError | None = None) -> str:
    with db.reading() as session:
        names = [found.name for found, _ in listings.lists(session)]
    return render_template("contacts/upload.html", wrong=wrong, typed=request.form, lists=names, largest=LARGEST_FILE)
