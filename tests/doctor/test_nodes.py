"""The doctor's findings on nodes that execute no action, and on desktops hidden from the token."""

from dataclasses import replace

import pytest

from provisioner.doctor.asking import by_fault
from provisioner.doctor.findings import Grade
from provisioner.doctor.nodes import examine_ha, examine_nodes, examine_unseen
from provisioner.errors import Forbidden, HypervisorError
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, DesktopName
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.twin_spec import KillNode, StopDaemon, TokenSpec
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reasons.cluster import CONFIG_UNANSWERED, CONFIG_UNREAD
from provisioner.reasons.neighbours import NOT_ANSWERED, NOT_CHECKED
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.pve import NOTE_KEY, a_reservation
from tests.builders.settings import SECRET
from tests.builders.twin import Lab, a_spec
from tests.builders.twin_http import EPOCH, a_twin_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor


def of_lab(vmid: int) -> Reservation:
    return replace(a_reservation(vmid), cluster=ClusterId("lab"), proven=True)


def kept_as(reservations: list[Reservation], *, superseded_by: DesktopName | None = None) -> Records:
    found = [DesktopRecord(reservation=each, superseded_by=superseded_by) for each in reservations]
    return Records(desktops={record.reservation.name: record for record in found})


def _found(client):
    view = client.observe(Observe(cluster=client.cluster, quorum=True))
    return [(finding.grade, finding.text) for finding in examine_nodes("cluster lab", client, view)]


def test_a_node_whose_pvedaemon_has_ended_is_named():
    """E6, E8: it is online, lists its guests, and the doctor was content."""
    lab = Lab(a_spec(faults=[StopDaemon(node="pve1", at_s=10, for_s=60)]))
    lab.wait(15 - lab.clock)
    client = VirtualHypervisor(lab.twin, key=NOTE_KEY)

    found = _found(client)

    assert found[0][0] is Grade.GOOD
    assert [grade for grade, _ in found[1:]] == [Grade.BAD]
    assert "node pve1 is online but accepts no requests: " in found[1][1]
    lab.wait(60)
    assert [grade for grade, _ in _found(client)] == [Grade.GOOD], "it goes by itself"


def test_desktops_that_the_token_may_not_see_are_named():
    """E8: NoAccess on one number of our range; A1: a number tells that it is taken without any right."""
    acl = (("/", "Administrator"), ("/vms/5001", "NoAccess"), ("/vms/5002", "NoAccess"))
    token = TokenSpec(user="bascule@pve", name="daemon", secret=SECRET, acl=acl)
    lab = Lab(replace(a_spec(), tokens=(token,))).cloned(5001, 5002, 5003)
    guard_access(lab.twin)
    client = VirtualHypervisor(lab.twin, key=NOTE_KEY, auth=f"PVEAPIToken=bascule@pve!daemon={SECRET}")
    view = client.observe(Observe(cluster=client.cluster))
    kept = [of_lab(vmid) for vmid in (5001, 5002, 5003, 5004)]

    (found,) = examine_unseen("cluster lab", client, view, kept_as(kept))

    assert found.grade is Grade.BAD
    assert found.text.startswith("the token does not see VM 5001, VM 5002: ")
    assert found.text.endswith("; of 3 that are not in the VM list 3 were asked about"), "K1"


def test_a_deleted_vm_is_not_reported_as_hidden():
    client = VirtualHypervisor(Twin(a_twin_spec(), EventHeap(EPOCH)), key=NOTE_KEY)
    view = client.observe(Observe(cluster=client.cluster))

    assert list(examine_unseen("cluster lab", client, view, kept_as([of_lab(5001)]))) == []


@pytest.mark.parametrize("others", [None, DesktopName("vd-5009")])
def test_where_nothing_is_cloned_because_desktops_were_deleted_it_says_so(others):
    """K1: `check` had 0 BAD while nothing was cloned. Superseded desktops, which are deleted as we advise, are not a reason."""
    client = VirtualHypervisor(Twin(a_twin_spec(), EventHeap(EPOCH)), key=NOTE_KEY)
    view = client.observe(Observe(cluster=client.cluster))
    records = kept_as([of_lab(vmid) for vmid in range(5001, 5005)], superseded_by=others)

    found = [(finding.grade, finding.text) for finding in examine_unseen("cluster lab", client, view, records)]

    if others is None:
        assert [grade for grade, _ in found] == [Grade.BAD]
        assert found[0][1].startswith("4 desktops are not in the VM list (VM 5001, ")
    else:
        assert found == []


def test_k1_of_many_it_says_how_many_were_asked_about():
    client = VirtualHypervisor(Twin(a_twin_spec(), EventHeap(EPOCH)), key=NOTE_KEY)
    view = client.observe(Observe(cluster=client.cluster))

    (found,) = examine_unseen("cluster lab", client, view, kept_as([of_lab(vmid) for vmid in range(5001, 5031)]))

    assert found.text.startswith("30 desktops are not in the VM list (")
    assert found.text.endswith("their VMIDs are free, as far as 20 were asked about: nothing is cloned here")


def test_desktops_that_wait_for_ha_are_counted_and_those_that_it_gave_up_are_named():
    spec = a_spec(nodes=2)
    lab = Lab(replace(spec, templates=tuple(replace(template, ha=True) for template in spec.templates)))
    for vmid in (5001, 5002):
        lab.cloned(vmid).start(vmid)
    lab.wait(60)
    client = VirtualHypervisor(lab.twin, key=NOTE_KEY)
    kept = [replace(a_reservation(vmid), cluster=client.cluster, proven=True) for vmid in (5001, 5002)]

    def found():
        view = client.observe(Observe(cluster=client.cluster))
        return [(finding.grade, finding.text) for finding in examine_ha("cluster lab", view, kept)]

    assert found() == []
    lab.twin.faults.arm(KillNode(node="pve1", at_s=0.0))
    lab.wait(30)
    assert [(grade, text.partition(":")[0]) for grade, text in found()] == [
        (Grade.DOUBTFUL, "node pve1 is offline, and 2 of its desktops are resources of Proxmox VE's HA")
    ]
    lab.wait(120)
    assert found() == [(Grade.BAD, "Proxmox VE's HA has given up VM 5001, VM 5002: nothing starts them")]


class _Answered(VirtualHypervisor):
    """As the twin, but for one path."""

    def __init__(self, path: str, answer: ApiResponse, *, twin: Twin) -> None:
        super().__init__(twin, key=NOTE_KEY)
        self._path, self._answer = path, answer

    def _ask(self, request: ApiRequest) -> ApiResponse:
        return self._answer if request.path == self._path else super()._ask(request)


SAID = "Permission check failed (/, Sys.Audit)"


@pytest.mark.parametrize(
    ("answer", "code", "fix"),
    [
        pytest.param(ApiResponse(status=403, reason=SAID), "quorum_not_said", "give the token Sys.Audit on /", id="403"),
        pytest.param(ApiResponse(status=500, reason="ipcc_send_rec failed"), "quorum_unanswered", "pveproxy log", id="500"),
    ],
)
def test_a_right_is_advised_against_a_403_alone(answer, code, fix):
    """K7c: a 500 got the advice for a 403."""
    client = _Answered("/cluster/status", answer, twin=Lab(a_spec()).twin)
    view = client.observe(Observe(cluster=client.cluster, quorum=True))

    finding = next(iter(examine_nodes("cluster lab", client, view)))

    assert (finding.grade, finding.code) == (Grade.BAD, code)
    assert fix in finding.fix
    assert ("Sys.Audit" in finding.fix) is (answer.status == 403)


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        pytest.param(Forbidden("VM.Audit"), {"config_unread", "not_checked"}, id="403"),
        pytest.param(HypervisorError("got no worker upid"), {"config_unanswered", "not_answered"}, id="500"),
    ],
)
def test_so_it_is_for_templates_and_their_surroundings(error, codes):
    """K7c."""
    found = {
        by_fault(error, forbidden=CONFIG_UNREAD, failing=CONFIG_UNANSWERED).code,
        by_fault(error, forbidden=NOT_CHECKED, failing=NOT_ANSWERED).code,
    }

    assert found == codes
