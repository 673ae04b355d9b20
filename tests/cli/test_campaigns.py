"""`phonebank campaigns` as an operator types it, in an empty folder."""

import csv
import io
import shlex

import pytest

from phonebank.campaigns import preflight
from tests.support.campaigns import PHONE_BANK

LIST = "First Name,Cell Phone\nElsa,(202) 555-0143\nBo,202-555-0144\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "campaign.toml"
    path.write_text(PHONE_BANK)
    return path


@pytest.fixture
def drafted(phonebank, file, noon, tmp_path):
    (tmp_path / "list.csv").write_text(LIST)
    phonebank.ok("contacts", "import", tmp_path / "list.csv", "--list", "supporters")
    phonebank.ok("campaigns", "create", file)
    return "Phone bank"


def test_check_says_what_it_would_cost_and_writes_nothing(phonebank, file, drafted):
    told = phonebank("campaigns", "check", file)

    assert (told.exit_code, "2 people, 2 segments, $0.03" in told.stdout) == (0, True)
    assert preflight.SET_KEYS in told.stderr
    assert len(phonebank.records("campaigns", "list", "--json")) == 1


def test_check_says_when_the_people_of_each_place_may_be_reached(phonebank, file, noon, tmp_path):
    rows = "First Name,Cell Phone,Time Zone\nElsa,(202) 555-0143,Eastern\nBo,202-555-0144,Pacific/Honolulu\n"
    (tmp_path / "list.csv").write_text(rows)
    phonebank.ok("contacts", "import", tmp_path / "list.csv", "--list", "supporters")

    told = phonebank.ok("campaigns", "check", file)

    assert "  New York: open now" in told
    assert "  Honolulu: open 2027-02-03 14:00 EST" in told


def test_check_reads_a_file_whose_list_is_not_there_yet(phonebank, file, noon):
    told = phonebank("campaigns", "check", file)

    assert told.exit_code == 0
    assert "no list named “supporters”" in told.stderr


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("sender_name", "sender_nam", "sender_nam (line 4): there is no such key; did you mean sender_name?"),
        ("2027-02-10T18:00:00", "2026-02-10T18:00:00", "has begun or is over"),
        ("{{ first_name }}, it's", "{% for i in x %}{% endfor %}", "loops are not allowed"),
    ],
)
def test_a_faulty_file_is_refused(phonebank, file, noon, was, becomes, told):
    file.write_text(PHONE_BANK.replace(was, becomes, 1))

    assert told in phonebank.refused("campaigns", "check", file)


def test_a_file_that_is_not_there_is_one_sentence(phonebank, tmp_path):
    assert "Cannot read" in phonebank.refused("campaigns", "create", tmp_path / "nothing.toml")
    assert "Cannot read" in phonebank.refused("campaigns", "check", tmp_path)


def test_create_refuses_a_missing_list_and_a_taken_name(phonebank, file, drafted):
    assert "already a campaign" in phonebank.refused("campaigns", "create", file)
    file.write_text(PHONE_BANK.replace('"Phone bank"', '"Other"').replace("supporters", "suporters", 1))
    assert "did you mean “supporters”?" in phonebank.refused("campaigns", "create", file)


def test_launch_without_keys_says_what_to_set(phonebank, drafted):
    assert phonebank.refused("campaigns", "launch", drafted) == preflight.SET_KEYS


def test_a_test_text_without_keys_says_what_to_set(phonebank, drafted):
    assert phonebank.refused("campaigns", "test", drafted, "--to", "202 555 0143") == preflight.SET_KEYS


def test_a_test_text_is_composed_for_a_made_up_person(phonebank, drafted, monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0" * 32)

    told = phonebank.ok("campaigns", "test", drafted, "--to", "202 555 0143")

    life = phonebank.ok(*told.split("phonebank ")[1].split())
    assert "“Hi Jordan, it's Amanda with RepresentUs" in life
    assert "test to …43" in life
    assert "+12025550143" not in life


@pytest.mark.parametrize("at", ["yesterday", "2027-02-10", "2027-03-14T02:30:00", "09:00", ""])
def test_a_time_that_cannot_be_read_is_refused(phonebank, drafted, at):
    assert "--at" in phonebank.refused("campaigns", "launch", drafted, "--at", at or " ")


def test_a_time_that_is_past_is_refused(phonebank, drafted):
    assert "past" in phonebank.refused("campaigns", "launch", drafted, "--at", "2027-02-03T12:59")


def test_a_campaign_moves_only_from_where_it_may(phonebank, drafted):
    assert "is draft" in phonebank.refused("campaigns", "pause", drafted)
    assert "is draft" in phonebank.refused("campaigns", "resume", drafted)
    phonebank.ok("campaigns", "close", drafted)
    assert "is closed" in phonebank.refused("campaigns", "close", drafted)
    assert "did you mean “Phone bank”?" in phonebank.refused("campaigns", "close", "phone bnk")


def test_copy_makes_a_new_draft(phonebank, drafted):
    phonebank.ok("campaigns", "copy", drafted)

    assert [(one["name"], one["status"]) for one in phonebank.records("campaigns", "list", "--json")] == [
        ("Phone bank (2)", "draft"),
        ("Phone bank", "draft"),
    ]


def test_status_has_exactly_the_published_keys(phonebank, drafted):
    (told,) = phonebank.records("campaigns", "status", drafted, "--json")

    assert list(told) == [
        "status",
        "paused_reason",
        "recipients",
        "outcomes",
        "messages",
        "inbound",
        "handoffs",
        "segments",
        "cost",
    ]
    assert (told["status"], told["recipients"]["pending"], told["cost"]) == ("draft", 0, 0)


def test_status_of_several_texts_compares_them_too(phonebank, file, noon, drafted):
    several = PHONE_BANK.replace(
        'STOP to end."]', 'STOP to end.", "Hi {{ first_name }}, {{ organization }} here. In? Reply STOP to end."]'
    )
    file.write_text(several.replace('"Phone bank"', '"Two texts"').replace("place = ", "shift = true\nplace = "))
    phonebank.ok("campaigns", "create", file)

    (told,) = phonebank.records("campaigns", "status", "Two texts", "--json")

    assert list(told)[-1] == "experiment"
    assert (told["experiment"]["verdict"], told["experiment"]["shifts"]) == ("not_yet", True)
    assert [one["asked"] for one in told["experiment"]["texts"]] == [0, 0]
    assert "No difference is shown yet" in phonebank.ok("campaigns", "status", "Two texts")


@pytest.mark.parametrize("what", ["recipients", "messages", "calls", "handoffs", "commitments"])
def test_every_export_has_a_header(phonebank, drafted, tmp_path, what):
    (header,) = csv.reader(io.StringIO(phonebank.ok("campaigns", "export", drafted, "--what", what)))

    assert header[0] == "id"
    phonebank.ok("campaigns", "export", drafted, "--what", what, "--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0


def test_an_export_to_nowhere_is_one_sentence(phonebank, drafted, tmp_path):
    words = ("campaigns", "export", drafted, "--what", "recipients", "--out")

    assert "Cannot write into" in phonebank.refused(*words, tmp_path / "no" / "where.csv")
    assert "is a folder" in phonebank.refused(*words, tmp_path)


@pytest.fixture
def called(phonebank, drafted, file):
    call = 'channel = "call"\n\n[call]\nask = "Can I count on you to make calls with us Wednesday at 6 pm?"\n\n[ask]\n'
    text = PHONE_BANK.replace("MG00000000000000000000000000000000", "+12025550190").replace(
        '"Phone bank"', '"By phone"'
    )
    file.write_text(text.replace("\n[ask]\n", call, 1))
    phonebank.ok("campaigns", "create", file)
    return "By phone"


def test_a_campaign_of_calls_is_told_in_calls(phonebank, called, file):
    told = phonebank("campaigns", "check", file).stdout

    assert "2 people, $0.08 for a first call of a minute to everyone" in told
    assert "segment" not in told + phonebank.ok("campaigns", "status", called)
    (told,) = phonebank.records("campaigns", "status", called, "--json")
    assert (told["calls"], told["segments"], told["cost"]) == ({}, 0, 0)


def test_a_campaign_of_calls_calls_oneself_first(phonebank, called, monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0" * 32)

    told = phonebank.ok("campaigns", "test", called, "--to", "202 555 0143")

    life = phonebank.ok(*shlex.split(told.split("phonebank ")[1]))
    assert "test with …43" in life
    assert "own number" in phonebank.refused("campaigns", "test", called, "--to", "202 555 0190")
