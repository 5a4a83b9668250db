"""Whether people reach their desktops: a service, which commands ask for, and a capability gives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from provisioner.extensions import Part, Parts, Point, joined
from provisioner.model.probes import ProbeResult
from provisioner.ports import Clock
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

Row = TypeVar("Row", bound=Mapping[str, Any])
"""A desktop of the daemon's document (`views.desktops.DesktopDocument`)."""


class Reaching(Protocol):
    """Goes the way of a person to desktops."""

    def probe(self, row: Mapping[str, Any]) -> ProbeResult:
        """Every step until one fails. Raises nothing. A robot account keeps out where somebody is logged on, or may be."""

    def sample(self, rows: Sequence[Row], count: int) -> Sequence[Row]:
        """At most so many that are ready, those first whose probes tell most. Raises BasculeError if none is ready."""

    def summary(self, results: Sequence[ProbeResult]) -> Reason:
        """What probes of different desktops have shown together."""


def _nobody(settings: Settings, clock: Clock) -> Reaching:
    raise NotImplementedError("no capability goes the way of a person to a desktop")


REACHING = Part[Callable[[Settings, Clock], Reaching]]("reaching", _nobody)
SERVICES = Point("services", "SERVICES", Parts)
"""What capabilities do for commands, by the keys of services: no daemon has to run for it."""


def reaching_of(settings: Settings, *, clock: Clock) -> Reaching:
    """The way to desktops, as configured."""
    return joined(SERVICES.found())[REACHING](settings, clock)


__all__ = ["REACHING", "SERVICES", "Reaching", "reaching_of"]
