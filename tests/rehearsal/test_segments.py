"""The carrier's own count of segments."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.rehearsal.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("é" * 160, 1),
        ("ú" * 70, 1),
        ("ú" * 71, 2),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("ú" * 66 + "👍" + "ú" * 66, 3),
    ],
)
def test_segments_are_counted_as_on_the_air(body, segments):
    assert count_segments(body) == segments


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=1600))
def test_no_text_takes_less_room_than_its_units(body):
    units = len(body.encode("utf-16-le")) // 2
    assert count_segments(body) >= math.ceil(len(body) / 160)
    assert count_segments(body) <= max(1, math.ceil(units / 66))
