"""What pydantic found, in the words of somebody who edits the file; never the refused value itself."""

import difflib
import functools
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from provisioner.settings.problems import Path

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entry",
    "too_long": "must have at most {max_length} entries",
}


def message_for(details: ErrorDetails, model: type[BaseModel], path: Path) -> str:
    """One clause that follows the path: `must be a whole number`."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), known_keys(model, path[:-1]))
    if kind == "value_error":
        return str(context["error"])
    words = _WORDS.get(kind, "is not what is expected here").format(**context)
    if details["input"] is None and kind != "missing":
        return f"is empty: {words}"
    if kind == "string_type" and isinstance(details["input"], int | float):
        return f"{words}: put it in quotes"
    return words


def did_you_mean(name: str, known: Mapping[str, Any] | list[str]) -> str:
    """What to append to 'unknown …': the nearest known name, or all of them."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; known here: {', '.join(sorted(known))}" if known else ""


def _unknown_key(key: str, known: list[str]) -> str:
    return f"unknown key{did_you_mean(key, known)}"


def known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model knows in the mapping at this path."""
    schema = _schema(model)
    places = [schema]
    for part in path:
        places = [inner for place in places for inner in _inside(schema, place, part)]
    return sorted({key for place in places for one in _branches(schema, place) for key in one.get("properties", {})})


@functools.cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _inside(schema: dict[str, Any], place: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    return [inner for one in _branches(schema, place) for inner in _steps(one, part) if isinstance(inner, dict)]


def _steps(place: dict[str, Any], part: str | int) -> list[Any]:
    if isinstance(part, int):
        return [place.get("items")]
    if part in place.get("properties", {}):
        return [place["properties"][part]]
    return [place.get("additionalProperties"), *place.get("patternProperties", {}).values()]


def _branches(schema: dict[str, Any], place: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema with its references followed and its unions opened."""
    if "$ref" in place:
        return _branches(schema, schema["$defs"][place["$ref"].rsplit("/", 1)[-1]])
    unions = [*place.get("anyOf", ()), *place.get("oneOf", ()), *place.get("allOf", ())]
    return [place, *(inner for one in unions for inner in _branches(schema, one))]
