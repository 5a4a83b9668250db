"""The OpenAPI document: what there is to ask, and what answers hold. `python -m provisioner.api.contract` rewrites its file."""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any

from typing_extensions import is_typeddict

from provisioner.api.app import app_of, routes
from provisioner.api.rights import role_of_order, role_of_route
from provisioner.model.intents import IntentKind
from provisioner.settings.fields import field_docstrings
from provisioner.views.parts import ABOUT

_TAGS = {
    "state": "What the daemon knows, as of its last cycle, and what its store keeps.",
    "questions": "Answers to one question.",
    "orders": "Orders of operators, and of a help desk.",
    "lending": "Desktops of pools, lent and given back.",
    "events": "What happens, as it happens.",
}
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "Over TCP, a token of `bascule config token`. Over the Unix socket none is sent: the kernel says who asks.",
}
ROLE, ROLE_BY_KIND = "x-role", "x-role-by-kind"
"""Keys of an operation: the least role that is answered; and of orders, which have several kinds."""
_ORDERS = {"/v1/intents": "OrderRequest", "/v1/intents/withdrawals": "WithdrawalRequest"}
_TARGETS = {"with_target": "vd-0001", "without_target": ""}
FILE = Path("config/schema/api-v1.openapi.json")
_NONE = re.compile(r"\bNone\b")
_DOCUMENTS = re.compile(r"provisioner\.(views|api|capabilities\.\w+\.(views|documents))\b")
"""Modules whose classes are documents."""


def openapi_document() -> dict[str, Any]:
    """The document, with the docstrings of classes and fields as descriptions."""
    document = app_of(None).openapi()
    classes = dict(_documents())
    for name, schema in document["components"]["schemas"].items():
        kind = classes.get(name)
        if kind is not None:
            _describe(schema, kind)
    for parameter in _parameters(document):
        parameter["schema"] = _without_null(parameter["schema"])
    _declare_roles(document)
    for pair in _pairs(document):
        pair["items"] = pair["prefixItems"][0]
    return document | {
        "info": document["info"] | {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": "/", "description": "The daemon, on its Unix socket or its TCP address."}],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "components": document["components"] | {"securitySchemes": {"token": _TOKEN}},
        "security": [{}, {"token": []}],
    }


def _declare_roles(document: dict[str, Any]) -> None:
    """The least role of each operation; of orders by their kind, too: about one desktop, and otherwise."""
    for path, of in routes().items():
        for route in of:
            for method in route.methods or ():
                document["paths"][path][method.lower()][ROLE] = role_of_route(route).word
    for path, body in _ORDERS.items():
        kinds = document["components"]["schemas"][body]["properties"]["kind"]["enum"]
        document["paths"][path]["post"][ROLE_BY_KIND] = {
            kind: {said: role_of_order(IntentKind(kind), target).word for said, target in _TARGETS.items()} for kind in kinds
        }


def _pairs(schema: Any) -> Iterator[dict[str, Any]]:
    """Arrays of a fixed length, of one kind: generators of clients want to know which."""
    if isinstance(schema, dict):
        if "prefixItems" in schema:
            yield schema
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else ():
        yield from _pairs(inner)


def contract_text() -> str:
    """The content of its file."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"


def _describe(schema: dict[str, Any], kind: type) -> None:
    schema["description"] = _text(inspect.cleandoc(kind.__doc__ or ""))
    texts = field_docstrings(kind) | {each.name: each.metadata[ABOUT] for each in _fields(kind) if ABOUT in each.metadata}
    for name, field in schema.get("properties", {}).items():
        field.pop("title", None)
        if name in texts:
            field["description"] = _text(texts[name])


def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind) if is_dataclass(kind) else ()


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (
        parameter
        for item in document["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    )


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, or it has a value: in an address, null is a word."""
    given = [variant for variant in schema.get("anyOf", ()) if variant != {"type": "null"}]
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **given[0]} if given else schema


def _text(docstring: str) -> str:
    """The value in JSON's words."""
    return _NONE.sub("null", docstring)


def _documents() -> Iterator[tuple[str, type]]:
    """Every class of the documents, by name."""
    for module in tuple(sys.modules.values()):
        if module is not None and _DOCUMENTS.match(module.__name__):
            yield from inspect.getmembers(
                module, lambda member: is_typeddict(member) or (inspect.isclass(member) and is_dataclass(member))
            )


if __name__ == "__main__":
    FILE.write_text(contract_text(), encoding="utf-8")
