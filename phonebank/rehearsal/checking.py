"""Checks each request against Twilio's own OpenAPI description (spec/), so that the stand-in cannot drift from it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from phonebank.rehearsal.refusals import CarrierRefusalError

Values = dict[str, Any]
Pairs = Iterable[tuple[str, str]]

_SPEC = Path(__file__).with_name("spec")
_FORM = "application/x-www-form-urlencoded"
_HOSTNAME = re.compile(r"[A-Za-z0-9.\-\[\]:]+")
_CODES = {
    "ValidityPeriod": 21624,
    "StatusCallback": 21609,
    "MediaUrl": 21620,
    "MessagingServiceSid": 21705,
    "To": 21211,
    "From": 21212,
    "Url": 21205,
    "Timeout": 21208,
}
"""The code of a parameter that is there but not as the description has it; any other is 20001."""


@dataclass(frozen=True)
class Operation:
    """One operation of the API: its `name` (operationId), `method`, and aiohttp route `path`."""

    name: str
    method: str
    path: str
    query: "Parameters"
    form: "Parameters"

    def read(self, query: Pairs, form: Pairs) -> Values:
        """The request's parameters by name, typed as the description has them. Raises CarrierRefusalError."""
        return {**self.query.read(query), **self.form.read(form)}


@dataclass(frozen=True)
class Parameters:
    """A closed set of parameters, each with its compiled validator: one by one is faster than as an object."""

    kinds: dict[str, str | None]
    validators: dict[str, Draft202012Validator]
    required: tuple[str, ...]

    def read(self, pairs: Pairs) -> Values:
        values = self._typed(pairs)
        for name in self.required:
            if name not in values:
                raise CarrierRefusalError(21604 if name == "To" else 20001, f"A '{name}' parameter is required.")
        for name, value in values.items():
            for wrong in self.validators[name].iter_errors(value):
                raise CarrierRefusalError(_CODES.get(name, 20001), f"The '{name}' parameter: {wrong.message}.")
        return values

    def _typed(self, pairs: Pairs) -> Values:
        values: Values = {}
        for name, text in pairs:
            if name not in self.kinds:
                raise CarrierRefusalError(20001, f"There is no '{name}' parameter here.")
            if self.kinds[name] == "array":
                values.setdefault(name, []).append(text)
            else:
                values[name] = _typed_value(text, self.kinds[name])
        return values


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the vendored descriptions."""
    return tuple(
        _operation(spec, path, method, described)
        for spec in map(_load, sorted(_SPEC.glob("*.json")))
        for path, methods in spec["paths"].items()
        for method, described in methods.items()
    )


def response_schema(name: str) -> Values:
    """The JSON Schema of an operation's answer, references written out."""
    for spec in map(_load, sorted(_SPEC.glob("*.json"))):
        for methods in spec["paths"].values():
            for described in methods.values():
                if described["operationId"] == name:
                    answer = next(iter(described["responses"].values()))
                    schema: Values = _written_out(answer["content"]["application/json"]["schema"], spec)
                    return schema
    raise KeyError(name)


def _load(path: Path) -> Values:
    loaded: Values = json.loads(path.read_text())
    return loaded


def _operation(spec: Values, path: str, method: str, described: Values) -> Operation:
    parameters = described.get("parameters", [])
    places = {each["name"]: each["schema"] for each in parameters if each["in"] == "path"}
    query = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
    required = [each["name"] for each in parameters if each["in"] == "query" and each.get("required")]
    form = described.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
    return Operation(
        name=described["operationId"],
        method=method.upper(),
        path=re.sub(r"{(\w+)}", lambda found: _route_part(found[1], places[found[1]]), path),
        query=_parameters({"properties": query, "required": required}, spec),
        form=_parameters(form, spec),
    )


def _route_part(name: str, schema: Values) -> str:
    pattern = schema.get("pattern", "^[^/]+$").removeprefix("^").removesuffix("$")
    return f"{{{name}:{pattern}}}"


def _parameters(schema: Values, spec: Values) -> Parameters:
    properties = _written_out(schema.get("properties", {}), spec)
    return Parameters(
        kinds={name: each.get("type") for name, each in properties.items()},
        validators={name: Draft202012Validator(each, format_checker=_formats) for name, each in properties.items()},
        required=tuple(schema.get("required", [])),
    )


def _written_out(schema: Any, spec: Values) -> Any:
    """The schema with its references replaced and OpenAPI's `nullable` said in JSON Schema's way."""
    if isinstance(schema, list):
        return [_written_out(each, spec) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _written_out(spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], spec)
    plain = {key: _written_out(value, spec) for key, value in schema.items()}
    if plain.pop("nullable", False) is True and "type" in plain:
        plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


def _typed_value(text: str, kind: str | None) -> str | int | float | bool:
    if kind == "integer" and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?", text):
        return float(text)
    if kind == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


_formats = FormatChecker(formats=())


@_formats.checks("uri")
def _is_web_address(value: object) -> bool:
    """An http(s) address. Twilio refuses an underscore in the host."""
    if not isinstance(value, str) or not value:
        return value == ""  # an empty address clears the one before
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(_HOSTNAME.fullmatch(parts.hostname or ""))
    except ValueError:
        return False


@_formats.checks("date-time")
def _is_moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
