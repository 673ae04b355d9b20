"""All events as a calendar that staff subscribe to, behind an address of their own. It names no supporter."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.followups import queries
from phonebank.followups.calendar import feed
from phonebank.people import queries as people
from phonebank.people.models import PersonStatus, Role
from phonebank.reports import events as reading
from phonebank.web import guards
from phonebank.web.throttle import Throttle

blueprint = Blueprint("feed", __name__)

GUESSES = Throttle(30)


@blueprint.get("/calendar/<token>.ics")
@guards.holders_of_its_address
def calendar(token: str) -> ResponseReturnValue:
    """The same 404 for a wrong address, a revoked one, and that of somebody who may not see events any more."""
    now, place = clock.now(), request.remote_addr or ""
    if GUESSES.is_closed(place, now):
        abort(429)
    with db.reading() as session:
        found = queries.feed_by_token(session, token) if token.isascii() and token.isprintable() else None
        person = people.by_id(session, found.person_id) if found else None
        if person is None or person.status is not PersonStatus.ACTIVE or not guards.may(person, Role.ORGANIZER):
            GUESSES.failed(place, now)
            abort(404)
        upcoming = [one for one in reading.events(session) if not one.ask.is_over(now)]
        content = feed([(one.ask, one.campaign, one.counts) for one in upcoming], now)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
