"""Lists of people: what there is, uploading one, and the numbers no text can reach."""

from pathlib import PurePath
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from phonebank import clock, db, jobs
from phonebank.contacts import ledger, queries, sampling, sources, uploads
from phonebank.contacts.models import ContactImport, ImportStatus
from phonebank.errors import BadInputError, PhonebankError
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import guards, matching, trouble
from phonebank.web.guards import accepts_body, requires

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")
LARGEST_FILE = 110_000_000
_MOST_SHOWN = 200
_UNDER_WAY = {ImportStatus.DRAFT, ImportStatus.WAITING, ImportStatus.READING}
_BEING_READ = "This very file is being imported already, by {by}: here is how far it is."
_ALREADY = {
    ImportStatus.DRAFT: "This very file is here already, uploaded by {by}: go on where it was left.",
    ImportStatus.WAITING: _BEING_READ,
    ImportStatus.READING: _BEING_READ,
}


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
    """Keep the file and go on to its columns. The same file a second time leads to where it is already."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise BadInputError("Choose a file: a list saved as CSV or XLSX.")
        import_id = _kept(file)
    except PhonebankError as wrong:
        return _refused(wrong)
    address = url_for("imports.reading", import_id=import_id)
    return ("", 200, {"HX-Redirect": address}) if _by_script() else redirect(address, code=303)


def _kept(file: FileStorage) -> int:
    digest = uploads.digest_of(file.stream)
    with db.reading() as session:
        same = queries.import_of(session, digest)
    if same is not None and same.status in _UNDER_WAY:
        flash(_ALREADY[same.status].format(by=same.imported_by), "warn")
        return same.id or 0
    if file.stream.read(1) == b"":
        raise BadInputError("The file is empty. Choose the list again, as CSV or XLSX.")
    sample = sampling.take(cast("BinaryIO", file.stream))
    fields = sampling.matched(sample)
    described = ContactImport(
        file_name=PurePath((file.filename or "").replace("\\", "/")).name[-200:],
        digest=digest,
        size=sources.size_of(cast("BinaryIO", file.stream)),
        fields=fields,
        foreseen=matching.foreseen(sample, fields, "US"),
        imported_by=guards.signature(),
        created_at=clock.now(),
    )
    with db.transaction() as session:
        import_id = uploads.keep(session, described, file.stream, sample)
        if matching.is_partial(described.foreseen):
            jobs.ring_after_commit(session, "counting", str(import_id))
    return import_id


def _by_script() -> bool:
    return "HX-Request" in request.headers


def _refused(wrong: PhonebankError) -> ResponseReturnValue:
    """The page again with what is wrong; a script that sent the file shows the sentence alone."""
    if _by_script():
        return render_template("contacts/_wrong.html", wrong=wrong)
    return _form(wrong), trouble.status_of(wrong)


def _form(wrong: PhonebankError | None = None) -> str:
    return render_template("contacts/upload.html", wrong=wrong, largest=LARGEST_FILE)
