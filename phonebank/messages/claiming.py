"""Takes a sender's due texts in hand: tokens first, then a claim, charged and committed. Nothing is said here."""

import time
from dataclasses import dataclass

from phonebank import clock, db
from phonebank.campaigns import queries as campaign_queries
from phonebank.gateway import pacing
from phonebank.messages import lifecycle, paying, queries
from phonebank.messages.lifecycle import Claimed

MOST_AT_ONCE = 500
_SHORTEST_S, _LONGEST_S = 0.02, 0.2


@dataclass(frozen=True)
class Batch:
    """Claimed texts, and the slot in which they leave, one after the other."""

    texts: list[Claimed]
    slot: pacing.Slot
    pace: float  # segments a second


class Taker:
    """Takes batches for one sender, one after the other. A slot lies as far ahead as claims have taken lately."""

    def __init__(self, sender: str, *, urgent_only: bool) -> None:
        self.sender, self.urgent_only = sender, urgent_only
        self.ahead_s = _SHORTEST_S

    def take(self, most: int = MOST_AT_ONCE) -> Batch | pacing.Wait | None:
        """A batch in hand and committed; a wait when no slot is free; None when nothing is due."""
        sizes, pace = self._look(most)
        if not sizes:
            return None
        fitting = _fitting(sizes, pacing.at_once(pace))
        slot = pacing.reserve(self.sender, sizes[:fitting], pace, urgent=self.urgent_only, ahead_s=self.ahead_s)
        if isinstance(slot, pacing.Wait):
            return slot
        began = time.monotonic()
        texts = claim(self.sender, fitting, urgent_only=self.urgent_only)
        self._learn(time.monotonic() - began)
        if not texts:
            return pacing.Wait(0.01) if may_any_go(self.sender, urgent_only=self.urgent_only) else None
        try:
            return Batch(texts, self._kept(slot, texts, pace), pace)
        except BaseException:  # Redis is gone: nothing was said, and nothing is in doubt
            let_go(texts)
            raise

    def _look(self, most: int) -> tuple[list[int], float]:
        """The sizes of the texts that are due, and the sender's pace."""
        with db.reading() as session:
            pace = campaign_queries.pace_of(session, self.sender) * clock.hurry()
            most = min(most, MOST_AT_ONCE, pacing.at_once(pace))
            now, urgent_only = clock.now(), self.urgent_only
            return queries.next_segments(session, self.sender, most, urgent_only=urgent_only, now=now), pace

    def _learn(self, took_s: float) -> None:
        """A slot missed for a slow disk is pace given away."""
        self.ahead_s = min(_LONGEST_S, max(_SHORTEST_S, 0.7 * self.ahead_s + 0.3 * 1.5 * took_s))

    def _kept(self, slot: pacing.Slot, texts: list[Claimed], pace: float) -> pacing.Slot:
        """The slot, or a later one when it is missed all the same, or longer texts were claimed than were seen."""
        sizes = [text.segments for text in texts]
        while slot.is_missed() or not slot.fits(sizes):
            again = pacing.reserve(self.sender, sizes, pace, urgent=True)
            if isinstance(again, pacing.Wait):
                time.sleep(again.seconds)
            else:
                slot = again
        return slot


def claim(sender: str, most: int, *, urgent_only: bool) -> list[Claimed]:
    """Claim, and pay in the same transaction: what no budget, or no room of the day, is left for is not claimed."""
    now = clock.now()
    with db.transaction() as session:
        return paying.pay(session, lifecycle.claim(session, sender, most, urgent_only=urgent_only, now=now), now)


def let_go(texts: list[Claimed]) -> None:
    """Claimed and certainly not spoken: back to the queue, and what they were charged back.

    A claim that another has found in doubt meanwhile, and put back, is not ours any more.
    """
    with db.transaction() as session:
        ours = [text for text in texts if lifecycle.unclaim_one(session, text)]
        paying.give_back(session, ours, clock.now())


def may_any_go(sender: str, *, urgent_only: bool) -> bool:
    """Whether a claim would find a text: the close look, for when one came back empty."""
    with db.reading() as session:
        return queries.may_any_go(session, sender, urgent_only=urgent_only, now=clock.now())


def _fitting(sizes: list[int], room: int) -> int:
    """How many of these texts fit into one slot; always at least one."""
    total = 0
    for number, size in enumerate(sizes):
        total += size
        if total > room:
            return max(1, number)
    return len(sizes)
