"""Item 5 of issue 34: what each role may see and do: each route and each order, of one's own, of others', of nothing.

The expected answers are made of the contract. A route, or a kind of order, that is new has to be in it, and here.
"""

import contextlib
import json
from dataclasses import replace

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from provisioner.api.callers import Caller, Role
from provisioner.api.contract import ROLE, ROLE_BY_KIND
from provisioner.api.rights import role_of_route
from provisioner.model.ids import WaveName
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.etas import WaveEta
from provisioner.model.scenario.scenarios import Wave
from provisioner.model.scenario.surges import ORDERED
from provisioner.ports import Changes
from provisioner.reasons.commands import UNKNOWN_DESKTOP
from provisioner.reasons.reason import Reason, join_reasons, to_document
from provisioner.reasons.surges import SURGE_PAUSED_WHY, WAVE_SHORT
from tests.api.rights_page import PAGE, operations, page
from tests.api.test_contract import DOCUMENT
from tests.api.test_writing import Desk
from tests.builders.api import an_api_site, ask, connected, lent, serving
from tests.builders.cli import a_lonely_site, keep
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.desk import a_daemon
from tests.builders.store import a_reservation
from tests.builders.views import a_publication

OPERATIONS = {(method, path): operation for method, path, operation in operations(DOCUMENT)}
CALLERS = {"nobody": None, "no role": Caller(name="zoe", role=None)} | {
    role.word: Caller(name="zoe", role=role) for role in Role
}
EACH_CALLER = pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
READ = {
    "/v1/why": {"?of=vd-5001": 200, "?of=nobody.there": 404},
    "/v1/person": {"?of=login0": 200, "?of=nobody.there": 404},
    "/v1/journal": {"": 200, "?subject=vd-5001": 200, "?subject=nothing": 200},
    "/v1/ready": {"": 200, "?wave=everyone": 200, "?wave=none": 404},
    "/v1/capacity": {"": 200, "?profile=none": 404},
    "/v1/reports/surge": {"": 404, "?run=7": 404},
}
"""Queries about what is there and what is not, with the status for whoever may ask; of the others the resource alone."""
POSTED = {
    "/v1/lends": {"mdupont": 200, "nobody.there": 409},
    "/v1/lends/returns": {"mdupont": 200, "nobody.there": 409},
}


def status_of(socket, method, path, body=None, *, key="k"):
    """Of an answer of which no more is read: a stream of events never ends."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
    with contextlib.closing(connected(socket)) as connection:
        connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        return int(connection.recv(16)[9:12])


def answered(caller, operation, status, *, role=None):
    """The status that the contract promises whoever asks: what is there and what is not is for those who may ask."""
    if caller is None:
        return 401
    least = next(each for each in Role if each.word == (role or operation[ROLE]))
    return status if caller.role is not None and caller.role >= least else 403


class Asking:
    """Who asks, as the test says before each request."""

    def __init__(self, caller=None):
        self.caller = caller

    def __call__(self, _):
        return self.caller


def a_site_with_a_desk():
    """Two desktops and three people; a desktop is lent to whoever is known."""

    def lend(order):
        answer = lent(order)
        if order.who == "nobody.there":
            answer = Desk(replace(answer.result(), refused=UNKNOWN_DESKTOP(name=order.who)))(order)
        return answer

    desk = Desk()
    return desk, an_api_site(a_publication(a_desktop(1), a_desktop(2), wanted=2, agents=3), order=desk, lend=lend)


def test_every_route_declares_one_role_and_an_undeclared_one_is_not_served():
    """Item 5: what is not declared would be open to everybody."""
    router = APIRouter()
    router.add_api_route("/open", lambda: None)
    (route,) = (each for each in router.routes if isinstance(each, APIRoute))

    assert {operation[ROLE] for operation in OPERATIONS.values()} == {role.word for role in Role}
    with pytest.raises(LookupError, match="/open declares 0 roles"):
        role_of_route(route)


def test_the_table_in_the_docs_is_made_of_the_contract():
    """Item 5: and nobody wrote a second one by hand."""
    text = PAGE.read_text(encoding="utf-8")

    assert page(text, DOCUMENT) == text, "make pins writes it anew"


@pytest.mark.long
@EACH_CALLER
def test_each_resource_is_read_by_its_role_and_those_above(tmp_path, caller):
    """Item 5: of what is there and of what is not; whoever may not ask learns from the status of neither."""
    resources = {path: operation for (method, path), operation in OPERATIONS.items() if method == "GET"}
    asked = {(path, query): status for path in resources for query, status in READ.get(path, {"": 200}).items()}
    _, site = a_site_with_a_desk()
    with serving(tmp_path, site, identify=lambda _: caller) as socket:
        found = {(path, query): status_of(socket, "GET", path + query) for path, query in asked}

    assert READ.keys() <= resources.keys()
    assert found == {(path, query): answered(caller, resources[path], status) for (path, query), status in asked.items()}


@pytest.mark.long
@EACH_CALLER
@pytest.mark.parametrize("path", ["/v1/intents", "/v1/intents/withdrawals"])
def test_each_order_is_given_and_ended_by_its_role_and_those_above(tmp_path, caller, path):
    """Item 5: every kind of the contract, with a target and without."""
    operation = OPERATIONS["POST", path]
    desk, site = a_site_with_a_desk()
    found, promised = {}, {}
    with serving(tmp_path, site, identify=lambda _: caller) as socket:
        for kind, roles in operation[ROLE_BY_KIND].items():
            for said, target in {"with_target": ORDERED[0] if kind == "surge" else "vd-5001", "without_target": None}.items():
                body, key = {"kind": kind, "target": target, "reason": "test"}, f"{kind} {said}"
                found[key] = status_of(socket, "POST", path, body, key=key)
                promised[key] = answered(caller, operation, 409 if (kind, target) == ("surge", None) else 200, role=roles[said])

    assert found == promised
    assert len(desk.orders) == list(found.values()).count(200)


@pytest.mark.long
@EACH_CALLER
def test_each_other_order_is_given_by_its_role_and_those_above(tmp_path, caller):
    """Item 5: of people who are there, and who are not."""
    others = {path: each for (method, path), each in OPERATIONS.items() if method != "GET" and ROLE_BY_KIND not in each}
    _, site = a_site_with_a_desk()
    with serving(tmp_path, site, identify=lambda _: caller) as socket:
        found = {
            (path, who): status_of(socket, "POST", path, {"who": who} if who else {}, key=f"{path} {who}")
            for path in others
            for who in POSTED.get(path, {"": 200})
        }

    assert found == {
        (path, who): answered(caller, others[path], status)
        for path in others
        for who, status in POSTED.get(path, {"": 200}).items()
    }


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("kind", "target", "least"), [("quarantine", "vd-1001", Role.HELPDESK), ("hold", None, Role.OPERATOR)])
def test_ones_own_orders_others_and_orders_that_nobody_gave(tmp_path, role, kind, target, least):
    """Item 5: with the reconciler that carries them out. Whoever may give an order may end it, whoever gave it."""
    site, asking = a_lonely_site(tmp_path), Asking()
    keep(site, Changes(desktops={a_reservation().name: DesktopRecord(reservation=a_reservation())}))
    zoe, claire = Caller(name="zoe", role=role), Caller(name="claire", role=Role.OPERATOR)
    body, ends, done = {"kind": kind, "target": target, "reason": "test"}, "/v1/intents/withdrawals", []

    def by(caller, path, body):
        asking.caller = caller
        done.append(path)
        return status_of(socket, "POST", path, body, key=f"k{len(done)}")

    with a_daemon(site, identify=asking) as socket:
        unknown = [by(zoe, ends, body), by(zoe, "/v1/intents", body | {"target": "vd-9999"})]
        own = [by(zoe, "/v1/intents", body), by(zoe, ends, body)]
        others = [by(claire, "/v1/intents", body), by(zoe, ends, body)]

    may = role >= least
    assert unknown == ([409, 409] if may else [403, 403])
    assert own == ([200, 200] if may else [403, 403])
    assert others == ([200, 200] if may else [200, 403])


@pytest.mark.long
def test_an_answer_is_for_whoever_gave_the_order(tmp_path):
    """Item 5: the key of somebody else says nothing of what was ordered under it."""
    asking, (desk, site) = Asking(), a_site_with_a_desk()
    with serving(tmp_path, site, identify=asking) as socket:
        statuses = []
        for name, kind in [("claire", "hold"), ("claire", "freeze"), ("zoe", "freeze")]:
            asking.caller = Caller(name=name, role=Role.OPERATOR)
            statuses.append(status_of(socket, "POST", "/v1/intents", {"kind": kind}))

    assert statuses == [200, 409, 200]
    assert [order.by for order in desk.orders] == ["claire", "zoe"]


@pytest.mark.long
def test_whoever_may_not_is_told_the_same_of_what_is_there_and_what_is_not(tmp_path):
    """Item 5: a refusal is no way to find out who has a desktop."""
    _, site = a_site_with_a_desk()
    with serving(tmp_path, site, role=Role.BOARD) as socket:
        said = [ask(socket, f"/v1/person?of={who}").body for who in ("login0", "nobody.there")]

    assert said[0] == said[1]


PEOPLE = ("claire", "dupont", "login0", "agent-", "vd-5001", "sick leave")
"""Words of those who are in the documents below: who ordered, why, who is concerned."""
PAUSED = SURGE_PAUSED_WHY(by="claire (for m.dupont)", why="login0001 is back from sick leave: vd-5001")


def with_words_everywhere():
    """A wave that is held by an order with free words; a readiness, and a question, that name people."""
    published = a_publication(a_desktop(1), wanted=1, agents=2, waves=(Wave(name=WaveName("everyone"), who=Selection()),))
    held = {"held_by": PAUSED, "because": PAUSED, "says": WAVE_SHORT(wave="everyone", count=5, people=5, why=PAUSED)}
    eta = WaveEta(wave=WaveName("everyone"), ready_by=NOW, people=5, ready=0, late=5, **held)
    paused = to_document(PAUSED)
    readiness = {
        "scenario": "surge", "wanted": 5, "ready": 0, "causes": [{"what": paused, "people": 5}],
        "doubts": [to_document(Reason("cn=dupont is odd")), to_document(join_reasons((PAUSED, "login0001")))],
        "trials": [paused], "untried": paused,
    }  # fmt: skip
    status = replace(published.status, etas={WaveName("everyone"): eta})
    return an_api_site(
        replace(published, status=status),
        latest=lambda history, _: [history.value(NOW, readiness)] if history.name == "readiness" else [],
    )


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.BOARD, Role.VIEWER])
def test_no_document_of_the_board_names_anybody(tmp_path, role):
    """Item 5: the words and the name of whoever paused a surge stood in `waves`, those of a finding in `readiness`."""
    paths = [path for (_, path), operation in OPERATIONS.items() if operation[ROLE] == Role.BOARD.word]
    with serving(tmp_path, with_words_everywhere(), role=role) as socket:
        documents = {path: ask(socket, path).body.decode() for path in paths}

    named = {path for path, text in documents.items() if any(word in text for word in PEOPLE)}
    assert named == (set() if role is Role.BOARD else {"/v1/waves", "/v1/ready", "/v1/readiness"})
    assert '"code":"surge_paused_why"' in documents["/v1/waves"]


@pytest.mark.long
def test_nobody_reads_what_is_written_on_somebodys_desktop(tmp_path):
    """Item 5: the text of a message is for whoever is logged on there, whatever role asks."""
    message = Intent(
        kind=IntentKind.MESSAGE, by="claire", at=NOW, target="vd-5001", reason="test", terms=Terms(text="your mother called")
    )
    published = a_publication(a_desktop(1), wanted=1, agents=1)
    site = an_api_site(replace(published, status=replace(published.status, intents=(message,))))
    paths = [path for method, path in OPERATIONS if (method, path) != ("GET", "/v1/events") and method == "GET"]
    with serving(tmp_path, site) as socket:
        documents = {path: ask(socket, path + next(iter(READ.get(path, {"": 200})))).body.decode() for path in paths}

    assert '"kind":"message"' in documents["/v1/intents"]
    assert [path for path, text in documents.items() if "mother" in text] == []
