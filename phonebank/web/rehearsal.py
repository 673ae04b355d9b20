"""A rehearsal's own page: any supporter's phone as they see it, the clock to wind, the carrier to trouble."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from phonebank import clock, db
from phonebank.campaigns import queries
from phonebank.errors import BadInputError
from phonebank.people.models import Role
from phonebank.rehearsal import speaking, staging
from phonebank.rehearsal.faults import FaultKind
from phonebank.rehearsal.remote import Carrier
from phonebank.settings import Settings
from phonebank.web import guards, live
from phonebank.web.guards import requires

blueprint = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")

SPEEDS = (1, 10, 60)
QUICK = ("Yes", "Maybe, I'm not sure yet", "I can't that day", "STOP")
TROUBLES = {
    FaultKind.TOO_MANY_REQUESTS: "Refuses every third text for now",
    FaultKind.RESET_AFTER: "Takes every third text, then hangs up",
    FaultKind.CALLBACK_DROPPED: "Loses every third delivery report",
}
_OFTEN = 1 / 3
_MOST_SHOWN = 500
_LONGEST_TEXT = 1600
_LONGEST_SPEECH = 300
_MOST_CALLS = 10
KEYS = (*"123456789", "*", "0", "#")
_MORNING = time(10)


@blueprint.get("")
@requires(Role.VOLUNTEER)
def phones() -> ResponseReturnValue:
    return _page(None)


@blueprint.get("/phones/<mark>")
@requires(Role.VOLUNTEER)
def phone(mark: str) -> ResponseReturnValue:
    return _page(mark)


@blueprint.get("/list")
@requires(Role.VOLUNTEER)
def listed() -> ResponseReturnValue:
    return live.answer("rehearsal/_phones.html", **_phones(request.args.get("on")))


@blueprint.get("/phones/<mark>/lines")
@requires(Role.VOLUNTEER)
def lines(mark: str) -> ResponseReturnValue:
    return live.answer("rehearsal/_lines.html", **_lines(mark))


@blueprint.get("/clock")
@requires(Role.VOLUNTEER)
def dial() -> ResponseReturnValue:
    return live.answer("rehearsal/_dial.html", **_dial())


@blueprint.post("/phones/<mark>/reply")
@requires(Role.VOLUNTEER)
def reply(mark: str) -> ResponseReturnValue:
    """Say something as this person; from now on they say nothing by themselves."""
    said = request.form.get("body", "").strip()[:_LONGEST_TEXT]
    if said:
        carrier().reply(_by_mark(mark)["number"], said)
    if request.headers.get("HX-Request"):
        return live.piece("rehearsal/_lines.html", **_lines(mark))
    return redirect(url_for("rehearsal.phone", mark=mark), code=303)


@blueprint.get("/phones/<mark>/call")
@requires(Role.VOLUNTEER)
def call(mark: str) -> ResponseReturnValue:
    return live.answer("rehearsal/_call.html", **_calls(mark))


@blueprint.post("/phones/<mark>/call")
@requires(Role.VOLUNTEER)
def act(mark: str) -> ResponseReturnValue:
    """Pick up, press, speak or hang up as this person, or call whoever wrote or called last."""
    number = _by_mark(mark)["number"]
    if request.form.get("does") == "call":
        _call_back(number)
    else:
        carrier().on_line(number, **_deed(request.form))
    if request.headers.get("HX-Request"):
        return live.piece("rehearsal/_call.html", **_calls(mark))
    return redirect(url_for("rehearsal.phone", mark=mark), code=303)


@blueprint.get("/phones/<mark>/call/<sid>.wav")
@requires(Role.VOLUNTEER)
def heard(mark: str, sid: str) -> ResponseReturnValue:
    """The whole call, spoken by this machine's own synthesizer."""
    shown = next((call for call in _calls(mark)["calls"] if call["sid"] == sid), None)
    if shown is None or speaking.synthesizer() is None:
        abort(404)
    return Response(speaking.spoken(shown["lines"]), mimetype="audio/wav")


@blueprint.post("/clock")
@requires(Role.VOLUNTEER)
def wind() -> ResponseReturnValue:
    path = guards.settings().clock_file
    assert path is not None
    clock.wind(path, **_asked(request.form, clock.now()))
    return _back()


@blueprint.post("/trouble")
@requires(Role.VOLUNTEER)
def trouble() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind and kind not in TROUBLES:
        raise BadInputError("Choose one of the troubles on the page.")
    carrier().faults(*([kind] if kind else []), clear=True, rate=_OFTEN)
    return _back()


def carrier() -> Carrier:
    return _carrier(guards.settings())


@cache
def _carrier(settings: Settings) -> Carrier:
    return staging.carrier_of(settings)


def _page(mark: str | None) -> ResponseReturnValue:
    listing = _phones(mark)
    return render_template(
        "rehearsal/page.html",
        mark=mark,
        phones=live.piece("rehearsal/_phones.html", **listing),
        dial=live.piece("rehearsal/_dial.html", **_dial()),
        lines=live.piece("rehearsal/_lines.html", **_lines(mark)) if mark else "",
        call=live.piece("rehearsal/_call.html", **_calls(mark)) if mark else "",
        phone=_by_mark(mark) if mark else None,
        speeds=SPEEDS,
        speed=clock.speed(),
        moments=list(_moments(clock.now())),
        quick=QUICK,
        troubles=TROUBLES,
        trouble=next((rule["kind"] for rule in carrier().faults()), ""),
    )


def _phones(on: str | None) -> dict[str, Any]:
    return {"on": on, "phones": [_marked(phone) for phone in carrier().phones(_MOST_SHOWN)]}


def _lines(mark: str) -> dict[str, Any]:
    phone = _by_mark(mark)
    said = carrier().thread(phone["number"])
    return {"phone": phone, "lines": [line | {"at": datetime.fromisoformat(line["at"])} for line in said]}


def _calls(mark: str) -> dict[str, Any]:
    """The newest call first, each with what was said in it."""
    phone = _by_mark(mark)
    calls = carrier().calls(phone["number"])[::-1][:_MOST_CALLS]
    return {"phone": phone, "calls": calls, "can_be_heard": speaking.synthesizer() is not None, "keys": KEYS}


def _deed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What they do, as the carrier's door takes it. Keys are keys, and whatever else is typed is spoken."""
    does, said = form.get("does", ""), form.get("words", "").strip()[:_LONGEST_SPEECH]
    if digits := form.get("digits"):
        return {"does": "press", "digits": digits}
    if said:
        return {"does": "speak", "words": said}
    if does not in {"pick_up", "hang_up"}:
        raise BadInputError("Press a key, or say something.")
    return {"does": does}


def _call_back(number: str) -> None:
    """To the number of ours they know: the one that called last, or wrote."""
    called = [call["from"] for call in carrier().calls(number) if call["direction"] != "inbound"]
    wrote = [line["our_number"] for line in carrier().thread(number)]
    known = (called or wrote)[-1:]
    if not known:
        raise BadInputError("Nobody has called or written to this phone yet.")
    carrier().call_in(number, known[0])


def _dial() -> dict[str, Any]:
    return {"now": clock.now(), "zone": staging.ZONE.key, "speed": clock.speed(), "stats": carrier().stats()}


def _by_mark(mark: str) -> dict[str, Any]:
    found = [phone for phone in map(_marked, carrier().phones(_MOST_SHOWN)) if phone["mark"] == mark]
    if not found:
        abort(404)
    return found[0]


def _marked(phone: dict[str, Any]) -> dict[str, Any]:
    """A number has no place in an address: a mark made of it stands there."""
    return phone | {"mark": hashlib.blake2b(str(phone["number"]).encode(), digest_size=6).hexdigest()}


def _asked(form: MultiDict[str, str], now: datetime) -> dict[str, Any]:
    if "speed" in form:
        chosen = form.get("speed", type=int)
        if chosen not in SPEEDS:
            raise BadInputError("Choose one of the speeds on the page.")
        return {"speed": float(chosen)}
    moment = {name: at for name, _, at in _moments(now)}.get(form.get("to", ""))
    if moment is None:
        raise BadInputError("Choose one of the moments on the page.")
    return {"to": moment}


def _moments(now: datetime) -> Iterator[tuple[str, str, datetime]]:
    """Where the clock may be wound to, always forward: name, label, moment."""
    yield "hour", "An hour on", now + timedelta(hours=1)
    tomorrow = now.astimezone(staging.ZONE).date() + timedelta(days=1)
    yield "morning", "Tomorrow at ten", datetime.combine(tomorrow, _MORNING, staging.ZONE)
    with db.reading() as session:
        asks = [(row, queries.ask_of(session, row)) for row in queries.running(session)]
        begins = [
            ask.starts_at - timedelta(seconds=plan.before_seconds)
            for row, ask in asks
            if ask.starts_at
            for plan in queries.follow_up_plans_of(session, row)
        ]
    if ahead := [moment for moment in begins if moment > now]:
        yield "reminder", "When reminders go", min(ahead)


def _back() -> ResponseReturnValue:
    mark = request.form.get("mark", "")
    return redirect(url_for("rehearsal.phone", mark=mark) if mark else url_for("rehearsal.phones"), code=303)
