"""Fetches and deletes the recording of a call at the carrier, which alone keeps it."""

import requests

from phonebank.errors import NotFoundError, UnavailableError
from phonebank.settings import Settings

_WITHIN_S = 20
_GONE = 404


def fetch(settings: Settings, sid: str) -> bytes:
    """The recording as MP3. Raises NotFoundError when it was deleted there."""
    answer = _asked("GET", settings, f"{sid}.mp3")
    if answer.status_code == _GONE:
        raise NotFoundError("Twilio does not have that recording any more.")
    if not answer.ok:
        raise UnavailableError(f"Twilio did not hand out the recording ({answer.status_code}). Try again soon.")
    return answer.content


def delete(settings: Settings, sid: str) -> None:
    """It is gone there, if it was not before."""
    answer = _asked("DELETE", settings, f"{sid}.json")
    if not answer.ok and answer.status_code != _GONE:
        raise UnavailableError(f"Twilio did not delete the recording ({answer.status_code}). Try again soon.")


def _asked(method: str, settings: Settings, what: str) -> requests.Response:
    base = settings.twilio_api_base_url or "https://api.twilio.com"
    address = f"{base}/2010-04-01/Accounts/{settings.twilio_account_sid}/Recordings/{what}"
    keys = (settings.twilio_account_sid or "", settings.twilio_auth_token or "")
    try:
        return requests.request(method, address, auth=keys, timeout=_WITHIN_S)
    except requests.RequestException:
        raise UnavailableError("Twilio does not answer, so nothing was done. Try again soon.") from None
