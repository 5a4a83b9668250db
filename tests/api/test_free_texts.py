"""H10: what people write in an order is bounded, and obeyed by no terminal, log or page that shows it."""

import json

import pytest

from tests.api.test_contract import DOCUMENT
from tests.api.test_writing import Desk, post
from tests.builders.api import RELOADED, an_api_site, lent, serving
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

HOSTILE = "black screen\nbascule: ready\x1b[2J\u202etxt.exe\x9b31m\u2028end"
ORDERS = {
    "/v1/intents": {"kind": "restart", "target": "vd-5001"},
    "/v1/intents/withdrawals": {"kind": "restart", "target": "vd-5001"},
    "/v1/lends": {"who": "mdupont"},
    "/v1/lends/returns": {"who": "mdupont"},
    "/v1/config/reloads": {},
}


def bodies():
    """Of every order in the contract, the schema of its body, by path."""
    schemas = DOCUMENT["components"]["schemas"]
    for path, item in DOCUMENT["paths"].items():
        for operation in item.values():
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                yield path, schemas[reference.rpartition("/")[2]], schemas


def texts_in(schema, schemas, place=""):
    """Every text that a body may hold: its place, and its schema."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "string":
        yield place, schema
    for name, inner in schema.get("properties", {}).items():
        yield from texts_in(inner, schemas, f"{place}.{name}")
    for inner in (*schema.get("anyOf", ()), *schema.get("prefixItems", ())):
        yield from texts_in(inner, schemas, place)
    if isinstance(schema.get("items"), dict):
        assert {"maxItems"} <= schema.keys(), place
        yield from texts_in(schema["items"], schemas, f"{place}[]")


def test_every_text_of_every_order_is_bounded():
    """H10: by its length, or by the words that it may be."""
    found = [(path + place, schema) for path, body, schemas in bodies() for place, schema in texts_in(body, schemas)]
    unbounded = [place for place, schema in found if not {"maxLength", "enum", "const", "format"} & schema.keys()]

    assert {path for path, _, _ in bodies()} == ORDERS.keys()
    assert len(found) > 20
    assert unbounded == []


@pytest.mark.long
@pytest.mark.parametrize("path", ORDERS)
def test_what_people_write_is_one_line_and_obeyed_by_nothing(tmp_path, path):
    """H10: line ends, cursor moves and the direction of text reached journal and log as they were."""
    desk, lends, reloads = Desk(), [], []

    def lend(order):
        lends.append(order)
        return lent(order)

    def reload(by):
        reloads.append(by)
        return Desk(RELOADED)(by)

    site = an_api_site(a_publication(a_desktop(1), wanted=1), order=desk, lend=lend, reload=reload)
    words = {"said_by": HOSTILE} if path.endswith("reloads") else {"said_by": HOSTILE, "reason": HOSTILE}
    with serving(tmp_path, site) as socket:
        taken = post(socket, ORDERS[path] | words, path=path)

    assert taken.status == 200, json.dumps(taken.document)
    kept = [text for order in (*desk.orders, *lends) for text in (order.by, order.reason)] + reloads
    assert len(kept) >= 1
    assert all("txt.exe" in text and text.isprintable() for text in kept)
