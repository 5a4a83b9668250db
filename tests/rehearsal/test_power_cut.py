"""After a power cut all desktops are ready again in little more than their boots take, in order, and none is cloned again."""

from dataclasses import replace

import pytest

from provisioner.model.budget import Budget
from provisioner.model.machines.twin_spec import TwinSpec
from tests.bench.stage import a_spec
from tests.rehearsal.power_cut import measured

pytestmark = pytest.mark.long


def two_nodes() -> TwinSpec:
    """Of local-16."""
    spec = a_spec("local-16")
    nodes = spec.nodes[:2]
    names = {node.name for node in nodes}
    templates = tuple(template for template in spec.templates if template.node in names)
    storages = tuple(replace(storage, nodes=tuple(sorted(names))) for storage in spec.storages)
    guests = tuple(guest for guest in spec.guests if guest.node in names)
    return replace(spec, nodes=nodes, templates=templates, storages=storages, guests=guests)


def test_a_power_cut_on_every_node():
    found = measured(two_nodes(), 120)

    assert (found.clones, found.in_rank) == (0, True)
    assert found.most_booting <= 1.5 * Budget().boots_per_node, (
        "boots that should be over by now are not counted, and some are not"
    )
    assert found.efficiency >= 0.85
