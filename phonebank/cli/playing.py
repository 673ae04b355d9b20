"""Plays a rehearsed campaign to its end, the clock as fast as the engine keeps up."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from phonebank import clock
from phonebank.campaigns.models import Campaign
from phonebank.cli import looking, printing
from phonebank.cli.supervising import Supervisor
from phonebank.rehearsal import staging
from phonebank.rehearsal.remote import Carrier
from phonebank.rehearsal.tempo import Look, Tempo
from phonebank.reports.underway import Underway
from phonebank.settings import Settings

EVENT_BEGAN, TIME_IS_UP = "the event began", "its time was up"

_LOOK_EVERY_S = 0.3
_QUIET_LOOKS = 4
_STUCK_AFTER_S = 300


@dataclass(frozen=True)
class Ending:
    """Why it ended, and since when all was quiet by the campaign's clock."""

    because: str
    at: datetime


@dataclass
class Play:
    """One campaign on its way. Without a `tempo` the clock is left alone; `ends` says what ends it, and when."""

    settings: Settings
    campaign: Campaign
    tempo: Tempo | None
    ends: dict[str, datetime]
    quiet_looks: int = 0
    moved: int = -1
    moved_at: float = 0.0

    def run(self, supervisor: Supervisor, people: int) -> Ending:
        """Until everyone is asked and all is quiet, or it cannot go on."""
        carrier, quiet_since = staging.carrier_of(self.settings), clock.now()
        with printing.progress(people, "Asking") as bar:
            while True:
                supervisor.tend()
                stand, seen = self._look(carrier)
                bar.update(max(0, people - stand.pending - bar.pos))
                quiet_since = quiet_since if self.quiet_looks > 1 else stand.at
                if because := self._ending(stand):
                    return Ending(because, quiet_since)
                self._wind(seen)
                time.sleep(_LOOK_EVERY_S)

    def _look(self, carrier: Carrier) -> tuple[Underway, Look]:
        stand = looking.look(self.settings, self.campaign)
        seen = looking.together(stand, carrier.stats())
        self.quiet_looks = self.quiet_looks + 1 if seen.is_still and seen.next_at is None else 0
        if seen.moved != self.moved or seen.is_still:
            self.moved, self.moved_at = seen.moved, time.monotonic()
        return stand, seen

    def _ending(self, stand: Underway) -> str | None:
        over = [because for because, moment in self.ends.items() if stand.at >= moment]
        if over:
            return over[0]
        if self.quiet_looks >= _QUIET_LOOKS:
            if not stand.is_under_way:
                return stand.status.value
            return "asks wait for the inbox" if stand.pending else "quiet"
        return "out of time" if time.monotonic() - self.moved_at > _STUCK_AFTER_S else None

    def _wind(self, seen: Look) -> None:
        if self.tempo is None:
            return
        before = self.tempo.speed
        wind = self.tempo.after(self._no_further_than_the_end(seen))
        if wind.to is not None or wind.speed != before:
            to = datetime.fromtimestamp(wind.to, UTC) if wind.to is not None else None
            assert self.settings.clock_file
            clock.wind(self.settings.clock_file, to=to, speed=wind.speed, together=True)

    def _no_further_than_the_end(self, seen: Look) -> Look:
        if seen.next_at is None or not self.ends:
            return seen
        return replace(seen, next_at=min(seen.next_at, *(moment.timestamp() + 1 for moment in self.ends.values())))
