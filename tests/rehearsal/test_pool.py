"""A token with rights on a pool and on the templates, and none on the other VMs of the cluster."""

from typing import Any

import pytest

from provisioner.model.ids import ClusterId, PoolName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.pve.privileges import NEEDED
from provisioner.twin.model.locks import quiet
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.rights import Tokened, with_token
from tests.builders.twin import STORAGE, a_spec

LAB = ClusterId("lab")
AGENTS = 20
QUARTER_S = 900.0
POOL = PoolName("desks")


def pooled(**changed: Any) -> Tokened:
    """All rights that /vms asks for, on the pool; the templates lie outside of it."""
    spec = a_spec(nodes=2, pools={POOL: ""}, **changed)
    rights = {path: held for path, held in NEEDED.items() if path != "/vms"} | {f"/pool/{POOL}": NEEDED["/vms"]}
    rights |= {f"/vms/{template.vmid}": frozenset({"VM.Audit", "VM.Clone"}) for template in spec.templates}
    config = a_config_on(spec, pools={LAB: POOL})
    return Tokened(a_stage(with_token(spec, rights), config=config, agents=AGENTS, at_most_s=QUARTER_S))


@pytest.mark.long
def test_rights_on_a_pool_and_on_the_templates_are_enough():
    """A5, E2: everybody gets a desktop, and no clone is refused."""
    rehearsal = pooled()
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    assert [state.phase for state in status.desktops.values()] == [Phase.READY] * AGENTS, {
        deferral.reason for deferral in status.plan.deferred
    }


@pytest.mark.long
def test_clones_are_held_back_where_others_hold_the_lock_of_user_cfg():
    """A5: somebody's script changes rights for a minute; its lock is not a storage's, and everybody is served after all."""
    rehearsal = pooled()
    lock = rehearsal.twins[LAB].cluster.user_cfg
    assert next(lock.acquire(quiet), None) is None
    rehearsal.events.after(60.0, lock.release)
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    assert [state.phase for state in status.desktops.values()] == [Phase.READY] * AGENTS
    assert 0 < lock.timeouts <= AGENTS


@pytest.mark.long
def test_a_node_that_is_full_of_vms_out_of_sight_gets_no_desktop():
    """A5: what the token does not see is not listed, and its node says how much memory is in use."""
    hidden = GuestSpec(vmid=500, node="pve1", name="others", storage=STORAGE, memory_mib=1_500 * 1024)
    rehearsal = pooled(guests=(hidden,))
    rehearsal.run()
    guests = rehearsal.twins[LAB].cluster.guests.values()

    assert {guest.node for guest in guests if guest.desktop} == {"pve2"}
    assert sum(guest.desktop for guest in guests) == AGENTS
