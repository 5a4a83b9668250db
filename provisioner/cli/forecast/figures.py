"""A forecast as figures for programs. Pure."""

from collections.abc import Mapping

from provisioner.cli.forecast.fits import bought_figures, fit_figures
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.output import pairs
from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.ids import ProfileName
from provisioner.rehearsal.bands import Band
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import WaveForecast
from provisioner.views.capacity import gain_document, loss_document
from provisioner.views.times import stamp, stamp_or_none

SHARES = (0.5, 0.9, 1.0)
_NOTHING = Outlook()


def figures_of(answer: ForecastAnswer) -> dict[str, object]:
    """Of `--json`; seconds count from `at`."""
    verdict, outcome, question = answer.verdict, answer.outcome, answer.question
    return {
        "at": stamp(question.stage.begins_at),
        "verdict": verdict.answer.value,
        "by": stamp_or_none(verdict.by),
        "chance": None if verdict.chance is None else round(verdict.chance, 3),
        "band": None if verdict.band is None else _band(verdict.band),
        "measured": answer.measured,
        **outcome_of(outcome.forecast),
        **dict(pairs("binds", outcome.binds)),
        "waves": [{**_wave(wave), **dict(pairs("binds", outcome.wave_binds[wave.name]))} for wave in outcome.forecast.waves],
        "fits": fit_figures(answer),
        "bought": bought_figures(answer),
        "helps": [{**dict(pairs("resource", gain.resource)), "seconds": tenths(gain.after_s)} for gain in outcome.gains],
        "wave_bands": {name: _band(band) for name, band in outcome.waves.items()},
        "faults": question.faults,
        "assumed": (*question.assumptions, *answer.durations),
    }


def _band(band: Band) -> dict[str, object]:
    return {"p5_s": tenths(band.early_s), "p50_s": tenths(band.middle_s), "p95_s": tenths(band.late_s)}


def outcome_of(result: Forecast) -> dict[str, object]:
    """What came of one rehearsal; seconds count from its start."""
    return {
        "wanted": result.wanted,
        "ready": result.ready,
        "ready_now": result.ready_now,
        "lesser": result.shortage.lesser,
        "refused": result.shortage.refused,
        "fewer_half_days": result.shortage.fewer,
        "no_half_days": result.shortage.left_out,
        "unopened": result.unopened,
        "cut": result.cut,
        "seconds_to": {f"{share:.0%}": tenths(result.after_s(share)) for share in SHARES},
        "longest_wait_s": tenths(result.longest_wait_s),
        "lock_timeouts": result.lock_timeouts,
        "writes": result.writes,
        "calls": result.calls,
        "waves": [_wave(wave) for wave in result.waves],
        **dict(pairs("nobody", result.nobody)),
        "unmet": result.unmet,
        "not_wanted": result.not_wanted,
        "capacity": _capacity_figures(result.capacity, result.outlook),
    }


def _wave(wave: WaveForecast) -> dict[str, object]:
    return {
        "name": wave.name,
        "kind": wave.kind.value,
        "wanted": wave.wanted,
        "ready": wave.ready,
        "opens_after_s": tenths(wave.opens_after_s),
        "due_after_s": tuple(map(tenths, wave.due_after_s)),
        "late": wave.late,
        "all_ready_after_s": tenths(wave.last_after_s) if wave.wanted else None,
    }


def tenths(seconds: float | None) -> float | None:
    """To a tenth of a second; None: never."""
    return None if seconds is None else round(seconds, 1)


def _capacity_figures(capacity: Mapping[ProfileName, Capacity], outlooks: Mapping[ProfileName, Outlook]) -> dict[str, object]:
    """The figures of `--json`, by profile."""
    return {
        name: {
            "free": room.free,
            "binds": room.binds,
            "after_loss": tuple(map(loss_document, outlooks.get(name, _NOTHING).losses)),
            "gains": tuple(map(gain_document, outlooks.get(name, _NOTHING).gains)),
        }
        for name, room in capacity.items()
    }
