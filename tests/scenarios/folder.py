"""A scenario folder read, and made into what the reconciler works by."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.model.agents import Agent, Roster
from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.profiles import Addressing, Entitlement, Profile, Selection, Template
from provisioner.model.scenarios import Scenario
from provisioner.model.twin_spec import TwinSpec
from provisioner.planning.situation import Policy
from provisioner.reconciler import Order
from provisioner.settings.fields import as_value
from provisioner.settings.loading import load
from provisioner.settings.scenario import load_scenario
from provisioner.settings.twins import load_twin
from tests.builders import a_roster, an_agent
from tests.scenarios.site import SiteDocument

FOLDERS = Path(__file__).parent
_PROFILE = ProfileName("standard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a scenario is made of."""

    path: Path
    spec: TwinSpec
    scenario: Scenario
    site: SiteDocument

    @classmethod
    def read(cls, name: str) -> "Folder":
        """`tests/scenarios/<name>/`; raises SettingsError with every problem."""
        path = FOLDERS / name
        return cls(
            path=path,
            spec=load_twin(path / "cluster.yaml"),
            scenario=load_scenario(path / "scenario.yaml"),
            site=load(path / "site.yaml", SiteDocument),
        )

    @property
    def cluster(self) -> ClusterId:
        """The one there is."""
        return ClusterId(self.spec.name)

    @property
    def log_file(self) -> Path:
        """The expected log."""
        return self.path / "expected.log"

    def roster(self) -> Roster:
        """The agents, in their groups."""
        return a_roster(self._agents())

    def order(self) -> Order:
        """What is configured."""
        site = self.site
        vmids = {self.cluster: (Vmid(site.vmids.first), Vmid(site.vmids.last))}
        policy = Policy(
            installation=site.installation,
            profiles={_PROFILE: self._profile()},
            naming=Naming(vmids=vmids),
            budget=as_value(Budget, site.budget),
            pace=as_value(Pace, site.pace),
        )
        everyone = (Entitlement(profile=_PROFILE, who=Selection()),)
        return Order(policy=policy, entitlements=everyone, scenario=self.scenario, safety=as_value(Safety, site.safety))

    def _agents(self) -> Iterator[Agent]:
        for number in range(1, self.site.agents + 1):
            yield an_agent(number, groups=frozenset(name for name, size in self.site.groups.items() if number <= size))

    def _profile(self) -> Profile:
        first, changes = self.spec.templates[0], self.site.profile
        return as_value(
            Profile,
            changes,
            name=_PROFILE,
            image="golden-1",
            templates=tuple(self._templates()),
            vcpus=changes.vcpus or first.vcpus,
            memory_mib=changes.memory_mib or first.memory_mib,
            disk_gib=first.disk_gib,
            bridge=changes.bridge or self.spec.bridges[0],
            addressing=as_value(Addressing, changes.addressing) if changes.addressing else Addressing(),
        )

    def _templates(self) -> Iterator[Template]:
        for one in self.spec.templates:
            yield Template(cluster=self.cluster, vmid=Vmid(one.vmid), node=NodeName(one.node), storage=StorageId(one.storage))


def folder_names() -> list[str]:
    """Every scenario there is."""
    return sorted(path.parent.name for path in FOLDERS.glob("*/site.yaml"))
