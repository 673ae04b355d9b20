"""The practice page: an ask to a made-up supporter, coached, and an answer to each of their three replies.

Everything typed travels in the form: nothing is stored, and nothing is ever sent to anybody.
"""

import secrets
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank.errors import NotFoundError
from phonebank.handoffs import practising
from phonebank.handoffs.practising import Feedback, Stage, Supporter
from phonebank.people.models import Role
from phonebank.web.guards import requires

blueprint = Blueprint("practice", __name__, url_prefix="/practice")
_LONGEST_KEPT = 2_000  # more than one text holds, so that who wrote too much still has it to shorten


@dataclass(frozen=True)
class Said:
    """One stage: their reply before it ("" before the ask), what the volunteer wrote, and what is said of that."""

    stage: Stage
    heard: str
    text: str
    feedback: Feedback | None


@blueprint.get("")
@requires(Role.VOLUNTEER)
def supporters() -> ResponseReturnValue:
    return render_template("practice/supporters.html", supporters=practising.supporters())


@blueprint.get("/deal")
@requires(Role.VOLUNTEER)
def deal() -> ResponseReturnValue:
    """Somebody by chance, and not the one before."""
    others = [one.slug for one in practising.supporters() if one.slug != request.args.get("but")]
    return redirect(url_for("practice.begin", slug=secrets.choice(others)), code=303)


@blueprint.get("/<slug>")
@requires(Role.VOLUNTEER)
def begin(slug: str) -> ResponseReturnValue:
    return _page(_supporter(slug), [], Said(Stage.ASK, "", "", None))


@blueprint.post("/<slug>")
@requires(Role.VOLUNTEER)
def go_on(slug: str) -> ResponseReturnValue:
    """Coach what was just written; the talk goes on when it is good, or when they go on anyway."""
    supporter, latest = _supporter(slug), _latest()
    if latest is Stage.ASK and request.form.get("go") == "take":
        return _page(supporter, [], _rewritten())
    settled: list[Said] = []
    for stage in Stage:
        said = _said(supporter, stage)
        if not said.text.strip() or (stage is latest and not _may_go_on(said)):
            return _page(supporter, settled, said)
        settled.append(said)
        if stage is latest:
            break
    following = next((stage for stage in Stage if stage not in {said.stage for said in settled}), None)
    if following is None:
        return _page(supporter, settled, None)
    return _page(supporter, settled, Said(following, supporter.replies[following], "", None))


def _rewritten() -> Said:
    """The coach's words in place of theirs, to look at and change."""
    typed = request.form.get(Stage.ASK, "")[:_LONGEST_KEPT]
    text = practising.judge(Stage.ASK, typed).rewrite or typed
    return Said(Stage.ASK, "", text, practising.judge(Stage.ASK, text))


def _said(supporter: Supporter, stage: Stage) -> Said:
    text = request.form.get(stage, "").replace("\r\n", "\n")[:_LONGEST_KEPT]
    heard = supporter.replies.get(stage, "")
    known = f"{request.form.get(Stage.ASK, '')[:_LONGEST_KEPT]}\n{heard}"
    return Said(stage, heard, text, practising.judge(stage, text, known=known))


def _may_go_on(said: Said) -> bool:
    assert said.feedback is not None
    return said.feedback.is_good or request.form.get("go") == "on"


def _latest() -> Stage:
    """Which stage was just written; of a form that does not say, the first."""
    typed = request.form.get("stage", "")
    return Stage(typed) if typed in list(Stage) else Stage.ASK


def _page(supporter: Supporter, settled: list[Said], current: Said | None) -> str:
    return render_template(
        "practice/talk.html", supporter=supporter, settled=settled, current=current, guide=practising.guide()
    )


def _supporter(slug: str) -> Supporter:
    found = next((one for one in practising.supporters() if one.slug == slug), None)
    if found is None:
        raise NotFoundError("There is no such supporter to practise with.")
    return found
