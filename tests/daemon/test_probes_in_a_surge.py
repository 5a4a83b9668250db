"""A surge on twins with something broken that Proxmox VE and the desktops do not see: the daemon's own probes name it.

The reconciler makes the desktops and tells their state; the twins' hidden truth answers the probes.
"""

from dataclasses import replace
from random import Random

import pytest

from provisioner.daemon.probe_watch import ProbeRules, ProbeWatch
from provisioner.model.budget import Naming
from provisioner.model.desktops import Phase
from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid, WaveName
from provisioner.model.probes import Factor, FactorKind, ProbeState
from provisioner.model.profiles import Entitlement, Profile, Selection, Template
from provisioner.model.scenarios import Scenario, Wave
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import StorageSpec, TemplateSpec, TwinSpec
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.twin.calls import VirtualClock
from provisioner.twin.logon import TwinLogon
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.builders.rehearsal import FIRST_VMID, LAST_VMID, a_profile_on
from tests.builders.twin import a_spec

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
    return replace(a_profile_on(twin), name=ProfileName(name), image=image, templates=(template,))


class Surge:
    """A listener that lets the watch probe at its rate, in virtual time."""

    def __init__(self, seed: int, broken: str, *, flaky: float = 0.0) -> None:
        self.notices: list[str] = []
        self.rehearsal = Rehearsal(replace(stage(seed), listeners=(self,)))
        self.logon = TwinLogon(twins=tuple(self.rehearsal.twins.values()), flaky=flaky)
        self.rng, self.broken = Random(seed), broken
        self.breaks_at = NOW + self.rng.uniform(0.0, EVERY_S)
        self.planted: Factor | None = None
        self.watch = ProbeWatch(
            self.logon,
            ProbeRules(per_minute=PER_MINUTE, window_s=900.0),
            profiles=lambda: self.rehearsal.stage.config.profiles,
            clock=VirtualClock(self.rehearsal.events),
            notice=lambda _, text: self.notices.append(text),
        )
        self.probed_at = NOW

    def play(self) -> ProbeState:
        self.rehearsal.run()
        return self.watch.now()

    def status(self, status) -> None:
        if status.at >= self.breaks_at and self.planted is None:
            self.planted = self._break()
        while self.probed_at + 60.0 / PER_MINUTE <= status.at:
            self.probed_at += 60.0 / PER_MINUTE
            self.watch.once(status)

    def _break(self) -> Factor | None:
        if self.broken == "node":
            node = self.rng.choice([node.name for node in self.rehearsal.stage.twins[PVE].nodes])
            self.logon.nodes.add(node)
            return Factor(FactorKind.NODE, f"{PVE}/{node}")
        if self.broken == "image":
            self.logon.templates |= {VMIDS["office"], VMIDS["big"]}
            return Factor(FactorKind.IMAGE, "office-7")
        self.logon.names_fail = self.broken == "names"
        return None

    def api_call(self, call) -> None: ...
    def outcome(self, outcome) -> None: ...
    def directory_read(self, roster, error) -> None: ...
    def notice(self, subject, text) -> None: ...


def is_named(surge: Surge) -> bool:
    state = surge.play()
    if surge.broken == "names":
        return state.everywhere and "names are not resolved" in state.what
    return state.causes == ((surge.planted,),)


@pytest.mark.long
@pytest.mark.parametrize("broken", ["node", "image", "names"])
def test_what_is_broken_is_named_beside_desktops_that_are_broken_by_themselves(broken):
    """Ten surges of each kind: together at least 28 of 30."""
    named = [is_named(Surge(seed, broken, flaky=0.02)) for seed in range(10)]

    assert sum(named) >= 9


@pytest.mark.long
def test_in_a_surge_where_nothing_is_broken_nothing_is_named():
    for seed in range(10):
        surge = Surge(seed, "nothing", flaky=0.02)

        assert not surge.play().is_sure
        assert surge.notices == []


@pytest.mark.long
def test_what_is_named_is_told_once_and_stays_out_of_the_way_of_the_surge():
    surge = Surge(3, "names")

    state = surge.play()

    assert state.everywhere
    assert len(surge.notices) == 1
    assert "their names are not resolved" in surge.notices[0]
    status = surge.rehearsal.reconciler.status
    assert status is not None
    assert status.phases == {Phase.READY: AGENTS}
