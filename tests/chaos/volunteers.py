"""Two volunteers at the same inbox, on the web, while everything around them breaks."""

import random
import re
import threading
import time
from collections import deque

import requests
from sqlalchemy.exc import SQLAlchemyError

from phonebank.errors import PhonebankError
from tests.support.walk import Walk

_ID = re.compile(r"/inbox/(\d+)")
_VERDICTS = ("yes", "no", "maybe", "not_now")


class Volunteer(threading.Thread):
    """Takes the next conversation, answers it, and tries to answer the other's too. `said` holds every word that was taken."""

    def __init__(self, walk: Walk, name: str, seed: int, taken: deque[int]) -> None:
        super().__init__(name=name, daemon=True)
        self.walk, self.taken = walk, taken  # conversations that either of them has: each tries the other's
        self.chance = random.Random(f"{seed}{name}")
        self.said: list[str] = []
        self.is_over = threading.Event()
        self._browser = None
        self._held: list[int] = []

    def run(self) -> None:
        while not self.is_over.is_set():
            try:
                self._work()
            except (requests.RequestException, SQLAlchemyError, PhonebankError, AssertionError):
                time.sleep(0.2)  # the page is gone for a moment
            self.is_over.wait(self.chance.uniform(0.1, 0.5))

    def leave(self) -> None:
        self.is_over.set()
        self.join(30)

    def _work(self) -> None:
        self._browser = self._browser or self.walk.volunteer(f"{self.name}{len(self.walk.browsers)}")
        page = self._browser.send("/inbox/next")
        if "/sign-in" in page.url or page.status_code in {400, 401, 403}:
            self._browser = None  # the clock was wound past the end of the session
            return
        found = _ID.search(page.url)
        if found:
            self._answer(int(found[1]), page.text)
        if self.taken and self.chance.random() < 0.5:
            other = self.chance.choice(list(self.taken))
            self._browser.send(f"/inbox/{other}/take")
            self._say(other, f"nonce{self.chance.random()}")
        if self._held and self.chance.random() < 0.6:
            intent = self.chance.choice(_VERDICTS)
            self._browser.send(f"/inbox/{self._held.pop(0)}/verdict", {"intent": intent})

    def _answer(self, handoff_id: int, page: str) -> None:
        assert self._browser
        self.taken.append(handoff_id)
        if 'name="nonce"' in page:
            self._say(handoff_id, self._browser.field(page, "nonce"))
            self._held.append(handoff_id)

    def _say(self, handoff_id: int, nonce: str) -> None:
        """The same press twice now and then, as a double tap does."""
        assert self._browser
        body = f"{self.name} here, word {len(self.said)} to {handoff_id}: shall we count on you after all?"
        self.said.append(body)
        for _tap in range(1 + (self.chance.random() < 0.2)):
            self._browser.send(f"/inbox/{handoff_id}/answer", {"body": body, "nonce": nonce})
