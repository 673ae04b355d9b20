"""Twilio's door: check the signature, store, ring, answer at once. Nothing is read or decided in the request."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from phonebank import clock, db, logs
from phonebank.errors import BadInputError
from phonebank.gateway import inbound
from phonebank.messages import receiving, reporting, spool
from phonebank.web.guards import settings, signed_by_twilio
from phonebank.web.shared_writes import written
from phonebank.web.signed import is_our_account, signed_form

blueprint = Blueprint("hooks", __name__, url_prefix="/twilio")

log = logs.get("hooks")


@blueprint.post("/sms")
@signed_by_twilio
def sms() -> Response:
    """An inbound text or picture: stored (or spooled) before the answer, and read later."""
    form = signed_form()
    if not is_our_account(form):
        abort(403)
    try:
        text = inbound.text_from(form)
    except BadInputError:
        log.warning("an inbound webhook without an id or a number")
        return _nothing_to_say()

    def store() -> None:
        written(lambda session: receiving.store(session, text, clock.now()))

    _stored_or_spooled(store, "text", "", form)
    return _nothing_to_say()


@blueprint.post("/status/<message_id>")
@signed_by_twilio
def status(message_id: str) -> Response:
    """A delivery report for the text whose id is in the address; a stranger's is kept and counted."""
    form = signed_form()
    if not is_our_account(form):
        message_id = f"of another account: {message_id}"  # no id of ours, so that it touches nothing
    try:
        told = inbound.report_from(form)
    except BadInputError:
        return Response(status=204)

    def store() -> None:
        with db.reading() as session:
            if reporting.says_nothing_new(session, message_id, told):
                return
        written(lambda session: reporting.report(session, message_id, told, clock.now()))

    _stored_or_spooled(store, "report", message_id, form)
    return Response(status=204)


def _stored_or_spooled(store: Callable[[], Any], kind: str, key: str, form: Mapping[str, str]) -> None:
    """Stored; or, while the database is down, on disk before the carrier hears 204. With neither: 503."""
    try:
        store()
    except (DBAPIError, NoConnectionFree) as wrong:
        log.warning("the database is down; kept on disk", kind=kind, error=type(wrong).__name__)
        try:
            spool.keep(settings().var / "spool", kind, key, form, clock.now())
        except OSError:
            log.exception("neither database nor disk takes a webhook", kind=kind)
            abort(503)


def _nothing_to_say() -> Response:
    """Any other body would be texted to the person."""
    return Response("<Response/>", mimetype="text/xml")
