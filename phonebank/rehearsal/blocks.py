"""The carrier's default opt-out handling: who has stopped which sender, and what the carrier answers by itself."""

from enum import StrEnum


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    Keyword.STOP: {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"},
    Keyword.START: {"START", "YES", "UNSTOP"},
    Keyword.HELP: {"HELP", "INFO"},
}
"""https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out, long codes, read 2026-04."""

ANSWERS = {
    Keyword.STOP: (
        "You have successfully been unsubscribed. You will not receive any more messages from this number. "
        "Reply START to resubscribe."
    ),
    Keyword.START: (
        "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
        "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    ),
    Keyword.HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


class Blocks:
    """Pairs of a sender's scope (service or lone number) and a person who has stopped it."""

    def __init__(self) -> None:
        self._scopes: dict[str, set[str]] = {}  # by person

    def has(self, scope: str, person: str) -> bool:
        return scope in self._scopes.get(person, ())

    def any_for(self, person: str) -> bool:
        return bool(self._scopes.get(person))

    def hear(self, scope: str, person: str, body: str) -> Keyword | None:
        """Acts on a text that is exactly one keyword; YES counts only while the person is blocked."""
        word = body.strip().upper()
        keyword = next((each for each, words in _WORDS.items() if word in words), None)
        if keyword is Keyword.STOP:
            self._scopes.setdefault(person, set()).add(scope)
        elif keyword is Keyword.START:
            if word == "YES" and not self.has(scope, person):
                return None
            self._scopes.get(person, set()).discard(scope)
        return keyword
