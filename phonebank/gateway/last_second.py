"""What one process has said that may still count in the carrier's second: the last word on pace (pure).

A slot is planned; a busy machine speaks late, or is late to be heard, and then two slots meet. The carrier counts a
text when it arrives, which is no later than its answer: one answered so much later than the fastest was, may have
arrived so much later, and is held against the next ones that much longer than a second.
"""

import math
from dataclasses import dataclass, field

_SECOND = 1.0
_MOST_LATE_S = 1.0  # an answer that never comes holds nobody up for longer


@dataclass
class Said:
    """One text: its segments, when it was spoken and, once it is, answered. Moments are the monotonic clock's."""

    segments: int
    spoken_at: float
    answered_at: float | None = None


@dataclass
class LastSecond:
    _said: list[Said] = field(default_factory=list)
    _fastest: float = math.inf
    _segments: int = 0  # of all in `_said`: at least what still counts

    def wait(self, segments: int, limit: float, now: float) -> float:
        """Seconds until a text of so many segments may be spoken, 0.0: now. One beyond the limit goes alone."""
        if self._segments + segments <= limit:
            return 0.0
        self._said = [one for one in self._said if self._counts_until(one, now) > now]
        self._segments = sum(one.segments for one in self._said)
        if not self._said or self._segments + segments <= limit:
            return 0.0
        return min(self._counts_until(one, now) for one in self._said) - now

    def say(self, segments: int, now: float) -> Said:
        """Count a text that is spoken now."""
        said = Said(segments, now)
        self._said.append(said)
        self._segments += segments
        return said

    def answered(self, said: Said, now: float) -> None:
        """The carrier has answered it, well or not."""
        said.answered_at = now
        self._fastest = min(self._fastest, now - said.spoken_at)

    def _counts_until(self, one: Said, now: float) -> float:
        late = (now if one.answered_at is None else one.answered_at) - one.spoken_at - self._fastest
        return one.spoken_at + _SECOND + min(_MOST_LATE_S, max(0.0, late))
