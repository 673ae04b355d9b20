"""Somebody waits too long, or no longer does: organizers are told."""

from phonebank import clock, db, logs
from phonebank.alerts import lifecycle, mailing, watching
from workers import opening

log = logs.get("alerts")


@opening.turn("alerts")
def turn(_key: str, _until: float) -> bool:
    """Look once. An e-mail goes after the commit that says it was sent: lost at worst, never sent twice."""
    settings = opening.settings()
    with db.transaction() as session:
        letters = watching.look(session, address=settings.address, now=clock.now())
    if not letters:
        return False
    trouble = "E-mail alerts are asked for, but SMTP_URL is not set."
    if settings.smtp_url:
        trouble = mailing.post(letters, smtp_url=settings.smtp_url, mail_from=settings.sends_mail_from)
    if trouble:
        log.warning("an alert could not be e-mailed", letters=len(letters))
        with db.transaction() as session:
            lifecycle.note_trouble(session, trouble)
    return False
