"""The documents as types, for commands: `python -m provisioner.api.answers` rewrites `cli/documents.pyi`.

A command gets JSON. With these types mypy refuses a key that the daemon never sends.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner.api.contract import openapi_document

FILE = Path("provisioner/cli/documents.pyi")
_PREFIX = "/v1/"
_REF = "#/components/schemas/"
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_HEAD = """\
# By `python -m provisioner.api.answers`, from the API's contract.

from typing import Any, Generic, TypedDict, TypeVar

Document = TypeVar("Document")

class Resource(str, Generic[Document]):
    __slots__ = ()
"""


def answers_text() -> str:
    """The content of its file."""
    document = openapi_document()
    schemas, resources = document["components"]["schemas"], dict(_resources(document["paths"]))
    classes = [_class(name, schemas[name]) for name in _in_order(sorted(set(resources.values())), schemas)]
    asked = [f"{path.replace('/', '_').upper()}: Resource[{name}]" for path, name in sorted(resources.items())]
    return "\n".join([_HEAD, *classes, *asked]) + "\n"


def _resources(paths: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each path that answers with a document: to a question, or to an order."""
    for path, methods in paths.items():
        for method in ("post", "get"):
            content = methods.get(method, {}).get("responses", {}).get("200", {}).get("content", {})
            found = content.get("application/json", {}).get("schema", {}).get("$ref")
            if found is not None and path.startswith(_PREFIX):
                yield path.removeprefix(_PREFIX), found.removeprefix(_REF)


def _in_order(names: list[str], schemas: Mapping[str, Any]) -> list[str]:
    """These and what is in them, each after what is in it."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            for inner in _refs(schemas[name]):
                add(inner)
            found[name] = None

    for name in names:
        add(name)
    return list(found)


def _refs(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix(_REF)
        schema = schema.values()
    elif not isinstance(schema, list):
        return
    for inner in schema:
        yield from _refs(inner)


def _class(name: str, schema: Mapping[str, Any]) -> str:
    fields = (f"    {field}: {_type(inner)}" for field, inner in schema["properties"].items())
    return "\n".join([f"class {name}(TypedDict):", *fields, ""])


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "anyOf" in schema:
        return " | ".join(_type(kind) for kind in schema["anyOf"])
    if schema["type"] == "array":
        return f"list[{_type(schema['items'])}]"
    if schema["type"] == "object":
        inner = schema["additionalProperties"]
        return f"dict[str, {_type(inner) if isinstance(inner, Mapping) and 'type' in inner else 'Any'}]"
    return _PLAIN[schema["type"]]


if __name__ == "__main__":
    FILE.write_text(answers_text(), encoding="utf-8")
