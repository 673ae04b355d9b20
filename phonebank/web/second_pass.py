"""A second pass as a form to fill in: the first one's facts kept, its texts emptied, the list made."""

from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Campaign
from phonebank.drafts import keeping
from phonebank.drafts.models import Draft
from phonebank.errors import NotFoundError
from phonebank.messages import second_pass
from phonebank.web import campaign_form


def begin(session: Session, campaign: Campaign, *, by: str, now: datetime) -> Draft:
    """An unfinished draft that asks those who did not answer; its texts are to be written."""
    silent = second_pass.list_the_silent(session, campaign, now)
    shown, _ = campaign_form.from_spec(spec.dump(session, campaign))
    spoken = campaign_form.languages_of(shown)
    form = {name: list(value) if isinstance(value, list) else [str(value)] for name, value in shown.items()}
    form = {name: values for name, values in form.items() if campaign_form.is_input(name)}
    form |= {"ask.texts": [""], **{f"ask.languages.{code}": [""] for code in spoken}}
    form |= {
        "name": [f"{campaign.name[:80]}: second pass"],
        "lists": [silent.name],
        "exclude.asked_within_days": ["0"],  # all of them were asked lately
        "languages": spoken,
        "again_of": [str(campaign.id)],
    }
    return keeping.begin(session, form, by=by, now=now)


def first_texts(session: Session, campaign_id: int) -> dict[str, list[str]] | None:
    """What they were asked the first time, by language."""
    try:
        return queries.ask_of(session, queries.by_id(session, campaign_id)).texts
    except NotFoundError:
        return None
