"""`phonebank rehearse`: a whole campaign against simulated supporters, refused as the real verbs refuse."""

import json
import subprocess
import sys

import pytest

from phonebank.rehearsal import staging

ROWS = "First Name,Phone,State\nElsa,(415) 867-5309,CA\nRosa,(212) 555-0187,NY\nTom,312 867 5301,IL\nBad,12,IL\n"
PLACES = (("415", "CA"), ("212", "NY"), ("312", "IL"))


@pytest.fixture
def contacts(tmp_path):
    (tmp_path / "list.csv").write_text(ROWS)
    return tmp_path / "list.csv"


@pytest.fixture
def campaign(tmp_path):
    """The sample's campaign, its event always ahead."""
    (tmp_path / "campaign.toml").write_text(staging.SAMPLE_CAMPAIGN.read_text().replace("2027-02", "2037-02"))
    return tmp_path / "campaign.toml"


def rehearsed(campaign, contacts, *words):
    command = [sys.executable, "-m", "phonebank", "rehearse", campaign, "--contacts", contacts, "--json", *words]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_foretells_who_is_asked_when_and_draws_it_on_a_page(tmp_path, campaign):
    campaign.write_text(campaign.read_text().replace("segments_per_second = 5 ", "segments_per_second = 75 "))
    people = [f"Ana,{area}555{number:04},{state}" for area, state in PLACES for number in range(2000, 2020)]
    (tmp_path / "list.csv").write_text("\n".join(["First Name,Phone,State", *people, "Bad,12,IL", people[0]]))
    page = tmp_path / "forecast.html"
    told = rehearsed(campaign, tmp_path / "list.csv", "--seed", "1", "--at", "2037-02-03T13:00", "--page", page)
    assert (told["ended"], told["asked"], told["began"][:16]) == ("quiet", 60, "2037-02-03T13:00")
    assert {zone["place"] for zone in told["zones"]} == {"Central", "Eastern", "Pacific"}
    assert sum(hour["asks"] for hour in told["hours"]) == 60
    assert sum(hour["replies"] for hour in told["hours"]) == told["inbound"]
    assert sum(hour["handoffs"] for hour in told["hours"]) == told["handoffs"]
    assert {(one["number"], one["of"]) for one in told["blocked"]} == {(1, "rows")}
    assert len(told["blocked"]) == 2
    assert told["staffing"]["volunteers"] == max(hour["volunteers"] for hour in told["hours"])
    assert "Replies and handoffs an hour" in page.read_text()
    assert "http" not in page.read_text().replace("http-equiv", "")


def test_it_stops_after_the_time_it_was_given(campaign, contacts):
    told = rehearsed(campaign, contacts, "--at", "2037-02-03T13:00", "--for", "1m")
    assert told["ended"] == "its time was up"
    assert 60 <= told["duration_s"] < 90


@pytest.mark.parametrize(("at", "told"), [("2020-01-01T09:00", "past"), ("soon", "2027")])
def test_a_launch_in_the_past_or_at_no_time_is_refused(phonebank, campaign, contacts, at, told):
    assert told in phonebank.refused("rehearse", campaign, "--contacts", contacts, "--at", at)


def test_a_length_of_time_is_asked_for_as_it_is_written(phonebank, campaign, contacts):
    wrong = phonebank("rehearse", campaign, "--contacts", contacts, "--wait", "long")
    assert (wrong.exit_code, "5m" in wrong.stderr) == (2, True)


def test_a_campaign_file_is_refused_as_for_the_real_thing(tmp_path, phonebank, contacts):
    (tmp_path / "wrong.toml").write_text('name = "x"\nlist = ["y"]\n')
    told = phonebank.refused("rehearse", tmp_path / "wrong.toml", "--contacts", contacts)
    assert "did you mean" in told


def test_a_list_is_refused_as_for_the_real_thing(tmp_path, phonebank, campaign):
    (tmp_path / "list.csv").write_bytes(b"%PDF-1.7 not a list")
    assert "PDF" in phonebank.refused("rehearse", campaign, "--contacts", tmp_path / "list.csv")


def test_calls_are_not_forecast_and_it_says_where_to_watch_them(campaign, contacts):
    campaign.write_text(
        staging.SAMPLE_CAMPAIGN.with_name("sample_calls.toml").read_text().replace("2027-02", "2037-02")
    )
    command = [sys.executable, "-m", "phonebank", "rehearse", campaign, "--contacts", contacts]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "phonebank run --rehearse" in done.stderr
