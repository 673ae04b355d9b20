"""Whether a rehearsal foretells: the forecast of one seed beside a run at true speed on another, and what it takes.

    python bench/forecast.py [--people 3000] [--for 20m] [--quick]

Both launch at the same hour of the same day and are looked at after the same time of the campaign, by which nearly all
have answered; --quick leaves the run at true speed out, and only says how long 10,000 people take.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.figures import Figure, show

ZONE = ZoneInfo("America/New_York")
PLACES = {"212": "NY", "617": "MA", "404": "GA", "305": "FL", "312": "IL", "214": "TX", "303": "CO", "415": "CA"}
NAMES = ["Ana", "Ben", "Cara", "Dan", "Elsa", "Finn", "Gia", "Hugo", "Ivy", "Jack"]
FIGURES = {
    "finish_s": "seconds until the last ask",
    "segments": "segments",
    "cost": "dollars",
    "inbound": "replies",
    "handoffs": "handoffs",
}
AGREES, WITHIN_S, MANY = "0.90 to 1.10 of a run at true speed on another seed", 120, 10_000

CAMPAIGN = """
name = "bench"
lists = ["everyone"]
organization = "RepresentUs"
sender = "MG00000000000000000000000000000000"
timezone = "America/New_York"
[limits]
segments_per_second = 75
[ask]
action = "make calls with us"
starts_at = {starts_at:%Y-%m-%dT%H:%M:%S}
texts = [
  "Hi {{{{ first_name }}}}, it's Amanda with RepresentUs. We're calling voters for ranked choice voting {{{{ ask.when }}}}, on Zoom. The bill is heard six days later, and your calls move votes. Can I count on you to join us? Reply STOP to end.",
]
[ask.answers]
yes = "Wonderful, {{{{ first_name }}}}! You're down for {{{{ ask.when }}}}."
[[ask.alternatives]]
for = "not_now"
text = "I understand, {{{{ first_name }}}}. Could you join us {{{{ ask.when }}}} instead?"
starts_at = {later:%Y-%m-%dT%H:%M:%S}
"""  # noqa: E501  # a text is one line


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--for", dest="lasts", default="20m")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        if not asked.quick:
            compare(bench, asked.people, asked.lasts)
        whole = bench.rehearse(MANY, seed=1)
    real_s = whole["real_s"]
    took, promised = f"{real_s:.0f} s", f"at most {WITHIN_S} s"
    show(Figure(f"a rehearsal of {MANY:,} people, to the last answer", took, "-", None, promised))


def compare(bench: "Bench", people: int, lasts: str) -> None:
    """Show each figure of the forecast beside the run at true speed."""
    forecast = bench.rehearse(people, "--for", lasts, seed=1)
    print(f"{people:,} people, seed 1: {forecast['real_s']:.0f} s; seed 2 at true speed takes {lasts} …", flush=True)
    true = bench.rehearse(people, "--for", lasts, "--speed", "1", seed=2)
    for name, what in FIGURES.items():
        told = f"forecast of {people:,} people: {what}"
        show(Figure(told, f"{forecast[name]:,.2f}", f"{true[name]:,.2f}", forecast[name] / true[name], AGREES))


class Bench:
    """Rehearses one campaign over lists of any length, launched next Tuesday at one o'clock in New York."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        today = datetime.now(ZONE).replace(hour=13, minute=0, second=0, microsecond=0, tzinfo=None)
        self.at = today + timedelta(days=(1 - today.weekday()) % 7 or 7)
        told = CAMPAIGN.format(starts_at=self.at + timedelta(days=7), later=self.at + timedelta(days=9))
        (folder / "campaign.toml").write_text(told)

    def rehearse(self, people: int, *more: str, seed: int) -> dict[str, Any]:
        """The forecast of `phonebank rehearse --json`."""
        command = [sys.executable, "-m", "phonebank", "rehearse", str(self.folder / "campaign.toml")]
        command += ["--contacts", str(self._list(people)), "--at", f"{self.at:%Y-%m-%dT%H:%M}", "--json"]
        done = subprocess.run([*command, "--seed", str(seed), *more], stdout=subprocess.PIPE, check=True)
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def _list(self, people: int) -> Path:
        path, chance = self.folder / f"{people}.csv", random.Random(people)
        numbers = {f"{area}{chance.randint(2_000_000, 9_999_999)}" for area in PLACES for _ in range(people)}
        chosen = chance.sample(sorted(numbers), people)
        rows = [f"{chance.choice(NAMES)},{number},{PLACES[number[:3]]}" for number in chosen]
        path.write_text("\n".join(["First Name,Phone,State", *rows]))
        return path


if __name__ == "__main__":
    main()
