"""VMs of ours that no listing shows: a right is missing, and the daemon must not make them again and again."""

import pytest

from provisioner.model.ids import ClusterId
from provisioner.model.machines.desktops import Phase
from tests.builders.rehearsal import a_stage
from tests.builders.rights import Tokened, with_token, without
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long

LAB = ClusterId("lab")
AGENTS = 20
QUARTER_S = 900.0


def blind() -> Tokened:
    """The token may audit the templates, and no other VM."""
    spec = a_spec(nodes=2)
    rights = without("/vms", "VM.Audit")
    rights |= {f"/vms/{template.vmid}": frozenset({"VM.Audit", "VM.Clone"}) for template in spec.templates}
    return Tokened(a_stage(with_token(spec, rights), agents=AGENTS, at_most_s=QUARTER_S))


def vms_in(rehearsal: Tokened) -> int:
    return sum(not guest.template for guest in rehearsal.twins[LAB].cluster.guests.values())


def test_hidden_vms_are_not_made_again_and_again():
    """A1: a token without VM.Audit on the desktops."""
    rehearsal = blind()
    rehearsal.run()

    assert vms_in(rehearsal) <= AGENTS


def test_the_reason_is_named_and_clones_pause_after_a_few():
    """A1: three are made, and the reason names the right that is missing."""
    rehearsal = blind()
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    assert all("VM.Audit" in deferral.reason for deferral in status.plan.deferred), {
        deferral.reason for deferral in status.plan.deferred
    }
    assert len(status.plan.deferred) == AGENTS


def test_once_they_are_seen_they_are_used():
    """A1: the right is given back, every VM that was made is taken up, and everybody has one desktop."""
    rehearsal = blind()
    rehearsal.run()
    made = vms_in(rehearsal)
    rehearsal.grant(LAB, "/vms", "Seeing", *without("/vms")["/vms"])
    rehearsal._began_at = rehearsal.watch.moved_at = rehearsal.events.now
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    assert [desktop.phase for desktop in status.desktops.values()] == [Phase.READY] * AGENTS
    assert vms_in(rehearsal) == AGENTS >= made
