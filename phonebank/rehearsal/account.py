"""The account's own things as Twilio shows them: account, numbers, Messaging Service."""

import hashlib
from email.utils import format_datetime
from typing import Any

from phonebank import clock
from phonebank.rehearsal.admitting import is_valid_number
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.refusals import CarrierRefusalError

Reply = tuple[int, dict[str, Any] | None]

_NUMBER_FIELDS = {
    "FriendlyName": "friendly_name",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsMethod": "sms_method",
    "SmsUrl": "sms_url",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceMethod": "voice_method",
    "VoiceUrl": "voice_url",
}
_SERVICE_FIELDS = {
    "FriendlyName": "friendly_name",
    "InboundRequestUrl": "inbound_request_url",
    "InboundMethod": "inbound_method",
    "FallbackUrl": "fallback_url",
    "FallbackMethod": "fallback_method",
    "StatusCallback": "status_callback",
    "StickySender": "sticky_sender",
    "MmsConverter": "mms_converter",
    "SmartEncoding": "smart_encoding",
    "AreaCodeGeomatch": "area_code_geomatch",
    "ValidityPeriod": "validity_period",
    "UseInboundWebhookOnNumber": "use_inbound_webhook_on_number",
}
_PUBLIC = "https://messaging.twilio.com"


class Account:
    """Answers the reads and updates of these resources; `status, body` each."""

    def __init__(self, config: Config, addresses: dict[str, dict[str, Any]]) -> None:
        self._config = config
        self._set = addresses
        self.sid = config.account_sid
        now = clock.now()
        self._opened = format_datetime(now)
        self._opened_iso = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.service = self._with_what_was_set(self._new_service())
        self.numbers = {number: self._with_what_was_set(self._new_number(number)) for number in config.owned}

    def address_for(self, number: str) -> str | None:
        """Where a text to this number of ours is posted: its service's address, or its own."""
        if number in self._config.numbers and not self.service["use_inbound_webhook_on_number"]:
            named = self.service["inbound_request_url"]
        else:
            named = self.numbers[number]["sms_url"] if number in self.numbers else None
        return named or self._config.inbound_url

    def service_for(self, number: str) -> str | None:
        return self._config.service_sid if number in self._config.numbers else None

    def fetch_account(self, _path: Values, _asked: Values) -> Reply:
        base = f"/2010-04-01/Accounts/{self.sid}"
        return 200, {
            "auth_token": self._config.auth_token,
            "date_created": self._opened,
            "date_updated": self._opened,
            "friendly_name": "A rehearsal's account",
            "owner_account_sid": self.sid,
            "sid": self.sid,
            "status": "active",
            "subresource_uris": {"messages": f"{base}/Messages.json"},
            "type": "Full",
            "uri": f"{base}.json",
        }

    def list_numbers(self, _path: Values, asked: Values) -> Reply:
        wanted = asked.get("PhoneNumber")
        name = asked.get("FriendlyName")
        chosen = [
            number
            for number in self.numbers.values()
            if (not wanted or wanted.replace("*", "") in number["phone_number"])
            and (not name or name == number["friendly_name"])
        ]
        uri = f"/2010-04-01/Accounts/{self.sid}/IncomingPhoneNumbers.json?Page=0"
        page = {
            "end": max(0, len(chosen) - 1),
            "first_page_uri": uri,
            "next_page_uri": None,
            "page": 0,
            "page_size": asked.get("PageSize", 50),
            "previous_page_uri": None,
            "start": 0,
            "uri": uri,
        }
        return 200, {**page, "incoming_phone_numbers": chosen}

    def fetch_number(self, path: Values, _asked: Values) -> Reply:
        return 200, self._number(path["Sid"])

    def update_number(self, path: Values, asked: Values) -> Reply:
        return 200, self._updated(self._number(path["Sid"]), asked, _NUMBER_FIELDS)

    def list_services(self, _path: Values, _asked: Values) -> Reply:
        return 200, {"services": [self.service], "meta": _meta(f"{_PUBLIC}/v1/Services", "services")}

    def fetch_service(self, path: Values, _asked: Values) -> Reply:
        return 200, self._service(path["Sid"])

    def update_service(self, path: Values, asked: Values) -> Reply:
        return 200, self._updated(self._service(path["Sid"]), asked, _SERVICE_FIELDS)

    def list_pool(self, path: Values, _asked: Values) -> Reply:
        service = self._service(path["ServiceSid"])
        pooled = [
            {
                "sid": _number_sid(number),
                "account_sid": self.sid,
                "service_sid": service["sid"],
                "date_created": self._opened_iso,
                "date_updated": self._opened_iso,
                "phone_number": number,
                "country_code": "US",
                "capabilities": ["SMS", "MMS", "Voice"],
                "url": f"{service['url']}/PhoneNumbers/{_number_sid(number)}",
            }
            for number in self._config.numbers
        ]
        return 200, {"phone_numbers": pooled, "meta": _meta(f"{service['url']}/PhoneNumbers", "phone_numbers")}

    def look_up(self, path: Values, _asked: Values) -> Reply:
        """Lookup v2's free part: whether the number can exist."""
        number = path["PhoneNumber"]
        valid = is_valid_number(number)
        return 200, {
            "calling_country_code": "1" if number.startswith("+1") else None,
            "country_code": "US" if number.startswith("+1") else None,
            "phone_number": number,
            "national_format": number,
            "valid": valid,
            "validation_errors": [] if valid else ["INVALID_BUT_POSSIBLE"],
            "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
        }

    def _updated(self, resource: dict[str, Any], asked: Values, fields: dict[str, str]) -> dict[str, Any]:
        chosen = {fields[parameter]: value for parameter, value in asked.items() if parameter in fields}
        self._set.setdefault(resource["sid"], {}).update(chosen)
        resource.update(chosen)
        return resource

    def _with_what_was_set(self, resource: dict[str, Any]) -> dict[str, Any]:
        return {**resource, **self._set.get(resource["sid"], {})}

    def _number(self, sid: str) -> dict[str, Any]:
        for number in self.numbers.values():
            if number["sid"] == sid:
                return number
        raise CarrierRefusalError(20404)

    def _service(self, sid: str) -> dict[str, Any]:
        if sid != self._config.service_sid:
            raise CarrierRefusalError(20404)
        return self.service

    def _new_number(self, number: str) -> dict[str, Any]:
        sid = _number_sid(number)
        return {
            "account_sid": self.sid,
            "address_requirements": "none",
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {"mms": True, "sms": True, "voice": True, "fax": False},
            "date_created": self._opened,
            "date_updated": self._opened,
            "friendly_name": number,
            "phone_number": number,
            "origin": "twilio",
            "sid": sid,
            "sms_fallback_method": "POST",
            "sms_fallback_url": "",
            "sms_method": "POST",
            "sms_url": "",
            "status": "in-use",
            "status_callback": "",
            "status_callback_method": "POST",
            "uri": f"/2010-04-01/Accounts/{self.sid}/IncomingPhoneNumbers/{sid}.json",
            "voice_fallback_method": "POST",
            "voice_fallback_url": "",
            "voice_method": "POST",
            "voice_url": "",
        }

    def _new_service(self) -> dict[str, Any]:
        sid = self._config.service_sid
        return {
            "sid": sid,
            "account_sid": self.sid,
            "friendly_name": "A rehearsal's Messaging Service",
            "date_created": self._opened_iso,
            "date_updated": self._opened_iso,
            "inbound_request_url": None,
            "inbound_method": "POST",
            "fallback_url": None,
            "fallback_method": "POST",
            "status_callback": None,
            "sticky_sender": True,
            "mms_converter": True,
            "smart_encoding": False,
            "scan_message_content": "inherit",
            "fallback_to_long_code": False,
            "area_code_geomatch": False,
            "synchronous_validation": False,
            "validity_period": 36000,
            "url": f"{_PUBLIC}/v1/Services/{sid}",
            "links": {"phone_numbers": f"{_PUBLIC}/v1/Services/{sid}/PhoneNumbers"},
            "usecase": "undeclared",
            "us_app_to_person_registered": True,
            "use_inbound_webhook_on_number": False,
        }


def _number_sid(number: str) -> str:
    return "PN" + hashlib.blake2b(number.encode(), digest_size=16).hexdigest()


def _meta(url: str, key: str) -> dict[str, Any]:
    first = f"{url}?PageSize=50&Page=0"
    page = {"page": 0, "page_size": 50, "key": key}
    return {**page, "first_page_url": first, "previous_page_url": None, "next_page_url": None, "url": first}
