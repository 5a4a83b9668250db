"""One template on shared storage: desktops on every node that sees the storage (E4), by the twin's truth."""

from collections import Counter
from dataclasses import replace

import pytest

from provisioner.model.ids import ClusterId, PoolName, StorageId
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import KillNode, StorageSpec, TwinSpec
from provisioner.model.people.profiles import CloneKind
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.twin.model.locks import quiet
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage
from tests.builders.twin import STORAGE, a_spec

AGENTS = 24
HOUR_S = 3600.0
LOCAL = StorageSpec(storage="local-lvm", shared=False, kind="lvmthin", image_operation_s=0.5)


def one_template(*, nodes: int = 4, **changed: object) -> TwinSpec:
    spec = a_spec(nodes=nodes, shared=True)
    return replace(spec, templates=spec.templates[:1], **changed)  # type: ignore[arg-type]


def run(spec: TwinSpec, **profile: object) -> Rehearsal:
    config = a_config_on(spec, profile=a_profile_on(spec, **profile))
    rehearsal = Rehearsal(a_stage(spec, config=config, agents=AGENTS, at_most_s=HOUR_S))
    rehearsal.run()
    return rehearsal


def spread(rehearsal: Rehearsal) -> Counter[str]:
    """Desktops that work, by node."""
    (twin,) = rehearsal.twins.values()
    return Counter(guest.node for guest in twin.cluster.guests.values() if guest.desktop and guest.running)


def ready(rehearsal: Rehearsal) -> int:
    status = rehearsal.reconciler.status
    assert status is not None
    return sum(state.phase is Phase.READY for state in status.desktops.values())


@pytest.mark.long
def test_one_template_serves_every_node():
    rehearsal = run(one_template())

    assert ready(rehearsal) == AGENTS
    assert spread(rehearsal) == dict.fromkeys(("pve1", "pve2", "pve3", "pve4"), AGENTS // 4)


@pytest.mark.long
def test_a_node_that_does_not_see_the_storage_gets_none():
    visible = StorageSpec(storage=STORAGE, shared=True, kind="rbd", image_operation_s=0.6, nodes=("pve1", "pve3"))
    rehearsal = run(one_template(storages=(visible,)))

    assert ready(rehearsal) == AGENTS
    assert spread(rehearsal).keys() == {"pve1", "pve3"}


@pytest.mark.long
def test_a_drive_on_local_storage_keeps_all_desktops_with_the_template():
    """Proxmox VE refuses the first clone to another node; the others are placed on the template's node at once."""
    spec = one_template()
    templates = tuple(replace(template, cloud_init_storage="local-lvm") for template in spec.templates)
    rehearsal = run(replace(spec, templates=templates, storages=(*spec.storages, LOCAL)))

    assert ready(rehearsal) == AGENTS
    assert spread(rehearsal) == {"pve1": AGENTS}
    (twin,) = rehearsal.twins.values()
    assert twin.truth().duplicates == 0


@pytest.mark.long
def test_a_node_that_dies_with_its_clones_costs_nobody_a_desktop():
    """A clone to a node that dies meanwhile ends well, and its VM cannot be used: the desktop is made on another node."""
    dies = KillNode(node="pve3", when_ready_share=0.4, of_desktops=AGENTS)
    rehearsal = run(one_template(faults=(dies,)))

    assert ready(rehearsal) == AGENTS
    status = rehearsal.reconciler.status
    assert status is not None
    works = {state.node for state in status.desktops.values() if state.phase is Phase.READY}
    assert works == {"pve1", "pve2", "pve4"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("templates", "served"),
    [pytest.param(1, False, id="one template: nobody gets a new desktop"), pytest.param(2, True, id="a copy on another node")],
)
def test_what_the_death_of_the_templates_node_costs(templates, served):
    """What `bascule check storage` says of a second template."""
    dies = KillNode(node="pve1", when_ready_share=0.4, of_desktops=AGENTS)
    spec = a_spec(nodes=4, shared=True, faults=(dies,))
    rehearsal = run(replace(spec, templates=spec.templates[:templates]))

    assert (ready(rehearsal) == AGENTS) is served


@pytest.mark.long
@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        pytest.param(None, {"pve1": 12, "pve2": 12}, id="beside the template: on every node"),
        pytest.param("local-lvm", {"pve1": 24}, id="on local storage: beside the template only"),
    ],
)
def test_full_clones_go_where_their_storage_is_seen(storage, expected):
    spec = one_template(nodes=2)
    small = tuple(replace(template, disk_gib=2) for template in spec.templates)
    spec = replace(spec, storages=(*spec.storages, LOCAL), templates=small)
    rehearsal = run(spec, clone=CloneKind.FULL, storage=None if storage is None else StorageId(storage))

    assert ready(rehearsal) == AGENTS
    assert spread(rehearsal) == expected


@pytest.mark.long
def test_a_vm_without_disks_is_left_off_and_its_agent_gets_another():
    """Proxmox VE leaves one when a clone for another node fails on the lock of user.cfg, with which it joins its pool last."""
    spec = one_template()
    config = a_config_on(spec, pools={ClusterId(spec.name): PoolName("desks")})
    rehearsal = Rehearsal(a_stage(spec, config=config, agents=AGENTS, at_most_s=HOUR_S))
    (twin,) = rehearsal.twins.values()
    lock = twin.cluster.user_cfg
    assert next(lock.acquire(quiet), None) is None
    rehearsal.events.after(30.0, lock.release)
    rehearsal.run()
    hollow = [guest for guest in twin.cluster.guests.values() if not guest.template and not guest.volumes]

    assert ready(rehearsal) == AGENTS
    assert hollow
    assert [guest.vmid for guest in hollow if guest.running] == []
