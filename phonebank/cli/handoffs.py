"""`phonebank handoffs`: the conversations that wait for a person."""

from datetime import datetime
from typing import Any

import click

from phonebank import clock, db
from phonebank.cli import printing
from phonebank.cli.opening import opened
from phonebank.handoffs import queries
from phonebank.handoffs.models import HandoffStatus
from phonebank.handoffs.queries import Waiting

_SHOWN = ("id", "status", "waiting_s", "campaign", "first_name", "reason", "claimed_by", "last_text")
_LONGEST_CELL = 60


@click.group()
def handoffs() -> None:
    """Conversations that wait for a person."""


@handoffs.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of columns.")
def list_handoffs(*, as_json: bool) -> None:
    """Open and claimed conversations, oldest first."""
    with opened(), db.reading() as session:
        told = (_told(row, clock.now()) for row in queries.oldest_first(session))
        if as_json:
            for record in told:
                printing.as_json(record)
        else:
            printing.table(_SHOWN, ([_cell(record[name]) for name in _SHOWN] for record in told))


def _told(row: Waiting, now: datetime) -> dict[str, Any]:
    is_held = row.is_held(now)
    return {
        "id": row.id,
        "campaign": row.campaign or None,
        "first_name": row.first_name,
        "reason": row.reason,
        "status": HandoffStatus.CLAIMED if is_held else HandoffStatus.OPEN,
        "waiting_s": max(0, int((now - row.opened_at).total_seconds())),
        "claimed_by": row.claimer if is_held else None,
        "last_text": row.last_text,
    }


def _cell(value: object) -> str:
    words = "" if value is None else str(value)
    return words if len(words) <= _LONGEST_CELL else words[: _LONGEST_CELL - 1] + "…"
