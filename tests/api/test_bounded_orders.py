"""H1: an order with a time, a duration or a number without bounds is refused with 422, and nobody hands it in."""

import json
from concurrent.futures import Future
from zlib import crc32

import pytest

from provisioner.api.app import app_of
from provisioner.api.callers import Role
from provisioner.api.identity import IdentityLayer
from provisioner.api.site import Order
from provisioner.reasons.reason import Reason
from tests.builders.api import an_api_site, as_role, taken
from tests.fuzz.asking import ask

SPITE = [
    pytest.param('{"kind": "surge", "target": "start", "surge": {"first_day": "9999-12-31"}}', "must_be_dated", id="first_day"),
    pytest.param('{"kind": "surge", "target": "start", "surge": {"first_day": "0001-01-01"}}', "must_be_dated", id="year 1"),
    pytest.param('{"kind": "hold", "until": "9999-12-31T23:59:00-12:00"}', "must_be_dated", id="until"),
    pytest.param('{"kind": "hold", "until": "0001-01-01T00:00:00+23:59"}', "must_be_dated", id="before all zones"),
    pytest.param(
        '{"kind": "surge", "target": "start", "surge": {"starts_at": "2200-01-01T00:00:00Z"}}', "must_be_dated", id="starts_at"
    ),
    pytest.param('{"kind": "surge", "target": "finish", "surge": {"keep_s": 1e308}}', "must_be_at_most", id="keep_s"),
    pytest.param('{"kind": "surge", "target": "finish", "surge": {"keep_s": NaN}}', "must_be_finite", id="NaN"),
    pytest.param('{"kind": "surge", "target": "finish", "surge": {"batch": 1000001}}', "must_be_at_most", id="batch"),
]


@pytest.fixture(scope="module")
def handed_in() -> list[Order]:
    return []


@pytest.fixture(scope="module")
def app(handed_in: list[Order]) -> IdentityLayer:
    def take(given: Order) -> "Future[Reason]":
        handed_in.append(given)
        return taken(given)

    site = an_api_site(order=take)
    return IdentityLayer(app_of(site), as_role(Role.OPERATOR), site.zone)


@pytest.mark.parametrize(("order", "code"), SPITE)
def test_an_order_outside_the_bounds_is_refused_in_our_own_words(
    app: IdentityLayer, handed_in: list[Order], order: str, code: str
):
    status, body = ask(app, "POST", "/v1/intents", order.encode(), key=f"{crc32(order.encode())}")

    assert (status, handed_in) == (422, [])
    assert json.loads(body)["reasons"][0]["arguments"]["said"]["code"] == code
