"""How well asks are judged: figures on labelled JSON lines ({"text","channel"?,"lang"?,"verdict" or "label"}).

    python bench/coach.py [--data FILE…] [--wrong 40]

Without --data, the labelled asks of bench/corpus/asks, all labelled by people who had not seen the coach.
asks.jsonl (267): even ids were tuned on; of the odd ones 124 of 134 agreed (0.925) before their misses were mended.
blind_a.jsonl (240): 209 agreed (0.871) unseen; then tuned on, by class of wording.
blind_b.jsonl (240, many minimal pairs): 198 (0.825) unseen; 206 (0.858) when only blind_a had been tuned on. Then its
even ids were tuned on. Its odd ids were never read: 110 of 120 agreed (0.917) the first time they were counted with
their even neighbours tuned on, 112 (0.933) after further wordings of our own. What new asks will get is near those.
"""

import argparse
import statistics
import time
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from labelled import Row, rows_in, wilson

from phonebank.asks.anatomy import Anatomy
from phonebank.asks.coach import Judgement, check
from phonebank.asks.rewriting import rewrite

OWN = Path(__file__).parent / "corpus" / "asks"
_FOLDS = 5
_ROUNDS = 3


def asks_in(path: Path) -> list[Row]:
    return [{"channel": "text", **row, "verdict": row.get("verdict") or row["label"]} for row in rows_in(path)]


def rows_of(rows: list[Row], parity: int) -> list[Row]:
    return [row for row in rows if row["id"] % 2 == parity]


def agreement(rows: list[Row], judged: list[str]) -> str:
    return wilson(sum(row["verdict"] == said for row, said in zip(rows, judged, strict=True)), len(rows))


def by_mark_and_day(text: str) -> str:
    """The first baseline: a question mark and a day make it hard, one of them nearly, none weak."""
    has_day = any(Anatomy(text).every("when.day"))
    return list(Judgement)[2 - has_day - ("?" in text)].value


def by_words(rows: list[Row]) -> list[str] | None:
    """The second: TF-IDF of words and pairs with logistic regression, each fold judged by the others."""
    labels = [row["verdict"] for row in rows]
    if find_spec("sklearn") is None or min(Counter(labels).values()) < _FOLDS:
        return None
    words = import_module("sklearn.feature_extraction.text").TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    regression = import_module("sklearn.linear_model").LogisticRegression(C=10, max_iter=500)
    model = import_module("sklearn.pipeline").make_pipeline(words, regression)
    predict = import_module("sklearn.model_selection").cross_val_predict
    return list(predict(model, [row["text"] for row in rows], labels, cv=_FOLDS))


def report(name: str, rows: list[Row]) -> list[str]:
    verdicts = [check(row["text"], channel=row["channel"]) for row in rows]
    judged = [verdict.verdict.value for verdict in verdicts]
    print(f"== {name}: {len(rows)} asks")
    print("agreement                 ", agreement(rows, judged))
    print("a ? and a day             ", agreement(rows, [by_mark_and_day(row["text"]) for row in rows]))
    words = by_words(rows)
    skipped = "skipped: scikit-learn is not installed, or a verdict has too few asks"
    print(f"TF-IDF, regression, {_FOLDS} folds", agreement(rows, words) if words else skipped)
    for language in sorted({row.get("lang", "en") for row in rows}):
        _part(rows, judged, f"in {language}", [row.get("lang", "en") == language for row in rows])
    _part(rows, judged, "call scripts", [row["channel"] == "call" for row in rows])
    for verdict in Judgement:
        _precision(rows, judged, verdict.value)
    quotes = [(f.quote, row["text"]) for row, v in zip(rows, verdicts, strict=True) for f in v.findings if f.quote]
    print("quotes that are slices    ", wilson(sum(quote in text for quote, text in quotes), len(quotes)))
    _rewrites(rows, judged)
    return judged


def _part(rows: list[Row], judged: list[str], name: str, belongs: list[bool]) -> None:
    some = [(row, said) for row, said, is_in in zip(rows, judged, belongs, strict=True) if is_in]
    if some:
        print(f"  {name:24}", agreement([row for row, _ in some], [said for _, said in some]))


def _precision(rows: list[Row], judged: list[str], verdict: str) -> None:
    pairs = [(row["verdict"], said) for row, said in zip(rows, judged, strict=True)]
    hit = pairs.count((verdict, verdict))
    precision = wilson(hit, sum(said == verdict for _, said in pairs))
    print(f"  {verdict:7} precision {precision}, recall {wilson(hit, sum(label == verdict for label, _ in pairs))}")


def _rewrites(rows: list[Row], judged: list[str]) -> None:
    softer = [row for row, said in zip(rows, judged, strict=True) if said != Judgement.HARD]
    made = [(row, new) for row in softer if (new := rewrite(row["text"], channel=row["channel"]))]
    print("rewritten, of those not hard", wilson(len(made), len(softer)))
    hard = sum(check(new, channel=row["channel"]).verdict is Judgement.HARD for row, new in made)
    print("rewrites that check as hard ", wilson(hard, len(made)))


def speed(rows: list[Row]) -> None:
    """Milliseconds of processor time for a verdict on one ask, one at a time."""
    took = []
    for row in rows * _ROUNDS:
        started = time.process_time_ns()
        check(row["text"], channel=row["channel"])
        took.append((time.process_time_ns() - started) / 1e6)
    took = sorted(took[len(rows) :])
    print(f"an ask: median {statistics.median(took):.2f} ms, 99 % within {took[int(len(took) * 0.99)]:.2f} ms")


def show(rows: list[Row], judged: list[str], most: int) -> None:
    wrong = [(row, said) for row, said in zip(rows, judged, strict=True) if row["verdict"] != said]
    for row, said in wrong[:most]:
        print(f"  {row['verdict']:>6} judged {said:6} | {row['text'][:150]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", help="labelled asks, JSON lines")
    parser.add_argument("--wrong", type=int, default=0, help="print so many verdicts that differ from the label")
    chosen = parser.parse_args()
    sets = {path.name: asks_in(path) for path in chosen.data or []}
    if not sets:
        for path in sorted(OWN.glob("*.jsonl")):
            rows = asks_in(path)
            sets |= {f"{path.stem}, even ids": rows_of(rows, 0), f"{path.stem}, odd ids": rows_of(rows, 1)}
    for name, rows in sets.items():
        show(rows, report(name, rows), chosen.wrong)
    speed([row for rows in sets.values() for row in rows])


if __name__ == "__main__":
    main()
