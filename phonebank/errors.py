"""What goes wrong, in sentences that say what to do. Borders translate these once: CLI to exit 1, web to a page."""


class PhonebankError(Exception):
    """A refusal with one clear sentence for the person who asked."""


class BadInputError(PhonebankError):
    """What was handed in cannot be used: a file, a number, a campaign file, a setting."""


class NotFoundError(PhonebankError):
    """There is no such campaign, list, person or conversation."""


class RefusedError(PhonebankError):
    """Understood, but a rule of the house says no: a lost claim, an opt-out, a launch that fails its checks."""


class UnavailableError(PhonebankError):
    """Something we lean on is down: the database, Redis, the carrier, the disk."""
