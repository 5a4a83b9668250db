"""Reads a scenario folder and makes the reconciler's configuration from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.guard import Guard
from provisioner.model.ids import ClusterId, Vmid
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.settings.checking import load
from provisioner.settings.fields import as_value
from provisioner.settings.scenario import load_scenario
from provisioner.settings.twins import load_twin
from tests.builders.core import a_roster, an_agent
from tests.builders.rehearsal import a_config_on, a_profile_on
from tests.scenarios.site import ProfileChangesDocument, SiteDocument

FOLDERS = Path(__file__).parent
_TIMES = frozenset({"clone_timeout", "start_timeout", "ready_timeout", "expected_ready"})


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

    def config(self) -> SiteConfig:
        """The configuration."""
        site = self.site
        return a_config_on(
            self.spec,
            profile=self.profile(self.site.profile),
            installation=site.installation,
            naming=Naming(vmids={self.cluster: (Vmid(site.vmids.first), Vmid(site.vmids.last))}),
            budget=as_value(Budget, site.budget),
            pace=as_value(Pace, site.pace),
            scenario=self.scenario,
            safety=as_value(Safety, site.safety),
            leavers=as_value(LeaverRules, site.leavers),
            guard=as_value(Guard, site.guard),
        )

    def _agents(self) -> Iterator[Agent]:
        for number in range(1, self.site.agents + 1):
            yield an_agent(number, groups=frozenset(name for name, size in self.site.groups.items() if number <= size))

    def profile(self, changes: ProfileChangesDocument) -> Profile:
        """What the templates are, with these changes."""
        given = {name: getattr(changes, name) for name in changes.model_fields_set}
        if "addressing" in given:
            given["addressing"] = as_value(Addressing, given["addressing"])
        return a_profile_on(self.spec, **{f"{name}_s" if name in _TIMES else name: value for name, value in given.items()})


def folder_names() -> list[str]:
    """Every scenario there is."""
    return sorted(path.parent.name for path in FOLDERS.glob("*/site.yaml"))
