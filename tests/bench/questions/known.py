"""What a daemon knows of a cluster: what it has measured, and what the listings, the store and the templates say."""

from collections.abc import Sequence
from dataclasses import replace

from provisioner.doctor.question import Question
from provisioner.model.ids import ClusterId
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.scenario.etas import Measurement
from provisioner.model.site_config import SiteConfig
from provisioner.reasons.reason import Reason
from provisioner.rehearsal.binding import in_short
from provisioner.rehearsal.ensemble import Ensemble, EnsembleOutcome
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.drawn.shape import Drawn
from tests.bench.stage import BEGIN, a_roster
from tests.builders.shared_site import asked

SEEDS = 5
"""Of a true cluster, with which it is judged what binds."""
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


def in_truth(question: Question, truth: TwinSpec) -> EnsembleOutcome:
    """What helps at the same moment on a twin that behaves as the cluster does: with several seeds, each with its own doubling
    of each resource. What one seed names is luck: of 12 such judges 4 named another resource with the next seed."""
    (name,) = question.stage.twins
    twins = {name: replace(truth, guests=question.stage.twins[name].guests)}
    ensemble = Ensemble(replace(question.stage, twins=twins), question.measured, known=True, draws=0, chances=SEEDS)
    return ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])


def binds_rightly(said: Reason, truth: EnsembleOutcome) -> bool:
    """Whether what the forecast names is what shortens the switch most in the median of the true seeds, or less than chance
    behind it. A resource counts only where that exceeds the spread of its gains; with none, no resource is to be named."""
    sure = [gain for gain in truth.gains if gain.sure]
    best = {gain.resource.code for gain in sure if gain.saved_s >= sure[0].saved_s - sure[0].chance_s}
    return in_short(said).code in (best or {in_short(truth.binds).code})


__all__ = ["EARLIER", "binds_rightly", "history_of", "in_truth", "seen_in", "stage_of"]
