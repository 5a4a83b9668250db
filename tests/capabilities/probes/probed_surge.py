"""A surge on twins with something broken that Proxmox VE and the desktops do not see, and the daemon's own probes.

The reconciler makes the desktops and tells their state; the twins' hidden truth answers the probes.
"""

from dataclasses import replace
from random import Random

from provisioner.capabilities.probes.model import ProbeState
from provisioner.capabilities.probes.work import ProbeRules, ProbeWatch
from provisioner.model.actions import Outcome
from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, Instant, NodeName, ProfileName, StorageId, Vmid, WaveName
from provisioner.model.machines.twin_spec import StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Connection, Entitlement, Profile, Selection, Template
from provisioner.model.probes import Factor, FactorKind
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.twin.calls import VirtualClock
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.builders.rehearsal import FIRST_VMID, LAST_VMID, a_profile_on
from tests.builders.twin import a_spec
from tests.capabilities.probes.twin_logon import TwinLogon

PVE = ClusterId("lab")
AGENTS, BATCH, EVERY_S = 72, 24, 300.0
PER_MINUTE = 12
PROFILES = {
    "office": ("office-7", "ceph-a"),
    "big": ("office-7", "ceph-b"),
    "cad": ("cad-3", "ceph-a"),
    "light": ("light-1", "ceph-b"),
}
"""Image and storage of each: no two factors have the same desktops, but those of images that one profile has."""
GATE = "gate.example"
BEHIND = frozenset({"office", "light"})
"""Profiles whose people come through the gateway; the others go straight."""
BROKEN = ("node", "image", "storage", "gateway", "names")
VMIDS = {name: 9001 + number for number, name in enumerate(PROFILES)}


def spec(seed: int) -> TwinSpec:
    storages = tuple(StorageSpec(storage=name, shared=True, kind="rbd", image_operation_s=0.5) for name in ("ceph-a", "ceph-b"))
    templates = tuple(
        TemplateSpec(vmid=VMIDS[name], node="pve1", storage=storage, tags="golden") for name, (_, storage) in PROFILES.items()
    )
    return replace(a_spec(nodes=6, seed=seed), storages=storages, templates=templates)


def stage(seed: int) -> Stage:
    twin = spec(seed)
    profiles = {name: _profile(twin, name, image, storage) for name, (image, storage) in PROFILES.items()}
    names = list(PROFILES)
    people = [
        an_agent(number, department=names[number % len(names)], site=("melun", "meaux", "torcy")[number % 3])
        for number in range(AGENTS)
    ]
    waves = (Wave(name=WaveName("all"), who=Selection(), size=BATCH, interval_s=EVERY_S),)
    config = SiteConfig(
        installation="lab",
        profiles={ProfileName(name): profile for name, profile in profiles.items()},
        naming=Naming(vmids={PVE: (Vmid(FIRST_VMID), Vmid(LAST_VMID))}),
        entitlements=tuple(
            Entitlement(profile=ProfileName(name), who=Selection(departments=frozenset({name}))) for name in PROFILES
        ),
        scenario=Scenario(name="surge", waves=waves),
        scenario_given=True,
    )
    return Stage(config=config, roster=a_roster(people), twins={PVE: twin}, begins_at=NOW, at_most_s=1800.0)


def _profile(twin: TwinSpec, name: str, image: str, storage: str) -> Profile:
    template = Template(cluster=PVE, vmid=Vmid(VMIDS[name]), node=NodeName("pve1"), storage=StorageId(storage))
    connection = Connection(gateway=GATE if name in BEHIND else "")
    return replace(a_profile_on(twin), name=ProfileName(name), image=image, templates=(template,), connection=connection)


class Probed:
    """The daemon's probes of a surge, and what is broken for them: one of BROKEN from `breaks_at` on, or nothing."""

    def __init__(self, rehearsal: Rehearsal, seed: int, broken: str, *, flaky: float) -> None:
        self.notices: list[str] = []
        self.logon = TwinLogon(twins=tuple(rehearsal.twins.values()), flaky=flaky)
        self.rng, self.broken = Random(seed), broken
        self.breaks_at = NOW + self.rng.uniform(0.0, EVERY_S)
        self.planted: Factor | None = None
        self.named_at: Instant | None = None
        """When something was named first."""
        self.watch = ProbeWatch(
            self.logon,
            ProbeRules(per_minute=PER_MINUTE, window_s=900.0),
            profiles=lambda: rehearsal.stage.config.profiles,
            clock=VirtualClock(rehearsal.events),
            notice=lambda _, text: self.notices.append(text),
        )
        self.probed_at = NOW

    @property
    def state(self) -> ProbeState:
        """What the probes have shown."""
        return self.watch.now()

    def follow(self, status: Status) -> None:
        """Break what is to be broken, and probe at the rate of the rules, in virtual time."""
        if status.at >= self.breaks_at and self.planted is None:
            self.planted = self._break()
        while self.probed_at + 60.0 / PER_MINUTE <= status.at:
            self.probed_at += 60.0 / PER_MINUTE
            if self.watch.once(status).is_sure and self.named_at is None:
                self.named_at = status.at

    @property
    def is_named(self) -> bool:
        """Whether what is named in the end is what is broken, and nothing else."""
        state = self.state
        if self.broken == "names":
            return state.everywhere and "names are not resolved" in state.what
        return bool(state.causes) and state.causes == ((self.planted,),)

    def _break(self) -> Factor | None:
        if self.broken == "node":
            node = self.rng.choice(sorted(self.logon.twins[0].cluster.nodes))
            self.logon.nodes.add(node)
            return Factor(FactorKind.NODE, f"{PVE}/{node}")
        if self.broken == "image":
            self.logon.templates |= {VMIDS["office"], VMIDS["big"]}
            return Factor(FactorKind.IMAGE, "office-7")
        if self.broken == "storage":
            self.logon.storages.add("ceph-b")
            return Factor(FactorKind.STORAGE, f"{PVE}/ceph-b")
        if self.broken == "gateway":
            self.logon.gateways.add(GATE)
            return Factor(FactorKind.GATEWAY, GATE)
        self.logon.names_fail = self.broken == "names"
        return None


class ProbedSurge:
    """One surge, which knows of no probes: so several can be asked of it, each with something else broken."""

    def __init__(self, seed: int, *broken: str, flaky: float = 0.0) -> None:
        self.rehearsal = Rehearsal(replace(stage(seed), listeners=(self,)))
        self._probed = [Probed(self.rehearsal, seed, kind, flaky=flaky) for kind in broken]

    def play(self) -> list[Probed]:
        """To its end."""
        self.rehearsal.run()
        return self._probed

    def status(self, status: Status) -> None:
        """A cycle's end."""
        for probed in self._probed:
            probed.follow(status)

    def api_call(self, call: ApiCall) -> None: ...
    def outcome(self, outcome: Outcome) -> None: ...
    def directory_read(self, roster: Roster | None, error: str) -> None: ...
    def notice(self, subject: str, text: str) -> None: ...
