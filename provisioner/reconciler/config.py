"""What is configured, as far as the reconciler needs it."""

from dataclasses import dataclass, field, replace

from provisioner.model.budget import Safety
from provisioner.model.departures import Leavers
from provisioner.model.guard import Guard
from provisioner.model.profiles import Entitlement
from provisioner.model.rules import Rules
from provisioner.model.scenarios import Scenario
from provisioner.planning.demand.demand import EVERYONE
from provisioner.planning.inputs import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The policy, who is entitled to what, the scenario, and the settings of the safety gate, the ladder and the guard."""

    policy: Policy
    entitlements: tuple[Entitlement, ...]
    scenario: Scenario = EVERYONE
    safety: Safety = field(default_factory=Safety)
    leavers: Leavers = Leavers()
    guard: Guard = Guard()
    full_directory_s: float = 3_600.0
    """Everything in the directory is read again after so many seconds; in between only what has changed, where it tells."""

    @property
    def rules(self) -> Rules:
        """Who may have which desktop and when."""
        return Rules(entitlements=self.entitlements, scenario=self.scenario)

    def under(self, rules: Rules) -> "Order":
        """The same but for these rules."""
        return replace(self, entitlements=rules.entitlements, scenario=rules.scenario)
