"""The embedded Redis starts wherever the house stands."""

import pytest

from phonebank import jobs
from phonebank.cli import embedded
from phonebank.cli.supervising import Supervisor
from phonebank.settings import Settings


@pytest.mark.parametrize("deep", ["near", "far-down-" * 12])
def test_it_starts_however_far_down_its_folder_and_that_of_temporary_files_are(tmp_path, monkeypatch, deep):
    home, temporary = tmp_path / deep, tmp_path / ("tmp-" * 25)
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    settings = Settings(phonebank_home=home)
    settings.var.mkdir(parents=True)
    jobs.configure(settings)
    with Supervisor() as parts:
        embedded.start(settings, parts)
        assert jobs.is_up()
    assert not jobs.is_up()
