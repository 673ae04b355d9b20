"""A campaign file: what is read, what is refused and how it is told, and the rows it becomes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank import db
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import SentBy
from phonebank.errors import BadInputError, NotFoundError, RefusedError
from tests.support.campaigns import NOW, PHONE_BANK, a_campaign, a_list

WHOLE = (Path(__file__).with_name("whole.toml")).read_text()
BY_HAND = (
    PHONE_BANK.replace("[ask]", 'sent_by = "people"\n\n[ask]', 1)
    + """
[[questions]]
question = "How long does it take?"
answer = "Two hours, {{ ask.when }}; come for one if that is what you have."
"""
)


def refusal(toml):
    with pytest.raises(BadInputError) as refused:
        spec.parse(toml)
    return str(refused.value)


def test_the_published_example_is_read_whole():
    read = spec.parse(WHOLE)

    assert read.ask.starts_at.astimezone(UTC) == datetime(2027, 2, 10, 23, 0, tzinfo=UTC)
    assert read.exclude.asked_within_days == 7
    assert read.limits.budget == 250
    assert read.ask.alternatives[0].answers_to == "not_now"
    assert read.followups[0].before.total_seconds() == 24 * 3600


def test_only_a_few_keys_are_required():
    read = spec.parse(
        'name = "A"\nlists = ["l"]\norganization = "O"\nsender = "+12025550143"\n[ask]\naction = "call"\ntexts = ["Hi"]',
    )

    assert (read.hours.start.hour, read.hours.end.hour) == (9, 20)
    assert (read.limits.segments_per_second, read.limits.budget, read.timezone) == (75, None, "America/New_York")
    assert read.exclude.asked_within_days == 0


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("budget ", "budjet ", "limits.budjet (line 17): there is no such key; did you mean budget?"),
        ("before =", "befor =", "followups[1].befor (line 44): there is no such key; did you mean before?"),
        (
            'for       = "not_now"',
            'for = "never"',
            "ask.alternatives[1].for (line 39): must be 'not_now' or 'not_that'.",
        ),
        ("wrong_number =", "wrong_nmber =", "ask.answers.wrong_nmber (line 36): there is no such key"),
        ("es = [", "en = [", "ask.languages.en (line 30)"),
        ('"24h"', '"soon"', '"24h", "2h30m", "1d" or "45m"'),
        ('"24h"', '"0m"', "must be a length of time"),
        ('start = "09:00"', 'start = "9pm"', "hours.start (line 12): must be a time of day"),
        ('end   = "20:00"', 'end = "08:00"', "start (09:00) must be before end (08:00)"),
        ("2027-02-10T20:00:00", "2027-02-10T17:00:00", "ends_at must be after starts_at"),
        ("2027-02-10T18:00:00", "2027-02-10", "ask.starts_at (line 22): has no time"),
        ("2027-02-10T18:00:00", "2027-03-14T02:30:00", "the clocks go forward then"),
        ('"MG0', '"MGx0', "sender (line 7): must be a Messaging Service"),
        ('"America/New_York"', '"Amerika/New_York"', "timezone (line 8): is not a time zone"),
        ('"America/New_York"', '"../../etc/passwd"', "timezone (line 8): is not a time zone"),
        ("250.00", "inf", "limits.budget (line 17): must be an ordinary number."),
        ("250.00", "-1", "limits.budget (line 17): must be 0 or more."),
        ("= 75", "= 0", "limits.segments_per_second (line 16): must be 1 or more."),
        ('["supporters"]', "[]", "lists (line 3): must not be empty."),
        ('["supporters"]', '"supporters"', "lists (line 3): must be a list"),
        ('name         = "R', 'name = "\\u0007R', "name (line 1): must be one line of ordinary characters."),
        ('action    = "make calls with us online"', "", "[ask] needs an action"),
        ("{{ ask.when }} instead", "{{ ask.wen }} instead", "did you mean ask.when"),
        ("{{ ask.when }} instead", "{% for x in y %}{% endfor %}", "loops are not allowed"),
        ("{{ ask.when }} instead", "{{ ''.__class__ }}", "ask.alternatives[1].text (line 40)"),
        ("Thank you for telling", "y" * 10_000, "ask.answers.no (line 34): The text has"),
        ("[limits]", "[limits", "not valid TOML"),
        ('["supporters"]', "[" * 5000, "not valid TOML"),
    ],
)
def test_each_mistake_is_told_with_its_key_and_line(was, becomes, told):
    assert was in WHOLE

    assert told in refusal(WHOLE.replace(was, becomes, 1))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "a campaign of calls needs a [call] table with its ask"),
        ("[call]", "call.ask (line 8): is required"),
        ('[call]\nask = " "', "call.ask (line 9): is empty"),
        ('[call]\nask = "Come?"\nvoice = "Darth.Vader"', "call.voice (line 10): must be a voice of Twilio's"),
        ('[call]\nask = "Come?"\nvoice = "Polly.Lupe"', "speaks American English"),
        ('[call]\nask = "Come?"\nmode = "robot"', "must be 'scripted', 'preview' or 'power'"),
        ('[call]\nask = "Come?"\ntoll_free = "+12025550143"', "must be a toll-free number"),
        ('[call]\nask = "Come?"\nspacing = "soon"', "must be a length of time"),
        ('[call]\nask = "Come?"\naudio = {ask = "http://x.org/a.mp3"}', "must be an address that begins with https://"),
        ('[call]\nask = "Come?"\naudio = {aks = "https://x.org/a.mp3"}', "there are greeting, ask, voicemail"),
        ('[call]\nask = "Come?"\n[call.languages.fr]\nask = "Venez ?"', "in Spanish under [call.languages.es]"),
        (f'[call]\nask = "{"very " * 900}"', "call.ask (line 9): The text has"),
    ],
)
def test_each_mistake_in_a_campaign_of_calls_is_told(table, told):
    head, _, ask = PHONE_BANK.partition("[ask]")
    assert told in refusal(f'channel = "call"\n{head}{table}\n\n[ask]{ask}')


@pytest.mark.parametrize(
    "voice", ["man", "Polly.Ruth", "Polly.Joanna-Neural", "Polly.Joanna-Generative", "Google.en-US-Chirp3-HD-Aoede"]
)
def test_a_voice_that_speaks_american_english_is_taken(voice):
    head, _, ask = PHONE_BANK.partition("[ask]")
    read = spec.parse(f'channel = "call"\n{head}[call]\nask = "Come?"\nvoice = "{voice}"\n[ask]{ask}')
    assert read.call.voice == voice


def test_a_mistake_in_the_second_of_several_tables_is_told_with_its_own_line():
    two = WHOLE + '\n[[followups]]\nbefore = "2h"\ntxt = "Soon!"\n'

    assert refusal(two).splitlines() == [
        "followups[2].text (line 54): is required.",
        "followups[2].txt (line 56): there is no such key; did you mean text?",
    ]


@given(st.text(max_size=200))
def test_whatever_is_in_the_file_is_read_or_refused_in_a_sentence(text):
    refusal(text)


@given(
    st.dictionaries(st.sampled_from(list(spec.CampaignSpec.model_fields)), st.one_of(st.text(), st.floats(), st.none()))
)
def test_whatever_is_in_the_table_is_read_or_refused_in_a_sentence(table):
    with pytest.raises(BadInputError):
        spec.parse_table(table)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\xff\xfe", "name = 'ü'".encode("utf-16"), b"a" * 1_100_000])
def test_a_file_that_is_no_campaign_is_refused(tmp_path, content):
    (tmp_path / "odd.toml").write_bytes(content)

    with pytest.raises(BadInputError):
        spec.load(tmp_path / "odd.toml")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "windows.toml").write_bytes(b"\xef\xbb\xbf" + PHONE_BANK.replace("\n", "\r\n").encode())

    assert spec.load(tmp_path / "windows.toml").name == "Phone bank"


def test_a_campaign_comes_back_from_its_rows_as_it_was_written(database):
    written = spec.parse(WHOLE)
    with db.transaction() as session:
        a_list(session)
        spec.create(session, written, NOW)

    with db.reading() as session:
        kept = spec.dump(session, queries.by_name(session, written.name))

    inherited = {"action": written.ask.action, "place": written.ask.place, "why": written.ask.why}
    alternatives = tuple(one.model_copy(update=inherited) for one in written.ask.alternatives)
    assert kept == written.model_copy(
        update={"ask": written.ask.model_copy(update={"alternatives": alternatives})},
    )


def test_who_sends_and_what_people_ask_come_back_too(database):
    written = spec.parse(BY_HAND)
    with db.transaction() as session:
        a_list(session)
        spec.create(session, written, NOW)

    with db.reading() as session:
        kept = spec.dump(session, queries.by_name(session, written.name))

    assert kept.sent_by is SentBy.PEOPLE
    assert [one.question for one in kept.questions] == ["How long does it take?"]


def test_a_campaign_is_sent_by_the_machine_or_by_people_and_by_nobody_else():
    assert spec.parse(PHONE_BANK).sent_by is SentBy.MACHINE
    assert "must be 'machine' or 'people'." in refusal(BY_HAND.replace('"people"', '"robots"'))


def test_a_taken_name_and_a_missing_list_are_refused(database):
    with db.transaction() as session:
        a_campaign(session)
        with pytest.raises(RefusedError, match="already a campaign"):
            a_campaign(session)
        with pytest.raises(NotFoundError, match="did you mean “supporters”"):
            spec.create(
                session,
                spec.parse(PHONE_BANK.replace("Phone bank", "Other").replace('["supporters"]', '["suporters"]')),
                NOW,
            )


def test_a_copy_is_a_draft_under_the_next_free_name(database):
    with db.transaction() as session:
        campaign = a_campaign(session)

        assert [spec.copy(session, campaign, NOW).name for _ in range(2)] == ["Phone bank (2)", "Phone bank (3)"]
