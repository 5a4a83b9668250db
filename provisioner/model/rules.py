"""Who may have which desktop and when, as configured: what a person can change by a mistake as much as a directory can."""

from dataclasses import dataclass

from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The part of the configuration that decides whose desktops there are."""

    entitlements: tuple[Entitlement, ...]
    scenario: Scenario
