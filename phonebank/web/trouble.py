"""Every error as a page with one sentence: the house's own, HTTP's, and the database's."""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from phonebank import logs
from phonebank.errors import BadInputError, NotFoundError, PhonebankError, RefusedError, UnavailableError

_STATUS: dict[type[PhonebankError], int] = {
    BadInputError: 400,
    NotFoundError: 404,
    RefusedError: 409,
    UnavailableError: 503,
}
_SENTENCE = {
    400: "That did not reach us whole. Go back, reload the page and try again.",
    403: "This page is not open to you. Ask an admin if you need it.",
    404: "There is no such page. It may have been moved or deleted.",
    405: "This address does not take that. Go back and use the page's own buttons.",
    413: "That is larger than this page takes.",
    429: "That was tried too often. Wait a little and try again.",
    500: "Something broke on our side. It was noted; try again, and tell an admin if it stays.",
}
log = logs.get("web")


def init_app(app: Flask) -> None:
    """Show each kind of error as a page, with its HTTP status."""
    app.register_error_handler(PhonebankError, _refusal)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(HTTPException, _http)


def status_of(wrong: PhonebankError) -> int:
    """The HTTP status for one of the house's errors."""
    return next((code for kind, code in _STATUS.items() if isinstance(wrong, kind)), 500)


def page(sentence: str, status: int) -> ResponseReturnValue:
    """The page that says what went wrong and what to do."""
    g.setdefault("person", None)
    return render_template("trouble.html", sentence=sentence, status=status), status


def _refusal(wrong: PhonebankError) -> ResponseReturnValue:
    return page(str(wrong), status_of(wrong))


def _database(wrong: SQLAlchemyError) -> ResponseReturnValue:
    # The kind alone: SQLAlchemy's own words quote the row, and a row is a person.
    log.error("database error", endpoint=request.endpoint, error=type(getattr(wrong, "orig", wrong)).__name__)
    return page("The database does not answer. Nothing was changed; try again in a minute.", 503)


def _http(wrong: HTTPException) -> ResponseReturnValue:
    if wrong.response is not None:  # a redirect that Flask raises
        return wrong
    status = wrong.code or 500
    if status == 500:  # noqa: PLR2004  # the one status that is our own fault
        log.error("unexpected error", endpoint=request.endpoint, exc_info=getattr(wrong, "original_exception", wrong))
    return page(_SENTENCE.get(status, wrong.description or wrong.name), status)
