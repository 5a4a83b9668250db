"""What a daemon knows of a cluster: what it has measured, and what the listings, the store and the templates say."""

from collections.abc import Sequence
from dataclasses import replace

from provisioner.cli.forecast_stage import Question
from provisioner.model.ids import ClusterId
from provisioner.model.measured import Measurement
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import TwinSpec
from provisioner.planning.eta.waves import LEAST
from provisioner.rehearsal.binding import binding, clones_in_full, doubled, gains_of, helping, in_short
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.drawn.shape import Drawn
from tests.bench.stage import BEGIN, a_roster
from tests.builders.shared_site import asked

EARLIER = 5_000
"""Added to a seed: the history had other chances than what comes."""
_DAY_S = 86_400.0


def stage_of(config: SiteConfig, spec: TwinSpec, agents: int) -> Stage:
    """So many people on this twin."""
    return Stage(config=config, roster=a_roster(agents), twins={ClusterId(spec.name): spec}, begins_at=BEGIN)


def history_of(
    config: SiteConfig, spec: TwinSpec, desktops: int, *, shape: Drawn | None = None
) -> tuple[Measurement, ...]:  # fmt: skip
    """What so many desktops have shown that were made the day before; `shape`: with its foreign load."""
    measuring = Measuring(lambda: config.profiles)
    rehearsal = Rehearsal(replace(stage_of(config, spec, desktops), listeners=(measuring,)))
    if shape is not None:
        shape.disturb(rehearsal, agents=desktops)
    rehearsal.run()
    return tuple(replace(each, began_at=each.began_at - _DAY_S) for each in measuring.take(rehearsal.events.now))


def seen_in(
    reality: Rehearsal, config: SiteConfig, truth: TwinSpec, *, measured: Sequence[Measurement] = ()
) -> Question:  # fmt: skip
    """What `bascule forecast` asks at this moment. Templates' drives are read from the cluster; durations are the default."""
    question = asked(reality, config, measured=measured)
    (name,) = question.stage.twins
    spec = replace(question.stage.twins[name], templates=truth.templates)
    return replace(question, stage=replace(question.stage, twins={name: spec}))


def in_truth(stage: Stage, truth: TwinSpec) -> Stage:
    """The same moment, on a twin that behaves as the cluster does."""
    (name,) = stage.twins
    return replace(stage, twins={name: replace(truth, guests=stage.twins[name].guests)}, recalled=stage.recalled)


def binds_rightly(ensemble: Ensemble, stage: Stage) -> bool:
    """Whether what the forecast names is what shortens the switch most when it is doubled, or less than chance behind it.

    `stage` has the true twins.
    """
    forecasts = [ensemble.run(number) for number in range(ensemble.runs) if number == 0 or number > ensemble.draws]
    said = in_short(binding(forecasts[0], ensemble.gains(forecasts[1:]))).code
    return said in _helpful(stage)


def _helpful(stage: Stage) -> set[str]:
    """What helps most in truth, and what helps as much but for chance."""
    whole: Forecast = Rehearsal(stage).run()
    resources = tuple(doubled(stage.twins, full=clones_in_full(stage.config)))
    ends_s = [Rehearsal(replace(stage, twins=each.twins)).run().last_after_s for each in resources]
    gains = gains_of((each.resource for each in resources), ends_s)
    chance_s = LEAST * (whole.last_after_s or 0.0)
    ties = {gain.resource.code for gain in helping(whole, gains) if gain.after_s <= gains[0].after_s + chance_s}
    return ties or {in_short(binding(whole, ())).code}


__all__ = ["EARLIER", "binds_rightly", "history_of", "in_truth", "seen_in", "stage_of"]
