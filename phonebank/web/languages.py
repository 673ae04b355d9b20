"""What the languages are called that a campaign may speak beside English (pure)."""

_NAMES = {
    "en": "English",
    "es": "Spanish",
    "ar": "Arabic",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "ht": "Haitian Creole",
    "ko": "Korean",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "so": "Somali",
    "tl": "Tagalog",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def language_name(code: str) -> str:
    """As in "Spanish" for "es"; a code without a name here stays as it is."""
    return _NAMES.get(code, code)


def others(shown: list[str]) -> list[tuple[str, str]]:
    """(code, name) of the languages that can still be added."""
    return [(code, name) for code, name in _NAMES.items() if code != "en" and code not in shown]
