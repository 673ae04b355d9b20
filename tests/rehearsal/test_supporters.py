"""Simulated supporters: seeded, awake by day, in their own language, and never talking for ever."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.errors import BadInputError
from phonebank.rehearsal.conversing import Heard, hear, say, when_awake, words
from phonebank.rehearsal.supporters import Supporter, Supporters, load_supporters

NOON = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)
ASK = "Hi Ana, it's Amanda with RepresentUs. Can I count on you to join us? Reply STOP to end."
NUMBERS = [f"+1{area}55501{last:02d}" for area in range(201, 221) for last in range(100)]


def _crowd(seed=1, mix=None, pace=1.0, **more):
    crowd = Supporters(seed, mix or {}, pace)
    crowd.register(Supporter(number=number, first_name="Ana", **more) for number in NUMBERS)
    return crowd


def _one(persona, pace=1.0, **more):
    crowd = Supporters(1, {}, pace)
    crowd.register([Supporter(number=NUMBERS[0], first_name="Ana", persona=persona, **more)])

    def answer(body):
        said = crowd.hear(NUMBERS[0], body, NOON)
        for _ in said if pace == 0 else []:
            crowd.has_said(NUMBERS[0])
        return [each.body for each in said]

    return answer


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    def answers(seed):
        crowd = _crowd(seed)
        return [crowd.hear(number, ASK, NOON) for number in NUMBERS]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)


def test_answers_follow_the_stated_mix():
    crowd = _crowd(mix={"silent": 60, "yes": 30, "no": 10})
    said = [crowd.hear(number, ASK, NOON) for number in NUMBERS]
    kinds = Counter(
        next((kind for kind in ("yes", "no") if [line.body for line in lines] in words()["en"][kind]), "silent")
        for lines in said
    )
    assert {kind: round(count / len(NUMBERS), 1) for kind, count in kinds.items()} == {
        "silent": 0.6,
        "yes": 0.3,
        "no": 0.1,
    }


def test_a_maybe_comes_round_when_a_volunteer_writes_and_leaves_the_confirmation_be():
    answer = _one("comes_round", pace=0)
    assert answer(ASK) in words()["en"]["maybe"]
    assert answer("It's only an hour, and I'll be on the line with you.") in words()["en"]["yes"]


def test_not_now_takes_the_alternative():
    answer = _one("takes_another_day", pace=0)
    assert answer(ASK) in words()["en"]["not_now"]
    assert answer("Could you join us Thursday instead?") in words()["en"]["yes"]


def test_a_yes_is_taken_back_at_the_reminder():
    answer = _one("changes_mind", pace=0)
    assert answer(ASK) in words()["en"]["yes"]
    assert answer("See you tomorrow at 6, Ana! Still good? Reply Y or N.") in words()["en"]["no"]


def test_a_persona_may_be_any_answer_of_the_mix_in_the_persons_language():
    assert _one("opt_out", language="es")(ASK) in words()["es"]["opt_out"]
    assert _one("silent")(ASK) == []


def test_a_stranger_never_answers():
    assert Supporters(1, {}, 1.0).hear("+13125550100", ASK, NOON) == []


def test_nobody_is_answered_while_still_typing():
    answer = _one("comes_round", pace=1.0)
    assert answer(ASK)
    assert answer("Are you there?") == []


def test_nobody_talks_for_ever():
    answer = _one("question", pace=0)
    assert sum(bool(answer(f"And now? {n}")) for n in range(100)) <= 8


@given(
    st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from(["America/New_York", "Pacific/Honolulu", "America/Phoenix"]),
)
def test_nobody_answers_asleep_nor_before_they_were_asked(moment, zone):
    asked = moment.replace(tzinfo=UTC)
    answered = when_awake(asked, ZoneInfo(zone), 1)
    assert answered >= asked
    assert 7 <= answered.astimezone(ZoneInfo(zone)).hour < 22


def test_every_answer_has_words_in_english_and_names_nobody_else():
    for kind in [*words()["mix"], "thanks"]:
        if kind != "silent":
            assert say(kind, "fr", "Ana", 1)
    assert "{first_name}" not in "".join(
        text for n in range(50) for text in say("wrong_number", "en", "Ana", n) + say("wrong_number", "es", "", n)
    )


@pytest.mark.parametrize(
    ("last", "body", "heard"),
    [
        (None, ASK, Heard.ASK),
        ("silent", ASK, Heard.ASK),
        ("yes", "Wonderful, Ana! You're down for Wednesday.", Heard.CLOSING),
        ("yes", "Mañana a las 6, ¿sí? S o N.", Heard.REMINDER),
        ("not_that", "Thank you for telling me.", Heard.CLOSING),
        ("not_now", "¿Puede el jueves?", Heard.ALTERNATIVE),
        ("question", "It's on Zoom.", Heard.VOLUNTEER),
        ("no", "Would a shorter shift help?", Heard.VOLUNTEER),
    ],
)
def test_a_text_is_heard_for_what_it_is(last, body, heard):
    assert hear(last, body) is heard


@pytest.mark.parametrize(
    "written",
    [
        "{",
        "[1]",
        '[{"number": "+1", "zone": "Mars/Olympus"}]',
        '[{"number": "+1", "persona": "nobody"}]',
        '[{"name": "Ana"}]',
    ],
)
def test_a_supporters_file_that_cannot_be_used_says_what_to_mend(tmp_path, written):
    path = tmp_path / "people.json"
    path.write_text(written)
    with pytest.raises(BadInputError, match="Mend"):
        load_supporters(path)
