"""What is foreseen of a list is what importing it does; a sample is the beginning and says whether it is all."""

import io
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlmodel import delete

from phonebank import db
from phonebank.contacts import foreseeing, sampling
from phonebank.contacts.foreseeing import Choices
from phonebank.contacts.models import Consent, Contact, ListMember
from phonebank.errors import BadInputError
from phonebank.optouts import ledger
from tests.support import lists

NUMBERS = ["2025550143", "(202) 555-0143", "202-555-0144", "+1 312 555 0145", "12", "", "none", "555-01"]
CELLS = some.tuples(
    some.sampled_from(["Elsa", "", "=1+1"]),
    some.sampled_from(NUMBERS),
    some.sampled_from(["20001", "", "94103", "zip"]),
    some.sampled_from(["yes", "no", ""]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=some.lists(CELLS, min_size=1, max_size=15).filter(lambda rows: any(map(any, rows))),
    known=some.lists(some.sampled_from(NUMBERS[:4]), max_size=2),
)
def test_what_is_foreseen_is_what_an_import_does(database, rows, known):
    with db.transaction() as session:
        for table in (ListMember, Consent, Contact):
            session.execute(delete(table))
        ledger.record(session, "+12025550144", because="STOP", by="them", now=lists.NOW)
    lists.take("Phone\n" + "".join(f"{number}\n" for number in known), name="before")
    content = "Name,Phone,ZIP,Consent\n" + "".join(",".join(row) + "\n" for row in rows)
    sample = sampling.take(io.BytesIO(content.encode()))
    fields = sampling.matched(sample)
    *_, foreseen = foreseeing.foresee(iter(sample.rows), Choices(sample.header, fields, "US"), lists.NOW)
    done = lists.take(content, fields=fields)
    assert {name: foreseen[name] for name in done.counts} == done.counts
    assert {one["because"]: one["rows"] for one in foreseen["reasons"]} == Counter(
        one.because for one in done.rejections
    )
    assert sum(foreseen["zones"].values()) == done.rows - done.rejected - done.duplicates


def test_a_sample_is_the_beginning_and_says_whether_that_is_all(monkeypatch):
    content = "Phone\n" + "2025550143\n" * 12
    whole = sampling.take(io.BytesIO(content.encode()))
    assert (len(whole.rows), whole.is_whole) == (12, True)
    monkeypatch.setattr(sampling, "MOST_ROWS", 10)
    first = sampling.take(io.BytesIO(content.encode()))
    assert (len(first.rows), first.is_whole) == (10, False)
    assert sampling.of(first.content) == first


def test_a_number_column_without_a_name_we_know_is_found_by_what_is_in_it():
    table = sampling.take(io.BytesIO(b"A,B,C\nElsa,90210,2025550143\nHal,60601,no\nAna,20001,312-555-0145\n"))
    assert sampling.matched(table) == ["a", "b", "phone"]
    nothing = sampling.take(io.BytesIO(b"A,B\nElsa,90210\n"))
    assert sampling.matched(nothing) == ["a", "b"]


def test_columns_of_another_file_are_refused():
    with pytest.raises(BadInputError, match="not those of this file"):
        next(foreseeing.foresee(iter([]), Choices(["Phone", "ZIP"], ["phone"], "US"), lists.NOW))
