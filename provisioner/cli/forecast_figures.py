"""A forecast as figures for programs. Pure."""

from provisioner.cli.capacity_rows import capacity_figures
from provisioner.cli.output import pairs
from provisioner.rehearsal.forecast import Forecast
from provisioner.texts.translate import N_

NOTHING_LEFT = N_(
    "everybody has a desktop already: nothing is left to rehearse (boots of desktops that are off are not counted; "
    "--twin FILE rehearses the whole switch)"
)
SHARES = (0.5, 0.9, 1.0)


def figures_of(result: Forecast) -> dict[str, object]:
    """Of `--json`; seconds count from the start of the switch."""
    return {
        "wanted": result.wanted,
        "ready": result.ready,
        "seconds_to": {f"{share:.0%}": tenths(result.after_s(share)) for share in SHARES},
        "longest_wait_s": tenths(result.longest_wait_s),
        **dict(pairs("binds", result.binds)),
        "lock_timeouts": result.lock_timeouts,
        "writes": result.writes,
        "calls": result.calls,
        "unmet": result.unmet,
        "not_wanted": result.not_wanted,
        "capacity": capacity_figures(result.capacity, result.outlook),
    }


def tenths(seconds: float | None) -> float | None:
    """To a tenth of a second; None: never."""
    return None if seconds is None else round(seconds, 1)
