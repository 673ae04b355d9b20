"""The one vocabulary for what words, keys and verdicts mean (Intent) and what we do about it (Decision)."""

from enum import StrEnum


class Intent(StrEnum):
    """What one reply means. When two compete, the one higher in this list wins."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    HOSTILE = "hostile"
    HELP = "help"
    QUESTION = "question"
    NOT_NOW = "not_now"
    NOT_THAT = "not_that"
    MAYBE = "maybe"
    NO = "no"
    YES = "yes"
    OTHER = "other"


ANSWERED_BY_MACHINE = frozenset(
    {
        Intent.YES,
        Intent.NO,
        Intent.NOT_NOW,
        Intent.NOT_THAT,
        Intent.OPT_OUT,
        Intent.HELP,
        Intent.WRONG_NUMBER,
    },
)
"""Intents a machine may answer when it is sure; every other one always goes to a person."""


class Outcome(StrEnum):
    """What the person decided about this campaign's ask."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    NOT_NOW = "not_now"
    NOT_THAT = "not_that"
    MAYBE = "maybe"
    OPTED_OUT = "opted_out"
    WRONG_NUMBER = "wrong_number"


class Decision(StrEnum):
    """What we do about a reading of a reply, given where the conversation stands."""

    CONFIRM = "confirm"  # record the yes, pledge, confirm at once, schedule reminders
    CONFIRM_AND_HAND_OFF = "confirm_and_hand_off"  # a yes that also asks something
    KEEP_COMMITMENT = "keep_commitment"  # a yes to a reminder: pledged → confirmed
    WITHDRAW = "withdraw"  # a standing yes taken back: commitment withdrawn, reminders cancelled, thanks
    WITHDRAW_AND_OFFER = "withdraw_and_offer"  # the same, and the alternative that may suit them
    THANK = "thank"  # a no: thanked, settled
    OFFER_ALTERNATIVE = "offer_alternative"  # not now / not that: the prepared alternative, once
    EXPLAIN = "explain"  # HELP: who we are and how to stop
    APOLOGIZE = "apologize"  # wrong number: sorry, and never again
    OPT_OUT = "opt_out"  # the ledger, and silence
    HAND_OFF = "hand_off"  # a person reads and answers
    HOLD_AND_HAND_OFF = "hold_and_hand_off"  # it may be an opt-out: nothing at all goes out until a person has read it
    REQUEST_OPT_IN = "request_opt_in"  # YES from an opted-out number: a person's to judge, never an answer
    SETTLE = "settle"  # the outcome is recorded and nothing is said: a person has said it, or nothing needs saying
    KEEP = "keep"  # stored and shown; nothing is said (a closed campaign, an opted-out number)
