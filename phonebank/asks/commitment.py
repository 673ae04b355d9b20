"""What makes a yes binding, and what lets it slip: the day, one thing only, assurance, one person (pure)."""

from dataclasses import dataclass
from itertools import pairwise

from phonebank.asks.anatomy import Anatomy, Found, Question
from phonebank.asks.lexicon import ending, ending_in, phrases

_PAST_REACH = 5
_TOUCHING = 2
_LOSSES = ("confidence.apology", "confidence.excuse", "confidence.hedge")
_KEPT_AT_NEWS = frozenset({"vote", "testify"})
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
    for question in questions:
        for day in anatomy.every("when.day", question.sentence):
            if _is_of_the_question(anatomy, day, question):
                return Day(day, is_exact=True)
    for sentence in [*([] if questions else anatomy.requests), *_dating(anatomy)]:
        for day in anatomy.every("when.day", sentence):
            if not _is_past(anatomy, day, sentence):
                return Day(day, is_exact=True)
    if told := _day_of_the_hour(anatomy):
        return Day(told, is_exact=True)
    asking = [q.sentence for q in questions] or anatomy.requests
    return _back_reference(anatomy, asking) or _measure(
        anatomy, asking or anatomy.telling, is_event=any(q.is_event for q in questions)
    )


def _dating(anatomy: Anatomy) -> list[Found]:
    """The sentences whose day is that of the deed: no promises, and no news unless the deed is done there."""
    told_in = {q.told_in for q in anatomy.questions}
    is_kept_there = any(q.kinds & _KEPT_AT_NEWS for q in anatomy.questions)
    sentences = [s for s in anatomy.telling if s in told_in or not anatomy.is_promise(s)]
    ours = [s for s in sentences if s in told_in or not _is_news(anatomy, s)]
    return ours + [s for s in sentences if s not in ours and (is_kept_there or _is_attended(anatomy, s))]


def _day_of_the_hour(anatomy: Anatomy) -> Found | None:
    """The day told elsewhere when the question has an hour and no day: "Court is tomorrow. Can you watch till 11?"."""
    if not any(anatomy.first("when.time", q.sentence) for q in anatomy.questions):
        return None
    return _day_told(anatomy)


def _day_told(anatomy: Anatomy) -> Found | None:
    """A day to come that is told outside the question."""
    told = (s for s in anatomy.telling if not anatomy.is_promise(s))
    return next((d for s in told for d in anatomy.every("when.day", s) if not _is_past(anatomy, d, s)), None)


def _is_attended(anatomy: Anatomy, news: Found) -> bool:
    """Whether "Will you be there?" means the place where the news is made."""
    is_open = any(q.is_event and (q.told_in or q.deed is None) for q in anatomy.questions)
    return is_open and anatomy.first("advice.place", news) is not None


def _is_of_the_question(anatomy: Anatomy, day: Found, question: Question) -> bool:
    if _is_past(anatomy, day, question.sentence) or _is_of_the_thanks(anatomy, day, question):
        return False
    before = anatomy.flat[question.opener.end : day.start]
    is_kept_there = question.is_event or question.kinds & _KEPT_AT_NEWS
    return bool(is_kept_there) or not ending("when.date_of_news").search(before)


def _back_reference(anatomy: Anatomy, asking: list[Found]) -> Day | None:
    """As in "The polls close at 8 tonight. Will you vote before then?"."""
    for sentence in asking:
        then = anatomy.first("when.then", sentence)
        if then and _day_told(anatomy):
            return Day(then, is_exact=True)
    return None


def _measure(anatomy: Anatomy, asking: list[Found], *, is_event: bool) -> Day:
    """An amount or a deadline does for a day where one can act at once; not for something to come to."""
    vague: Found | None = None
    for sentence in asking:
        if found := anatomy.first("when.now", sentence):
            return Day(found, is_exact=True)
        if not is_event:
            for key in ("when.amount", "when.deadline"):
                if found := anatomy.first(key, sentence):
                    return Day(found, is_exact=True)
            if anatomy.first("when.timeless", sentence):
                return Day(None, is_needless=True)
        vague = vague or anatomy.first("when.deadline", sentence)
    return Day(vague)


def _is_past(anatomy: Anatomy, day: Found, sentence: Found) -> bool:
    asks = [f.end for f in anatomy.every("soft", sentence) if f.end <= day.start]  # "I was wondering if you …"
    before = anatomy.flat[max(asks, default=sentence.start) : day.start].removesuffix("on ")
    if ending_in("when.past", _PAST_REACH).search(before):
        return True
    is_asked = any(sentence.start <= q.opener.end <= day.start < sentence.end for q in anatomy.questions)
    return not is_asked and ending_in("when.past_tense", _PAST_REACH).search(before) is not None


def _is_of_the_thanks(anatomy: Anatomy, day: Found, question: Question) -> bool:
    before = Found(question.sentence.start, day.start)
    return (
        day.start < question.opener.start
        and anatomy.gives_thanks(question.sentence)
        and anatomy.first("when.ours", before) is None
    )


def _is_news(anatomy: Anatomy, sentence: Found) -> bool:
    """A sentence like "The bill is heard Tuesday" dates the hearing, not what we ask for."""
    if anatomy.first("when.ours", sentence):
        return False
    keys = ("when.news", "when.past_tense")
    return any(anatomy.first(key, sentence) for key in keys) or _is_of_others(anatomy, sentence)


def _is_of_others(anatomy: Anatomy, sentence: Found) -> bool:
    """Whether it tells what others do: "The marshal inspects on the 9th. Can you clear the room with me?"."""
    asked = anatomy.questions
    if not asked or any(q.is_event or q.told_in or not q.deed for q in asked):
        return False
    return anatomy.first("when.others_do", sentence) is not None


def second_ask(anatomy: Anatomy) -> Found | None:
    """Where a second, different deed is asked for; a choice between two times is one ask."""
    for question in anatomy.questions:
        if found := _other_kind_after_or(anatomy, question):
            return found
    questions = [q for q in anatomy.questions if q.kinds]
    for first, later in pairwise(questions):
        if not (first.kinds - _COMMON_KINDS) & (later.kinds - _COMMON_KINDS) and later.kinds - _COMMON_KINDS:
            return later.deed
    if found := _further(anatomy):
        return found
    main = frozenset[str]().union(*(q.kinds for q in questions))
    return _other_request(anatomy, main) if anatomy.questions else None


def _further(anatomy: Anatomy) -> Found | None:
    """The deed of a later question that adds to an earlier one: "And will you also bake a cake?"."""
    told = [q for q in anatomy.questions if q.deed and not q.told_in]
    for first, later in pairwise(told):
        adds = anatomy.first("adds", Found(later.sentence.start, later.sentence.end))
        brings = later.kinds & _COMMON_KINDS and not (adds and anatomy.first("event", later.sentence))
        is_other = later.kinds - _COMMON_KINDS and not later.kinds & first.kinds and not first.is_event
        if later.deed and not brings and (adds or is_other):
            return later.deed
    return None


def _deed_on_top(anatomy: Anatomy, question: Question) -> Found | None:
    """The second deed of "… and could you also bake a cake"."""
    if not question.deed:
        return None
    span = Found(question.deed.end, question.sentence.end)
    return next((f for f in anatomy.every("openers_on_top", span)), None)


def _other_kind_after_or(anatomy: Anatomy, question: Question) -> Found | None:
    """The second deed of "knock on doors or make calls", of "come and donate"."""
    span = Found(question.opener.start, question.sentence.end)
    for joint in anatomy.every("joints", span):
        before = _kinds(anatomy, Found(span.start, joint.start))
        after = Found(joint.end, span.end)
        new = [deed for kind, deed in anatomy.deeds(after) if kind not in before | _COMMON_KINDS]
        if before and new:
            return new[0]
    return anatomy.first("and_also", span) or _deed_on_top(anatomy, question)


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
    """Hedges, apologies and excuses handed to the person, as many as it takes edits to be rid of them.

    One kind in one place ("I know you're busy and it's cold, but …") is one edit; so are the words that make a
    question indirect ("I was wondering if you could …"), which the question answers for.
    """
    found = [f for f in losses(anatomy) if not _makes_it_indirect(anatomy, f)]
    edits: dict[tuple[int, str, bool], Found] = {}
    last = Found(0, 0)
    for each in found:
        if each.start >= last.end + _TOUCHING or not edits:
            edits.setdefault(_place_of(anatomy, each), each)
            last = each
    return list(edits.values())


def losses(anatomy: Anatomy) -> list[Found]:
    """Every hedge, apology and excuse, in order."""
    found = (f for key in _LOSSES for f in anatomy.every(key) if not _is_anothers(anatomy, f))
    return sorted(found, key=lambda f: (f.start, -f.end))


def _is_anothers(anatomy: Anatomy, loss: Found) -> bool:
    """Whether somebody else is quoted: The boss said "maybe next year"."""
    return _is_said_of_nobody(anatomy, loss) or any(
        quoted.start < loss.start and loss.end < quoted.end for quoted in anatomy.every("quoted")
    )


def _is_said_of_nobody(anatomy: Anatomy, loss: Found) -> bool:
    """Whether a "maybe" is about the world and not about this person: "It's maybe the last warm weekend."."""
    if not anatomy.first("doubts", loss):
        return False
    told = next((s for s in anatomy.telling if s.start <= loss.start < s.end), None)
    return told is not None and told not in anatomy.requests and anatomy.first("addressed", told) is None


def _place_of(anatomy: Anatomy, loss: Found) -> tuple[int, str, bool]:
    """Its sentence, its kind, and whether it stands before the question of that sentence."""
    sentence = next((s for s in anatomy.sentences if s.start <= loss.start < s.end), Found(0, 0))
    kind = next(key for key in _LOSSES if loss in anatomy.every(key))
    opener = next((q.opener for q in anatomy.questions if q.sentence == sentence), None)
    if opener is None or loss.end <= opener.start:
        return sentence.start, kind, True
    return loss.start, kind, False


def _makes_it_indirect(anatomy: Anatomy, loss: Found) -> bool:
    """Whether it is part of the words for which this text has no direct question."""
    if anatomy.questions:
        return False
    return any(
        soft.start - _TOUCHING < loss.end and loss.start < soft.end + _TOUCHING for soft in anatomy.every("soft")
    )


def crowd(anatomy: Anatomy) -> Found | None:
    """Where the text speaks to everybody, and so to nobody."""
    if found := anatomy.first("person.crowd"):
        return found
    openers = set(anatomy.every("crowd_openers"))
    return next((q.opener for q in anatomy.questions if q.opener in openers), None)
