"""What makes a yes binding, and what lets it slip: the day, one thing only, assurance, one person (pure)."""

from dataclasses import dataclass
from itertools import pairwise

from phonebank.asks.anatomy import Anatomy, Found, Question
from phonebank.asks.lexicon import ending_in, phrases

_PAST_REACH = 5
_COMMON_KINDS = frozenset({"recruit", "staff"})


@dataclass(frozen=True, slots=True)
class Day:
    """Exact: a date, a deadline, an amount. Needless: this kind of deed has none. Else `found` is vague, or None."""

    found: Found | None
    is_exact: bool = False
    is_needless: bool = False


def day_of_the_deed(anatomy: Anatomy) -> Day:
    """When the deed is to be done, not when something else was or will be."""
    questions = anatomy.questions
    asking = [q.sentence for q in questions]
    for question in questions:
        for day in anatomy.every("when.day", question.sentence):
            if not _is_past(anatomy, day, question.sentence) and not _is_of_the_thanks(anatomy, day, question):
                return Day(day, is_exact=True)
    for sentence in anatomy.telling:
        for day in anatomy.every("when.day", sentence):
            if not _is_past(anatomy, day, sentence) and not _is_news(anatomy, sentence):
                return Day(day, is_exact=True)
    return _measure(anatomy, asking or anatomy.telling, is_event=any(q.is_event for q in questions))


def _measure(anatomy: Anatomy, asking: list[Found], *, is_event: bool) -> Day:
    """An amount, a deadline or a bill does for a day where one can act at once; not for something to come to."""
    vague: Found | None = None
    for sentence in asking:
        if found := anatomy.first("when.now", sentence):
            return Day(found, is_exact=True)
        if not is_event:
            for key in ("when.amount", "when.deadline", "when.bill"):
                if found := anatomy.first(key, sentence):
                    return Day(found, is_exact=True)
            if anatomy.first("when.timeless", sentence):
                return Day(None, is_needless=True)
        vague = vague or anatomy.first("when.deadline", sentence)
    return Day(vague)


def _is_past(anatomy: Anatomy, day: Found, sentence: Found) -> bool:
    before = anatomy.flat[sentence.start : day.start]
    return ending_in("when.past", _PAST_REACH).search(before.removesuffix("on ")) is not None


def _is_of_the_thanks(anatomy: Anatomy, day: Found, question: Question) -> bool:
    before = Found(question.sentence.start, day.start)
    return (
        day.start < question.opener.start
        and anatomy.gives_thanks(question.sentence)
        and anatomy.first("when.ours", before) is None
    )


def _is_news(anatomy: Anatomy, sentence: Found) -> bool:
    """A sentence like "The bill is heard Tuesday" dates the hearing, not what we ask for."""
    return anatomy.first("when.news", sentence) is not None and anatomy.first("when.ours", sentence) is None


def second_ask(anatomy: Anatomy) -> Found | None:
    """Where a second, different deed is asked for; a choice between two times is one ask."""
    questions = [q for q in anatomy.questions if q.kinds]
    for question in questions:
        if found := _other_kind_after_or(anatomy, question):
            return found
    for first, later in pairwise(questions):
        if not (first.kinds - _COMMON_KINDS) & (later.kinds - _COMMON_KINDS) and later.kinds - _COMMON_KINDS:
            return later.deed
    main = frozenset[str]().union(*(q.kinds for q in questions))
    return _other_request(anatomy, main) if anatomy.questions else None


def _other_kind_after_or(anatomy: Anatomy, question: Question) -> Found | None:
    """The second deed of "knock on doors or make calls", of "come and donate"."""
    span = Found(question.opener.start, question.sentence.end)
    for joint in anatomy.every("joints", span):
        before = _kinds(anatomy, Found(span.start, joint.start))
        after = Found(joint.end, span.end)
        new = [deed for kind, deed in anatomy.deeds(after) if kind not in before | _COMMON_KINDS]
        if before and new:
            return new[0]
    return anatomy.first("and_also", span)


def _kinds(anatomy: Anatomy, span: Found) -> frozenset[str]:
    return frozenset(kind for kind, _ in anatomy.deeds(span)) - _COMMON_KINDS


def _other_request(anatomy: Anatomy, main: frozenset[str]) -> Found | None:
    for sentence in anatomy.telling:
        words = anatomy.flat[sentence.start : sentence.end]
        request = phrases("requests").match(words)
        if request and not main & _kinds(anatomy, sentence):
            return Found(sentence.start, sentence.start + request.end())
    return None


def confidence_lost(anatomy: Anatomy) -> list[Found]:
    """Hedges, apologies and excuses handed to the person, in order and apart."""
    keys = ("confidence.hedge", "confidence.apology", "confidence.excuse")
    found = sorted((f for key in keys for f in anatomy.every(key)), key=lambda f: (f.start, -f.end))
    apart: list[Found] = []
    for each in found:
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    return apart


def crowd(anatomy: Anatomy) -> Found | None:
    """Where the text speaks to everybody, and so to nobody."""
    return anatomy.first("person.crowd")
