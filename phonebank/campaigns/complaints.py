"""What is wrong with a campaign file, as sentences that name the key, its line and the nearest known key (pure)."""

import difflib
import re
from collections import Counter
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_MOST_SHOWN = 10
_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.\"' -]+?)\s*\]{1,2}\s*(?:#.*)?")
_PLAIN = {
    "missing": "is required",
    "string_type": "must be a text in quotes",
    "list_type": "must be a list: [ … ]",
    "tuple_type": "must be a list: [ … ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be an ordinary number",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "greater_than_equal": "must be {ge:,.0f} or more",
    "less_than_equal": "must be {le:,.0f} or less",
    "string_too_long": "must have {max_length} characters or fewer",
    "too_long": "must have {max_length} characters or fewer",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}


def sentences(wrong: ValidationError, model: type[BaseModel], toml_text: str = "") -> str:
    """Every complaint, one a line, at most ten: `limits.budjet (line 12): there is no such key; did you mean …?`."""
    told = [_sentence(error, model, toml_text) for error in wrong.errors()]
    more = [f"… and {len(told) - _MOST_SHOWN} more."] if len(told) > _MOST_SHOWN else []
    return "\n".join([*told[:_MOST_SHOWN], *more])


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean x?` for the likeliest known word, else `; known: a, b`, else a full stop."""
    close = difflib.get_close_matches(word.lower(), known, 1, 0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(known)}." if known else "."


def _sentence(error: ErrorDetails, model: type[BaseModel], toml_text: str) -> str:
    at, line = error["loc"], _line_of(error["loc"], toml_text)
    where = _path(at) + (f" (line {line})" if line else "")
    if error["type"] == "extra_forbidden":
        return f"{where}: there is no such key{nearest(str(at[-1]), _known_keys(model, at[:-1]))}"
    plain = _PLAIN.get(error["type"], "").format_map(error.get("ctx", {}))
    reason = plain or str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {reason}.".removeprefix(": ").replace("..", ".").replace("?.", "?")


def _path(at: tuple[int | str, ...]) -> str:
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at if part != "[key]")
    return "".join(parts).removeprefix(".")


def _known_keys(model: type[BaseModel], at: tuple[int | str, ...]) -> list[str]:
    for part in at:
        if isinstance(part, str):
            field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
            model = _model_in(field.annotation if field else None) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _line_of(at: tuple[int | str, ...], toml_text: str) -> int | None:
    """The line where the key, or failing that its table, stands. A guess by eye: TOML's reader keeps no lines."""
    wanted = [str(part) for part in at if isinstance(part, str) and part != "[key]"]
    wanted_table = next((part for part in at if isinstance(part, int)), 0)
    seen: Counter[str] = Counter()
    table, is_one_of_many, nearest_line = "", False, None
    for number, line in enumerate(toml_text.splitlines(), 1):
        header = _HEADER.fullmatch(line)
        if header:
            seen[header[1]] += 1
            table, is_one_of_many = header[1], line.lstrip().startswith("[[")
        keys = [*(table.split(".") if table else []), *_keys(line)]
        is_elsewhere = is_one_of_many and seen[table] != wanted_table + 1
        if is_elsewhere or not (header or _keys(line)) or keys != wanted[: len(keys)]:
            continue
        if keys == wanted:
            return number
        nearest_line = number
    return nearest_line


def _keys(line: str) -> list[str]:
    key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
    return [part.strip("\"' ") for part in key[1].split(".")] if key else []
