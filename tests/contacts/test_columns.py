"""Headers become fields: the published names, people's own, and what they map by hand."""

import pytest

from phonebank.contacts.columns import choose, merge_field
from phonebank.errors import BadInputError


def known(*header, **mapping):
    return choose(header, mapping).known


def others(*header, **mapping):
    return [field for _, field in choose(header, mapping).others]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("First Name", "first_name"),
        ("firstName", "first_name"),
        ("  Precinct # ", "precinct"),
        ("ZIP Code", "zip_code"),
        ("ZIPCode", "zip_code"),
        ("E-mail", "e_mail"),
        ("Teléfono móvil", "telefono_movil"),
        ("2024 Vote", "field_2024_vote"),
        ("__secret__", "secret"),
        ("電話", "電話"),
        ("!!!", ""),
    ],
)
def test_a_header_becomes_a_merge_field(title, field):
    assert merge_field(title) == field


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("First Name", "first_name"),
        ("Last Name", "last_name"),
        ("Name", "name"),
        ("Phone", "phone"),
        ("Cell", "phone"),
        ("Cell Phone", "phone"),
        ("Mobile", "phone"),
        ("Mobile Phone", "phone"),
        ("Zip", "zip"),
        ("ZIP Code", "zip"),
        ("Postal Code", "zip"),
        ("State", "state"),
        ("Timezone", "timezone"),
        ("Time Zone", "timezone"),
        ("Language", "language"),
        ("Email", "email"),
        ("Connection", "connection"),
        ("Consent", "consent"),
    ],
)
def test_every_published_name_is_known(title, field):
    assert known(title, "Phone")[field][0] == 0 or field == "phone"
    assert field in known(title.upper(), "PHONE")
    assert field in known(title.lower().replace(" ", "_"), "phone")


def test_a_mobile_is_preferred_over_other_phones():
    assert known("Home Phone", "Phone", "Cell Phone")["phone"] == (2, 1, 0)


def test_other_columns_are_kept_for_merging_under_names_of_their_own():
    assert others("Phone", "Precinct #", "Notes", "notes", "") == ["precinct", "notes", "notes_2", "column_5"]


def test_a_campaigns_own_merge_fields_are_not_taken_over():
    assert others("Phone", "Organization", "Sender Name", "Ask") == [
        "contact_organization",
        "contact_sender_name",
        "contact_ask",
    ]


def test_our_columns_of_a_mended_list_are_passed_over():
    assert others("Phone", "Rejected line", "Rejected because") == []


def test_a_mapped_column_replaces_what_its_name_would_say():
    chosen = choose(["Cell", "Contact #", "Squad"], {"phone": "contact #", "team": "Squad"})
    assert chosen.known == {"phone": (1,)}
    assert [field for _, field in chosen.others] == ["cell", "team"]


def test_a_mapped_column_that_is_not_there_names_the_nearest():
    with pytest.raises(BadInputError, match="did you mean “Phone Number”"):
        known("Phone Number", "Name", phone="Phone Numbr")


def test_a_campaigns_own_field_cannot_be_mapped():
    with pytest.raises(BadInputError, match="campaign's own"):
        known("Phone", "Org", organization="Org")


def test_a_list_without_phones_is_told_its_columns_and_the_way_out():
    with pytest.raises(BadInputError, match=r"“Who”, “Where”.*--map phone=COLUMN"):
        known("Who", "Where")


def test_a_list_without_a_header_is_told_so():
    with pytest.raises(BadInputError, match="looks like a person"):
        known("Ana", "(212) 555-0123")
