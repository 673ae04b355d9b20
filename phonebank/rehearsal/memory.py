"""What a carrier keeps over a restart, in one file of its own making: texts, calls, phones, opt-outs, people."""

import asyncio
import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phonebank.errors import BadInputError
from phonebank.rehearsal.blocks import Blocks
from phonebank.rehearsal.call_log import CallLog
from phonebank.rehearsal.ledger import Ledger
from phonebank.rehearsal.manners import Manner
from phonebank.rehearsal.phones import Phones
from phonebank.rehearsal.supporters import Supporters, Unsaid

_SHAPE = 4
"""Counted up when what is kept changes its shape, so that an older file is refused and not half read."""
_EVERY_S = 1.0
_COST_SHARE = 20
"""Saving takes at most one twentieth of the carrier's time, however much there is to keep."""


@dataclass
class Memory:
    """All that a carrier knows and did not read from its settings."""

    supporters: Supporters
    ledger: Ledger = field(default_factory=Ledger)
    calls: CallLog = field(default_factory=CallLog)
    manners: dict[str, Manner] = field(default_factory=dict)
    phones: Phones = field(default_factory=Phones)
    blocks: Blocks = field(default_factory=Blocks)
    sticky: dict[str, str] = field(default_factory=dict)
    unsaid: set[Unsaid] = field(default_factory=set)
    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The webhook addresses that were set, by the sid of the number or service."""
    shape: int = _SHAPE
    stirs: int = 0
    """Counts what happened, so that a quiet carrier writes nothing."""


def recall(path: Path) -> Memory | None:
    """What was kept there; None when nothing was. Raises BadInputError for a file that is not ours."""
    try:
        kept = pickle.loads(path.read_bytes())  # noqa: S301  # written by `save` into the rehearsal's own folder
    except FileNotFoundError:
        return None
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError):
        kept = None
    if not isinstance(kept, Memory) or vars(kept).get("shape") != _SHAPE:
        raise BadInputError(f"{path} is not this version's state file. Remove it, or name another with --state-file.")
    return kept


def save(memory: Memory, path: Path) -> None:
    """Written whole, so that a kill in the middle leaves the one before."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(pickle.dumps(memory, protocol=pickle.HIGHEST_PROTOCOL))
    draft.replace(path)


async def keep_saving(memory: Memory, path: Path) -> None:
    """Saves whenever something happened, until cancelled; at most a second is lost in a crash."""
    saved, rest = -1, _EVERY_S
    while True:
        if memory.stirs != saved:
            started, saved = time.monotonic(), memory.stirs
            save(memory, path)
            rest = max(_EVERY_S, (time.monotonic() - started) * _COST_SHARE)
        await asyncio.sleep(rest)
