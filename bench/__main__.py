"""`make bench`: runs every benchmark, and writes docs/performance.md from what they print.

python -m bench [NAME…]     (some alone: their rows are renewed, the others' stay)
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import KEPT_IN

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
NAMES = ("send", "priority", "import", "scale", "walk", "inbox", "calls", "dialing", "forecast")
HEAD = """# Performance

What each promise of speed costs, beside the limit measured in the same run. `make bench` measures again and writes this
page; `python -m bench send` renews one benchmark's rows. A ratio can be compared from one machine to another, a figure
cannot. What each one does, and its larger forms, stand at the top of its file in `bench/`.

"""
COLUMNS = "| what | ours | limit | ratio | promised |\n|---|---|---|---|---|\n"


def main(names: list[str]) -> None:
    """Run these benchmarks, or all, and write the page."""
    sections = _read()
    for told in names or NAMES:
        name, *options = told.split()
        print(f"== bench/{told}", flush=True)
        if figures := _run(name, options):
            sections[name] = _section(figures, options)
        PAGE.write_text(HEAD + "\n".join(f"## bench/{one}\n\n{sections[one]}" for one in NAMES if one in sections))


def _run(name: str, options: list[str]) -> list[dict[str, object]]:
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl", encoding="utf-8") as kept:
        environment = {**os.environ, KEPT_IN: kept.name, "PYTHONPATH": str(HERE.parent)}
        if subprocess.run([sys.executable, HERE / f"{name}.py", *options], env=environment, check=False).returncode:
            sys.exit(f"bench/{name}.py failed")
        return [json.loads(line) for line in kept]


def _section(figures: list[dict[str, object]], options: list[str]) -> str:
    measured = f"With {' '.join(options)}, measured" if options else "Measured"
    measured += f" {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, "
    measured += f"Python {platform.python_version()}), one-minute load {os.getloadavg()[0]:.1f} at the end.\n\n"
    return measured + COLUMNS + "".join(_row(one) for one in figures)


def _row(one: dict[str, object]) -> str:
    ratio = "" if one["ratio"] is None else f"{one['ratio']:.2f}"
    return f"| {one['what']} | {one['ours']} | {one['limit']} | {ratio} | {one['promised']} |\n"


def _read() -> dict[str, str]:
    """The page's sections by benchmark, as they stand."""
    text = PAGE.read_text() if PAGE.exists() else ""
    parts = re.split(r"^## bench/(\w+)\n\n", text, flags=re.MULTILINE)[1:]
    return {name: body.rstrip("\n") + "\n" for name, body in zip(parts[::2], parts[1::2], strict=True)}


if __name__ == "__main__":
    main(sys.argv[1:])
