"""One row as a person."""

import pytest

from phonebank.contacts.columns import choose
from phonebank.contacts.people import PeopleReader, language, split_name
from phonebank.errors import BadInputError


def person(**cells):
    header = [name.replace("_", " ") for name in cells]
    return PeopleReader(choose(header, {}), "US").read(list(cells.values()))


def test_a_row_becomes_a_person():
    found = person(First_Name="Ana", Last_Name="Li", Phone="(212) 555-0123", Zip="2138", Precinct="7", Note="")
    assert (found.first_name, found.last_name, found.phone) == ("Ana", "Li", "+12125550123")
    assert (found.zip, found.state, found.zones) == ("02138", "MA", "America/New_York")
    assert found.fields == {"precinct": "7"}


def test_the_next_phone_serves_where_the_preferred_is_blank():
    assert person(Phone="2125550123", Cell="").phone == "+12125550123"
    assert person(Phone="2125550123", Cell="n/a").phone == "+12125550123"
    assert person(Phone="2125550123", Cell="6465550199").phone == "+16465550199"


def test_people_called_na_and_nan_keep_their_names():
    found = person(First_Name="Nan", Last_Name="Na", Phone="2125550123", State="NA")
    assert (found.first_name, found.last_name, found.state) == ("Nan", "Na", "")


@pytest.mark.parametrize(
    ("whole", "names"),
    [
        ("Ana López", ("Ana", "López")),
        ("Ana María López", ("Ana", "María López")),
        ("López, Ana María", ("Ana María", "López")),
        ("John Smith, Jr.", ("John", "Smith, Jr.")),
        ("Dr. Jane Doe", ("Jane", "Doe")),
        ("Mr. & Mrs. Doe", ("", "Doe")),
        ("Cher", ("Cher", "")),
        ("Dr.", ("Dr.", "")),
        ("", ("", "")),
        (",", ("", "")),
    ],
)
def test_a_whole_name_is_split(whole, names):
    assert split_name(whole) == names


def test_a_name_column_fills_only_what_is_missing():
    found = person(First_Name="Annie", Name="Ana López", Phone="2125550123")
    assert (found.first_name, found.last_name) == ("Annie", "López")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Spanish", "es"),
        ("es", "es"),
        ("ES-mx", "es"),
        ("español", "es"),
        ("Spanish (Mexico)", "es"),
        ("SPA", "es"),
        ("English", "en"),
        ("中文", "zh"),
        ("pt_BR", "pt"),
        ("nl", "nl"),
        ("Klingon!", ""),
        ("", ""),
    ],
)
def test_languages_become_their_codes(written, code):
    assert language(written) == code


def test_a_row_that_says_no_to_consent_is_refused():
    for no in ("No", "false", "none", "opted out"):
        with pytest.raises(BadInputError, match="did not consent"):
            person(Phone="2125550123", Consent=no)
    assert person(Phone="2125550123", Consent="web form, May 2026").consent == "web form, May 2026"
    assert person(Phone="2125550123", Consent="").consent == ""


def test_a_cell_longer_than_any_name_is_refused():
    with pytest.raises(BadInputError, match="first name is 10,000 characters"):
        person(Phone="2125550123", First_Name="x" * 10_000)


def test_a_recognized_time_zone_is_kept_for_the_next_import():
    assert person(Phone="2125550123", Time_Zone="Pacific").fields == {"timezone": "Pacific"}
    assert person(Phone="2125550123", Time_Zone="Martian").fields == {}
