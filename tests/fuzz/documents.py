"""JSON documents that a schema allows, and the same with something in them that it does not."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Schema = Mapping[str, Any]
_DEEP = 2_000


@dataclass(frozen=True, slots=True)
class Raw:
    """Text that is not JSON, or that Python would not write."""

    text: str


SPITE: tuple[Any, ...] = (
    *map(Raw, ("NaN", "Infinity", "-Infinity", "1e308", "-1e308", "1e999", "-0", "-0.0", "1e-320", "9" * 400, "-" + "9" * 400)),
    *map(Raw, ("2147483648", "9223372036854775808", "0.1", "00", "+1", "0x10", "tru", '"\\ud800"', '"\\udfff\\ud800"',
    '"\\x"')),
    Raw("[" * _DEEP + "]" * _DEEP), Raw('{"a":' * _DEEP + "1" + "}" * _DEEP), Raw('{"kind": "hold", "kind": "freeze"}'),
    True, False, None, 0, -1, 1, 253_402_300_800, "", " ", "\0", "\n\r\t", "\u202e", "\U0001f47e",
    "é" * 300, "x" * 100_000, "NaN",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:00-12:00", "0001-01-01T00:00:00+14:00", "0000-00-00T00:00:00Z",
    "2199-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2027-02-30T00:00:00Z", "2027-01-16T08:00:00", "2027-01-16T24:00:00Z",
    "2027-01-16T08:00:00.999999999Z", "2027-01-16T08:00:00+99:99", "9999-12-31", "0001-01-01", "2199-12-31", "1970-01-01",
    "2028-02-29", "2027-13-01", "pve/999999999", "pve/" + "9" * 300, "pve/٣", "pve/-1", "//", "/", "pve/n1/../n2",
    "../../etc/passwd",
    "{0}{x!r}%s%n${PATH}", "'; DROP TABLE intents; --", "<script>", "freeze file",
    "office/" + "9" * 200, "office/pve/local/1/1",
    [], {}, [[]], [None] * 300, {"": ""}, {"kind": {}}, [["a", "b", "c"]], [["a"]],
)  # fmt: skip
"""Extremes of every type, words of the product where they do not belong, and what is no JSON."""


def instance(
    schema: Schema, draw: Random, words: Mapping[str, tuple[str, ...]], *, root: Schema | None = None, key: str = ""
) -> Any:
    """A document as the schema allows it. `words`: what is likely to mean something, by the key that it stands under."""
    root = schema if root is None else root
    if "$ref" in schema:
        return instance(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], draw, words, root=root, key=key)
    if "anyOf" in schema:
        return instance(draw.choice(schema["anyOf"]), draw, words, root=root, key=key)
    for said in ("enum", "const"):
        if said in schema:
            return draw.choice(schema["enum"]) if said == "enum" else schema["const"]
    kind = schema.get("type")
    if kind == "object":
        return _an_object(schema, draw, words, root)
    if kind == "array":
        inner = schema.get("prefixItems") or [schema.get("items", {})] * draw.randint(0, 3)
        return [instance(each, draw, words, root=root, key=key) for each in inner]
    return _scalar(schema, str(kind), draw, words.get(key, ()))


def _an_object(schema: Schema, draw: Random, words: Mapping[str, tuple[str, ...]], root: Schema) -> dict[str, Any]:
    needed = schema.get("required", ())
    kept = {name: part for name, part in schema.get("properties", {}).items() if name in needed or draw.random() < 0.3}
    return {name: instance(part, draw, words, root=root, key=name) for name, part in kept.items()}


def _scalar(schema: Schema, kind: str, draw: Random, words: tuple[str, ...]) -> Any:
    if kind == "boolean":
        return draw.random() < 0.5
    if kind in ("integer", "number"):
        least, most = schema.get("minimum", 0), schema.get("maximum", 1_000_000)
        near = draw.choice((least, least + 1, most, most - 1, draw.randint(int(least), int(most))))
        return near if kind == "number" else int(near)
    if kind == "null":
        return None
    if schema.get("format") == "date-time":
        year = draw.choice((1971, 2026, 2027, 2027, 2027, 2100, 2199))
        return f"{year}-{draw.randint(1, 12):02}-15T{draw.randint(0, 23):02}:00:00Z"
    if schema.get("format") == "date":
        return f"{draw.choice((1971, 2027, 2027, 2199))}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return draw.choice(words) if words and draw.random() < 0.9 else "w" * draw.randint(schema.get("minLength", 0), 20)


_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_TIMES = tuple(each for each in SPITE if isinstance(each, str) and _DATED.match(each))
_NUMBERS = tuple(each for each in SPITE if isinstance(each, Raw) and re.match(r"[-+]?[0-9NI]", each.text))


def _in_its_place(value: Any, draw: Random) -> Any:
    """Mostly of the same type, so that only its bounds are in its way."""
    if draw.random() < 0.7:
        if isinstance(value, str) and _DATED.match(value):
            return draw.choice(_TIMES)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return draw.choice(_NUMBERS)
    return draw.choice(SPITE)


def spoiled(document: Any, draw: Random) -> Any:
    """The same with a part of it replaced, left out or added."""
    if isinstance(document, dict) and document and draw.random() < 0.85:
        key = draw.choice(list(document))
        if draw.random() < 0.1:
            return {name: value for name, value in document.items() if name != key}
        if draw.random() < 0.1:
            return {**document, draw.choice(("of_tomorrow", "", "\0", "kind ")): draw.choice(SPITE)}
        return {**document, key: spoiled(document[key], draw)}
    if isinstance(document, list) and document and draw.random() < 0.7:
        at = draw.randrange(len(document))
        return [*document[:at], spoiled(document[at], draw), *document[at + 1 :]]
    return _in_its_place(document, draw)


def written(document: Any, draw: Random) -> bytes:
    """As JSON; sometimes with bytes lost or turned."""
    raw = _text(document).encode("utf-8", "surrogatepass")
    if draw.random() < 0.02 and raw:
        at = draw.randrange(len(raw))
        raw = draw.choice((raw[:at], raw[:at] + bytes([draw.randrange(256)]) + raw[at + 1 :], raw[at:], b"\xef\xbb\xbf" + raw))
    return raw


def _text(document: Any) -> str:
    if isinstance(document, Raw):
        return document.text
    if isinstance(document, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_text(value)}" for key, value in document.items()) + "}"
    if isinstance(document, list):
        return "[" + ", ".join(map(_text, document)) + "]"
    return json.dumps(document)


__all__ = ["SPITE", "Raw", "instance", "spoiled", "written"]
