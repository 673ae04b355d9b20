"""Downloads: a campaign's rows, or everything, as CSV; in the columns of other tools' uploads, too."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns import queries as campaigns
from phonebank.errors import BadInputError, NotFoundError, UnavailableError
from phonebank.intents import Outcome
from phonebank.people import audit
from phonebank.people.models import Deed, Role
from phonebank.reports import column_sets, exports, sheets
from phonebank.reports.sheets import Sheet, What
from phonebank.web import guards
from phonebank.web.guards import requires

blueprint = Blueprint("exports", __name__)

AT_ONCE = BoundedSemaphore(3)
"""Downloads of this process at one time: each holds a connection for as long as somebody's line is slow."""

EVERYTHING = "Everything"
_SHOWN = (What.RECIPIENTS, What.MESSAGES, What.CALLS, What.COMMITMENTS, What.HANDOFFS, What.OPT_OUTS)


@blueprint.get("/exports")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    return render_template("exports/page.html", campaign=None, sets=column_sets.known(), shown=_SHOWN)


@blueprint.get("/campaigns/<int:campaign_id>/exports")
@requires(Role.ORGANIZER)
def of_campaign(campaign_id: int) -> ResponseReturnValue:
    with db.reading() as session:
        campaign = campaigns.by_id(session, campaign_id)
        return render_template("exports/page.html", campaign=campaign, sets=column_sets.known(), shown=_SHOWN)


@blueprint.get("/exports/<name>.csv", defaults={"campaign_id": None})
@blueprint.get("/campaigns/<int:campaign_id>/exports/<name>.csv")
@requires(Role.ORGANIZER)
def download(campaign_id: int | None, name: str) -> ResponseReturnValue:
    """The rows as of this moment, streamed; the file's name says how many, so that a part of them is known as one."""
    if request.method == "HEAD":
        return Response(mimetype="text/csv")
    sheet = _sheet(name, campaign_id)
    if not AT_ONCE.acquire(blocking=False):
        raise UnavailableError("Other downloads are under way. Wait until one of them is through, then try again.")
    with ExitStack() as opened:
        opened.callback(AT_ONCE.release)
        session = opened.enter_context(db.snapshot())
        about = campaigns.by_id(session, campaign_id).name if campaign_id is not None else EVERYTHING
        number = exports.count(session, sheet)
        with db.transaction() as writing:
            detail, by = f"{_called(name)}: {number:,} rows", guards.signature()
            audit.record(writing, Deed.EXPORTED, by=by, about=about, now=clock.now(), detail=detail)
        answer = Response(_bytes(session, sheet), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(about, name, number)}"'
        answer.headers["X-Rows"] = str(number)
        answer.call_on_close(opened.pop_all().close)
    return answer


def _bytes(session: Session, sheet: Sheet) -> Iterator[bytes]:
    for piece in exports.lines(session, sheet):
        yield piece.encode("utf-8", "replace")  # half of an emoji is no reason to stop in the middle


def _sheet(name: str, campaign_id: int | None) -> Sheet:
    if name in column_sets.known():
        return column_sets.sheet(name, campaign_id, _outcome())
    if name in _SHOWN:
        return sheets.sheet(What(name), campaign_id)
    raise NotFoundError("There is no such export. Choose one on the page of exports.")


def _outcome() -> Outcome | None:
    """Only those who decided so, where the address says it."""
    said = request.args.get("outcome", "")
    try:
        return Outcome(said) if said else None
    except ValueError:
        raise BadInputError("There is no such outcome. Choose one on the page of exports.") from None


def _called(name: str) -> str:
    said = request.args.get("outcome", "")
    return f"{name} ({said})" if said and name in column_sets.known() else name


def _file_name(about: str, name: str, number: int) -> str:
    """What was exported, of what, and how many rows: ranked-choice-recipients-1204-rows.csv."""
    plain = unicodedata.normalize("NFKD", about).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "campaign"
    return f"{slug}-{name.replace('_', '-')}-{number}-{'row' if number == 1 else 'rows'}.csv"
