"""Where sentences end and clauses begin, and the small words between those that ask and the deed (pure)."""

import re

SENTENCE_END = re.compile(r"[.?!\u2026]+[\"')\]]*(?=\s|$)\s*|\n+")
NO_END = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|sen|rep|gov|ave|blvd|no|vs|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.)$"
)
CLAUSE_START = re.compile(
    r"(?:^|\b(?:hey|hi|hello|yo|ok|okay|pls|please|oye|hola|plus|also|or|then) |[,;:\-\u2013\u2014(] ?"
    r"|\b(?:so|and|y|but|pero),? )[\u00bf\u00a1\"'( ]*$"
)
NO_INVERSION = re.compile(
    r"\b(?:only|nor|neither|how|what|which|where|when|who|why|than|as|more|much|if|never|little) $"
)
LEAD = re.compile(
    r"(?:[ ,]|(?:please|also|just|still|maybe|possibly|perhaps|ever|quizas?|personally|to|be able|be willing"
    r"|go ahead and|come and|and|por favor|para|a|help(?: (?:us|me|out))?(?: by| to)?|ayudar(?:nos|me)?(?: a)?"
    r"|commit(?:ting)?(?: to)?|(?:you|u)(?:'ll|'re going to|'d| will| can| could| would)(?: be)?|youll|there|here)\b)*",
)
OF_YOU = re.compile(r"(?:\b(?:you|u)(?:'d|'ll| could| can| would| might| will)?| que| si)$")
TO_DO = re.compile(r" (?:to (?!be\b|the\b|our\b|a\b)[a-z]+|para [a-z]*[aei]r)")
