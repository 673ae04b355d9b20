"""Phone numbers: read one as people write it, mask it for logs, say which time zones it may be in (pure)."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, timezone
from phonenumbers.tzdata import TIMEZONE_DATA

from phonebank.errors import BadInputError

US_ZONES = frozenset(
    {
        "America/Adak",
        "America/Anchorage",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/New_York",
        "America/Phoenix",
        "Pacific/Honolulu",
    },
)
"""One zone for each set of clock rules in the fifty states: where a number that names no place may be."""

_OVERLAYS = {"364": "270", "448": "850", "458": "541", "729": "423", "930": "812"}
# Newer area codes laid over a split one, which the phonenumbers data (9.0.43) gives one zone or none (NANPA, 2026).

_NANP = re.compile(r"(?:\+?1)?([2-9]\d\d[2-9]\d{6})")
_PLAINLY = re.compile(r"(?:\+?1)?[ .(-]*([2-9]\d\d)[ .)/-]*([2-9])(\d\d)[ .-]*(\d{4})", re.ASCII)
_PUNCTUATION = str.maketrans("", "", " -.()/")
_EXTENSION = re.compile(r"\d\D{0,3}(?:;ext=|\b(?:ext\.?|extension|anexo|x)|#)\s*:?\s*\d{1,6}\s*$", re.IGNORECASE)
_FROM_A_SHEET = re.compile(r"\d+\.0+|\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_NANP_DIGITS = 10
_MOST_DIGITS = 18  # E.164 allows 15, and a prefix to dial abroad
_AREA_AND_EXCHANGE = 6
_UNTEXTABLE = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.UAN: "a company's switchboard number",
    PhoneNumberType.VOICEMAIL: "a voicemail number",
    PhoneNumberType.PAGER: "a pager",
}
_LENGTHS = {
    NumberParseException.TOO_SHORT_NSN: "The phone number is too short.",
    NumberParseException.TOO_SHORT_AFTER_IDD: "The phone number is too short.",
    NumberParseException.TOO_LONG: "The phone number is too long, or more than one is in the cell.",
    NumberParseException.INVALID_COUNTRY_CODE: "The phone number begins with a country code that does not exist.",
}


class NotAPhoneNumber(BadInputError):  # noqa: N818 - it reads as the sentence it is
    """The reason, as one sentence without the number itself, so that it may be logged."""


def parse(raw: str, region: str = "US") -> str:
    """The number in E.164 ("+12125550123"); numbers without a country code are read as the region's.

    Raises NotAPhoneNumber with a reason a person understands, BadInputError for a region that does not exist.
    Numbers for films (555-01xx), toll-free and personal numbers pass; what cannot be texted does not.
    """
    if (found := _PLAINLY.fullmatch(raw)) and (region == "US" or raw[0] == "+"):
        area, exchange, rest, line = found.groups()
        if _is_plain(area + exchange):
            return f"+1{area}{exchange}{rest}{line}"
    plain = raw.translate(_PUNCTUATION)
    found = _NANP.fullmatch(plain)
    if found and found[1].isascii() and (region == "US" or plain[0] == "+") and _is_plain(found[1][:4]):
        return "+1" + found[1]
    check_region(region)
    return _parse_slowly(_cleaned(raw), region.upper())


def check_region(region: str) -> None:
    """Raises BadInputError unless the region is a country's two letters."""
    if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise BadInputError(f"“{region}” is not a country we know: use its two letters, such as US or CA.")


def mask(number: str) -> str:
    """What may stand in a log: the last two digits."""
    return "…" + re.sub(r"\D", "", number)[-2:]


def zones(number: str) -> frozenset[str]:
    """Every IANA time zone the owner of this E.164 number may be in, from its area code and exchange.

    A number that names no place (toll-free, personal, an area code too new) may be anywhere in the US.
    """
    if number.startswith("+1"):
        return _nanp_zones(number[2 : 2 + _AREA_AND_EXCHANGE])
    return _zones_elsewhere(number)


@cache
def _is_plain(first_four: str) -> bool:
    """Whether every number that begins so is an ordinary one of the US or Canada: their rules look no further."""
    number = PhoneNumber(country_code=1, national_number=int(first_four + "200000"))
    kind = phonenumbers.number_type(number)
    ordinary = kind == PhoneNumberType.FIXED_LINE_OR_MOBILE
    return ordinary and phonenumbers.region_code_for_number(number) in {"US", "CA"}


def _cleaned(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw)
    text = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Cc"}).strip()
    text = re.sub(r"^(?:tel|sms|phone):\s*", "", text.strip("'\"= "), flags=re.IGNORECASE)
    return _digits_of_a_sheet(text) if _FROM_A_SHEET.fullmatch(text) else text


def _digits_of_a_sheet(text: str) -> str:
    """The whole number behind 2125550123.0 or 2.125550123E+09; what was rounded away cannot be brought back."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return text
    if "e" in text.lower() and len(exact.as_tuple().digits) < _NANP_DIGITS:
        raise NotAPhoneNumber(
            "A spreadsheet has rounded the phone number (as in 2.12555E+09): format the column as text and save again.",
        )
    return str(int(exact)) if exact.adjusted() < _MOST_DIGITS and exact % 1 == 0 else text


def _parse_slowly(text: str, region: str) -> str:
    _refuse_at_sight(text)
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as wrong:
        raise NotAPhoneNumber(_LENGTHS.get(wrong.error_type, "This is not a phone number.")) from wrong
    if number.extension:
        raise NotAPhoneNumber("The phone number has an extension, which cannot be texted.")
    _refuse_unless_valid(number, region)
    kind = phonenumbers.number_type(number)
    if kind in _UNTEXTABLE:
        raise NotAPhoneNumber(f"The phone number is {_UNTEXTABLE[kind]}, not a person's.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _refuse_at_sight(text: str) -> None:
    digits = sum(letter.isdigit() for letter in text)
    if not text:
        raise NotAPhoneNumber("The phone number is missing.")
    if not digits:
        raise NotAPhoneNumber("This is not a phone number: it has no digits.")
    if _EXTENSION.search(text):
        raise NotAPhoneNumber("The phone number has an extension, which cannot be texted.")
    if any(letter.isalpha() for letter in text):
        raise NotAPhoneNumber("The phone number has a letter in it.")
    if digits > _MOST_DIGITS:
        raise NotAPhoneNumber("The phone number is too long, or more than one is in the cell.")


def _refuse_unless_valid(number: PhoneNumber, region: str) -> None:
    if phonenumbers.is_valid_number(number):
        return
    national = str(number.national_number)
    if phonenumbers.is_emergency_number(national, region) or phonenumbers.is_valid_short_number_for_region(
        PhoneNumber(country_code=number.country_code, national_number=number.national_number),
        region,
    ):
        raise NotAPhoneNumber(f"{national} is a service number, not a person's.")
    raise NotAPhoneNumber(_why_invalid(number, national))


def _why_invalid(number: PhoneNumber, national: str) -> str:
    is_nanp = number.country_code == 1
    why = phonenumbers.is_possible_number_with_reason(number)
    if why == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return f"The phone number has no area code: {len(national)} digits only."
    if why == phonenumbers.ValidationResult.TOO_SHORT:
        return f"The phone number is too short: {len(national)} digits{' where 10 are needed' if is_nanp else ''}."
    if why == phonenumbers.ValidationResult.TOO_LONG:
        return f"The phone number is too long: {len(national)} digits, or more than one number in the cell."
    if is_nanp and len(national) == _NANP_DIGITS and not _is_an_area_code(national[:3]):
        return f"The phone number is not valid: no area code {national[:3]} exists."
    where = "the US or Canada" if is_nanp else f"country code +{number.country_code}"
    return f"The phone number is not valid for {where}."


def _is_an_area_code(code: str) -> bool:
    return any(phonenumbers.is_valid_number(PhoneNumber(1, int(code + rest))) for rest in ("2345678", "9765432"))


@cache
def _nanp_zones(first_six: str) -> frozenset[str]:
    """The zones of this exchange where the data lists it, else every zone of its area code."""
    listed = TIMEZONE_DATA.get("1" + first_six)
    if listed:
        return _in_the_us_if_anywhere(frozenset(listed))
    area = _OVERLAYS.get(first_six[:3], first_six[:3])
    return _in_the_us_if_anywhere(_zones_of_area().get(area, frozenset()))


@cache
def _zones_of_area() -> dict[str, frozenset[str]]:
    """Area code → every zone any of its exchanges is in: the data's own default is only its commonest one."""
    found: dict[str, frozenset[str]] = {}
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= len("1212"):
            found[prefix[1:4]] = found.get(prefix[1:4], frozenset()) | frozenset(names)
    return found


@lru_cache(maxsize=50_000)
def _zones_elsewhere(number: str) -> frozenset[str]:
    return _in_the_us_if_anywhere(frozenset(timezone.time_zones_for_geographical_number(phonenumbers.parse(number))))


def _in_the_us_if_anywhere(names: frozenset[str]) -> frozenset[str]:
    return names - {timezone.UNKNOWN_TIMEZONE} or US_ZONES
