"""How well replies are read: figures on labelled JSON lines ({"text","question"?,"lang"?,"label"}), gzipped or not.

    python bench/reading.py [--data FILE…] [--ordinary FILE] [--wrong 40] [--baselines]

Without --data, bench/corpus/exam.jsonl, on which nothing was trained or tuned. `--ordinary` names texts that are never
an opt-out; `--wrong` prints so many of the readings that were wrong; `--baselines` shows beside ours a first-word rule,
the carrier's keywords, and TF-IDF with logistic regression trained on the project's own corpus (needs scikit-learn).
Every share comes with its 95 % interval.
"""

import argparse
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from labelled import Row, rows_in, wilson

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies.reading import Reading, read

HERE = Path(__file__).parent
EXAM = HERE / "corpus" / "exam.jsonl"
WEIGHTS = HERE.parent / "phonebank" / "replies" / "weights"
BINS = (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)
Pair = tuple[Row, Reading]


def read_all(rows: list[Row]) -> list[Pair]:
    return [
        (row, read(row["text"], question=row.get("question"), sent=row.get("sent"), lang=row.get("lang")))
        for row in rows
    ]


def is_stopped(reading: Reading) -> bool:
    return reading.acted and reading.intent is Intent.OPT_OUT


def report(name: str, pairs: list[Pair]) -> None:
    acted = [(row, reading) for row, reading in pairs if reading.acted]
    answerable = [row for row, _ in pairs if row["label"] in ANSWERED_BY_MACHINE]
    read_as_answerable = sum(row["label"] in ANSWERED_BY_MACHINE for row, _ in acted)
    wrong_yes = sum(r.intent is Intent.YES and row["label"] != "yes" for row, r in acted)
    print(f"== {name}: {len(pairs)} replies")
    print("accuracy              ", wilson(sum(row["label"] == r.intent for row, r in pairs), len(pairs)))
    print(f"macro-F1               {macro_f1(pairs):.4f}")
    print("acted on, and right   ", wilson(sum(row["label"] == r.intent for row, r in acted), len(acted)))
    print("acted on, of answerable", wilson(read_as_answerable, len(answerable)))
    print("wrong yes, of all     ", wilson(wrong_yes, len(pairs)))
    report_stops(pairs)
    for label, count in Counter(row["label"] for row, _ in pairs).most_common():
        precision, recall, f = scores(pairs, label)
        took = sum(r.acted for row, r in pairs if row["label"] == label)
        print(f"  {label:13}{count:6}  precision {precision:.3f}  recall {recall:.3f}  F1 {f:.3f}  acted on {took}")


def report_stops(pairs: list[Pair]) -> None:
    stops = [reading for row, reading in pairs if row["label"] == Intent.OPT_OUT]
    others = [reading for row, reading in pairs if row["label"] != Intent.OPT_OUT]
    if stops:
        print("opt-outs acted on     ", wilson(sum(map(is_stopped, stops)), len(stops)))
        print("opt-outs missed       ", wilson(sum(not r.hold and not is_stopped(r) for r in stops), len(stops)))
    print("false opt-outs        ", wilson(sum(map(is_stopped, others)), len(others)))
    print("held, of other replies", wilson(sum(r.hold for r in others), len(others)))


def scores(pairs: list[Pair], label: str) -> tuple[float, float, float]:
    hit = sum(row["label"] == label == r.intent for row, r in pairs)
    named, true = sum(r.intent == label for _, r in pairs), sum(row["label"] == label for row, _ in pairs)
    return hit / named if named else 0.0, hit / true if true else 0.0, 2 * hit / (named + true) if named + true else 0.0


def macro_f1(pairs: list[Pair]) -> float:
    labels = {row["label"] for row, _ in pairs}
    return sum(scores(pairs, label)[2] for label in labels) / len(labels)


def calibration(pairs: list[Pair]) -> None:
    print("-- confidence, and how many of those readings are right")
    for low, high in pairwise(BINS):
        right = [row["label"] == r.intent for row, r in pairs if low <= r.confidence < high]
        if right:
            print(f"  {low:4.2f} to {min(high, 1):4.2f}  {wilson(sum(right), len(right))}")


def speed(texts: list[str]) -> None:
    started = time.process_time()  # of this process alone: a busy machine is not the reader's doing
    for text in texts:
        read(text)
    took = time.process_time() - started
    long = ("stop ", "yes? ", "a ", "\ud800\u200b\u202e🙏", "do not ever please you text ")
    slowest = max(map(cpu_of_reading, [text * (100_000 // len(text)) for text in long]))
    size = sum(file.stat().st_size for file in WEIGHTS.iterdir())
    print(f"== {len(texts) / took:,.0f} replies a CPU second, one at a time; 100 KB takes {slowest * 1000:.1f} ms;")
    print(f"   weights {size / 1e6:.2f} MB")


def cpu_of_reading(text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started


def show(pairs: list[Pair], most: int) -> None:
    wrong = [(row, r) for row, r in pairs if (r.acted and row["label"] != r.intent)]
    missed = [(row, r) for row, r in pairs if row["label"] != r.intent and not r.acted]
    for title, some in (("acted on and wrong", wrong), ("wrong, to a person", missed)):
        print(f"-- {title}")
        for row, r in some[:most]:
            print(f"  {row['label']:>9} read {r.intent:9} {r.confidence:.2f} | {row['text'][:110]!r} | {r.why}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", default=[], help="labelled replies, JSON lines")
    parser.add_argument("--ordinary", type=Path, help="texts that are never an opt-out")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong readings of each kind")
    parser.add_argument("--baselines", action="store_true", help="show simpler readers on the same replies")
    chosen = parser.parse_args()
    texts: list[str] = []
    for path in chosen.data or [EXAM]:
        rows = list(rows_in(path))
        texts += [row["text"] for row in rows]
        pairs = read_all(rows)
        report(path.name, pairs)
        calibration(pairs)
        if chosen.wrong:
            show(pairs, chosen.wrong)
        if chosen.baselines:
            from simpler_readers import simpler_readers

            for name, simpler in simpler_readers(rows):
                report(f"{path.name}, {name}", list(zip(rows, simpler, strict=True)))
    if chosen.ordinary:
        print(f"== {chosen.ordinary.name}: texts that are no opt-out")
        report_stops([({**row, "label": ""}, reading) for row, reading in read_all(list(rows_in(chosen.ordinary)))])
    speed(texts)


if __name__ == "__main__":
    main()
