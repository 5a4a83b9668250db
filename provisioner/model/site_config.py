"""The site's configuration, as planning and the control loop use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.guard import Guard
from provisioner.model.ids import ClusterId, DesktopPoolName, PoolName, ProfileName
from provisioner.model.lending import GrantRules
from provisioner.model.people.profiles import Entitlement, Profile
from provisioner.model.pools import DesktopPool
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE, NOBODY_NEW, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """The sections of the configuration, as values made by the settings."""

    installation: str
    profiles: Mapping[ProfileName, Profile]
    naming: Naming
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    pools: Mapping[ClusterId, PoolName] = field(default_factory=dict)
    """The Proxmox VE pool that a cluster's desktops are cloned into; clusters without an entry have none."""
    desktop_pools: Mapping[DesktopPoolName, DesktopPool] = field(default_factory=dict)
    """Pools of desktops that are lent. Another thing than `pools`, which Proxmox VE has for rights."""
    grants: GrantRules | None = None
    """By which lent desktops are opened; None: there are none."""
    entitlements: tuple[Entitlement, ...]
    scenario: Scenario = EVERYONE
    scenario_given: bool = True
    """Whether the configuration names it; otherwise it is only a new installation's (`rules_for`)."""
    safety: Safety = field(default_factory=Safety)
    leavers: LeaverRules = LeaverRules()
    guard: Guard = Guard()
    receives: bool = False
    """Whether desktops can ask the daemon (`receiver`)."""
    ids_are_made: bool = True
    """Whether the directory's server makes the ids of people (entryUUID, objectGUID), and never uses them again."""
    full_directory_s: float = 3_600.0
    """Seconds between full readings of the directory; in between only changes are read, if the server supports it."""

    @property
    def rules(self) -> Rules:
        """Who may have which desktop and when."""
        return Rules(entitlements=self.entitlements, scenario=self.scenario)

    def rules_for(self, in_force: Rules | None, *, is_new: bool) -> Rules:
        """The configured rules, where those are in force.

        Once a scenario was in force, its removal lets nobody new in: otherwise everybody would get a desktop at once. `is_new`:
        without earlier rules, this is a new installation.
        """
        at_once = is_new if in_force is None else in_force.scenario == EVERYONE
        if self.scenario_given or at_once:
            return self.rules
        return Rules(entitlements=self.entitlements, scenario=NOBODY_NEW)

    def under(self, rules: Rules) -> "SiteConfig":
        """This configuration with other rules."""
        return replace(self, entitlements=rules.entitlements, scenario=rules.scenario)
