"""After a power cut everybody is ready again in little more than the boots take, in order, and nothing is made anew."""

from dataclasses import replace

from provisioner.model.budget import Budget
from provisioner.model.twin_spec import TwinSpec
from tests.bench.stage import a_spec
from tests.rehearsal.power_cut import measured


def two_nodes() -> TwinSpec:
    """Of local-16."""
    spec = a_spec("local-16")
    nodes = spec.nodes[:2]
    names = {one.name for one in nodes}
    templates = tuple(one for one in spec.templates if one.node in names)
    storages = tuple(replace(one, nodes=tuple(sorted(names))) for one in spec.storages)
    guests = tuple(one for one in spec.guests if one.node in names)
    return replace(spec, nodes=nodes, templates=templates, storages=storages, guests=guests)


def test_a_power_cut_on_every_node():
    found = measured(two_nodes(), 120)

    assert (found.clones, found.in_rank) == (0, True)
    assert found.most_booting <= 1.5 * Budget().boots_per_node, (
        "boots that should be over by now are not counted, and some are not"
    )
    assert found.efficiency >= 0.85
