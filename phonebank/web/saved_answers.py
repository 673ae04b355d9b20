"""Where organizers keep the answers that volunteers insert by a tap."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from phonebank import clock, db
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import CampaignStatus
from phonebank.errors import BadInputError
from phonebank.handoffs import queries, saving
from phonebank.people.models import Role
from phonebank.web import guards, trouble
from phonebank.web.guards import requires

blueprint = Blueprint("saved_answers", __name__, url_prefix="/saved-answers")


@blueprint.get("")
@requires(Role.ORGANIZER)
def everything() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@requires(Role.ORGANIZER)
def save() -> ResponseReturnValue:
    form = request.form
    try:
        with db.transaction() as session:
            campaign = campaigns.find(session, form.get("campaign", type=int))
            saving.save(
                session,
                form.get("shortcut", ""),
                form.get("body", ""),
                campaign.id if campaign else None,
                by=guards.signature(),
                now=clock.now(),
            )
    except BadInputError as wrong:
        return _page(wrong=str(wrong), status=trouble.status_of(wrong))
    flash("Saved. Volunteers see it in their next conversation.", "good")
    return redirect(url_for("saved_answers.everything"), code=303)


@blueprint.post("/<int:saved_id>/delete")
@requires(Role.ORGANIZER)
def forget(saved_id: int) -> ResponseReturnValue:
    with db.transaction() as session:
        saving.forget(session, saved_id)
    flash("Deleted.", "good")
    return redirect(url_for("saved_answers.everything"), code=303)


def _page(*, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    with db.reading() as session:
        drives = [one for one in campaigns.all_(session) if one.status is not CampaignStatus.CLOSED]
        return render_template(
            "inbox/saved_answers.html",
            saved=queries.all_saved(session),
            campaigns=[("", "Every campaign"), *((str(one.id), one.name) for one in drives)],
            form=request.form,
            wrong=wrong,
        ), status
