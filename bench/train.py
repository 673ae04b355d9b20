"""Trains the weights the reader ships with, on the project's own replies and any others given.

    python bench/train.py [--data FILE…] [--out FOLDER] [--rotate]

Needs scikit-learn (`pip install -r requirements-training.txt`). Replies are JSON lines
{"text","question"?,"label"}, gzipped or not. `--rotate` shows, five times over, that a threshold set on replies kept
out of training holds on a third part; parts are split by wording, so that near-duplicates never stand on both sides.
"""

import argparse
import json
import random
import re
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from labelled import rows_in
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies.asked import asked_in
from phonebank.replies.plain import words_of
from phonebank.replies.rules import ByRules, most_sure, read_by_rules
from phonebank.replies.signs import INTENTS, signs
from phonebank.replies.traits import traits_of
from phonebank.replies.weighing import SIGNS_FILE, WEIGHTS_FILE, name_of

OWN = Path(__file__).parent / "corpus" / "replies"
SHIPPED = Path(__file__).parent.parent / "phonebank" / "replies" / "weights"
AIM = 0.993  # of what is acted on, right: a margin over the 0.99 promised
FOLDS = 6
ALIKE = 0.55  # share of four-letter runs in common from which two replies are one wording
ANSWERABLE = [INTENTS.index(intent) for intent in ANSWERED_BY_MACHINE]


class Sample:
    """One labelled reply and what the reader sees of it."""

    def __init__(self, row: dict[str, str], source: str) -> None:
        self.text, self.source, self.label = row["text"], source, INTENTS.index(Intent(row["label"]))
        words, asked = words_of(row["text"]), asked_in(row.get("question") or "")
        self.by_rules: ByRules = read_by_rules(words, asked)
        self.words, self.asked = words, asked
        self.traits = sorted(traits_of(words, asked, self.by_rules), key=name_of)


class Linear:
    """Weights fitted to samples."""

    def __init__(self, samples: list[Sample]) -> None:
        met = Counter(name for sample in samples for name in sample.traits)
        self.places = {
            name: at
            for at, name in enumerate(sorted((trait for trait, times in met.items() if times > 1), key=name_of))
        }
        labels = [sample.label for sample in samples]
        fitted = LogisticRegression(C=0.3, max_iter=300, tol=1e-3).fit(self.matrix(samples), labels)
        self.rows = np.zeros((len(self.places), len(INTENTS)))
        self.bias = np.full(len(INTENTS), -9.0)  # an intent never met in training
        self.rows[:, fitted.classes_], self.bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_

    def matrix(self, samples: list[Sample]) -> sparse.csr_matrix:
        places, ends = [], [0]
        for sample in samples:
            places += [self.places[name] for name in sample.traits if name in self.places]
            ends.append(len(places))
        return sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(samples), len(self.places)))

    def chances(self, samples: list[Sample]) -> np.ndarray:
        scores = self.matrix(samples) @ self.rows + self.bias
        odds = np.exp(scores - scores.max(1, keepdims=True))
        return odds / odds.sum(1, keepdims=True)

    def signs(self, samples: list[Sample]) -> tuple[list[dict[str, float]], np.ndarray, np.ndarray]:
        """For each sample its signs, its likeliest intent, and whether that is right."""
        chances = self.chances(samples)
        known = [sum(name in self.places for name in sample.traits) / len(sample.traits) for sample in samples]
        told = [
            signs(chance.tolist(), share, sample.by_rules, sample.words, sample.asked)
            for chance, share, sample in zip(chances, known, samples, strict=True)
        ]
        best = chances.argmax(1)
        return told, best, best == np.array([sample.label for sample in samples])


class Reader:
    """Weights, and those of the signs that tell how likely they are right, fitted on replies they had not seen."""

    def __init__(self, samples: list[Sample], wordings: list[int], seed: int) -> None:
        fold = folds(wordings, FOLDS, seed)
        seen = [
            Linear([s for s, f in zip(samples, fold, strict=True) if f != out]).signs(
                [s for s, f in zip(samples, fold, strict=True) if f == out]
            )
            for out in range(FOLDS)
        ]
        right = np.concatenate([ok for _, _, ok in seen])
        self.names = DictVectorizer(sparse=False)
        told = self.names.fit_transform([signs for told, _, _ in seen for signs in told])
        middle, spread = told.mean(0), told.std(0) + 1e-6
        fitted = LogisticRegression(C=0.1, max_iter=1000).fit((told - middle) / spread, right)
        self.sign_weights = fitted.coef_[0] / spread
        self.sign_bias = float(fitted.intercept_[0] - middle @ self.sign_weights)
        self.linear = Linear(samples)

    def judged(self, samples: list[Sample]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each sample how likely its reading is right, the reading (under the guards), and whether it is."""
        told, best, _ = self.linear.signs(samples)
        right = 1 / (1 + np.exp(-(self.names.transform(told) @ self.sign_weights + self.sign_bias)))
        for at, sample in enumerate(samples):
            if "opt_out" in sample.by_rules.tags:
                best[at], right[at] = INTENTS.index(Intent.OPT_OUT), sample.by_rules.sure
            right[at] = min(right[at], most_sure(INTENTS[best[at]], sample.by_rules.tags))
        return right, best, best == np.array([sample.label for sample in samples])

    def save(self, folder: Path, acts_from: float) -> None:
        scale = float(np.abs(self.linear.rows).max() / 127)
        # all rows are moved up to be bytes; the same for each intent, so that it cancels out
        rows = (np.rint(self.linear.rows / scale).astype(int) + 128).astype(np.uint8)
        rows = np.hstack([rows, np.ones((len(rows), 1), np.uint8)])
        head = json.dumps({"scale": scale, "bias": [round(float(b), 4) for b in self.linear.bias]})
        packed = b"\n\n".join([head.encode(), "\n".join(map(name_of, self.linear.places)).encode(), rows.tobytes()])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS_FILE).write_bytes(zlib.compress(packed, 9))
        told = {
            "acts_from": acts_from,
            "bias": round(self.sign_bias, 5),
            "weights": {
                n: round(float(w), 4) for n, w in zip(self.names.feature_names_, self.sign_weights, strict=True)
            },
        }
        (folder / SIGNS_FILE).write_text(json.dumps(told, indent=1) + "\n")


def wordings_of(samples: list[Sample]) -> list[int]:
    """A number for each sample, the same for those of like wording."""
    runs = [runs_of(sample.text) for sample in samples]
    having, parent = defaultdict(list), list(range(len(samples)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for at, mine in enumerate(runs):
        shared = Counter(other for run in mine for other in having[run])
        for other, count in shared.items():
            if count / len(mine | runs[other]) >= ALIKE:
                parent[root(at)] = root(other)
        for run in mine:
            having[run].append(at)
    return [root(at) for at in range(len(samples))]


def runs_of(text: str) -> frozenset[str]:
    plain = re.sub(r"\d+", "0", " ".join(re.findall(r"\w+|[^\w\s]", text.lower())))
    held = f" {plain} "
    return frozenset(held[at : at + 4] for at in range(max(1, len(held) - 3)))


def folds(wordings: list[int], count: int, seed: int) -> list[int]:
    each = sorted(set(wordings))
    random.Random(seed).shuffle(each)
    of = {wording: at % count for at, wording in enumerate(each)}
    return [of[wording] for wording in wordings]


def threshold(right: np.ndarray, best: np.ndarray, ok: np.ndarray, aim: float) -> float:
    """The lowest confidence above which at least `aim` of what is acted on is right."""
    order = np.argsort(-right)
    order = order[np.isin(best[order], ANSWERABLE)]
    holds = np.flatnonzero(np.cumsum(ok[order]) / np.arange(1, len(order) + 1) >= aim)
    return float(right[order[holds[-1]]]) if len(holds) else 1.0


def tell(name: str, samples: list[Sample], judged: tuple[np.ndarray, ...], acts_from: float) -> None:
    right, best, ok = judged
    labels = np.array([sample.label for sample in samples])
    acted = (right >= acts_from) & np.isin(best, ANSWERABLE)
    share = (acted & np.isin(labels, ANSWERABLE)).sum() / max(1, np.isin(labels, ANSWERABLE).sum())
    yes = INTENTS.index(Intent.YES)
    print(
        f"{name:34} {len(samples):6}  accuracy {ok.mean():.4f}  acted {share:.3f}  right {ok[acted].mean():.4f}"
        f"  wrong yes {(acted & (best == yes) & ~ok).mean():.4f}",
        flush=True,
    )


def rotate(samples: list[Sample], wordings: list[int]) -> list[float]:
    """Fit on three fifths, set the threshold on the fourth, look at the fifth; five times over."""
    part = np.array(folds(wordings, 5, 1))
    chosen = []
    for turn in range(5):
        kept_out, third = (np.flatnonzero(part == (turn + one) % 5) for one in (0, 1))
        fit = np.flatnonzero(~np.isin(part, [turn, (turn + 1) % 5]))
        reader = Reader([samples[at] for at in fit], [wordings[at] for at in fit], turn)
        chosen.append(threshold(*reader.judged([samples[at] for at in kept_out]), AIM))
        print(f"threshold {chosen[-1]:.4f}, set where {AIM} of what is acted on is right")
        for source in sorted({sample.source for sample in samples}):
            rows = [samples[at] for at in third if samples[at].source == source]
            tell(f"  third part, {source}", rows, reader.judged(rows), chosen[-1])
        rows = [samples[at] for at in third]
        tell("  third part, all", rows, reader.judged(rows), chosen[-1])
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", default=[], help="more labelled replies")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--acts-from", type=float, help="the threshold to ship (after a look at --rotate)")
    parser.add_argument("--rotate", action="store_true")
    chosen = parser.parse_args()
    if chosen.acts_from is None and not chosen.rotate:
        parser.error("say from which confidence the machine acts (--acts-from 0.945), or look for it with --rotate")
    paths = [*sorted(OWN.glob("*.jsonl")), *chosen.data]
    samples = [Sample(row, path.name) for path in paths for row in rows_in(path)]
    wordings = wordings_of(samples)
    print(f"{len(samples)} replies of {len(set(wordings))} wordings")
    if chosen.rotate:
        rotate(samples, wordings)
        return
    reader = Reader(samples, wordings, 0)
    reader.save(chosen.out, chosen.acts_from)


if __name__ == "__main__":
    main()
