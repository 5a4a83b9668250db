"""The rules: who may have which desktop, and when. The guard judges their changes like changes of the directory."""

from dataclasses import dataclass

from provisioner.model.people.profiles import Entitlement
from provisioner.model.scenario.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The part of the configuration that decides who has a desktop."""

    entitlements: tuple[Entitlement, ...]
    scenario: Scenario

    @property
    def groups(self) -> frozenset[str]:
        """The groups in all selections."""
        selections = (*(entitlement.who for entitlement in self.entitlements), *self.scenario.selections)
        return frozenset[str]().union(*(who.groups for who in selections))

    @property
    def logins(self) -> frozenset[str]:
        """All that they name."""
        return self.scenario.logins.union(*(entitlement.who.logins for entitlement in self.entitlements))
