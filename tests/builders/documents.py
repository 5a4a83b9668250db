"""Documents that a test writes by hand, held against the API's contract: a key that the daemon never sends fails the test."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.api.contract import FILE

_REF = "#/components/schemas/"
_KINDS: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}


def as_sent(resource: str, document: Mapping[str, Any]) -> Any:
    """The document, if the daemon could send it; what the code under test does not read may be left out."""
    wrong = list(_wrong(document, _answer(resource), resource))
    assert not wrong, f"the daemon sends no such document: {'; '.join(wrong)}"
    return document


@cache
def _contract() -> Any:
    return json.loads((Path(__file__).parents[2] / FILE).read_text(encoding="utf-8"))


def _answer(resource: str) -> Any:
    return _contract()["paths"][f"/v1/{resource}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def _wrong(value: Any, schema: Any, place: str) -> list[str]:
    """Where the value is none of the schema."""
    if "$ref" in schema:
        schema = _contract()["components"]["schemas"][schema["$ref"].removeprefix(_REF)]
    if "anyOf" in schema:
        return min((_wrong(value, kind, place) for kind in schema["anyOf"]), key=len)
    if schema["type"] == "array":
        if not isinstance(value, list | tuple):
            return [f"{place} is not a list"]
        return [wrong for inner in value for wrong in _wrong(inner, schema["items"], f"{place}[]")]
    if schema["type"] == "object":
        return _wrong_fields(value, schema, place)
    kind = _KINDS[schema["type"]]
    is_of_it = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    return [] if is_of_it else [f"{place} is not of type {schema['type']}"]


def _wrong_fields(value: Any, schema: Any, place: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{place} is not an object"]
    if "properties" not in schema:
        return []
    known = schema["properties"]
    unknown = [f"{place} has no {key!r}" for key in value if key not in known]
    return unknown + [wrong for key in value if key in known for wrong in _wrong(value[key], known[key], f"{place}.{key}")]


__all__ = ["as_sent"]
