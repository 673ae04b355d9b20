"""Imports every models.py, so that the metadata is complete."""

from sqlmodel import SQLModel

from phonebank.alerts import models as _alerts
from phonebank.asks import models as _asks
from phonebank.calls import models as _calls
from phonebank.campaigns import models as _campaigns
from phonebank.contacts import models as _contacts
from phonebank.drafts import models as _drafts
from phonebank.followups import models as _followups
from phonebank.handoffs import models as _handoffs
from phonebank.messages import models as _messages
from phonebank.one_on_ones import models as _one_on_ones
from phonebank.optouts import models as _optouts
from phonebank.people import models as _people
from phonebank.recipients import models as _recipients
from phonebank.replies import models as _replies
from phonebank.tallies import models as _tallies

__all__ = ["metadata"]

_ROOMS = (
    _alerts,
    _asks,
    _calls,
    _campaigns,
    _contacts,
    _drafts,
    _followups,
    _handoffs,
    _messages,
    _one_on_ones,
    _optouts,
    _people,
    _recipients,
    _replies,
    _tallies,
)
metadata = SQLModel.metadata
