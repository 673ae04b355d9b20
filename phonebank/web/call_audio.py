"""Recorded lines of a script: uploaded for a draft, and fetched by the carrier under an address nobody can guess."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.calls import audio, queries, recorded_lines
from phonebank.campaigns import queries as campaigns
from phonebank.errors import BadInputError, PhonebankError
from phonebank.people.models import Role
from phonebank.web import guards
from phonebank.web.guards import accepts_body, requires

blueprint = Blueprint("call_audio", __name__)


@blueprint.get("/audio/<token>")
@guards.holders_of_its_address
def listen(token: str) -> ResponseReturnValue:
    """The recording; in the part that a player asks for, where it asks for one."""
    with db.reading() as session:
        found = queries.audio_by_token(session, token) if token.isascii() and token.isprintable() else None
        if found is None:
            abort(404)
        answer = Response(found.content, content_type=found.content_type)
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer.make_conditional(request, accept_ranges=True, complete_length=answer.content_length)


@blueprint.post("/campaigns/<int:campaign_id>/audio")
@accepts_body(audio.BIGGEST + guards.SMALL_BODY)
@requires(Role.ORGANIZER)
def upload(campaign_id: int) -> ResponseReturnValue:
    """A recording in place of a line's words."""
    try:
        recording = audio.read(_content())
        with db.transaction() as session:
            campaign = campaigns.by_id(session, campaign_id)
            by, now = guards.signature(), clock.now()
            recorded_lines.keep(session, campaign, *_which(), recording, by=by, now=now)
        flash(f"Recorded: {recording.seconds:.0f} seconds.", "good")
    except PhonebankError as wrong:
        flash(str(wrong), "bad")
    return _back(campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/audio/drop")
@requires(Role.ORGANIZER)
def drop(campaign_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        recorded_lines.drop(session, campaigns.by_id(session, campaign_id), *_which())
    flash("The voice says that line again.", "good")
    return _back(campaign_id)


def _which() -> tuple[str, str]:
    """The line and its language, as the form names them: "ask.en"."""
    line, _, language = request.form.get("which", "").partition(".")
    return line, language or "en"


def _content() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInputError("Choose a recording first.")
    return bytes(file.read())


def _back(campaign_id: int) -> ResponseReturnValue:
    return redirect(url_for("campaign.page", campaign_id=campaign_id, _anchor="recorded"), code=303)
