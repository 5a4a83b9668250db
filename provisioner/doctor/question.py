"""What is rehearsed: the clusters as they are now with their desktops, or a twin from a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from provisioner.actions.client import PveClient
from provisioner.daemon.ceiling_readings import readings_now, without_ours
from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.scoring import score_in
from provisioner.daemon.template_configs import read_configs, templates_on
from provisioner.doctor.cluster import examine
from provisioner.doctor.findings import Finding, Grade
from provisioner.errors import SettingsError
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.scenario.ceilings import Reading
from provisioner.model.scenario.etas import Measurement
from provisioner.model.scenario.scenarios import Scenario
from provisioner.reasons.reason import Reason
from provisioner.reasons.rehearsal import CEILING_UNREAD, CLONES_ANEW, FREEZE_LIFTED, ONE_TWIN
from provisioner.rehearsal.bands import Score
from provisioner.rehearsal.beginning import beginning_of
from provisioner.rehearsal.rehearse import BOUND_S, Stage
from provisioner.rehearsal.stages import Configs, stage_now
from provisioner.settings.twins import load_twin
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is rehearsed, and what is known beforehand."""

    stage: Stage
    faults: tuple[Finding, ...] = ()
    """What makes `bascule check` fail."""
    findings: tuple[Finding, ...] = ()
    """All that `bascule check` finds; empty on a twin of a file."""
    assumptions: tuple[Reason, ...] = field(default=())
    """What the forecast supposes without knowing it, besides durations."""
    measured: tuple[Measurement, ...] = ()
    """What the clusters have shown."""
    score: Score = Score()
    """What came of earlier forecasts."""
    known: bool = False
    """Whether the durations are those of a twin's file."""


def question_of(
    settings: Settings, outside: OutsideSystems, *, twin: Path | None, hours: float | None, now: Instant, afresh: bool = False
) -> Question:
    """Reads directory, store and clusters, or the twin's file; writes nothing. `afresh`: whatever goes on now."""
    at_most_s = BOUND_S if hours is None else hours * 3600
    records = outside.store.load() if twin is None else Records()
    begins = beginning_of(site_config_of(settings), None if afresh else records.surge, now)
    config = begins.config
    readings = readings_now(settings, config.scenario, now=now)
    assumed = (*begins.supposed, *_unread(config.scenario, readings))
    if twin is not None:
        if len(settings.clusters) != 1:
            raise SettingsError(ONE_TWIN())
        twins = dict.fromkeys(settings.clusters, load_twin(twin))
        roster = outside.directory.read()
        return Question(
            stage=Stage(config=config, roster=roster, twins=twins, begins_at=now, at_most_s=at_most_s, ceilings=readings),
            assumptions=assumed,
            known=True,
        )
    roster, records = outside.directory.read(), replace(records, surge=begins.run)
    views = {cluster: _observed(hypervisor) for cluster, hypervisor in outside.hypervisors.items()}
    configs = {cluster: _configs(settings, outside.hypervisors[cluster], view) for cluster, view in views.items()}
    findings = examine(settings, outside, now=now)
    faults = tuple(finding for finding in findings if finding.grade is Grade.BAD)
    stage = stage_now(
        config, roster, records, views.values(), now=now, at_most_s=at_most_s, configs=lambda cluster: configs[cluster]
    )
    return Question(
        stage=replace(stage, ceilings=without_ours(readings, config.scenario, records, views)),
        faults=faults,
        findings=findings,
        measured=outside.store.measured(),
        score=score_in(outside.store, now=now),
        assumptions=(*assumed, *_assumptions(settings, records, views)),
    )


def _unread(scenario: Scenario, readings: Mapping[str, Reading]) -> Iterator[Reason]:
    for ceiling in scenario.ceilings:
        if ceiling.in_use in readings and (why := readings[ceiling.in_use].why):
            yield CEILING_UNREAD(name=ceiling.name, limit=ceiling.limit, why=why)


def _observed(hypervisor: PveClient) -> ClusterView:
    return hypervisor.observe(Observe(cluster=hypervisor.cluster, quorum=True))


def _configs(settings: Settings, hypervisor: PveClient, view: ClusterView) -> Configs:
    """Templates' drives decide how long a clone takes, and which nodes it can be for."""
    templates = templates_on(view.cluster, settings.profiles.values())
    return read_configs(hypervisor, (template for template in templates if view.complete_on(template.node))).read


def _assumptions(settings: Settings, records: Records, views: dict[ClusterId, ClusterView]) -> Iterator[Reason]:
    files = FreezeFiles.of(settings.freeze_file)
    if files.there() is not None or any(intent.kind is IntentKind.FREEZE for intent in records.intents):
        yield FREEZE_LIFTED()
    cloning = sum(guest.lock == "clone" for view in views.values() for guest in view.guests.values())
    if cloning:
        yield CLONES_ANEW(count=cloning)
