"""The common stage of the sub-benchmarks: a reference twin, all agents entitled, default settings."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from provisioner.model.budget import Budget, Naming
from provisioner.model.ids import AgentId, ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import KillNode, TwinSpec
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Entitlement, Profile, Selection, Template
from provisioner.model.site_config import SiteConfig
from provisioner.rehearsal.bound import bound_s
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import BOUND_S, Rehearsal, Stage
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from provisioner.twin.twin import Truth

AGENTS = 1_700
"""Seine-et-Marne, March 2020."""
SEEDS = (1, 2, 3, 4, 5)
BEGIN = 1.6e9
PROFILE = ProfileName("standard")
FIRST_VMID = 10_001


def twin_file(name: str) -> Path:
    """A reference twin."""
    return shipped() / "twins" / f"{name}.yaml"


def a_spec(name: str, *, seed: int = 1, desktops: int = AGENTS, slower: float = 1.0) -> TwinSpec:
    """A reference twin with another seed, its image operations `slower` times as long; a death by share counts `desktops`."""
    spec = load_twin(twin_file(name))
    storages = tuple(replace(storage, image_operation_s=storage.image_operation_s * slower) for storage in spec.storages)
    faults = tuple(replace(fault, of_desktops=desktops) if isinstance(fault, KillNode) else fault for fault in spec.faults)
    return replace(spec, seed=seed, storages=storages, faults=faults)


def lock_domains(spec: TwinSpec) -> int:
    """How many storage locks its templates' clones need."""
    shared = {storage.storage for storage in spec.storages if storage.shared}
    return len(
        {
            template.storage if template.storage in shared else f"{template.node}/{template.storage}"
            for template in spec.templates
        }
    )


def a_profile(*specs: TwinSpec) -> Profile:
    """One profile with the templates of all these clusters."""
    templates = tuple(
        Template(
            cluster=ClusterId(spec.name),
            vmid=Vmid(template.vmid), node=NodeName(template.node), storage=StorageId(template.storage),
        )
        for spec in specs
        for template in spec.templates
    )  # fmt: skip
    return Profile(name=PROFILE, image="golden-1", templates=templates, vcpus=2, memory_mib=4096, disk_gib=32, bridge="vmbr0")


def a_config_on(*specs: TwinSpec, budget: Budget | None = None) -> SiteConfig:
    """Everybody at once; each cluster has a VMID range of its own."""
    ranges = {
        ClusterId(spec.name): (Vmid(FIRST_VMID + 5000 * at), Vmid(FIRST_VMID + 5000 * at + 4998))
        for at, spec in enumerate(specs)
    }
    return SiteConfig(
        installation="bench",
        profiles={PROFILE: a_profile(*specs)},
        naming=Naming(vmids=ranges),
        budget=budget or Budget(),
        entitlements=(Entitlement(profile=PROFILE, who=Selection()),),
    )


def a_roster(agents: int) -> Roster:
    """So many people."""
    people = (Agent(agent_id=AgentId(f"a{n}"), login=f"u{n:06}", display_name=f"Agent {n}") for n in range(agents))
    return Roster(read_at=BEGIN, agents={person.agent_id: person for person in people})


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One run in virtual time."""

    spec: TwinSpec
    agents: int
    forecast: Forecast
    truth: Truth
    ready_after_s: tuple[float, ...]
    """From the order to each desktop that was ready at the end, ascending; desktops that died with their node do not count."""
    members: int
    """VMs in any pool at the end."""
    ready_on: Mapping[str, int] = field(default_factory=dict)
    """Desktops that are ready on each node, by the twin's truth."""

    @property
    def makespan_s(self) -> float:
        """From the order to the last desktop that became ready."""
        return self.ready_after_s[-1] if self.ready_after_s else math.inf

    def share_ready_s(self, share: float) -> float | None:
        """When this share of the wanted was ready; None: never."""
        needed = max(1, math.ceil(share * self.forecast.wanted))
        return round(self.ready_after_s[needed - 1], 1) if needed <= len(self.ready_after_s) else None

    @property
    def timeouts_percent(self) -> float:
        """Waits for a storage lock that timed out, per hundred desktops."""
        return 100 * self.truth.lock_timeouts / self.agents


def play(
    spec: TwinSpec,
    agents: int,
    *,
    budget: Budget | None = None,
    prepare: Callable[[Rehearsal], None] | None = None,
    change: Callable[[SiteConfig], SiteConfig] | None = None,
    at_most_s: float = BOUND_S,
) -> Played:
    """The reconciler on this twin in virtual time; `prepare` may fill its event heap first, `change` the configuration."""
    config = a_config_on(spec, budget=budget)
    config = config if change is None else change(config)
    twins = {ClusterId(spec.name): spec}
    stage = Stage(config=config, roster=a_roster(agents), twins=twins, begins_at=BEGIN, at_most_s=at_most_s)
    rehearsal = Rehearsal(stage)
    if prepare is not None:
        prepare(rehearsal)
    forecast = rehearsal.run()
    twin = rehearsal.twins[ClusterId(spec.name)]
    members = sum(len(pool.members) for pool in twin.cluster.pools.values())
    return Played(
        spec=spec,
        agents=agents,
        forecast=forecast,
        truth=twin.truth(),
        ready_after_s=_ready_after_s(rehearsal),
        members=members,
        ready_on=Counter(guest.node for guest in twin.cluster.guests.values() if guest.desktop and guest.ready),
    )


def _ready_after_s(rehearsal: Rehearsal) -> tuple[float, ...]:
    status = rehearsal.reconciler.status
    ready = [name for name, desktop in status.desktops.items() if desktop.phase is Phase.READY] if status else []
    return tuple(sorted(rehearsal.watch.ready_at[name] - BEGIN for name in ready))


def surviving(spec: TwinSpec) -> TwinSpec:
    """The twin without the nodes that die in it, and without their templates: what a bound after the deaths counts with."""
    dead = {fault.node for fault in spec.faults if isinstance(fault, KillNode)}
    return replace(
        spec,
        nodes=tuple(node for node in spec.nodes if node.name not in dead),
        templates=tuple(template for template in spec.templates if template.node not in dead),
    )


def can_hold(spec: TwinSpec, *, wanted: int) -> int:
    """How many of the wanted desktops these nodes have memory and cores for, within the default budget."""
    return min(wanted, sum(held_by(spec).values()))


def held_by(spec: TwinSpec) -> dict[str, int]:
    """How many desktops each node has memory and cores for, within the default budget."""
    profile = a_profile(spec)
    return {
        node.name: min(
            int(Budget().memory_share * node.memory_mib / profile.memory_mib),
            int(node.cores * profile.cpu_ratio / profile.vcpus),
        )
        for node in spec.nodes
    }


def figures_of(played: Played) -> dict[str, Any]:
    """All that is reported of a run in virtual time."""
    forecast, truth = played.forecast, played.truth
    bound = bound_s(surviving(played.spec), desktops=forecast.ready)
    return {
        "seed": played.spec.seed,
        "wanted": forecast.wanted,
        "ready": forecast.ready,
        "ready_50_s": played.share_ready_s(0.5),
        "ready_90_s": played.share_ready_s(0.9),
        "ready_100_s": played.share_ready_s(1.0),
        "makespan_s": round(played.makespan_s, 1),
        "bound_s": round(bound, 1),
        "efficiency": round(bound / played.makespan_s, 4),
        "lock_timeouts": truth.lock_timeouts,
        "late_lock_timeouts": truth.late_lock_timeouts,
        "lock_timeouts_percent": round(played.timeouts_percent, 2),
        "writes_per_desktop": round(truth.writes / played.agents, 3),
        "calls_per_desktop": round(sum(truth.calls.values()) / played.agents, 3),
        "calls_per_desktop_by_endpoint": {
            name: round(count / played.agents, 4) for name, count in sorted(truth.calls.items())
        },
        "worker_s_per_desktop": round(sum(truth.worker_s.values()) / played.agents, 3),
        "worker_s_per_desktop_by_endpoint": {
            name: round(seconds / played.agents, 4) for name, seconds in sorted(truth.worker_s.items())
        },
        "bytes_per_desktop": round(truth.bytes_sent / played.agents),
        "doubled": truth.duplicates,
        "orphans": len(truth.orphans),
        "can_hold": can_hold(surviving(played.spec), wanted=forecast.wanted),
        "unmet": dict(forecast.unmet),
    }  # fmt: skip


def half_way_s(spec: TwinSpec, agents: int) -> float:
    """Half of the shortest time in which all can be cloned."""
    return 0.5 * agents * 2 * spec.storages[0].image_operation_s / lock_domains(spec)


def slow_down(rehearsal: Rehearsal, factor: float) -> None:
    """From now on image operations take so many times as long."""
    for twin in rehearsal.twins.values():
        for domain in set(twin.cluster.domains.values()):
            domain.spec = replace(domain.spec, image_operation_s=domain.spec.image_operation_s * factor)
