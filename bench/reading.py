"""How well replies are read: figures on labelled JSON lines ({"text","question"?,"lang"?,"label"?}), gzipped or not.

    python bench/reading.py --data FILE [--data FILE…] [--ordinary FILE] [--wrong 40]

`--ordinary` names texts that are never an opt-out; `--wrong` prints so many of the readings that were wrong.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies.reading import Reading, read

Row = dict[str, Any]
Pair = tuple[Row, Reading]


def rows_in(path: Path) -> Iterator[Row]:
    packed = path.read_bytes()
    unpacked = gzip.decompress(packed) if path.suffix == ".gz" else packed
    yield from map(json.loads, unpacked.splitlines())


def read_all(rows: list[Row]) -> list[Pair]:
    return [
        (row, read(row["text"], question=row.get("question"), sent=row.get("sent"), lang=row.get("lang")))
        for row in rows
    ]


def share(part: float, whole: float) -> str:
    return f"{part / whole:.4f} ({part:.0f}/{whole:.0f})" if whole else "none"


def f1(pairs: list[Pair], intent: Intent) -> tuple[float, float, float]:
    hit = sum(row["label"] == intent == reading.intent for row, reading in pairs)
    named = sum(reading.intent is intent for _, reading in pairs)
    true = sum(row["label"] == intent for row, _ in pairs)
    precision, recall = hit / named if named else 0.0, hit / true if true else 0.0
    return precision, recall, 2 * hit / (named + true) if named + true else 0.0


def report(name: str, pairs: list[Pair]) -> None:
    labels = Counter(row["label"] for row, _ in pairs)
    acted = [(row, reading) for row, reading in pairs if reading.acted]
    right = [row for row, reading in acted if row["label"] == reading.intent]
    answerable = [row for row, _ in pairs if row["label"] in ANSWERED_BY_MACHINE]
    optouts = [reading for row, reading in pairs if row["label"] == Intent.OPT_OUT]
    others = [(row, reading) for row, reading in pairs if row["label"] != Intent.OPT_OUT]
    print(f"== {name}: {len(pairs)} replies")
    print("accuracy           ", share(sum(row["label"] == reading.intent for row, reading in pairs), len(pairs)))
    print(f"macro-F1            {sum(f1(pairs, Intent(label))[2] for label in labels) / len(labels):.4f}")
    print("acted, right       ", share(len(right), len(acted)))
    print("acted, of answerable", share(sum(row["label"] in ANSWERED_BY_MACHINE for row, _ in acted), len(answerable)))
    print(
        "wrong yes, of all  ", share(sum(r.acted and r.intent == "yes" != row["label"] for row, r in pairs), len(pairs))
    )
    print("opt-outs acted     ", share(sum(r.acted and r.intent == "opt_out" for r in optouts), len(optouts)))
    print(
        "opt-outs missed    ",
        share(sum(not r.hold and not (r.acted and r.intent == "opt_out") for r in optouts), len(optouts)),
    )
    print("false opt-outs     ", share(sum(r.acted and r.intent == "opt_out" for _, r in others), len(others)))
    print("held, of others    ", share(sum(r.hold for _, r in others), len(others)))
    for label, count in labels.most_common():
        precision, recall, f = f1(pairs, Intent(label))
        took = sum(r.acted for row, r in pairs if row["label"] == label)
        print(f"  {label:13}{count:6}  precision {precision:.3f}  recall {recall:.3f}  F1 {f:.3f}  acted {took}")


def report_ordinary(name: str, pairs: list[Pair]) -> None:
    print(f"== {name}: {len(pairs)} texts that are no opt-out")
    print("false opt-outs     ", share(sum(r.acted and r.intent == "opt_out" for _, r in pairs), len(pairs)))
    print("held               ", share(sum(r.hold for _, r in pairs), len(pairs)))


def speed(texts: list[str]) -> None:
    started = time.process_time()  # of this process alone: a busy machine is not the reader's doing
    for text in texts:
        read(text)
    took = time.process_time() - started
    long = ("stop ", "yes? ", "a ", "\ud800\u200b\u202e🙏", "do not ever please you text ")
    slowest = max(map(cpu_of_reading, [text * (100_000 // len(text)) for text in long]))
    print(
        f"== speed: {len(texts) / took:,.0f} replies a CPU second, one at a time; 100 KB takes {slowest * 1000:.1f} ms"
    )


def cpu_of_reading(text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started


def show(pairs: list[Pair], most: int) -> None:
    wrong = [(row, r) for row, r in pairs if (r.acted and row["label"] != r.intent)]
    missed = [(row, r) for row, r in pairs if row["label"] != r.intent and not r.acted]
    for title, some in (("acted and wrong", wrong), ("wrong, to a person", missed)):
        print(f"-- {title}")
        for row, r in some[:most]:
            print(f"  {row['label']:>9} read {r.intent:9} {r.confidence:.2f} | {row['text'][:110]!r} | {r.why}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", default=[], help="labelled replies, JSON lines")
    parser.add_argument("--ordinary", type=Path, help="texts that are never an opt-out")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong readings of each kind")
    chosen = parser.parse_args()
    texts: list[str] = []
    for path in chosen.data:
        rows = list(rows_in(path))
        texts += [row["text"] for row in rows]
        pairs = read_all(rows)
        report(path.name, pairs)
        show(pairs, chosen.wrong)
    if chosen.ordinary:
        report_ordinary(chosen.ordinary.name, read_all(list(rows_in(chosen.ordinary))))
    if texts:
        speed(texts)


if __name__ == "__main__":
    main()
