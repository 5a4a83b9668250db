"""The section `readiness` of bascule.yaml."""

from provisioner.settings.calendar import ClockTime, Zone
from provisioner.settings.checking import Document
from provisioner.settings.fields import Text, like
from provisioner.settings.readiness import ReadinessSettings


class ReadinessKeys(Document, of=ReadinessSettings):
    """When the daemon asks by itself how ready the site is for a surge, each night."""

    at: ClockTime = like(ReadinessSettings, "at")
    zone: Zone | None = like(ReadinessSettings, "zone")
    scenario: Text | None = like(ReadinessSettings, "scenario")


__all__ = ["ReadinessKeys"]
