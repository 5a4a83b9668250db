"""A forecast as figures for programs. Pure."""

from provisioner.rehearsal.forecast import Forecast

NOTHING_LEFT = (
    "everybody has a desktop already: nothing is left to rehearse (boots of those that are off are not counted; "
    "--twin FILE rehearses the whole switch)"
)
SHARES = (0.5, 0.9, 1.0)


def figures_of(result: Forecast) -> dict[str, object]:
    """Seconds are counted from the switch's start."""
    return {
        "wanted": result.wanted,
        "ready": result.ready,
        "seconds_to": {f"{share:.0%}": tenths(result.after_s(share)) for share in SHARES},
        "longest_wait_s": tenths(result.longest_wait_s),
        "binds": result.binds,
        "lock_timeouts": result.lock_timeouts,
        "writes": result.writes,
        "calls": result.calls,
        "unmet": result.unmet,
        "not_wanted": result.not_wanted,
    }


def tenths(seconds: float | None) -> float | None:
    """To a tenth of a second; None: never."""
    return None if seconds is None else round(seconds, 1)
