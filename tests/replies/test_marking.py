"""The words that told the reader are marked where they stand, and nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.replies.marking import marked
from phonebank.replies.reading import read


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("I can’t make Saturday, but maybe Thursday at 6pm?", "I [can’t make Saturday], but [maybe Thursday] at 6pm?"),
        ("¿Puede ser el jueves a las 7?", "¿[Puede ser el jueves] a las 7?"),
        ("<b>Not sure  yet</b>", "<b>[Not sure  yet]</b>"),
    ],
)
def test_the_words_that_told_are_marked_as_typed(body, shown):
    pieces = marked(body, read(body).why)
    assert "".join(f"[{one.text}]" if one.is_marked else one.text for one in pieces) == shown


@given(st.text(), st.text())
def test_whatever_was_quoted_the_text_stays_whole(body, quote):
    assert "".join(one.text for one in marked(body, f"'{quote}' + 'maybe' → maybe")) == body


def test_a_reason_that_quotes_nothing_marks_nothing():
    assert [one.is_marked for one in marked("maybe", "Ana read it")] == [False]
