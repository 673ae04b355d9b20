"""Each reason a text did not arrive has its words and what to do."""

from phonebank.gateway.codes import CodeAction
from phonebank.reports import trouble


def test_every_kind_of_trouble_has_its_advice():
    assert set(trouble._advice()) == set(CodeAction)
