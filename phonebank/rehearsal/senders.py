"""Our numbers and their queues: who sends to whom, and when the air is free for the next segment."""

from datetime import UTC, datetime, timedelta

from phonebank.rehearsal.chance import pick
from phonebank.rehearsal.config import Config

LONGEST_QUEUE = timedelta(hours=10)
"""A sender's queue holds this much (https://support.twilio.com/hc/en-us/articles/115002943027)."""


class Queue:
    """Segments leave at `rate` a second, first come first served."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._free_at = self._seen = datetime.min.replace(tzinfo=UTC)

    def is_full(self, now: datetime) -> bool:
        self._follow_back(now)
        return self._free_at - now > LONGEST_QUEUE

    def take(self, now: datetime, segments: int, until: datetime) -> datetime | None:
        """When a text of so many segments leaves; None when that is after `until`, and then it takes no room."""
        self._follow_back(now)
        leaves_at = max(now, self._free_at)
        if leaves_at > until:
            return None
        self._free_at = leaves_at + timedelta(seconds=segments / self.rate)
        return leaves_at

    def _follow_back(self, now: datetime) -> None:
        if now < self._seen:  # the clock was wound back, and the queue with it
            self._free_at -= self._seen - now
        self._seen = now


class Senders:
    """The account's numbers. Numbers of the service's pool share one queue, each lone number has its own."""

    def __init__(self, config: Config, sticky: dict[str, str]) -> None:
        self._config = config
        self._sticky = sticky
        self._pool_queue = Queue(config.service_rate)
        self._lone_queues = {number: Queue(config.number_rate) for number in config.lone_numbers}

    def owns(self, number: str) -> bool:
        return number in self._config.owned

    def is_pooled(self, number: str) -> bool:
        return number in self._config.numbers

    def queue_of(self, number: str) -> Queue:
        return self._lone_queues.get(number, self._pool_queue)

    def scope_of(self, number: str) -> str:
        """What an opt-out to this number covers: the whole pool, or the lone number."""
        return self._config.service_sid if self.is_pooled(number) else number

    def stick(self, person: str, number: str) -> None:
        if self.is_pooled(number):
            self._sticky[person] = number

    def pick(self, person: str) -> str:
        """The pool's number for this person: the one they already talk with, else always the same one."""
        return self._sticky.get(person) or pick(self._config.numbers, self._config.seed, "sender", person)
