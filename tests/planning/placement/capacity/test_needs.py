"""How many more desktops fit, and which resource runs out first."""

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.planning.placement.allocation import allocated_ids
from provisioner.planning.placement.capacity.needs import capacity_of
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.cluster import a_node, a_profile, a_storage, a_template, a_view, some_addresses
from tests.builders.core import a_config, a_desktop, a_naming, a_situation


def capacity(profile=None, *, desktops=(), naming=None, **changed):
    profile = profile or a_profile()
    situation = a_situation(desktops, config=a_config(profile, naming=naming), **changed)
    used = allocated_ids(situation.records, situation.snapshot)
    found = capacity_of(profile, free_resources(situation, survey(situation)), naming=situation.config.naming, used=used)
    return found.free, found.binds


def roomy(node="n1", **changed):
    return a_node(node, **{"memory_gib": 10_000, "cores": 10_000, **changed})


def shared(*nodes, total_gib):
    return tuple(a_storage(node, "ceph", total_gib=total_gib, shared=True) for node in nodes)


ON_CEPH = a_profile(templates=(a_template("n1", "ceph"), a_template("n2", "ceph")))


@pytest.mark.parametrize(
    ("profile", "changed", "expected"),
    [
        pytest.param(None, {}, (204, "memory"), id="two nodes of 512 GiB: memory binds"),
        pytest.param(None, {"view": a_view(nodes=(roomy(), roomy("n2", cores=3)))}, (239, "cores"), id="the commonest binds"),
        pytest.param(a_profile(nodes=1), {"view": a_view(nodes=(roomy(cores=3),))}, (9, "cores"), id="cores bind"),
        pytest.param(a_profile(nodes=1), {"view": a_view(nodes=(roomy(),))}, (230, "storage"), id="storage binds"),
        pytest.param(
            ON_CEPH,
            {"view": a_view(nodes=(roomy(), roomy("n2")), storages=shared("n1", "n2", total_gib=1000))},
            (56, "storage"),
            id="a shared storage is there once for all nodes",
        ),
        pytest.param(
            a_profile(templates=(a_template("n1", "local"), a_template("n1", "ssd", vmid=9001))),
            {
                "view": a_view(
                    nodes=(roomy(cores=10),),
                    storages=(a_storage(total_gib=100.0), a_storage(storage="ssd", total_gib=1000.0)),
                )
            },
            (30, "cores"),
            id="two storages on one node share its cores",
        ),
        pytest.param(None, {"naming": a_naming(5001, 5010)}, (10, "vmids"), id="the VMID range binds"),
        pytest.param(
            a_profile(addressing=some_addresses("10.40.0.10", "10.40.0.14")), {}, (5, "addresses"), id="the address pool binds"
        ),
        pytest.param(
            a_profile(addressing=some_addresses("10.40.0.10", "10.40.0.14")),
            {"desktops": [a_desktop(1, Phase.RESERVED, address="10.40.0.12")]},
            (4, "addresses"),
            id="a reserved address is gone",
        ),
        pytest.param(None, {"view": a_view(templates=False)}, (0, "templates"), id="no template: none"),
        pytest.param(None, {"view": a_view(nodes=(a_node("n1", online=False),))}, (0, "nodes"), id="no node online: none"),
        pytest.param(a_profile(templates=()), {}, (0, "templates"), id="a profile without templates"),
        pytest.param(
            a_profile(templates=(a_template("n1"), a_template("n1", "gone", vmid=9100))),
            {"view": a_view(nodes=(a_node(),))},
            (102, "memory"),
            id="one usable template on a node is enough",
        ),
    ],
)
def test_capacity(profile, changed, expected):
    assert capacity(profile, **changed) == expected
