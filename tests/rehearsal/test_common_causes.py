"""A cause shared by many desktops: one of them retries it now and then, and no desktop uses up its tries."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ClusterId
from provisioner.model.machines.desktops import Phase
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage
from tests.builders.rights import Tokened, with_token, without
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long

LAB = ClusterId("lab")
AGENTS = 20
QUARTER_S = 900.0


def vms_in(rehearsal: Rehearsal) -> int:
    return sum(not guest.template for guest in rehearsal.twins[LAB].cluster.guests.values())


def phases_of(rehearsal: Rehearsal) -> list[Phase]:
    status = rehearsal.reconciler.status
    assert status is not None
    return [state.phase for state in status.desktops.values()]


def go_on(rehearsal: Rehearsal) -> None:
    rehearsal._began_at = rehearsal.watch.moved_at = rehearsal.events.now
    rehearsal.run()


def a_wrong_bridge(**changed: float) -> Rehearsal:
    """The profile names a bridge that no node has: each start fails with the same words."""
    spec = a_spec(nodes=3)
    config = a_config_on(spec, profile=a_profile_on(spec, bridge="vmbr9"))
    return Rehearsal(a_stage(spec, agents=AGENTS, config=config, at_most_s=QUARTER_S))


def test_a_wrong_bridge_uses_up_no_desktop():
    """E7: after a quarter of an hour at most a few were tried, and no agent got another VM for it."""
    rehearsal = a_wrong_bridge()
    rehearsal.run()

    assert phases_of(rehearsal).count(Phase.FAILED) <= 2
    assert vms_in(rehearsal) == AGENTS


def test_the_common_cause_is_named():
    """E7: with the node's own words, for everybody who waits for it."""
    rehearsal = a_wrong_bridge()
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    named = [deferral for deferral in status.plan.deferred if "bridge 'vmbr9' does not exist" in deferral.reason]
    assert len(named) >= AGENTS - 1, [deferral.reason for deferral in status.plan.deferred]


def test_it_goes_on_by_itself_once_the_cause_is_gone():
    """E7: somebody makes the bridge, and no command is needed."""
    rehearsal = a_wrong_bridge()
    rehearsal.run()
    cluster = rehearsal.twins[LAB].cluster
    cluster.spec = replace(cluster.spec, bridges=("vmbr0", "vmbr9"))
    rehearsal.stage = replace(rehearsal.stage, at_most_s=1.5 * 3600)
    go_on(rehearsal)

    assert phases_of(rehearsal) == [Phase.READY] * AGENTS
    assert vms_in(rehearsal) == AGENTS


def test_a_refusal_of_one_vm_stops_no_other():
    """E3: 403 speaks of a path, and the token has no access to one VM."""
    spec = a_spec(nodes=2)
    rights = without("/vms") | {"/vms/20003": frozenset({"VM.Audit"})}
    rehearsal = Tokened(a_stage(with_token(spec, rights), agents=AGENTS, at_most_s=QUARTER_S))
    rehearsal.run()

    assert phases_of(rehearsal).count(Phase.READY) >= AGENTS - 1


def test_a_missing_right_is_retried_by_one_desktop_now_and_then():
    """E3: VM.PowerMgmt is missing everywhere; a quarter of an hour of starts is a few dozen requests, not thousands."""
    spec = a_spec(nodes=2)
    rehearsal = Tokened(a_stage(with_token(spec, without("/vms", "VM.PowerMgmt")), agents=AGENTS, at_most_s=QUARTER_S))
    rehearsal.run()
    calls = rehearsal.twins[LAB].truth().calls
    status = rehearsal.reconciler.status

    assert status is not None
    assert calls["POST /nodes/{node}/qemu/{vmid}/status/start"] <= 30
    refused = [deferral for deferral in status.plan.deferred if "VM.PowerMgmt" in deferral.reason]
    others = [deferral for deferral in status.plan.deferred if deferral not in refused]
    assert len(refused) >= AGENTS // 2
    assert all("wait for their boot on this node" in deferral.reason for deferral in others), (
        "made once what is there has started"
    )
    assert len(status.plan.deferred) >= AGENTS - 3
    rehearsal.grant(LAB, "/vms", "Whole", *without("/vms")["/vms"])
    rehearsal.stage = replace(rehearsal.stage, at_most_s=1.5 * 3600)
    go_on(rehearsal)
    assert phases_of(rehearsal) == [Phase.READY] * AGENTS


def test_vmids_taken_by_hidden_vms_are_tried_five_times_and_then_now_and_then():
    """A1: somebody's VMs lie in our range, and the token sees none of them."""
    spec = a_spec(nodes=2)
    rehearsal = Tokened(a_stage(with_token(spec, without("/vms")), agents=AGENTS, at_most_s=QUARTER_S))
    cluster = rehearsal.twins[LAB].cluster
    for vmid in range(20_001, 20_101):
        guest = cluster.add_guest(vmid, "pve1")
        guest.config = {"name": f"other{vmid}"}
        rehearsal.grant(LAB, f"/vms/{vmid}", "Blind", *without("/vms", "VM.Audit")["/vms"])
    rehearsal.run()

    status = rehearsal.reconciler.status

    assert status is not None
    assert len(rehearsal.reconciler.records.retired) <= 10
    assert sum("VM.Audit" in deferral.reason for deferral in status.plan.deferred) >= AGENTS - 10


def test_the_same_right_that_is_missing_on_each_template_is_one_cause():
    """E3: each refusal names another template; a quarter of an hour of them is a few dozen requests all the same."""
    spec = a_spec(nodes=4)
    rehearsal = Tokened(a_stage(with_token(spec, without("/vms", "VM.Clone")), agents=AGENTS, at_most_s=QUARTER_S))
    rehearsal.run()
    calls = rehearsal.twins[LAB].truth().calls
    status = rehearsal.reconciler.status

    assert status is not None
    assert calls["POST /nodes/{node}/qemu/{vmid}/clone"] <= 30
    assert sum("VM.Clone" in deferral.reason for deferral in status.plan.deferred) >= AGENTS - 3
