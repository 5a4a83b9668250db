"""Desktops of pools over the API: who may, what is answered, and the same answer to the same order."""

import json
from concurrent.futures import Future

import pytest

from provisioner.api.callers import Role
from provisioner.model.ids import DesktopName
from provisioner.model.lending import Grant, GrantTerms, LendingAnswer, LendOrder
from provisioner.reasons.pools import NO_POOLS, NONE_FREE
from tests.builders.api import an_api_site, ask, serving

pytestmark = pytest.mark.long

JSON = "application/json"
MARIE = json.dumps({"who": "marie"}).encode()
TERMS = GrantTerms(login="marie", desktop=DesktopName("vd-5001"), host="10.40.0.7", port=3389, expires_at=60.0)


class Grants:
    """Each another."""

    def __init__(self):
        self.made = 0

    def grant(self, terms):
        self.made += 1
        return Grant(terms=terms, reader="reader", data=f"{terms.login} {self.made}", url=f"https://desks.example/{self.made}")


class Desk:
    """Gives this answer, and keeps the orders."""

    def __init__(self, **answer):
        self.orders, self.answer = [], LendingAnswer(**{"login": "marie", **answer})

    def __call__(self, order):
        self.orders.append(order)
        answer: Future[LendingAnswer] = Future()
        answer.set_result(self.answer)
        return answer


def post(tmp_path, desk, what="/v1/lends", *, role=Role.HELPDESK, body=MARIE, keys=("k1",)):
    with serving(tmp_path, an_api_site(lend=desk), role=role) as socket:
        return [
            ask(socket, what, method="POST", body=body, Idempotency_Key=key, Content_Type="application/json") for key in keys
        ]


def test_it_answers_with_the_desktop(tmp_path):
    desk = Desk(desktop=DesktopName("vd-5001"), ready=True)
    (answer,) = post(tmp_path, desk, body=json.dumps({"who": "marie", "pool": "desk", "said_by": "front desk"}).encode())

    assert (answer.status, answer.document["desktop"], answer.document["ready"]) == (200, "vd-5001", True)
    (order,) = desk.orders
    assert isinstance(order, LendOrder)
    assert (order.who, order.pool, order.by, order.key) == ("marie", "desk", "zoe (front desk)", "zoe/k1")


def test_a_doubled_order_is_carried_out_once(tmp_path):
    desk = Desk(desktop=DesktopName("vd-5001"), ready=True)
    first, again, other = post(tmp_path, desk, keys=("k1", "k1", "k2"))

    assert first.body == again.body == other.body
    assert len(desk.orders) == 2


def test_none_free_is_429_with_a_time_and_the_next_try_is_made(tmp_path):
    desk = Desk(refused=NONE_FREE(pools="desk", lent=2, resetting=0), expected_s=41.5, for_now=True)
    first, again = post(tmp_path, desk, keys=("k1", "k1"))

    assert (first.status, first.headers["retry-after"], first.codes) == (429, "42", ["lend_none_free"])
    assert (again.status, len(desk.orders)) == (429, 2)


def test_what_can_never_be_is_409(tmp_path):
    (answer,) = post(tmp_path, Desk(refused=NO_POOLS()))

    assert (answer.status, answer.codes) == (409, ["lend_no_pools"])


@pytest.mark.parametrize("what", ["/v1/lends", "/v1/lends/returns"])
def test_it_is_for_the_help_desk(tmp_path, what):
    desk = Desk(desktop=DesktopName("vd-5001"))
    (refused,) = post(tmp_path, desk, what, role=Role.VIEWER)
    (taken,) = post(tmp_path, desk, what)

    assert (refused.status, taken.status, len(desk.orders)) == (403, 200, 1)


@pytest.mark.parametrize("body", [b"{}", b'{"who": ""}', b'{"who": 5}', b'{"who": "marie", "node": "n1"}', b"[]"])
def test_a_wrong_body_is_refused(tmp_path, body):
    (answer,) = post(tmp_path, desk := Desk(), body=body)

    assert (answer.status, desk.orders) == (422, [])


def test_a_desktop_in_doubt_is_named_by_who_knows_whose_it_is(tmp_path):
    post(tmp_path, desk := Desk(), body=b'{"who": "marie", "desktop": "vd-1"}')

    assert [order.desktop for order in desk.orders] == ["vd-1"]


def test_a_grant_is_made_of_what_the_desk_allows_and_a_doubled_order_gets_the_same(tmp_path):
    desk, body = Desk(desktop=DesktopName("vd-5001"), ready=True, grant=TERMS), {"who": "marie", "grant": True}
    with serving(tmp_path, an_api_site(lend=desk, grant=Grants().grant), role=Role.HELPDESK) as socket:
        first, again, other = (
            ask(socket, "/v1/lends", method="POST", body=json.dumps(body).encode(), Idempotency_Key=key, Content_Type=JSON)
            for key in ("k1", "k1", "k2")
        )

    assert desk.orders[0].grant
    assert first.document["grant"] == {
        "broker": "reader", "data": "marie 1", "url": "https://desks.example/1", "expires_at": "1970-01-01T00:01:00.000Z",
    }  # fmt: skip
    assert again.document["grant"] == first.document["grant"] != other.document["grant"]


def test_without_what_the_desk_allows_there_is_no_grant(tmp_path):
    desk = Desk(desktop=DesktopName("vd-5001"), expected_s=40.0)
    with serving(tmp_path, an_api_site(lend=desk, grant=Grants().grant), role=Role.HELPDESK) as socket:
        answer = ask(socket, "/v1/lends", method="POST", body=MARIE, Idempotency_Key="k1", Content_Type=JSON)

    assert answer.document["grant"] is None
