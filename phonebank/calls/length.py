"""How long words take to say (pure)."""

_WORDS_A_SECOND = 2.5  # as speaking.py reckons, too: five words in two seconds


def seconds(words: str) -> float:
    """About how long a voice needs for this."""
    return len(words.split()) / _WORDS_A_SECOND
