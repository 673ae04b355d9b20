"""`phonebank rehearse`: a whole campaign against simulated supporters, refused as the real verbs refuse."""

import json
import os
import subprocess
import sys

import pytest

from phonebank.rehearsal import staging

ROWS = "First Name,Phone,State\nElsa,(415) 867-5309,CA\nRosa,(212) 555-0187,NY\nTom,312 867 5301,IL\nBad,12,IL\n"


@pytest.fixture
def contacts(tmp_path):
    (tmp_path / "list.csv").write_text(ROWS)
    return tmp_path / "list.csv"


@pytest.fixture
def campaign(tmp_path):
    """The sample's campaign, its event always ahead."""
    (tmp_path / "campaign.toml").write_text(staging.SAMPLE_CAMPAIGN.read_text().replace("2027-02", "2037-02"))
    return tmp_path / "campaign.toml"


def test_it_forecasts_what_a_campaign_would_bring_and_leaves_nothing(tmp_path, campaign, contacts):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    words = ["rehearse", campaign, "--contacts", contacts, "--speed", "3000", "--seed", "7", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "phonebank", *map(str, words)],
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["ended"], told["recipients"], told["asked"], told["rejected"]) == ("quiet", 3, 3, 1)
    assert told["texts"] >= 3
    assert told["segments"] >= 6
    assert told["cost"] > 0
    assert sum(told["outcomes"].values()) == 3
    assert list(scratch.iterdir()) == []


def test_a_campaign_file_is_refused_as_for_the_real_thing(tmp_path, phonebank, contacts):
    (tmp_path / "wrong.toml").write_text('name = "x"\nlist = ["y"]\n')
    told = phonebank.refused("rehearse", tmp_path / "wrong.toml", "--contacts", contacts)
    assert "did you mean" in told


def test_a_list_is_refused_as_for_the_real_thing(tmp_path, phonebank, campaign):
    (tmp_path / "list.csv").write_bytes(b"%PDF-1.7 not a list")
    assert "PDF" in phonebank.refused("rehearse", campaign, "--contacts", tmp_path / "list.csv")
