"""A volunteer's first page: what we ask and why, one practised conversation, and then the first real one."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.handoffs import beginning, practising
from phonebank.handoffs.beginning import Beginner
from phonebank.handoffs.practising import Feedback
from phonebank.handoffs.suggesting import Suggestion, suggestions
from phonebank.intents import Intent
from phonebank.messages.texting import first_name
from phonebank.people import lifecycle as people
from phonebank.people import queries
from phonebank.people.models import Role
from phonebank.web import guards, inbox, script
from phonebank.web.guards import requires
from phonebank.web.script import Script

blueprint = Blueprint("start", __name__, url_prefix="/start")
_LONGEST_KEPT = 2_000
_ASK = "Hi {name}, it's {me}. Can I count on you to make calls with us Wednesday at 6 pm?"


@dataclass(frozen=True)
class Practice:
    """One practised conversation as far as it has come."""

    person: Beginner
    ask: str
    starts: list[Suggestion]
    body: str = ""
    wrong: str = ""
    answer: str = ""
    feedback: Feedback | None = None
    verdict: Intent | None = None


@blueprint.get("")
@requires(Role.VOLUNTEER)
def page() -> ResponseReturnValue:
    with db.reading() as session:
        scripts = script.running(session, first_name(guards.me()), clock.now())
        standing = queries.first_shift_of(session, guards.my_id())
    return render_template(
        "start/page.html", scripts=scripts, has_practised=standing is not None and standing.practised_at is not None
    )


@blueprint.get("/practice")
@requires(Role.VOLUNTEER)
def practice() -> ResponseReturnValue:
    return _practice(_begun(request.args.get("with", "")))


@blueprint.post("/practice")
@requires(Role.VOLUNTEER)
def go_on() -> ResponseReturnValue:
    """Their answer, then what they take as decided. What is typed travels in the form: nothing is kept or sent."""
    form, talk = request.form, _begun(request.form.get("with", ""))
    if "start" in form:
        chosen = next((one.text for one in talk.starts if one.label == form["start"]), "")
        return _practice(_with(talk, body=chosen))
    answer = form.get("answer", "").replace("\r\n", "\n").strip()[:_LONGEST_KEPT]
    if not answer:
        return _practice(_with(talk, wrong="Write an answer, or choose one of the words to start from."))
    talk = _with(talk, answer=answer, feedback=beginning.judge(talk.person, talk.ask, answer))
    if form.get("verdict") not in inbox.VERDICTS:
        return _practice(talk)
    with db.transaction() as session:
        people.note_practised(session, guards.my_id(), clock.now())
    return _practice(_with(talk, verdict=Intent(form["verdict"])))


@blueprint.post("/begin")
@requires(Role.VOLUNTEER)
def begin() -> ResponseReturnValue:
    """To the first real conversation; from now on the inbox is their first page. Skipping ends there, too."""
    with db.transaction() as session:
        people.note_begun(session, guards.my_id(), clock.now())
    return redirect(url_for("inbox.waiting") if "skip" in request.form else inbox.next_address(), code=303)


def _begun(slug: str) -> Practice:
    """The conversation at its beginning: the newest campaign's own ask, answered by somebody made up."""
    person, me, now = beginning.named(slug), first_name(guards.me()), clock.now()
    with db.reading() as session:
        ours = next(iter(script.running(session, me, now, most=1)), None)
    ask = ours.text.replace("Jordan", person.name) if ours and ours.text else _ASK.format(name=person.name, me=me)
    return Practice(person, ask, _starts(person, ours))


def _starts(person: Beginner, ours: Script | None) -> list[Suggestion]:
    fields = {**(ours.fields if ours else {}), "first_name": person.name}
    return suggestions(person.stage.value, language="en", fields=fields, offers=ours.offers if ours else ())[:3]


def _with(talk: Practice, **changes: object) -> Practice:
    return Practice(**{**vars(talk), **changes})


def _practice(talk: Practice) -> str:
    following = beginning.after(talk.person)
    return render_template(
        "start/practice.html", talk=talk, guide=practising.guide(), verdicts=inbox.VERDICTS, following=following
    )
