"""The adapter above its transport: ports, endpoints on the minority side of a network split, and its measurements."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest

from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.model.commands import Observe
from provisioner.model.machines.ownership import read_note
from provisioner.ports import ApiCall, GuestProbe, Hypervisor
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings
from tests.builders.https import Handler, ScriptedHttps, https, says
from tests.builders.pve import CLUSTER, NODE, NOTE_KEY, NOW, a_clone
from tests.servers.certificates import Authority, Certificate

pytestmark = pytest.mark.real

SECRET = "5ec2e7-of-the-token"
UPID = "UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:bascule@pve!daemon:"


class Standing:
    """A clock that does not move."""

    def now(self) -> float:
        return NOW


@contextmanager
def a_hypervisor(authority: Authority, *servers: ScriptedHttps) -> Iterator[tuple[ProxmoxHypervisor, list[ApiCall]]]:
    calls: list[ApiCall] = []
    hypervisor = ProxmoxHypervisor(
        ClusterSettings(
            cluster=CLUSTER,
            endpoints=tuple(server.endpoint for server in servers),
            token_id="bascule@pve!daemon",
            token_secret=Secret(SECRET),
            ca_file=authority.ca_file,
        ),
        note_key=NOTE_KEY,
        clock=Standing(),
        on_call=calls.append,
    )
    try:
        yield hypervisor, calls
    finally:
        hypervisor.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("pve")


def a_side(*, quorate: bool):
    """A node's answers: an empty cluster, with or without quorum."""

    def answer(handler: Handler) -> None:
        status = [{"type": "cluster", "quorate": int(quorate)}]
        says(data=status if handler.path.endswith("/cluster/status") else [])(handler)

    return answer


def test_it_is_what_the_ports_ask_for(authority, certificate):
    with https(certificate, says()) as server, a_hypervisor(authority, server) as (hypervisor, _):
        as_hypervisor: Hypervisor = hypervisor
        as_probe: GuestProbe = hypervisor.guest_probe()

        assert as_hypervisor.cluster == CLUSTER
        assert callable(as_probe.report)


def test_an_endpoint_without_quorum_is_left_for_the_next(authority, certificate):
    order = Observe(cluster=CLUSTER, quorum=True)
    with (
        https(certificate, a_side(quorate=False)) as minority,
        https(certificate, a_side(quorate=True)) as majority,
        a_hypervisor(authority, minority, majority) as (hypervisor, calls),
    ):
        assert [hypervisor.observe(order).quorate for _ in range(3)] == [False, True, True]

    assert (len(minority.asked), len(majority.asked)) == (2, 4)
    assert {(call.endpoint, call.outcome) for call in calls} == {("/cluster/resources", "ok"), ("/cluster/status", "ok")}


def test_a_view_is_dated_by_its_request(authority, certificate):
    with https(certificate, says(data=[])) as server, a_hypervisor(authority, server) as (hypervisor, _):
        assert hypervisor.observe(Observe(cluster=CLUSTER)).taken_at == NOW


def test_a_clone_carries_a_note_that_proves_it(authority, certificate):
    with https(certificate, says(data=UPID)) as server, a_hypervisor(authority, server) as (hypervisor, _):
        assert hypervisor.carry_out(a_clone()) == UPID

    note = parse_qs(server.asked[0].body)["description"][0]
    found = read_note(note, NOTE_KEY, node=NODE.node)
    assert found is not None
    assert found.key == a_clone().key


def test_it_tells_of_itself_without_secrets(authority, certificate):
    with https(certificate, says()) as server, a_hypervisor(authority, server) as (hypervisor, _):
        assert repr(hypervisor) == f"ProxmoxHypervisor(HttpTransport(cluster='lab', endpoints=('{server.endpoint}',)))"
