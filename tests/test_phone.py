"""Numbers as people write them, reasons as people understand them, and every zone a number may be in."""

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumber

from phonebank import phone
from phonebank.errors import BadInputError
from phonebank.phone import NotAPhoneNumber


@pytest.mark.parametrize(
    "written",
    [
        "(212) 555-0123",
        "+1 212.555.0123",
        "1-212-555-0123",
        "212\u2013555\u20130123",
        "tel:+1-212-555-0123",
        "2125550123.0",
        "12125550123.00",
        "2.125550123E+09",
        '="2125550123"',
        "'+12125550123",
        "".join(chr(0xFF10 + int(digit)) for digit in "2125550123"),
        "\u202a+1 (212) 555-0123\u202c",
        "  212\xa0555\xa00123 ",
    ],
)
def test_a_number_is_read_in_every_way_people_and_spreadsheets_write_it(written):
    assert phone.parse(written) == "+12125550123"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "missing"),
        ("none", "no digits"),
        ("#REF!", "no digits"),
        ("212-555-012", "too short: 9 digits"),
        ("5550123", "no area code"),
        ("212555012345", "too long"),
        ("2125550123,6465550199", "more than one"),
        ("212 555 0123 / 646 555 0199", "more than one"),
        ("212-555-0123 x45", "extension"),
        ("212-555-0123 ext. 9", "extension"),
        ("1-800-FLOWERS", "letter"),
        ("2.12555E+09", "rounded"),
        ("1.0E+400", "rounded"),
        ("911", "service number"),
        ("411", "service number"),
        ("999-555-0123", "no area code 999"),
        ("212-155-0123", "not valid for the US"),
        ("000-000-0000", "not valid"),
        ("900-555-1234", "premium-rate"),
        ("+999 1234567", "country code"),
        ("9" * 5000, "too long"),
    ],
)
def test_a_refused_number_gets_a_reason_a_person_understands(written, why):
    with pytest.raises(NotAPhoneNumber, match=why):
        phone.parse(written)


@pytest.mark.parametrize("number", ["+18005550100", "+15005550006", "+12025550199", "+447911123456", "+14165550123"])
def test_toll_free_test_and_foreign_numbers_pass(number):
    assert phone.parse(number) == number


def test_a_number_without_a_country_code_is_the_regions():
    assert phone.parse("07911 123456", "GB") == "+447911123456"
    assert phone.parse("07911 123456", "gb") == "+447911123456"


def test_a_region_that_does_not_exist_is_named():
    with pytest.raises(BadInputError, match="ZZ"):
        phone.parse("07911 123456", "ZZ")


def test_the_fast_path_agrees_with_phonenumbers():
    chance = random.Random(7)
    tried = [str(chance.randrange(2 * 10**9, 10**10)) for _ in range(15_000)]
    tried += [f"{area}{exchange}4567" for area in range(200, 1000) for exchange in ("234", "155", "555", "911", "970")]
    for digits in tried:
        number = PhoneNumber(country_code=1, national_number=int(digits))
        usable = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in phone._UNTEXTABLE
        assert _is_taken("+1" + digits) == _is_taken(digits) == usable, digits


def _is_taken(written):
    try:
        return phone.parse(written).endswith(written)
    except NotAPhoneNumber:
        return False


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_clear_refusal(text):
    try:
        outcome = phone.parse(text)
    except NotAPhoneNumber as refusal:
        outcome = str(refusal)
    assert outcome.startswith("+") or outcome.endswith(".")


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550123", {"America/New_York"}),
        ("+18505550123", {"America/New_York", "America/Chicago"}),  # Florida's panhandle is split
        ("+14485550123", {"America/New_York", "America/Chicago"}),  # its overlay
        ("+14235550123", {"America/New_York", "America/Chicago"}),
        ("+13645550123", {"America/New_York", "America/Chicago"}),
        ("+15415550123", {"America/Los_Angeles", "America/Denver"}),
        ("+19285550123", {"America/Phoenix", "America/Denver"}),
        ("+17875550123", {"America/Puerto_Rico"}),
        ("+16715550123", {"Pacific/Guam"}),
        ("+447911123456", {"Europe/London", "Europe/Guernsey", "Europe/Isle_of_Man"}),
    ],
)
def test_a_number_is_in_every_zone_of_its_area_code(number, zones):
    assert phone.zones(number) == zones


@pytest.mark.parametrize("number", ["+18005550123", "+15005550006", "+17295550123"])
def test_a_number_that_names_no_place_is_never_guessed_at_one_zone(number):
    assert len(phone.zones(number)) > 1


def test_a_toll_free_number_may_be_in_alaska_and_hawaii():
    assert phone.zones("+18885550123") == phone.US_ZONES


def test_a_masked_number_keeps_its_last_two_digits_only():
    assert phone.mask("+12125550123") == "…23"
