"""Hands e-mails to the mail server that SMTP_URL names."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from phonebank.alerts.watching import Letter

_PATIENCE_S = 10


def post(letters: Sequence[Letter], *, smtp_url: str, mail_from: str) -> str:
    """Send these; empty when they were taken, else one sentence that says what is wrong. Nothing is sent twice."""
    try:
        with _opened(smtp_url) as server:
            for letter in letters:
                server.send_message(_written(letter, mail_from))
    except (OSError, smtplib.SMTPException) as wrong:
        return f"An alert could not be e-mailed ({type(wrong).__name__}): look at SMTP_URL and at the mail server."
    return ""


def _opened(smtp_url: str) -> smtplib.SMTP:
    url = urlsplit(smtp_url)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=_PATIENCE_S, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=_PATIENCE_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _written(letter: Letter, mail_from: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail_from, letter.to, letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
