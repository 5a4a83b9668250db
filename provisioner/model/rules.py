"""The rules: who may have which desktop, and when. The guard judges their changes like changes of the directory."""

from dataclasses import dataclass

from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The part of the configuration that decides who has a desktop."""

    entitlements: tuple[Entitlement, ...]
    scenario: Scenario

    @property
    def groups(self) -> frozenset[str]:
        """The groups in the selections of entitlements, waves and rotation."""
        waves = (selection for wave in self.scenario.waves for selection in (wave.who, *wave.excepted))
        rotation = () if self.scenario.rotation is None else self.scenario.rotation.selections
        selections = (*(entitlement.who for entitlement in self.entitlements), *waves, *rotation)
        return frozenset[str]().union(*(who.groups for who in selections))
