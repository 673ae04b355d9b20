"""What others read replies with: the first word, the carrier's keywords, a bag of words with logistic regression."""

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from labelled import Row, rows_in

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.optouts.keywords import is_exact_help, is_exact_opt_out
from phonebank.replies.reading import Reading

OWN = Path(__file__).parent / "corpus" / "replies"
FIRST_WORDS = {
    Intent.YES: "yes y yeah yep yup sure ok okay absolutely definitely si sí claro",
    Intent.NO: "no n nope nah never",
    Intent.OPT_OUT: "stop stopall unsubscribe cancel end quit",
    Intent.HELP: "help info ayuda",
}
AIM = 0.99


def simpler_readers(rows: list[Row]) -> Iterator[tuple[str, list[Reading]]]:
    """Each simpler reader's name, and its readings of these replies."""
    yield "by its first word", [by_first_word(row["text"]) for row in rows]
    yield "by the carrier's keywords", [by_keywords(row["text"]) for row in rows]
    if find_spec("sklearn") is None:
        print("(TF-IDF with logistic regression needs scikit-learn: pip install -r requirements-training.txt)")
    else:
        yield "by TF-IDF and logistic regression", by_words(rows)


def by_first_word(text: str) -> Reading:
    first = (re.findall(r"\w+", text.lower()) or [""])[0]
    found = next((intent for intent, words in FIRST_WORDS.items() if first in words.split()), None)
    return Reading(found or Intent.OTHER, 1.0 if found else 0.0, "", acted=found is not None)


def by_keywords(text: str) -> Reading:
    intent = Intent.OPT_OUT if is_exact_opt_out(text) else Intent.HELP if is_exact_help(text) else None
    return Reading(intent or Intent.OTHER, 1.0 if intent else 0.0, "", acted=intent is not None)


def by_words(rows: list[Row]) -> list[Reading]:
    """Trained on the project's own replies; the threshold is where 99 % are right in cross-validation."""
    texts = import_module("sklearn.feature_extraction.text")
    pipeline, model = import_module("sklearn.pipeline"), import_module("sklearn.linear_model")
    crossed = import_module("sklearn.model_selection").cross_val_predict
    ours = [row for path in sorted(OWN.glob("*.jsonl")) for row in rows_in(path)]
    words = texts.TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    letters = texts.TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2)
    reader = pipeline.make_pipeline(
        pipeline.make_union(words, letters), model.LogisticRegression(C=5, max_iter=200, tol=1e-2)
    )
    bodies, labels = [row["text"] for row in ours], [row["label"] for row in ours]
    chances = crossed(reader, bodies, labels, cv=4, method="predict_proba")
    names = sorted(set(labels))
    judged = sorted(
        ((max(c), names[c.argmax()] == label) for c, label in zip(chances, labels, strict=True)), reverse=True
    )
    right, acts_from = 0, 1.0
    for count, (chance, is_right) in enumerate(judged, start=1):
        right += is_right
        acts_from = chance if right / count >= AIM else acts_from
    reader.fit(bodies, labels)
    said = [(max(c), Intent(names[c.argmax()])) for c in reader.predict_proba([row["text"] for row in rows])]
    return [
        Reading(intent, float(chance), "", acted=chance >= acts_from and intent in ANSWERED_BY_MACHINE)
        for chance, intent in said
    ]
