"""Errors of pydantic and of the YAML parser in the words of somebody who edits the file; the refused value is never quoted."""

import difflib
import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from ruamel.yaml.error import MarkedYAMLError

from provisioner.reasons.files import (
    DID_YOU_MEAN,
    EMPTY_TEXT,
    EMPTY_VALUE,
    FEW_ENTRIES,
    KEY_MISSING,
    KEY_UNKNOWN,
    KNOWN_HERE,
    MANY_CHARACTERS,
    MANY_ENTRIES,
    MUST_BE_AT_LEAST,
    MUST_BE_AT_MOST,
    MUST_BE_FINITE,
    MUST_BE_LESS,
    MUST_BE_LIST,
    MUST_BE_MAPPING,
    MUST_BE_MORE,
    MUST_BE_NUMBER,
    MUST_BE_ONE_OF,
    MUST_BE_QUOTED,
    MUST_BE_SMALLER,
    MUST_BE_SWITCH,
    MUST_BE_TEXT,
    MUST_BE_WHOLE,
    MUST_BE_WORD,
    UNEXPECTED,
    YAML_BRACKET,
    YAML_COLON,
    YAML_DOCUMENTS,
    YAML_INDENTATION,
    YAML_NO_COLON,
    YAML_OTHER,
    YAML_QUOTE,
    YAML_SIGN,
    YAML_TAB,
    YAML_UNDEFINED,
    YAML_WRONG,
)
from provisioner.reasons.reason import ALSO, NONE, Reason, ReasonKind, join_reasons, reason_of
from provisioner.settings.problems import Path

_TYPES: Mapping[str, Reason] = {
    "missing": KEY_MISSING(),
    "string_type": MUST_BE_TEXT(),
    "int_type": MUST_BE_WHOLE(),
    "int_from_float": MUST_BE_WHOLE(),
    "int_parsing_size": MUST_BE_SMALLER(),
    "float_type": MUST_BE_NUMBER(),
    "finite_number": MUST_BE_FINITE(),
    "bool_type": MUST_BE_SWITCH(),
    "list_type": MUST_BE_LIST(),
    "dict_type": MUST_BE_MAPPING(),
    "model_type": MUST_BE_MAPPING(),
    "string_too_short": EMPTY_TEXT(),
}
_LIMITS: Mapping[str, tuple[ReasonKind, str]] = {
    "greater_than": (MUST_BE_MORE, "gt"),
    "greater_than_equal": (MUST_BE_AT_LEAST, "ge"),
    "less_than": (MUST_BE_LESS, "lt"),
    "less_than_equal": (MUST_BE_AT_MOST, "le"),
    "string_too_long": (MANY_CHARACTERS, "max_length"),
    "too_short": (FEW_ENTRIES, "min_length"),
    "too_long": (MANY_ENTRIES, "max_length"),
}
"""The kind for each of pydantic's error types, and pydantic's name of the limit."""
_WORD = re.compile(r"'([^']*)'")
_QUOTED = re.compile(r"""(['"])(?!<)[^'"]{2,}\1""")
_SYNTAX = (
    ("but found another document", YAML_DOCUMENTS),
    ("undefined alias", YAML_UNDEFINED),
    ("character '\\t'", YAML_TAB),
    ("mapping values are not allowed", YAML_COLON),
    ("could not find expected ':'", YAML_NO_COLON),
    ("found unexpected end of stream", YAML_QUOTE),
    ("expected <block end>", YAML_INDENTATION),
    ("expected the node content", YAML_BRACKET),
    ("expected ',' or", YAML_BRACKET),
    ("cannot start any token", YAML_SIGN),
)
"""Words of the parser, and the message instead; the first match counts."""


def message_for(details: ErrorDetails, model: type[BaseModel], path: Path) -> Reason:
    """The message of an error, a clause that follows the path: `must be a whole number`."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return did_you_mean(KEY_UNKNOWN(), str(path[-1]), known_keys(model, path[:-1]))
    if kind == "value_error":
        return reason_of(context["error"])
    wanted = _wanted(kind, context)
    if details["input"] is None and kind != "missing":
        return EMPTY_VALUE(wanted=wanted)
    if kind == "string_type" and isinstance(details["input"], int | float):
        return MUST_BE_QUOTED()
    return wanted


def clause_for(details: ErrorDetails) -> Reason:
    """The clause of an error wherever it stands; empty: there is none for its kind."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return said if (said := reason_of(context["error"])).code else NONE
    return _wanted(kind, context) if kind in _LIMITS or kind in _TYPES else NONE


def _wanted(kind: str, context: Mapping[str, Any]) -> Reason:
    if kind in _LIMITS:
        limit_kind, name = _LIMITS[kind]
        return limit_kind(limit=context[name])
    if kind in ("literal_error", "enum"):  # "'ldaps', 'starttls' or 'none'"
        *others, last = _WORD.findall(context["expected"])
        quoted = join_reasons((f"'{word}'" for word in others), ALSO)
        return MUST_BE_ONE_OF(others=quoted, last=f"'{last}'") if others else MUST_BE_WORD(word=f"'{last}'")
    return _TYPES.get(kind, UNEXPECTED())


def did_you_mean(unknown: Reason, name: str, known: Collection[str]) -> Reason:
    """An unknown name, with the nearest known name, or all known names."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return DID_YOU_MEAN(unknown=unknown, name=near[0])
    return KNOWN_HERE(unknown=unknown, names=join_reasons(sorted(known), ALSO)) if known else unknown


def known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model knows in the mapping at this path."""
    schema = _schema(model)
    places = [schema]
    for part in path:
        places = [inner for place in places for inner in _inside(schema, place, part)]
    return sorted({key for place in places for branch in _branches(schema, place) for key in branch.get("properties", {})})


@functools.cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _inside(schema: dict[str, Any], place: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    return [inner for branch in _branches(schema, place) for inner in _steps(branch, part) if isinstance(inner, dict)]


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
    return [place, *(inner for union in unions for inner in _branches(schema, union))]


def syntax_problem(error: MarkedYAMLError) -> Reason:
    """The message of a syntax error: ours if there is one, otherwise the parser's, without what it quotes from the file."""
    text = str(error.problem or "")
    for words, message in _SYNTAX:
        if words in text:
            return message()
    return YAML_OTHER(said=_QUOTED.sub("…", text)) if text else YAML_WRONG()
