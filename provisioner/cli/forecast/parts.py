"""How people know a part of a forecast: by its wave, its pool, or when its half-day begins."""

from provisioner.cli import times
from provisioner.model.ids import Instant
from provisioner.rehearsal.fitting import WaveFit
from provisioner.rehearsal.waves import PartKind, WaveForecast
from provisioner.texts.translate import _


def part_name(part: WaveForecast | WaveFit, now: Instant) -> str:
    """By the site's clock. `now`: when the rehearsal began."""
    if part.kind is PartKind.POOL:
        return _("pool {pool}", pool=part.name.removeprefix("pool "))
    if part.kind is PartKind.HALF_DAY and part.begins_after_s is not None:
        return _("half-day of {at}", at=times.clock(now + part.begins_after_s, now=now))
    return part.name


__all__ = ["part_name"]
