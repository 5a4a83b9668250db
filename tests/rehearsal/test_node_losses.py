"""What the loss of a node leaves: all who say it say the same, before a surge and after it, and a twin's killed node agrees."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

import pytest

from provisioner.cli.capacity_rows import capacity_rows, loss_in_words
from provisioner.daemon.offline_status import situation_of
from provisioner.doctor.room import examine_room
from provisioner.model.budget import Budget, Safety
from provisioner.model.capacity import NodeLoss, Outlook
from provisioner.model.ids import ClusterId, PoolName, ProfileName
from provisioner.model.machines.twin_spec import KillNode, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.planning.report.capacities import Capacities
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.views.capacity import capacities_document
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage
from tests.builders.twin import EXACT

pytestmark = pytest.mark.long

KILLED_S, SEEN_S, SETTLED_S, HOUR_S = 600.0, 60.0, 600.0, 3600.0
"""Virtual seconds: a node is killed; it is seen to be away, and nothing is replaced yet; everything is replaced."""
LARGE = ProfileName("large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A site; `away`: its nodes that have been killed already."""

    spec: TwinSpec
    config: SiteConfig
    people: int
    away: tuple[str, ...] = ()

    def played(self, people: int, *killed: str, until_s: float = HOUR_S) -> Rehearsal:
        """With so many people, until all are served; or until so long after these nodes are killed, one after the other."""
        faults = tuple(KillNode(node=node, at_s=KILLED_S + SEEN_S * place) for place, node in enumerate(killed))
        agents = [an_agent(number, department=f"d{number % 2}") for number in range(1, 1 + people)]
        settle_s = KILLED_S + SETTLED_S if killed else 0.0
        spec = replace(self.spec, faults=faults)
        rehearsal = Rehearsal(a_stage(spec, agents=agents, config=self.config, at_most_s=until_s, settle_s=settle_s))
        rehearsal.run()
        return rehearsal

    def served(self) -> Rehearsal:
        """Everybody has a desktop, and the nodes that are away are just seen to be."""
        return self.played(self.people, *self.away, until_s=KILLED_S + SEEN_S if self.away else HOUR_S)

    def without_desktop(self, node: str) -> int:
        """By the twin's truth: how many have none once the node is killed too, and all that can be is made again."""
        (twin,) = self.played(self.people, *self.away, node).twins.values()
        return self.people - twin.truth().ready


def drawn(seed: int, *, profiles: int = 1, local: bool = False, pool: bool = False, away: bool = False) -> Drawn:
    """Three to five nodes; more memory is free than a surge needs, and less than a lost node needs besides."""
    luck = Random(seed)
    nodes = [f"pve{number}" for number in range(1, 6 if away else luck.choice((4, 5)))]
    memory_gib, templates_on = luck.choice((24, 32, 40)), nodes if local else nodes[: luck.choice((1, 2))]
    disks = StorageSpec(storage="disks", shared=not local, kind="lvmthin" if local else "rbd", size_gib=1000.0, used_gib=48.0)
    spec = TwinSpec(
        name="lab",
        nodes=tuple(NodeSpec(name=node, cores=64, memory_mib=memory_gib * 1024) for node in nodes),
        storages=(replace(disks, nodes=tuple(nodes), image_operation_s=0.3),),
        templates=tuple(TemplateSpec(vmid=9001 + place, node=node, storage="disks") for place, node in enumerate(templates_on)),
        durations=EXACT,
    )
    budget, safety = Budget(thin_share=0.25), Safety(replace_after_s=2 * SEEN_S)
    pools = {ClusterId("lab"): PoolName("desks")} if pool else {}
    config = a_config_on(spec, budget=budget, safety=safety, pools=pools)
    fit = len(nodes) * memory_gib / (4.0 if profiles == 1 else 5.5)
    people = int(fit * luck.choice((0.6, 0.7)))
    with_large = config if profiles == 1 else two_profiles(config, spec)
    return Drawn(spec=spec, config=with_large, people=people, away=("pve1",) if away else ())


def two_profiles(config: SiteConfig, spec: TwinSpec) -> SiteConfig:
    """Every other person gets a desktop of another size."""
    large = replace(a_profile_on(spec, memory_mib=6144), name=LARGE)
    entitled = Entitlement(profile=LARGE, who=Selection(departments=frozenset({"d0"})))
    return replace(config, profiles={**config.profiles, LARGE: large}, entitlements=(entitled, *config.entitlements))


def of_check(site: Drawn, rehearsal: Rehearsal, status: Status) -> str:
    """Its last line, once these people are served."""
    last = rehearsal.reconciler.status
    assert last is not None
    return str(list(examine_room(site.config, rehearsal.store.load(), status.demand, last.snapshot, now=last.at))[-1].text)


def without_daemon(site: Drawn, rehearsal: Rehearsal, status: Status) -> Mapping[ProfileName, Outlook]:
    """As `check-storage` and `--offline` compute it."""
    situation = situation_of(site.config, rehearsal.store.load(), status.snapshot, status.at)
    found, capacities = survey(situation), Capacities()
    capacities.look(situation, found, free_resources(situation, found))
    return capacities.outlook


def in_words(worst: NodeLoss, templates: set[str]) -> str:
    if worst.at_least >= 0:
        return "with everybody served, any one node may be lost: its desktops fit on the others"
    if templates == {worst.node.node}:
        return (
            f"node {worst.node} has the only template: with everybody served, its loss would leave {-worst.at_least} agents "
            "without a desktop"
        )
    return f"with everybody served, the loss of node {worst.node} would leave {-worst.at_least} agents without a desktop"


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(drawn(1), id="the only template on one node of three"),
        pytest.param(drawn(4, profiles=2), id="two profiles"),
        pytest.param(drawn(5, profiles=2, local=True), id="two profiles, local storages"),
        pytest.param(drawn(6, pool=True), id="a pool, two templates"),
        pytest.param(drawn(7, away=True), id="a node is away already"),
    ],
)
def test_k5_all_that_say_what_a_lost_node_leaves_say_what_is_true(site):
    served = site.served()
    status = served.reconciler.status
    worst = {name: outlook.losses[0] for name, outlook in status.outlook.items()}
    losses = [(str(loss.node), loss.at_least, loss.at_most) for loss in next(iter(status.outlook.values())).losses]
    words = in_words(next(iter(worst.values())), {template.node for template in site.spec.templates})

    assert of_check(site, served, status) == words
    assert site.away or of_check(site, site.played(0), status) == words, "before the surge"
    assert without_daemon(site, served, status) == status.outlook
    for room in capacities_document(status).capacity:
        assert [(loss.node, loss.at_least, loss.at_most) for loss in room.after_loss] == losses
    for profile, *_, with_node_lost in capacity_rows(status.capacity, status.outlook):
        loss = worst[profile]
        assert with_node_lost == loss_in_words(str(loss.node), loss.at_least, loss.at_most)
    for node, at_least, at_most in (losses[0], losses[-1]):
        assert max(0, -at_most) <= site.without_desktop(node.partition("/")[2]) <= max(0, -at_least), node
