"""The shipped OpenAPI document is current, and explains every key."""

import json
from pathlib import Path

import pytest

from provisioner.api.contract import FILE, contract_text

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads(contract_text())


@pytest.mark.long
def test_the_committed_document_is_current():
    assert (ROOT / FILE).read_text(encoding="utf-8") == contract_text(), "make schema writes it anew"


def test_every_resource_has_a_version_and_a_summary():
    operations = [(path, operation) for path, item in DOCUMENT["paths"].items() for operation in item.values()]

    assert len(operations) >= 15
    assert all(path.startswith("/v1/") and operation["summary"] for path, operation in operations)


def test_keys_are_words_and_every_document_says_what_it_is():
    schemas = DOCUMENT["components"]["schemas"]

    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert all(
        key.replace("_", "").isalpha() and key.islower() for schema in schemas.values() for key in schema.get("properties", ())
    )
    assert "None" not in json.dumps([schema["description"] for schema in schemas.values()])


def test_a_client_can_be_generated_from_it():
    """F23: no tags, no security scheme, ids like `agents_v1_agents_get`, an array of which nobody knows what is in it."""
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]
    ids, tags = [each["operationId"] for each in operations], {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}

    assert len(set(ids)) == len(ids)
    assert [each for each in ids if "v1" in each or not each.replace("_", "").isalpha()] == []
    assert {tag for each in operations for tag in each["tags"]} == tags.keys()
    assert list(DOCUMENT["components"]["securitySchemes"]) == ["token"]
    assert [schema for schema in _arrays(DOCUMENT) if "items" not in schema] == []


def _arrays(schema):
    if isinstance(schema, dict):
        if schema.get("type") == "array":
            yield schema
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else ():
        yield from _arrays(inner)
