"""Every setting is documented where people look for it."""

import re

from phonebank.settings import Settings
from tests.support.sources import ROOT

INTERNAL = {"REHEARSAL"}  # `phonebank run --rehearse` sets it for its own parts
NAMES = sorted({name.upper() for name in Settings.model_fields} - INTERNAL)
EXAMPLE = (ROOT / ".env.example").read_text()


def test_every_setting_is_in_the_table_of_the_readme():
    readme = (ROOT / "README.md").read_text()
    missing = [name for name in NAMES if f"`{name}`" not in readme]
    assert not missing, f"Add to the settings table of README.md: {', '.join(missing)}."


def test_every_setting_is_in_the_example_file():
    missing = [name for name in NAMES if not re.search(rf"^(# )?{name}=", EXAMPLE, re.MULTILINE)]
    assert not missing, f"Add to .env.example: {', '.join(missing)}."


def test_the_example_file_names_only_settings_that_exist():
    unknown = sorted(set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE)) - set(NAMES))
    assert not unknown, f"Take out of .env.example, or add to phonebank/settings.py: {', '.join(unknown)}."
