"""Orders: by whom, once, and taken by the control thread or refused with its reason."""

import json
import threading
from concurrent.futures import Future

import pytest

from provisioner.api.callers import Role
from provisioner.errors import StoreError
from provisioner.model.intents import Intent, IntentKind, Terms, Withdrawal
from provisioner.reasons.commands import UNKNOWN_DESKTOP
from provisioner.reasons.reason import NONE
from provisioner.reasons.store import URL_UNREADABLE
from tests.builders.api import an_api_site, ask, serving
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

pytestmark = pytest.mark.long


class Desk:
    """Takes orders, or refuses each with a reason or an error."""

    def __init__(self, result=NONE):
        self.orders, self.result = [], result

    def __call__(self, order):
        self.orders.append(order)
        answer = Future()
        if isinstance(self.result, Exception):
            answer.set_exception(self.result)
        else:
            answer.set_result(self.result)
        return answer


def a_site_with(desk):
    return an_api_site(a_publication(a_desktop(1), wanted=1), order=desk)


def post(socket, what, *, key="k1", path="/v1/intents", **headers):
    return ask(
        socket,
        path,
        method="POST",
        body=json.dumps(what).encode(),
        Content_Type="application/json",
        Idempotency_Key=key,
        **headers,
    )


def test_an_order_says_who_it_is_from_whatever_the_body_says(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        taken = post(socket, {"kind": "hold", "reason": "audit", "until": "2027-01-16T08:00:00+01:00"})
        forged = post(socket, {"kind": "hold", "by": "somebody else"}, key="k2")

    assert (taken.status, forged.status) == (200, 422)
    (order,) = desk.orders
    assert order == Intent(kind=IntentKind.HOLD, by="zoe", at=NOW + 2, reason="audit", until=NOW + 23 * 3600)


def test_a_withdrawal_names_what_it_ends(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        answer = post(socket, {"kind": "drain", "target": "pve/n1", "reason": "done"}, path="/v1/intents/withdrawals")

    assert answer.status == 200
    assert desk.orders == [Withdrawal(kind=IntentKind.DRAIN, by="zoe", at=NOW + 2, reason="done", target="pve/n1")]


def test_the_same_order_again_is_answered_as_before_and_done_once(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        answers = [post(socket, {"kind": "freeze"}) for _ in range(3)]
        other = post(socket, {"kind": "hold"})

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body for answer in answers}) == 1
    assert (len(desk.orders), other.status, other.codes) == (1, 409, ["order_key_used"])


def test_the_same_order_at_the_same_time_is_done_once(tmp_path):
    answer, orders, results = Future(), [], []

    def desk(order):
        orders.append(order)
        return answer

    with serving(tmp_path, a_site_with(desk)) as socket:
        askers = [threading.Thread(target=lambda: results.append(post(socket, {"kind": "freeze"}).status)) for _ in range(4)]
        for asker in askers:
            asker.start()
        while not orders:
            pass
        answer.set_result(NONE)
        for asker in askers:
            asker.join()

    assert (len(orders), results) == (1, [200] * 4)


@pytest.mark.parametrize(
    ("result", "status", "code"),
    [
        pytest.param(UNKNOWN_DESKTOP(name="vd-1"), 409, "no_such_desktop", id="refused"),
        pytest.param(StoreError(URL_UNREADABLE()), 503, URL_UNREADABLE.code, id="the store does not take it"),
    ],
)
def test_an_order_that_is_not_taken_says_why_and_may_be_tried_again(tmp_path, result, status, code):
    desk = Desk(result)
    with serving(tmp_path, a_site_with(desk)) as socket:
        refused = post(socket, {"kind": "stop", "target": "vd-1"})
        desk.result = NONE
        again = post(socket, {"kind": "stop", "target": "vd-1"})

    assert (refused.status, refused.codes, again.status, len(desk.orders)) == (status, [code], 200, 2)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        pytest.param(Role.BOARD, set(), id="the board"),
        pytest.param(Role.VIEWER, set(), id="a viewer"),
        pytest.param(Role.HELPDESK, {"stop vd-5001", "retry vd-5001", "reconfigure vd-5001"}, id="the help desk"),
        pytest.param(
            Role.OPERATOR,
            {
                "stop vd-5001",
                "retry vd-5001",
                "reconfigure vd-5001",
                "reconfigure",
                "freeze",
                "hold",
                "drain pve/n1",
                "retire pve/5009",
            },
            id="an operator",
        ),
    ],
)
def test_each_role_gives_its_own_orders(tmp_path, role, allowed):
    desk = Desk()
    tried = (
        "freeze",
        "hold",
        "drain pve/n1",
        "retire pve/5009",
        "stop vd-5001",
        "retry vd-5001",
        "reconfigure vd-5001",
        "reconfigure",
    )
    with serving(tmp_path, a_site_with(desk), role=role) as socket:
        answers = {
            words: post(socket, {"kind": kind, "target": target or None}, key=words.replace("/", "-"))
            for words in tried
            for kind, _, target in [words.partition(" ")]
        }

    assert {words for words, answer in answers.items() if answer.status == 200} == allowed
    assert {answer.status for words, answer in answers.items() if words not in allowed} <= {403}
    assert len(desk.orders) == len(allowed)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"kind": "explode"}',
        b'{"kind": "surge", "target": "x"}',
        b'{"kind": "surge", "target": "begin"}',
        b'{"kind": "hold", "until": "tomorrow"}',
        b'{"kind": "hold", "until": "2027-01-16T08:00"}',
        b'{"kind": "freeze", "reason": 7}',
        b'{"kind": "stop", "target": "' + 300 * b"x" + b'"}',
    ],
)
def test_a_faulty_order_is_refused_and_nothing_is_done(tmp_path, body):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        answer = ask(socket, "/v1/intents", method="POST", body=body, Content_Type="application/json", Idempotency_Key="k")

    assert (answer.status // 100, desk.orders) == (4, [])
    assert answer.codes


def test_an_order_without_a_key_is_refused(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        answer = ask(socket, "/v1/intents", method="POST", body=b'{"kind": "freeze"}', Content_Type="application/json")

    assert (answer.status, answer.document["reasons"][0]["arguments"]["name"], desk.orders) == (422, "idempotency-key", [])


@pytest.mark.parametrize("kind", ["restart", "stop", "retry", "reconfigure"])
def test_the_help_desk_orders_about_one_desktop_and_about_no_other_thing(tmp_path, kind):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk), role=Role.HELPDESK) as socket:
        taken = post(socket, {"kind": kind, "target": "vd-5001", "reason": "black screen"})
        withdrawn = post(socket, {"kind": kind, "target": "vd-5001"}, key="k2", path="/v1/intents/withdrawals")
        without = post(socket, {"kind": kind}, key="k3")
        others = [post(socket, {"kind": other}, key=other).status for other in ("freeze", "hold", "accept_baseline")]

    assert (taken.status, withdrawn.status, without.status, others) == (200, 200, 403, [403] * 3)
    assert [type(order) for order in desk.orders] == [Intent, Withdrawal]


def test_an_order_says_if_it_counts_even_with_a_session(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk), role=Role.HELPDESK) as socket:
        said = {"kind": "restart", "target": "vd-5001", "reason": "it hangs", "even_with_session": True, "by_force": True}
        post(socket, said)

    assert desk.orders[0].terms == Terms(even_with_session=True, by_force=True)


def test_the_callers_words_are_kept_and_pass_for_nothing(tmp_path):
    desk = Desk()
    with serving(tmp_path, a_site_with(desk)) as socket:
        post(socket, {"kind": "hold", "said_by": "marie) as root (x"})
        post(socket, {"kind": "hold", "said_by": "marie"}, key="k2", path="/v1/intents/withdrawals")
        long = post(socket, {"kind": "hold", "said_by": "x" * 101}, key="k3")

    assert [order.by for order in desk.orders] == ["zoe (marie as root x)", "zoe (marie)"]
    assert long.status == 422


def test_an_order_about_people_names_each_of_them(tmp_path):
    desk = Desk()
    many = [f"00000000-0000-0000-0000-{number:012}" for number in range(5000)]
    with serving(tmp_path, a_site_with(desk)) as socket:
        accept = {"kind": "accept_directory", "leavers": many[:2], "joiners": many[2:3], "until": "2027-01-16T08:00:00Z"}
        codes = [
            post(socket, accept).status,
            post(socket, {"kind": "rekey", "rekeys": [[old, old[::-1]] for old in many]}, key="k2").status,
        ]
    with serving(tmp_path, a_site_with(Desk()), role=Role.HELPDESK) as socket:
        codes.append(post(socket, {"kind": "distinct", "target": "x"}).status)

    assert codes == [200, 200, 403]
    assert (desk.orders[0].allows.leavers, desk.orders[0].allows.joiners) == (frozenset(many[:2]), frozenset(many[2:3]))
    assert len(desk.orders[1].rekeys) == 5000
