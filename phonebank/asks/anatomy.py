"""Where the ask sits in a text: its sentences, its direct questions, the deed and the day they name (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from phonebank.asks.clauses import CLAUSE_START, LEAD, NO_END, NO_INVERSION, OF_YOU, SENTENCE_END, TO_DO
from phonebank.asks.folding import fold
from phonebank.asks.lexicon import deeds, ending_in, phrases
from phonebank.asks.staging import said
from phonebank.asks.unlisted import attended, held, told_to_do

_LONGEST_READ = 2000
_MOST_SENTENCES = 60
_MOST_WORDS_AFTER = 20
_WORD = re.compile(r"\w|{{")
_TAGS = re.compile(r"\{%[^{}]*%\}|\{#[^{}]*#\}")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the flattened text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One sentence that asks for a yes or no. The deed may be `told_in` another sentence ("… Will you join us?")."""

    sentence: Found
    opener: Found
    deed: Found | None
    kinds: frozenset[str]
    is_event: bool
    told_in: Found | None = None


class Anatomy:
    """A text laid out for reading. `quote` gives back the writer's own letters."""

    def __init__(self, text: str) -> None:
        self.text = text[:_LONGEST_READ]
        folded = fold(said(_TAGS.sub(lambda tag: " " * len(tag[0]), self.text)))
        self._places = [i for i, c in enumerate(folded) if c != " " or (i and folded[i - 1] not in " \n")]
        self.flat = "".join([folded[i] for i in self._places])
        self._known: dict[str, list[Found]] = {}

    def quote(self, found: Found | None) -> str | None:
        if found is None or found.start >= found.end:
            return None
        return self.text[self._places[found.start] : self._places[found.end - 1] + 1]

    def place(self, at: int) -> int:
        """Where a place of the flattened text is in the writer's."""
        return self._places[at] if at < len(self._places) else len(self.text)

    @cached_property
    def sentences(self) -> list[Found]:
        found, start = [], 0
        for end in islice(SENTENCE_END.finditer(self.flat), _MOST_SENTENCES):
            if self._is_end(end):
                found.append(Found(start, end.end()))
                start = end.end()
        found.append(Found(start, len(self.flat)))
        return [s for s in found if _WORD.search(self.flat, s.start, s.end)]

    def _is_end(self, end: re.Match[str]) -> bool:
        if not end[0].startswith("."):
            return True
        before = self.flat[max(0, end.start() - 6) : end.start() + 1]
        if re.search(r"\b[ap]\.m\.$", before):
            following = self.text[self._places[end.end()]] if end.end() < len(self.flat) else "."
            return not following.islower()
        return not NO_END.search(before)

    def first(self, key: str, within: Found | None = None) -> Found | None:
        """Where the first phrase of this kind is."""
        return next(self.every(key, within), None)

    def every(self, key: str, within: Found | None = None) -> Iterator[Found]:
        if key not in self._known:
            self._known[key] = [Found(*match.span()) for match in phrases(key).finditer(self.flat)]
        return (f for f in self._known[key] if within is None or (within.start <= f.start and f.end <= within.end))

    @cached_property
    def _deeds(self) -> list[tuple[str, Found]]:
        return [(str(match.lastgroup), Found(*match.span())) for match in deeds().finditer(self.flat)]

    def deeds(self, within: Found) -> list[tuple[str, Found]]:
        """The named actions in this stretch, each with its kind."""
        return [(kind, f) for kind, f in self._deeds if within.start <= f.start and f.end <= within.end]

    @cached_property
    def questions(self) -> list[Question]:
        """The direct questions, in order."""
        return [question for s in self.sentences if (question := self._question_in(s))]

    @cached_property
    def telling(self) -> list[Found]:
        """Sentences that neither ask nor give thanks: where the deed, the day and the place may be told."""
        asking = {question.sentence for question in self.questions}
        return [s for s in self.sentences if s not in asking and not self.gives_thanks(s)]

    @cached_property
    def requests(self) -> list[Found]:
        """Sentences that ask without a direct question: "Join us!", "I was wondering if you could …"."""
        return [s for s in self.telling if self.is_soft(s) or self._is_bidding(s)]

    def is_promise(self, sentence: Found) -> bool:
        """Whether it says what follows a yes: "I'll call you tomorrow", after the question."""
        asked = self.questions[0].sentence.end if self.questions else len(self.flat)
        return sentence.start >= asked and self.first("advice.promise", sentence) is not None

    def is_soft(self, sentence: Found) -> bool:
        return self.first("soft", sentence) is not None

    def _is_bidding(self, sentence: Found) -> bool:
        if self.first("bids", sentence):
            return True
        starts = [deed for _, deed in self.deeds(sentence)] + list(self.every("imperatives", sentence))
        return any(self.starts_a_clause(start, sentence) for start in starts) or bool(self.bidden(sentence))

    def bidden(self, sentence: Found) -> Found | None:
        """The deed that an unlisted imperative tells this person to do."""
        found = told_to_do(self.flat[sentence.start : sentence.end])
        return found and self._in(sentence, found)

    def _in(self, span: Found, found: tuple[int, int]) -> Found:
        return Found(span.start + found[0], span.start + found[1])

    def asked_for(self, request: Found) -> Found | None:
        """The deed that a sentence without a question asks for, listed or not."""
        if named := self.named_in(request):
            return named[0]
        soft = [f for f in self.every("soft", request) if OF_YOU.search(self.flat, f.start, f.end)]
        for bid in (*self.every("bids_to", request), *soft):
            if deed := self._deed_after(bid, request)[0]:
                return deed
        return self.bidden(request)

    def starts_a_clause(self, start: Found, sentence: Found) -> bool:
        """Whether it stands where an imperative or an elliptic question does."""
        return (
            CLAUSE_START.search(
                self.flat[sentence.start : start.start].removesuffix("please ").removesuffix("por favor ")
            )
            is not None
        )

    def gives_thanks(self, sentence: Found) -> bool:
        return self.first("advice.thanks", Found(sentence.start, min(sentence.end, sentence.start + 24))) is not None

    def _question_in(self, sentence: Found) -> Question | None:
        opener = self._opener_in(sentence)
        if opener is None:
            return None
        deed, is_event, told_in = self._deed_after(opener, sentence)
        if deed is None and phrases("availability").fullmatch(self.flat[opener.start : opener.end]):
            return None  # "Are you free Saturday?" asks for a calendar, not for a deed
        kinds = frozenset(kind for kind, _ in self.deeds(Found(opener.start, sentence.end)))
        return Question(sentence, opener, deed, kinds, is_event, told_in)

    def _opener_in(self, sentence: Found) -> Found | None:
        words = self.flat[sentence.start : sentence.end]
        is_marked = words.rstrip(" \n\"')]").endswith("?")
        asked = Found(self._asked_from(sentence), sentence.end)
        soft = self.first("soft", asked) or self.first("opinion", asked)
        for opener in self._candidates(sentence, is_marked):
            before = self.flat[sentence.start : opener.start]
            if soft and soft.start <= opener.end + 1:
                return None
            if not (is_marked or CLAUSE_START.search(before) or self._is_inverted(opener, before)):
                continue
            if not is_marked and opener in self.every("statements"):
                continue
            if before.endswith("if ") or (ending_in("wh", 0).search(before) and not self._is_choice(sentence)):
                continue
            return opener
        return self._choice_in(sentence, is_marked) or self.first("replies", sentence)

    def _asked_from(self, sentence: Found) -> int:
        """Where the Spanish mark opens the question; else the sentence."""
        return max(self.flat.rfind("\u00bf", sentence.start, sentence.end), sentence.start)

    def _is_inverted(self, opener: Found, before: str) -> bool:
        """Whether it asks without a mark: "can you" does anywhere but in "what can you", "not only can you"."""
        asks = self.flat.startswith(
            ("can you", "can u", "will you", "will u", "could you", "can i count"), opener.start
        )
        return asks and not NO_INVERSION.search(before)

    def _candidates(self, sentence: Found, is_marked: bool) -> list[Found]:
        keys = ("openers", "join_openers", "crowd_openers")
        found = [opener for key in keys for opener in self.every(key, sentence)]
        if is_marked:
            starts = [*self.every("elliptic", sentence), *self.every("verb_openers", sentence)]
            found += [f for f in starts if CLAUSE_START.search(self.flat[sentence.start : f.start])]
            starts = [deed for _, deed in self.deeds(sentence)]
            found += [
                Found(f.start, f.start) for f in starts if CLAUSE_START.search(self.flat[sentence.start : f.start])
            ]
        return sorted(found, key=lambda f: (f.start, -f.end))

    def _choice_in(self, sentence: Found, is_marked: bool) -> Found | None:
        """A choice between two times is one ask: "Which works for you, Saturday at 10 or Sunday at 2?"."""
        if is_marked and self._is_choice(sentence):
            return self.first("wh", sentence)
        return None

    def _is_choice(self, sentence: Found) -> bool:
        words = self.flat[sentence.start : sentence.end]
        moments = [*self.every("when.day", sentence), *self.every("when.time", sentence)]
        return len(moments) > 1 and re.search(r"\b(?:or|o)\b", words) is not None

    def _deed_after(self, opener: Found, sentence: Found) -> tuple[Found | None, bool, Found | None]:
        """The deed the question names, or leaves to the rest of the text; whether it is something to come to; where."""
        lead = LEAD.match(self.flat, opener.end, sentence.end)
        rest = Found(lead.end() if lead else opener.end, sentence.end)
        named = self.named_in(Found(opener.start, sentence.end)) or self.named_in(sentence)
        if named:
            return *named, None
        words = self.flat[rest.start : rest.end].rstrip(" \n?.!\"')")
        if thing := attended(
            words, comes=self.flat[opener.start : rest.start].rstrip().endswith((" to", " for", " a"))
        ):
            return self._in(rest, thing), True, None
        asked = self.flat[opener.end : sentence.end].lstrip(" ,").removeprefix("to ")
        if phrases("vague").match(words) or phrases("vague_help").match(asked):
            return None, False, None
        if self._leaves_it_open(words, opener):
            told = ((found, s) for s in self._others(sentence) if (found := self._told_in(s)))
            deed, told_in = next(told, (self.first("venue", sentence), None))
            deed = deed or self._held_in(Found(sentence.start, opener.start))
            if self.first("helps", opener):
                return deed if told_in else None, False, told_in
            if deed is None and opener in self.every("verb_openers") and not self._is_plain(opener):
                return opener, False, None
            return deed, True, told_in
        return Found(rest.start, rest.start + len(words)), False, None

    def words_after_question(self) -> str | None:
        """What is said after the ask when it is more than a next step, an answer's key or how to stop."""
        if not self.questions:
            return None
        last = self.questions[-1].sentence
        after = [s for s in self.sentences if s.start >= last.end and not self.first("advice.closing", s)]
        if sum(len(self.flat[s.start : s.end].split()) for s in after) <= _MOST_WORDS_AFTER:
            return None
        return self.quote(after[0])

    def _others(self, sentence: Found) -> list[Found]:
        """Where the deed may be told: in the thanks only for a deed that is asked for again."""
        others = [s for s in self.sentences if s != sentence and not self.gives_thanks(s)]
        is_again = any(self.first("again", s) for s in (*others, sentence))
        return others + [s for s in self.sentences if is_again and s != sentence and s not in others]

    def _is_plain(self, opener: Found) -> bool:
        return any(opener in self.every(key) for key in ("openers", "join_openers"))

    def _told_in(self, sentence: Found) -> Found | None:
        """What another sentence says that will be done, or that one can come to."""
        named = self.named_in(sentence)
        return named[0] if named else self._held_in(sentence)

    def _held_in(self, sentence: Found) -> Found | None:
        found = held(self.flat[sentence.start : sentence.end]) if self._has_a_moment(sentence) else None
        return found and self._in(sentence, found)

    def _has_a_moment(self, sentence: Found) -> bool:
        return any(self.first(key, sentence) for key in ("when.day", "when.time"))

    def _leaves_it_open(self, words: str, opener: Found) -> bool:
        is_joining = phrases("join_openers").fullmatch(self.flat[opener.start : opener.end]) is not None
        if is_joining and not TO_DO.match(self.flat, opener.end):
            return True
        if not words or any(phrases(key).match(words) for key in ("generic", "when.day", "when.time", "when.deadline")):
            return True
        return " " not in words and not phrases("alone").match(words)

    def named_in(self, span: Found) -> tuple[Found, bool] | None:
        """A named deed in this stretch, and whether it is something to come to."""
        if found := self.first("action_field", span):
            return found, False
        for kind, deed in self.deeds(span):
            is_kept_by_coming = kind in ("canvass", "host", "staff")
            return deed, is_kept_by_coming and not any(
                self.first(key, span) for key in ("when.amount", "when.timeless")
            )
        if found := self.first("event", span):
            return found, True
        return None
