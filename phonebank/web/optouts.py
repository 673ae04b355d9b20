"""The ledger of numbers we must not reach: look, look up, add one or a file of them, lift with a reason."""

from typing import BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db, phone
from phonebank.contacts import number_files
from phonebank.contacts.number_files import Reject
from phonebank.errors import BadInputError, NotFoundError, PhonebankError
from phonebank.messages import tidying
from phonebank.optouts import signing
from phonebank.optouts.models import OptOut, OptOutFile
from phonebank.people.models import Role
from phonebank.reports import listings
from phonebank.web import guards, trouble
from phonebank.web.guards import accepts_body, requires

blueprint = Blueprint("optouts", __name__, url_prefix="/opt-outs")
LARGEST_FILE = 3_000_000  # about 200,000 numbers, taken in while somebody waits; `phonebank optouts import` takes any
_LONGEST_REASON = 500
_LONGEST_NAME = 200


@blueprint.get("", endpoint="ledger")
@requires(Role.ORGANIZER)
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@requires(Role.ORGANIZER)
def add() -> ResponseReturnValue:
    now = clock.now()
    try:
        number, because = phone.parse(request.form.get("number", "")), reason()
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    with db.transaction() as session:
        is_new = signing.opt_out(session, number, because=because, by=guards.signature(), now=now)
        tidying.leave_alone(session, number, now)
    flash("That number will not be reached again." if is_new else "That number was opted out already.", "good")
    return redirect(url_for("optouts.ledger"), code=303)


@blueprint.post("/find")
@requires(Role.ORGANIZER)
def find() -> ResponseReturnValue:
    """Posted, not asked by address: no number may stand in a URL."""
    try:
        number = phone.parse(request.form.get("sought", ""))
    except PhonebankError as wrong:
        return _page(wrong=wrong), trouble.status_of(wrong)
    with db.reading() as session:
        entries = listings.bans_on(session, number)
        return render_template("optouts/found.html", number=number, entries=entries)


@blueprint.post("/<int:entry_id>/lift")
@requires(Role.ORGANIZER)
def lift(entry_id: int) -> ResponseReturnValue:
    because = reason()
    with db.transaction() as session:
        entry = session.get(OptOut, entry_id)
        if entry is None:
            raise NotFoundError("There is no such entry.")
        by, now = guards.signature(), clock.now()
        lifted = signing.lift(session, entry, because=because, by=by, now=now)
    flash("Lifted: that number may be reached again." if lifted else "That entry was lifted already.", "good")
    return redirect(url_for("optouts.ledger"), code=303)


@blueprint.get("/import")
@requires(Role.ORGANIZER)
def take_in() -> ResponseReturnValue:
    return _form()


@blueprint.post("/import")
@accepts_body(LARGEST_FILE + guards.SMALL_BODY)
@requires(Role.ORGANIZER)
def take_file_in() -> ResponseReturnValue:
    """All or nothing, in one transaction: a file that breaks off in the middle can simply be sent again."""
    rejected: list[Reject] = []
    try:
        name, numbers = _numbers(rejected)
    except PhonebankError as wrong:
        return _form(wrong), trouble.status_of(wrong)
    taken = OptOutFile(
        name=name,
        because=" ".join(request.form.get("because", "").split())[:_LONGEST_REASON] or f"in the list {name}",
        unreadable=len(rejected),
        rejects=number_files.rejects_csv(rejected),
        recorded_by=guards.signature(),
        recorded_at=clock.now(),
    )
    with db.transaction() as session:
        signing.take_in(session, taken, numbers)
        tidying.leave_all_alone(session, numbers, taken.recorded_at)
    return redirect(url_for("optouts.taken_in", file_id=taken.id), code=303)


@blueprint.get("/files/<int:file_id>")
@requires(Role.ORGANIZER)
def taken_in(file_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        return render_template("optouts/taken_in.html", file=_file(session, file_id))


@blueprint.get("/files/<int:file_id>/rejects.csv")
@requires(Role.ORGANIZER)
def rejects(file_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        answer = Response(_file(session, file_id).rejects, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="opt-outs-rejects-{file_id}.csv"'
    return answer


def _numbers(rejected: list[Reject]) -> tuple[str, list[str]]:
    """The file's name and its numbers, each once, in order."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInputError("Choose a file: a list with a phone column, or one number a line.")
    numbers = list(dict.fromkeys(number_files.numbers(cast("BinaryIO", file.stream), rejected)))
    if not numbers:
        raise BadInputError("No line of that file has a phone number: nobody was opted out.")
    return file.filename[-_LONGEST_NAME:], numbers


def _file(session: Session, file_id: int) -> OptOutFile:
    found = session.get(OptOutFile, file_id)
    if found is None:
        raise NotFoundError("There is no such file.")
    return found


def _form(wrong: PhonebankError | None = None) -> str:
    return render_template("optouts/take_in.html", wrong=wrong, typed=request.form, largest=LARGEST_FILE)


def reason() -> str:
    """Why, in the words of whoever did it. Raises BadInputError when there is none."""
    because = " ".join(request.form.get("because", "").split())
    if not because:
        raise BadInputError("Say why: it is kept beside the number, with your name.")
    return because[:_LONGEST_REASON]


def _page(wrong: PhonebankError | None = None) -> str:
    before = request.args.get("before", type=int)
    with db.reading() as session:
        shown = listings.standing_bans(session, before=before)
        return render_template("optouts/ledger.html", shown=shown, typed=request.form, wrong=wrong)
