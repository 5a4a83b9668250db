"""A forecast as figures for programs. Pure."""

from provisioner.cli.capacity_rows import capacity_figures
from provisioner.cli.forecast_stage import Question
from provisioner.cli.output import pairs
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import WaveForecast

SHARES = (0.5, 0.9, 1.0)


def figures_of(result: Forecast, question: Question) -> dict[str, object]:
    """Of `--json`; seconds count from now."""
    return {
        **outcome_of(result),
        "faults": question.faults,
        "assumed": question.assumptions,
    }


def outcome_of(result: Forecast) -> dict[str, object]:
    """What came of one rehearsal; seconds count from its start."""
    return {
        "wanted": result.wanted,
        "ready": result.ready,
        "ready_now": result.ready_now,
        "unopened": result.unopened,
        "cut": result.cut,
        "seconds_to": {f"{share:.0%}": tenths(result.after_s(share)) for share in SHARES},
        "longest_wait_s": tenths(result.longest_wait_s),
        **dict(pairs("binds", result.binds)),
        "lock_timeouts": result.lock_timeouts,
        "writes": result.writes,
        "calls": result.calls,
        "waves": [_wave(wave) for wave in result.waves],
        "unmet": result.unmet,
        "not_wanted": result.not_wanted,
        "capacity": capacity_figures(result.capacity, result.outlook),
    }


def _wave(wave: WaveForecast) -> dict[str, object]:
    return {
        "name": wave.name,
        "wanted": wave.wanted,
        "ready": wave.ready,
        "opens_after_s": tenths(wave.opens_after_s),
        "all_ready_after_s": tenths(wave.last_after_s) if wave.wanted else None,
    }


def tenths(seconds: float | None) -> float | None:
    """To a tenth of a second; None: never."""
    return None if seconds is None else round(seconds, 1)
