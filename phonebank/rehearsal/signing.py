"""Twilio's own signature, as the carrier puts it on every webhook."""

from twilio.request_validator import RequestValidator


def sign(url: str, params: dict[str, str], auth_token: str) -> str:
    """The X-Twilio-Signature for this form posted to this exact URL."""
    return str(RequestValidator(auth_token).compute_signature(url, params))
