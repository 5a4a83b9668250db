"""Forecast against reality, with hidden durations: how often a band held what came, how wide it was, and what binds.

Each case is a twin whose image operations, boots, first boots and tasks take 0.3 to 4 times as long as the default, each by a
factor of its own. The forecast knows the default and a history of a few desktops, made at once on the same cluster with other
chances.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import Any

from provisioner.model.desktops import Phase
from provisioner.model.ids import ClusterId
from provisioner.model.measured import Measurement
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import RandomFaults, TwinSpec
from provisioner.planning.eta.waves import LEAST
from provisioner.ports import Events
from provisioner.reconciler import run as run_loop
from provisioner.rehearsal.bands import DRAWS, Band
from provisioner.rehearsal.binding import binding, doubled, gains_of, helping, in_short
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.rehearsal.stages import stage_now
from tests.bench.parallel import spread
from tests.bench.stage import BEGIN, a_config_on, a_roster, a_spec, slow_down

TWINS = ("local-16", "shared-1", "shared-4", "mixed-8", "ceph-1", "wide-3", "slow-nfs")
"""Shapes without faults of their own."""
ALL = 60
"""Hidden twins: as many questions, each of which takes 20 to 60 s of a processor; 480 if each is asked every question."""
HISTORIES = (3, 10, 50, 200)
KNOWN = 50
"""Desktops from which on a band is to be narrow."""
_FACTORS = (0.3, 4.0)
_DESKTOPS = (200, 600)
_EARLIER = 5_000
"""Added to the seed: the history had other chances than what comes."""
DRIFTS = 15
"""Twins that become slower half-way."""
_SLOW = ("shared-1", "slow-nfs", "wide-3")
"""Shapes whose switch goes on for longer than ten minutes after its half."""
_AFTER_S = 600.0
"""When the second forecast is asked for, after the drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question."""

    twin: str
    seed: int
    history: int
    """Desktops that were made before."""
    amid: bool = False
    """Asked when half of the desktops are ready; else before the switch."""
    binds: bool = False
    """Whether what binds is compared, too."""
    drifts: float | None = None
    """Half-way image operations begin to take so many times as long, and ten minutes later it is asked again."""


def run(cases: Iterable[Case], *, desktops: tuple[int, int] = _DESKTOPS, jobs: int = 1) -> dict[str, Any]:
    """All cases, and the figures over them."""
    return figures(spread(partial(asked, desktops=desktops), list(cases), jobs=jobs)) | {"desktops": desktops, "drifts": []}


def run_all(*, questions: int = ALL, most: int = _DESKTOPS[1], jobs: int = 1) -> dict[str, Any]:
    """The questions about hidden twins with at most so many desktops; if all are asked, those about twins that drift, too."""
    desktops = (most * _DESKTOPS[0] // _DESKTOPS[1], most)
    found = run(all_cases(twins=questions), desktops=desktops, jobs=jobs)
    drifts = drifting_cases() if questions >= ALL else []
    return found | {"drifts": spread(partial(drifted, desktops=desktops), drifts, jobs=jobs)}


def figures(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Over all answers."""
    known = [case for case in found if case["history"] >= KNOWN]
    few = [case for case in found if case["history"] < KNOWN]
    bound = [case for case in found if case["binds_right"] is not None]
    return {
        "cases": found,
        "coverage_50": _share(known),
        "coverage_few": _share(few),
        "width_50": round(median(case["width"] for case in known), 3) if known else None,
        "width_few": round(median(case["width"] for case in few), 3) if few else None,
        "yes_wrong": sum(case["real_s"] > case["p95_s"] for case in found) / len(found),
        "binds_right": round(sum(case["binds_right"] for case in bound) / len(bound), 3) if bound else None,
    }


def all_cases(*, twins: int, every: bool = False) -> list[Case]:
    """So many hidden twins, in turn of every shape, each with one question: the histories in turn, before and amid the switch.

    With `every`, each is asked all questions. 56 twins have every question about every shape once.
    """
    questions = [(history, amid) for amid in (False, True) for history in HISTORIES]
    return [
        Case(twin=TWINS[seed % len(TWINS)], seed=seed, history=history, amid=amid, binds=history >= KNOWN and not amid)
        for seed in range(1, twins + 1)
        for history, amid in (questions if every else [questions[seed % len(questions)]])
    ]


def hidden_spec(twin: str, *, seed: int) -> TwinSpec:
    """The twin with durations of its own."""
    chance = random.Random(f"{twin}-{seed}")

    def factor() -> float:
        return math.exp(chance.uniform(*map(math.log, _FACTORS)))

    spec, lock = default_spec(twin), factor()
    durations = spec.durations
    return replace(
        spec,
        seed=1_000 + seed,
        storages=tuple(replace(each, image_operation_s=each.image_operation_s * lock) for each in spec.storages),
        durations=replace(
            durations,
            boot_s=durations.boot_s * factor(),
            first_boot_s=durations.first_boot_s * factor(),
            start_task_s=durations.start_task_s * factor(),
            clone_outside_lock_s=durations.clone_outside_lock_s * factor(),
        ),
    )


def default_spec(twin: str) -> TwinSpec:
    """What the mirror would make of it: the durations are the twin's own."""
    return replace(a_spec(twin), faults=(), random_faults=RandomFaults())


def drifting_cases(*, twins: int = DRIFTS) -> list[Case]:
    """So many twins whose locks become 1.5 to 2.5 times as slow."""
    return [
        Case(twin=_SLOW[seed % len(_SLOW)], seed=seed, history=KNOWN, drifts=1.5 + seed % 3 / 2)
        for seed in range(101, 101 + twins)
    ]


def drifted(case: Case, *, desktops: tuple[int, int] = _DESKTOPS) -> dict[str, Any]:
    """The answers before the switch and ten minutes after the drift; both against what came."""
    assert case.drifts is not None
    truth, factor = hidden_spec(case.twin, seed=case.seed), case.drifts
    config, agents = a_config_on(truth), random.Random(case.seed).randint(*desktops)
    history = _history(config, replace(truth, seed=truth.seed + _EARLIER), case.history)
    half_s = 0.5 * (Rehearsal(_stage(config, truth, agents)).run().last_after_s or 0.0)

    def becoming_slow(listeners: tuple[Events, ...] = ()) -> Rehearsal:
        rehearsal = Rehearsal(replace(_stage(config, truth, agents), listeners=listeners))
        rehearsal.events.after(half_s, lambda: slow_down(rehearsal, factor))
        return rehearsal

    end_s = becoming_slow().run().last_after_s or math.inf
    passed_s = half_s + _AFTER_S
    if end_s < passed_s:
        return {"twin": case.twin, "seed": case.seed, "over": True}
    before = _band(Ensemble(_stage(config, default_spec(case.twin), agents), _of_another_day(history)))
    measuring = Measuring(lambda: config.profiles)
    reality = becoming_slow((measuring,))
    run_loop(reality.reconciler, reality.calls, until=lambda: reality.events.now >= BEGIN + passed_s)
    stage, measured = _seen(reality, truth, agents), (*_of_another_day(history), *measuring.take(reality.events.now))
    again = _figures(case, _band(Ensemble(stage, measured)), real_s=end_s - (reality.events.now - BEGIN))
    found = again | {"agents": agents, "factor": factor, "over": False, "missed": end_s > before.late_s}
    print(found, flush=True)
    return found


def asked(case: Case, *, desktops: tuple[int, int] = _DESKTOPS) -> dict[str, Any]:
    """The answer, and what came."""
    truth = hidden_spec(case.twin, seed=case.seed)
    config, cluster = a_config_on(truth), ClusterId(truth.name)
    agents = random.Random(case.seed).randint(*desktops)
    history = _history(config, replace(truth, seed=truth.seed + _EARLIER), case.history)
    whole = Rehearsal(_stage(config, truth, agents))
    end_s = whole.run().ready_after_s[-1]
    stage, measured, passed_s = _stage(config, default_spec(case.twin), agents), _of_another_day(history), 0.0
    if case.amid:
        stage, measured, passed_s = _amid(config, truth, agents, history)
    ensemble = Ensemble(stage, measured)
    found = _figures(case, _band(ensemble), real_s=end_s - passed_s) | {"agents": agents, "binds_right": None}
    if case.binds:
        found["binds_right"] = _binds(ensemble, {cluster: truth}, _stage(config, truth, agents))
    print(found, flush=True)
    return found


def _band(ensemble: Ensemble) -> Band:
    band = ensemble.outcome([ensemble.run(number) for number in range(1 + DRAWS)], gains=False).band
    assert band is not None
    return band


def _figures(case: Case, band: Band, *, real_s: float) -> dict[str, Any]:
    return {
        "twin": case.twin,
        "seed": case.seed,
        "history": case.history,
        "amid": case.amid,
        "real_s": round(real_s, 1),
        "p5_s": round(band.early_s, 1),
        "p50_s": round(band.middle_s, 1),
        "p95_s": round(band.late_s, 1),
        "width": round(band.late_s / band.early_s, 3),
        "held": band.early_s <= real_s <= band.late_s,
    }


def _stage(config: SiteConfig, spec: TwinSpec, agents: int) -> Stage:
    return Stage(config=config, roster=a_roster(agents), twins={ClusterId(spec.name): spec}, begins_at=BEGIN)


def _history(config: SiteConfig, spec: TwinSpec, desktops: int) -> tuple[Measurement, ...]:
    """What so many desktops have shown."""
    measuring = Measuring(lambda: config.profiles)
    rehearsal = Rehearsal(replace(_stage(config, spec, desktops), listeners=(measuring,)))
    rehearsal.run()
    return measuring.take(rehearsal.events.now)


def _amid(
    config: SiteConfig, truth: TwinSpec, agents: int, history: tuple[Measurement, ...]
) -> tuple[Stage, tuple[Measurement, ...], float]:
    """Half of the desktops are ready; the clusters are seen as they are."""
    measuring = Measuring(lambda: config.profiles)
    reality = Rehearsal(replace(_stage(config, truth, agents), listeners=(measuring,)))
    loop = reality.reconciler
    run_loop(loop, reality.calls, until=lambda: bool(loop.status) and loop.status.phases.get(Phase.READY, 0) >= agents / 2)
    stage = _seen(reality, truth, agents)
    return stage, (*_of_another_day(history), *measuring.take(stage.begins_at)), stage.begins_at - BEGIN


def _seen(reality: Rehearsal, truth: TwinSpec, agents: int) -> Stage:
    """The stage that goes on from where it is, with the clusters as they were observed last."""
    loop, now = reality.reconciler, reality.events.now
    views = loop.flight.snapshot.clusters.values()
    stage = stage_now(reality.stage.config, a_roster(agents), loop.records, views, now=now)
    return replace(stage, twins={cluster: _with_drives(spec, truth) for cluster, spec in stage.twins.items()})


def _of_another_day(history: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    return tuple(replace(each, began_at=each.began_at - 86_400.0) for each in history)


def _with_drives(spec: TwinSpec, truth: TwinSpec) -> TwinSpec:
    """With the templates' drives, which the forecast reads from the cluster, and the API's workers."""
    return replace(spec, templates=truth.templates, api=truth.api)


def _binds(ensemble: Ensemble, truth: dict[ClusterId, TwinSpec], stage: Stage) -> bool:
    """Whether what the forecast names is what shortens the switch most when it is doubled, or less than chance behind it."""
    forecasts = [ensemble.run(number) for number in range(ensemble.runs) if number == 0 or number > DRAWS]
    said = in_short(binding(forecasts[0], ensemble.gains(forecasts[1:]))).code
    whole = Rehearsal(stage).run()
    resources = tuple(doubled(truth, full=False))
    gains = gains_of(
        (each.resource for each in resources),
        [Rehearsal(replace(stage, twins=each.twins)).run().last_after_s for each in resources],
    )
    print(
        {"said": said, "whole": whole.last_after_s, "real": [(gain.resource.code, gain.after_s) for gain in gains]}, flush=True
    )
    chance_s = LEAST * (whole.last_after_s or 0.0)
    ties = {gain.resource.code for gain in helping(whole, gains) if gain.after_s <= gains[0].after_s + chance_s}
    return said in (ties or {"timetable"})


def _share(cases: Sequence[dict[str, Any]]) -> float | None:
    return round(sum(case["held"] for case in cases) / len(cases), 3) if cases else None
