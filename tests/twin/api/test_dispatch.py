"""How a request travels: service times, three workers a node, the proxy's 30 s, nodes that are not there, quorum."""

import pytest

from provisioner.model.machines.twin_spec import ApiSpec, CutQuorum, Durations, KillNode
from provisioner.twin.protocol import ApiFault
from tests.builders.twin import EXACT, NODE, TEMPLATE, Lab, a_spec

VM = f"/nodes/{NODE}/qemu/101"


@pytest.mark.parametrize(
    ("method", "path", "seconds"),
    [
        pytest.param("GET", "/cluster/resources", 0.01, id="a read"),
        pytest.param("GET", f"{VM}/status/current", 0.01, id="a read through a worker"),
        pytest.param("POST", f"{VM}/status/stop", 0.05, id="a write"),
        pytest.param("PUT", f"{VM}/config", 0.1, id="a configuration"),
    ],
)
def test_service_times(method: str, path: str, seconds: float) -> None:
    lab = Lab().cloned(101)
    asked_at = lab.events.now

    assert lab.ask(method, path).ok
    assert lab.events.now - asked_at == pytest.approx(seconds)


def test_three_workers_a_node_serve_the_rest_in_turn() -> None:
    lab = Lab(a_spec(nodes=2)).cloned(101)
    lab.start(101)
    begun = lab.events.now
    pings = [lab.send("POST", f"{VM}/agent/ping") for _ in range(4)]
    elsewhere = lab.send("GET", "/nodes/pve2/qemu")
    listed = lab.send("GET", "/cluster/resources")
    tasks = lab.send("GET", f"/nodes/{NODE}/tasks")
    queued = lab.send("GET", f"{VM}/status/current")

    lab.wait(0.1)
    assert elsewhere, "another node has its own workers"
    assert listed, "listings take none"
    assert tasks, "nor do task lists"
    assert not queued
    lab.wait(begun + 3.1 - lab.events.now)
    assert [len(answers) for answers in pings] == [1, 1, 1, 0]
    assert queued, "a worker became free"
    lab.wait(3.1)
    assert pings[3][0].reason == "QEMU guest agent is not running"


def test_after_thirty_seconds_the_proxy_gives_up_and_the_operation_goes_on() -> None:
    lab = Lab(a_spec(durations=Durations(sigma=0.0, configure_s=35.0))).cloned(101)
    asked_at = lab.events.now

    answer = lab.ask("PUT", f"{VM}/config", description="late")

    assert (answer.status, answer.reason) == (596, "Connection timed out")
    assert lab.events.now - asked_at == pytest.approx(30.0)
    assert lab.config(101).get("description") != "late"
    assert lab.wait(6).config(101)["description"] == "late"


def test_an_unknown_path_or_method_is_not_implemented() -> None:
    lab = Lab()

    assert lab.ask("GET", "/nope").reason == "Method 'GET /nope' not implemented"
    answer = lab.ask("GET", f"/nodes/{NODE}/qemu/{TEMPLATE}/agent/ping")
    assert (answer.status, answer.reason) == (501, f"Method 'GET /nodes/{NODE}/qemu/{TEMPLATE}/agent/ping' not implemented")


def test_an_unknown_node_is_looked_up_in_vain() -> None:
    answer = Lab().ask("GET", "/nodes/pve9/status")

    assert (answer.status, answer.reason) == (
        500,
        "hostname lookup 'pve9' failed - failed to get address info for: pve9: Temporary failure in name resolution",
    )


def test_localhost_is_the_node_one_is_connected_to() -> None:
    assert Lab().get("/nodes/localhost/status") == Lab().get(f"/nodes/{NODE}/status")


def test_a_dead_node_is_no_longer_reached() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", at_s=1)])).wait(2)

    answer = lab.ask("GET", "/nodes/pve2/status")

    assert (answer.status, answer.reason) == (595, "No route to host")


def test_a_call_that_its_node_dies_under_ends_in_the_proxys_time_out() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", at_s=10.05)])).cloned(201, node="pve2")
    lab.wait(10 - lab.clock)
    answers = lab.send("PUT", "/nodes/pve2/qemu/201/config", description="never")

    lab.wait(31)

    assert [answer.status for answer in answers] == [596]
    assert lab.twin.guest_truths()[201].description != "never"


def test_without_quorum_reads_go_on_and_writes_say_why_not() -> None:
    lab = Lab(a_spec(faults=[CutQuorum(at_s=10, for_s=60)])).cloned(101).wait(10)
    lab.wait(17 - lab.clock)

    for method, path in (("POST", f"/nodes/{NODE}/qemu/{TEMPLATE}/clone"), ("POST", f"{VM}/status/start")):
        assert lab.ask(method, path, newid=102).reason == "cluster not ready - no quorum?"
    assert lab.ask("PUT", f"{VM}/config", description="x").reason.endswith("Permission denied")
    assert lab.do("DELETE", VM).endswith("Permission denied")
    assert lab.get("/cluster/resources")
    assert lab.wait(60).finish(lab.clone(102)) == "OK", "it comes back"


def test_authentication_comes_first() -> None:
    lab = Lab()

    def nobody(*_: object) -> str:
        raise ApiFault(401, "Authentication failed!")

    lab.twin.api.authenticate = nobody
    answer = lab.ask("GET", "/nodes")

    assert (answer.status, answer.reason, lab.clock) == (401, "Authentication failed!", 3.0)


def test_calls_and_writes_are_counted() -> None:
    lab = Lab().cloned(101)
    lab.get("/cluster/resources")
    truth = lab.truth

    assert truth.calls == {"POST /nodes/{node}/qemu/{vmid}/clone": 1, "GET /cluster/resources": 1}
    assert truth.writes == 1
    assert truth.bytes_sent > 500


def test_workers_time_is_counted_by_endpoint() -> None:
    lab = Lab().cloned(101)
    lab.start(101)
    lab.send("POST", f"{VM}/agent/ping")
    lab.get("/cluster/resources")
    lab.wait(5)

    assert lab.truth.worker_s == {
        "POST /nodes/{node}/qemu/{vmid}/clone": pytest.approx(0.05),
        "POST /nodes/{node}/qemu/{vmid}/status/start": pytest.approx(0.05),
        "POST /nodes/{node}/qemu/{vmid}/agent/ping": pytest.approx(3.05),
    }, "a guest that does not answer yet holds a worker for 3 s; the list of resources holds none"


def test_more_workers_serve_more_at_once() -> None:
    lab = Lab(a_spec(api=ApiSpec(workers=8), durations=EXACT)).cloned(101)
    lab.start(101)
    pings = [lab.send("POST", f"{VM}/agent/ping") for _ in range(8)]

    lab.wait(3.2)

    assert all(pings)
