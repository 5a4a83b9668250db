"""Who may have which desktop and when, as configured: what a person can change by a mistake as much as a directory can."""

from dataclasses import dataclass

from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The part of the configuration that decides whose desktops there are."""

    entitlements: tuple[Entitlement, ...]
    scenario: Scenario

    @property
    def groups(self) -> frozenset[str]:
        """Those that an entitlement or a wave selects by."""
        selections = (*(one.who for one in self.entitlements), *(wave.who for wave in self.scenario.waves))
        return frozenset[str]().union(*(who.groups for who in selections))
