"""What a site has configured, as far as plans and the control loop rest on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.guard import Guard
from provisioner.model.ids import ClusterId, PoolName, ProfileName
from provisioner.model.profiles import Entitlement, Profile
from provisioner.model.rules import Rules
from provisioner.model.scenarios import EVERYONE, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """Handed on whole: each section is the value that the settings made of it."""

    installation: str
    profiles: Mapping[ProfileName, Profile]
    naming: Naming
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    pools: Mapping[ClusterId, PoolName] = field(default_factory=dict)
    """The pool of Proxmox VE that a cluster's desktops are cloned into; a cluster that is not named has none."""
    entitlements: tuple[Entitlement, ...]
    scenario: Scenario = EVERYONE
    safety: Safety = field(default_factory=Safety)
    leavers: LeaverRules = LeaverRules()
    guard: Guard = Guard()
    full_directory_s: float = 3_600.0
    """Everything in the directory is read again after so many seconds; in between only what has changed, where it tells."""

    @property
    def rules(self) -> Rules:
        """Who may have which desktop and when."""
        return Rules(entitlements=self.entitlements, scenario=self.scenario)

    def under(self, rules: Rules) -> "SiteConfig":
        """The same but for these rules."""
        return replace(self, entitlements=rules.entitlements, scenario=rules.scenario)
