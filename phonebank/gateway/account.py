"""What a launch and `phonebank doctor` ask of the carrier's account: its senders, and where what people say is sent."""

from dataclasses import dataclass
from typing import Any

from phonebank.errors import NotFoundError
from phonebank.gateway import twilio
from phonebank.settings import Settings


@dataclass(frozen=True)
class Webhooks:
    """Where the carrier sends what people text to a sender, and whether that is our own address.

    `is_registered`: whether a Messaging Service has its A2P registration; None for what does not say.
    """

    inbound_url: str
    is_ours: bool
    is_registered: bool | None = None


class Account:
    """What a launch and `phonebank doctor` ask of the account. Raises UnavailableError with what to do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = twilio.patient_client(settings)

    def check(self) -> str:
        """The account's friendly name, when the keys are good."""
        with twilio.asking():
            return str(self._client.api.accounts(str(self._settings.twilio_account_sid)).fetch().friendly_name)

    def owns_sender(self, sender: str) -> bool:
        """Whether this Messaging Service, number or short code is the account's own."""
        try:
            with twilio.asking():
                return self._find(sender) is not None
        except NotFoundError:
            return False

    def numbers_of(self, sender: str) -> list[str]:
        """The numbers a sender speaks from: a Messaging Service's pool, or itself."""
        if not sender.startswith(twilio.SERVICE):
            return [sender]
        with twilio.asking():
            return [str(one.phone_number) for one in self._client.messaging.v1.services(sender).phone_numbers.list()]

    def webhooks(self, sender: str) -> Webhooks:
        with twilio.asking():
            found = self._find(sender)
        url = str(getattr(found, "inbound_request_url", None) or getattr(found, "sms_url", None) or "")
        registered = getattr(found, "us_app_to_person_registered", None)
        return Webhooks(url, is_ours=url.split("#", maxsplit=1)[0] == self._sms_url(), is_registered=registered)

    def set_webhooks(self, sender: str) -> None:
        """Point what people text to this sender at our public address."""
        with twilio.asking():
            found = self._find(sender)
            if sender.startswith(twilio.SERVICE):
                found.update(inbound_request_url=self._sms_url(), use_inbound_webhook_on_number=False)
            else:
                found.update(sms_url=self._sms_url(), sms_method="POST")

    @property
    def our_voice_url(self) -> str:
        """Where who calls one of our numbers is answered."""
        return f"{self._settings.address}/twilio/voice"

    def voice_url(self, number: str) -> str:
        """Where a call to this number of ours goes; "" for nowhere."""
        with twilio.asking():
            return str(getattr(self._find(number), "voice_url", None) or "")

    def set_voice_url(self, number: str) -> None:
        """Let who calls this number be answered at our public address."""
        with twilio.asking():
            self._find(number).update(voice_url=self.our_voice_url, voice_method="POST")

    @property
    def our_browser_url(self) -> str:
        """Where a volunteer's browser phone is answered."""
        return f"{self._settings.address}/twilio/calls/browser"

    def browser_url(self) -> str:
        """Where our TwiML app sends browser phones; "" for nowhere. Raises NotFoundError when there is none."""
        with twilio.asking():
            return str(self._app().fetch().voice_url or "")

    def set_browser_url(self) -> None:
        """Let browser phones be answered at our public address."""
        with twilio.asking():
            self._app().update(voice_url=self.our_browser_url, voice_method="POST")

    def _app(self) -> Any:
        return self._client.api.account.applications(str(self._settings.twilio_app_sid))

    def _sms_url(self) -> str:
        return f"{self._settings.address}/twilio/sms"

    def _find(self, sender: str) -> Any:
        if sender.startswith(twilio.SERVICE):
            return self._client.messaging.v1.services(sender).fetch()
        if sender.startswith("+"):
            return next(iter(self._client.incoming_phone_numbers.list(phone_number=sender, limit=1)), None)
        return next(iter(self._client.api.account.short_codes.list(short_code=sender, limit=1)), None)
