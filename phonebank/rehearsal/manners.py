"""How simulated people take a call: who picks up, what they press or say, and when they hang up."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

HANGS_UP = "(hangs up)"
"""Among a manner's answers: the line goes dead instead of an answer."""


class Takes(StrEnum):
    """Who or what takes the call."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


class Manner(BaseModel):
    """One person's way with the next calls. Seconds are on the clock, and scaled by the carrier's `talk_pace`.

    `answers`: to each question in turn: keys ("1"), words ("yes please"), "" (silence) or HANGS_UP; then silence.
    `by_hand`: nothing happens by itself; a visitor picks up, presses, speaks and hangs up.
    `detected_as`: what machine detection says, when it is mistaken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    takes: Takes = Takes.HUMAN
    by_hand: bool = False
    rings_s: float = Field(5.0, ge=0)
    answers: tuple[str, ...] = ()
    confidence: float = Field(0.92, ge=0, le=1)
    barges_in: bool = False
    hangs_up_after_s: float | None = Field(None, ge=0)
    greeting_s: float = Field(6.0, ge=0)
    detected_as: str | None = None

    def picks_up_within(self, seconds: float) -> bool:
        """By themselves, that is: a visitor picks up when they like."""
        return not self.by_hand and self.takes is not Takes.NO_ANSWER and self.rings_s <= seconds


@dataclass(frozen=True, slots=True)
class Input:
    """What reaches the carrier's ear: keys, or words with how sure it is of them. Neither: they wait no longer."""

    digits: str = ""
    words: str = ""
    confidence: float = 0.0

    def form(self) -> dict[str, str]:
        """As a webhook tells it."""
        if self.digits:
            return {"Digits": self.digits}
        return {"SpeechResult": self.words, "Confidence": f"{self.confidence:.4f}"} if self.words else {}


def as_input(answer: str, confidence: float) -> Input:
    """One of a manner's answers, as the carrier hears it."""
    is_keys = bool(answer) and set(answer) <= set("0123456789*#")
    return Input(digits=answer) if is_keys else Input(words=answer, confidence=confidence)
