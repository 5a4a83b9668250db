"""A whole site in the test's process, for `bascule check`: a twin, a directory, a store, and the settings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.doctor.cluster import examine
from provisioner.doctor.findings import Finding, Grade
from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, ProfileName, Vmid, WaveName
from provisioner.model.kept.records import Records
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Addressing, Entitlement, Profile, Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.pve.privileges import NEEDED
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.secret import Secret
from provisioner.settings.twins import load_twin
from provisioner.settings.values import ClusterSettings, Settings, StoreSettings
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import a_profile_on
from tests.builders.rights import AUTH, with_token
from tests.builders.virtual_hypervisor import VirtualHypervisor

FIRST, LAST = 20_000, 21_999
OFFICE_NET = Addressing(network="10.40.0.0/21", gateway="10.40.0.1", first="10.40.0.10", last="10.40.7.250")


@dataclass(slots=True, kw_only=True)
class Checkup:
    """A site, sound unless a test changes it. The token has the rights that docs/en/install-by-hand.md lists, and no others."""

    spec: TwinSpec
    agents: int | Iterable[Agent] = 40
    rights: Mapping[str, frozenset[str]] = field(default_factory=lambda: NEEDED)
    vmids: tuple[int, int] = (FIRST, LAST)
    profile: dict[str, Any] = field(default_factory=dict)
    """Changed fields of the profile `standard`."""
    profiles: tuple[Profile, ...] = ()
    """Further ones."""
    entitlements: tuple[Entitlement, ...] = (Entitlement(profile=ProfileName("standard"), who=Selection()),)
    scenario: Scenario = field(default_factory=lambda: a_surge())
    settings: dict[str, Any] = field(default_factory=dict)
    """Changed fields of the settings."""
    cluster: dict[str, Any] = field(default_factory=dict)
    """Changed fields of the cluster's settings."""
    directory: dict[str, Any] = field(default_factory=dict)
    """Changed fields of the directory's settings."""
    records: Records = Records()
    meddle: Callable[[Twin], object] = lambda _: None
    """Changes the cluster before it is looked at."""

    def but(self, **changed: Any) -> "Checkup":
        """The same site with something changed."""
        return replace(self, **changed)

    def findings(self, folder: Path) -> tuple[Finding, ...]:
        """What `bascule check` finds."""
        settings, outside, now = self.site(folder)
        return examine(settings, outside, now=now)

    def site(self, folder: Path) -> tuple[Settings, Any, float]:
        """Its settings, its outside systems, and its time."""
        twin = Twin(with_token(self.spec, self.rights), EventHeap(NOW))
        self.meddle(twin)
        guard_access(twin)
        client = VirtualHypervisor(twin, key=NOTE_KEY, auth=AUTH)
        outside: Any = _Outside(client=client, roster=a_roster(self.agents), records=self.records)
        return self._settings(folder), outside, twin.events.now

    def _settings(self, folder: Path) -> Settings:
        name, token = ClusterId(self.spec.name), AUTH.removeprefix("PVEAPIToken=").rpartition("=")
        cluster = ClusterSettings(
            cluster=name,
            endpoints=("https://pve1.example.org:8006", "https://pve2.example.org:8006"),
            token_id=token[0],
            token_secret=Secret(token[2]),
        )
        standard = a_profile_on(self.spec, **{"addressing": OFFICE_NET, **self.profile})
        values: dict[str, Any] = {
            "installation": NOTE_KEY.installation,
            "note_key": NOTE_KEY,
            "clusters": {name: replace(cluster, **self.cluster)},
            "directory": DirectorySettings(urls=("ldaps://directory.example.org",), base="dc=example", **self.directory),
            "profiles": {profile.name: profile for profile in (standard, *self.profiles)},
            "entitlements": self.entitlements,
            "naming": Naming(vmids={name: (Vmid(self.vmids[0]), Vmid(self.vmids[1]))}),
            "scenario": self.scenario,
            "freeze_file": folder / "freeze",
            "store": StoreSettings(url=f"sqlite:///{folder}/bascule.db"),
        }
        return Settings(**{**values, **self.settings})


def alarms(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The faults and doubts, by the code of what is wrong."""
    return {finding.code: finding for finding in findings if finding.grade is not Grade.GOOD}


@cache
def shipped(shape: str) -> TwinSpec:
    """A twin of config/twins."""
    return load_twin(Path(__file__).parents[2] / "config" / "twins" / f"{shape}.yaml")


def a_wave(name: str = "all", **changed: Any) -> Wave:
    """Of everybody, unless changed."""
    return Wave(name=WaveName(name), **{"who": Selection(), **changed})


def a_surge(*waves: Wave, **changed: Any) -> Scenario:
    """A scenario of these waves."""
    return Scenario(name="surge", waves=waves or (a_wave(),), **changed)


class _Store(MemoryStore):
    """A store with these records in it."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self._given = records

    def load(self) -> Records:
        return self._given


class _Directory:
    """A directory that lists these agents."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def read(self) -> Roster:
        return self._roster


class _Outside:
    """The outside systems of the site."""

    def __init__(self, *, client: VirtualHypervisor, roster: Roster, records: Records) -> None:
        self.hypervisors = {client.cluster: client}
        self.directory, self.store = _Directory(roster), _Store(records)
