"""A status without a daemon: from the store and the clusters as they are now, with the plan for both.

It claims, writes and orders nothing, so a daemon may run meanwhile. Actions in flight in that daemon are not visible from here:
an action that was just ordered may be shown as still planned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.errors import DirectoryError, HypervisorError
from provisioner.model.commands import Observe
from provisioner.model.demand import Demand
from provisioner.model.freeze import intents_in_force
from provisioner.model.ids import ClusterId, DesktopName, Instant, ProfileName
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.people.profiles import Connection
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.planning.demand.runs import demand_under
from provisioner.planning.inputs import Situation
from provisioner.planning.orders.runs import under_run, with_run
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.rests.watch import RestWatch
from provisioner.planning.roster.judging import configured_rules, judge_reading
from provisioner.planning.safety import circumstances_of, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.ports import all_of
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.in_flight import InFlight
from provisioner.settings.values import Settings
from provisioner.views.published import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineStatus:
    """The status, and what could not be observed."""

    status: Status
    records: Mapping[DesktopName, DesktopRecord]
    """The store's."""
    written_at: Instant | None
    """When the newest line of the store's journal was written; None: there is none."""
    unseen: Mapping[ClusterId, Reason]
    """Clusters that could not be observed, and why."""
    connections: Mapping[ProfileName, Connection]
    """How people connect to the desktops of each profile."""
    ready_within_s: Mapping[ProfileName, float]
    """How long a desktop of each profile may take from its start until it is ready, in seconds."""

    @property
    def published(self) -> Published:
        """As a daemon would hand it out."""
        return Published(
            status=self.status, records=self.records, connections=self.connections, ready_within_s=self.ready_within_s
        )

    @property
    def failed(self) -> Mapping[str, object]:
        """What could not be observed, for programs."""
        return {"unseen": self.unseen, "directory_error": self.status.directory_error}


def look_offline(settings: Settings, outside: OutsideSystems, *, now: Instant) -> OfflineStatus:
    """Observe everything once. Raises StoreError; other failures are in the answer."""
    records, directory_error = load_records(outside, settings, now)
    config, records = as_in_force(site_config_of(settings), records, now)
    config = under_run(records.surge, config)
    snapshot, unseen = _observed(outside)
    situation = situation_of(config, records, snapshot, now)
    survey_result = survey(situation)
    weighed = circumstances_of(situation, survey_result, paused={})
    room = free_resources(situation, survey_result)
    judgement = judge_plan(make_plan(situation, survey_result, room), weighed, config.safety)
    inputs = StatusInputs(blocked=judgement.blocked, directory_error=directory_error)
    status = build_status(situation, survey_result, judgement.plan, inputs, room=room, before=None)
    written_at = next((line.at for line in outside.store.journal(limit=1)), None)
    connections = {name: profile.connection for name, profile in config.profiles.items()}
    return OfflineStatus(
        status=status,
        records=records.desktops,
        written_at=written_at,
        unseen=unseen,
        connections=connections,
        ready_within_s={name: profile.ready_timeout_s for name, profile in config.profiles.items()},
    )


def as_in_force(configured: SiteConfig, records: Records, now: Instant) -> tuple[SiteConfig, Records]:
    """The configuration in force for a daemon that reads this configuration: without changes that the guard holds back."""
    judgement = judge_reading(None, configured, records, now=now)
    if judgement is None:
        return configured.under(configured_rules(configured, records)), records
    return configured.under(judgement.verdict.rules), replace(records, guard=judgement.verdict.record)


def situation_of(config: SiteConfig, records: Records, snapshot: Snapshot, now: Instant) -> Situation:
    """The inputs for a plan, as for a daemon that starts now. Measurements of a running daemon are not visible."""
    flight = InFlight(installation=config.installation, events=all_of(()))
    flight.snapshot = snapshot
    return flight.situation(config, records, _demand(config, records, now), now=now)


def load_records(outside: OutsideSystems, settings: Settings, now: Instant) -> tuple[Records, Reason]:
    """The stored records with all intents in force; and why the directory could not be read, if it could not.

    A new store has no roster: then the directory is read.
    """
    mark = FreezeFiles.of(settings.freeze_file).mark()
    orders = intents_in_force(outside.store.intents(), mark=mark, now=now)
    records = replace(outside.store.load(), intents=orders)
    if records.roster is not None or records.guard.quarantine is not None:
        return records, NONE
    try:
        return replace(records, roster=outside.directory.read()), NONE
    except DirectoryError as error:
        return records, error.reason


def _observed(outside: OutsideSystems) -> tuple[Snapshot, dict[ClusterId, Reason]]:
    snapshot, unseen = Snapshot(), {}
    for cluster, hypervisor in outside.hypervisors.items():
        try:
            snapshot = snapshot.with_view(hypervisor.observe(Observe(cluster=cluster, quorum=True)))
        except HypervisorError as error:
            unseen[cluster] = error.reason
    return snapshot, unseen


def _demand(config: SiteConfig, records: Records, now: Instant) -> Demand:
    """As of a daemon that has measured no boots yet: what rests is started by its calendar."""
    demand = demand_under(with_run(records, config.scenario, now), config.rules, now=now)
    return RestWatch().applied(demand, records, config, now)
