"""The one vocabulary: what words mean, what a person decided, what we do about it."""

from phonebank.intents import ANSWERED_BY_MACHINE, Decision, Intent, Outcome


def test_words_are_lower_snake_case_and_said_once():
    for kind in (Intent, Outcome, Decision):
        values = [member.value for member in kind]
        assert all(value == value.lower().replace(" ", "_").replace("-", "_") for value in values)
        assert [member.name.lower() for member in kind] == values


def test_what_only_a_person_understands_is_never_answered_by_a_machine():
    assert not ANSWERED_BY_MACHINE & {Intent.MAYBE, Intent.QUESTION, Intent.HOSTILE, Intent.OTHER}


def test_an_opt_out_outranks_every_other_meaning():
    assert next(iter(Intent)) is Intent.OPT_OUT
    assert list(Intent).index(Intent.WRONG_NUMBER) < list(Intent).index(Intent.YES)


def test_every_answer_a_person_can_give_has_an_outcome():
    for word in ("yes", "no", "not_now", "not_that", "maybe", "wrong_number"):
        assert Outcome(word).value == Intent(word).value
