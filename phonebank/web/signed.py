"""Whether a webhook is Twilio's own: signed over our public address, and of our account."""

from collections.abc import Mapping

from flask import abort, request

from phonebank.gateway import twilio
from phonebank.web.guards import settings


def signed_form() -> Mapping[str, str]:
    """The form, when Twilio signed it over our public address. 403 and nothing stored otherwise."""
    ours = settings()
    # The address as it was typed on the wire: Flask would un-escape it, and the signature is over the escaped one.
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    path = raw if raw.startswith("/") else "/" + raw.split("/", 3)[-1]
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature or not twilio.verify(ours, ours.address + path, request.form, signature):
        abort(403)
    return request.form


def is_our_account(form: Mapping[str, str]) -> bool:
    """Whether it is about the account of our settings; one that names none is."""
    ours = settings().twilio_account_sid
    return form.get("AccountSid", ours) == ours
