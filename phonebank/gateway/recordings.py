"""Fetches the recording of a call from the carrier, which alone keeps it."""

import requests

from phonebank.errors import NotFoundError, UnavailableError
from phonebank.settings import Settings

_WITHIN_S = 20
_GONE = 404


def fetch(settings: Settings, sid: str) -> bytes:
    """The recording as MP3. Raises NotFoundError when it was deleted there."""
    base = settings.twilio_api_base_url or "https://api.twilio.com"
    address = f"{base}/2010-04-01/Accounts/{settings.twilio_account_sid}/Recordings/{sid}.mp3"
    keys = (settings.twilio_account_sid or "", settings.twilio_auth_token or "")
    try:
        answer = requests.get(address, auth=keys, timeout=_WITHIN_S)
    except requests.RequestException:
        raise UnavailableError("Twilio does not answer, so the recording cannot be heard. Try again soon.") from None
    if answer.status_code == _GONE:
        raise NotFoundError("Twilio does not have that recording any more.")
    if not answer.ok:
        raise UnavailableError(f"Twilio did not hand out the recording ({answer.status_code}). Try again soon.")
    return answer.content
