"""Round times for the axis of a picture."""

from provisioner.cli.times import local
from provisioner.model.ids import Instant

_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
_TICKS = 8


def clock_ticks(now: Instant, end: Instant) -> list[Instant]:
    """Round times of the site's clock."""
    step = next((step for step in _STEPS_S if (end - now) / step <= _TICKS), _STEPS_S[-1])
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    first = midnight + (int((now - midnight) // step) + 1) * step
    return [first + number * step for number in range(int((end - first) // step) + 1)]


__all__ = ["clock_ticks"]
