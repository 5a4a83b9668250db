"""The daemon places exactly as many desktops as the capacity said, by the twin's truth: also after a node is lost."""

import pytest

from provisioner.model.budget import Budget
from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.machines.twin_spec import KillNode, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import EXACT

pytestmark = pytest.mark.long

LOCAL_NODES, CEPH_NODES = ("pve1", "pve2", "pve3"), ("pve4", "pve5", "pve6", "pve7")
HOUR_S = 3600.0
MORE = 80
"""Agents: more than fit on any of these."""


def a_wide_spec(
    *, memory_gib: int = 64, ceph_gib: float = 1000.0, cores: int = 64, faults: tuple[KillNode, ...] = ()
) -> TwinSpec:
    """Three nodes with storage of their own, and four on shared storage with two copies of the template.

    As much of each storage is in use from the start as the templates may grow to: no estimate changes later.
    """
    ceph = StorageSpec(
        storage="ceph", shared=True, kind="rbd", size_gib=ceph_gib, used_gib=48.0, nodes=CEPH_NODES, image_operation_s=0.3
    )
    thin = StorageSpec(storage="thin", shared=False, size_gib=120.0, used_gib=24.0, nodes=LOCAL_NODES, image_operation_s=0.3)
    places = [*((node, "thin") for node in LOCAL_NODES), ("pve4", "ceph"), ("pve5", "ceph")]
    return TwinSpec(
        name="lab",
        nodes=tuple(NodeSpec(name=node, cores=cores, memory_mib=memory_gib * 1024) for node in (*LOCAL_NODES, *CEPH_NODES)),
        storages=(ceph, thin),
        templates=tuple(
            TemplateSpec(vmid=9001 + index, node=node, storage=storage) for index, (node, storage) in enumerate(places)
        ),
        durations=EXACT,
        faults=faults,
    )


def capacity(rehearsal: Rehearsal) -> tuple[Capacity, Outlook]:
    status = rehearsal.reconciler.status
    assert status is not None
    (room,), (outlook,) = status.capacity.values(), status.outlook.values()
    return room, outlook


def played(spec: TwinSpec, agents: int, *, settle_s: float = 0.0) -> Rehearsal:
    config = a_config_on(spec, budget=Budget(thin_share=0.25))  # as much as a desktop fills on the twin
    rehearsal = Rehearsal(a_stage(spec, agents=agents, config=config, at_most_s=HOUR_S, settle_s=settle_s))
    rehearsal.run()
    return rehearsal


def working(rehearsal: Rehearsal) -> int:
    """Desktops that run on nodes that are alive."""
    (twin,) = rehearsal.twins.values()
    return twin.truth().ready


@pytest.mark.parametrize(
    ("changed", "binds"),
    [
        pytest.param({}, "memory", id="local storages are full, and the nodes on shared storage have no more memory"),
        pytest.param({"ceph_gib": 180.0}, "storage", id="both kinds of storage are full"),
        pytest.param({"memory_gib": 32}, "memory", id="memory"),
        pytest.param({"cores": 3}, "cores", id="cores"),
    ],
)
def test_as_many_as_the_capacity_said(changed, binds):
    room, _ = capacity(played(a_wide_spec(**changed), agents=0))
    full = played(a_wide_spec(**changed), agents=MORE)

    assert room.binds == binds
    assert working(full) == room.free < MORE
    assert capacity(full)[0].free == 0


@pytest.mark.parametrize(("node", "agents"), [("pve1", 65), ("pve4", 65), ("pve4", 30)])
def test_a_lost_node_leaves_as_many_as_the_capacity_said(node, agents):
    _, outlook = capacity(played(a_wide_spec(), agents))
    (loss,) = (loss for loss in outlook.losses if loss.node.node == node)

    lost = played(a_wide_spec(faults=(KillNode(node=node, at_s=600.0),)), agents, settle_s=1200.0)

    assert loss.at_least == loss.at_most
    assert working(lost) == agents + min(0, loss.at_least)
    assert capacity(lost)[0].free == max(0, loss.at_least)
