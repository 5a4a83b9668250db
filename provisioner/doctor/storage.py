"""`bascule check storage`: what holds each storage's lock, and what would shorten it. Nothing is changed; needs no daemon.

Calls: a cluster's listing, its token's rights, a task list per node with a template, a configuration per template.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.actions.client import PveClient
from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.offline_status import as_in_force, load_records, situation_of
from provisioner.daemon.template_configs import TemplateConfigs, read_configs, templates_on
from provisioner.doctor.cluster import cluster_fault
from provisioner.doctor.entitlement import ceilings_at_present, demand_at_last
from provisioner.doctor.findings import Finding, Grade, bad, doubtful
from provisioner.doctor.reach import Reach, findings_of, reach_of
from provisioner.doctor.templates import of_templates
from provisioner.errors import DirectoryError, HypervisorError, StoreError
from provisioner.model.commands import Observe
from provisioner.model.ids import Instant, NodeName, PoolName, ProfileName, StorageId
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Snapshot
from provisioner.model.people.profiles import Profile, Template
from provisioner.planning.report.capacities import Capacities
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.pve.privileges import missing_rights
from provisioner.reasons import storage as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.settings.values import Settings
from provisioner.storage_advice.advice import Advice, Trials, advise, pools_of
from provisioner.storage_advice.layouts import StorageUse, storage_at, storage_uses

_LOOKS = frozenset({"Sys.Audit", "VM.Audit", "Datastore.Audit"})
"""The rights for this check: other accounts' tasks, templates' configurations, storages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageReport:
    """The result of the check."""

    uses: tuple[StorageUse, ...]
    reaches: tuple[Reach, ...] = ()
    """One for each profile on each cluster."""
    capacities: Capacities | None = None
    """How many more desktops fit; None: not known."""
    advice: tuple[Advice, ...]
    findings: tuple[Finding, ...]
    """Why figures are missing or inaccurate."""


def examine_storage(
    settings: Settings, outside: OutsideSystems, *, trials: Trials, since: Instant, now: Instant
) -> StorageReport:
    """Measure the clones since this time, and advise."""
    findings: list[Finding] = []
    clusters = [
        examine_cluster(
            client, tuple(settings.profiles.values()), findings, since=since, pool=settings.clusters[client.cluster].pool
        )
        for _, client in sorted(outside.hypervisors.items())
    ]
    uses = tuple(use for cluster in clusters for use in cluster.uses)
    views = [cluster.view for cluster in clusters if cluster.view is not None]
    of_people: list[Finding] = []
    wanted = _wanted(settings, outside, views, of_people, now=now)
    return StorageReport(
        uses=uses,
        reaches=tuple(reach for cluster in clusters for reach in cluster.reaches),
        capacities=_capacities(settings, outside, views, now=now),
        advice=tuple(advise(pool, trials) for pool in pools_of(uses, wanted)),
        findings=(*of_people, *findings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterStorages:
    """The storages of one cluster."""

    uses: tuple[StorageUse, ...] = ()
    """The storages on which clones are made."""
    reaches: tuple[Reach, ...] = ()
    view: ClusterView | None = None
    """None: it could not be observed."""


def examine_cluster(
    client: PveClient, profiles: Sequence[Profile], findings: list[Finding], *, since: Instant, pool: PoolName | None = None
) -> ClusterStorages:
    """The storages of one cluster on which clones are made. What is wrong or not visible is added to the findings."""
    subject, templates = subjects.CLUSTER(cluster=client.cluster), templates_on(client.cluster, profiles)
    try:
        granted = client.permissions()
        nodes = frozenset(template.node for template in templates)
        view = client.observe(Observe(cluster=client.cluster, tasks_of=nodes, since=since))
    except HypervisorError as error:
        findings.append(bad(subject, cluster_fault(error)))
        return ClusterStorages()
    findings += _blind(subject, missing_rights(granted, pool))
    findings += _unseen(subject, view, templates)
    configs = read_configs(client, templates)
    findings += _unread(subject, templates, configs)
    reaches = tuple(reach_of(view, profile, configs.read) for profile in profiles if templates_on(view.cluster, [profile]))
    findings += [finding for reach in reaches for finding in findings_of(reach) if finding.grade is not Grade.GOOD]
    return ClusterStorages(
        uses=storage_uses(view, profiles, configs.read, reached=_reached(reaches)), reaches=reaches, view=view
    )


def _capacities(
    settings: Settings, outside: OutsideSystems, views: Sequence[ClusterView], *, now: Instant
) -> Capacities | None:
    """As in a status. Without a cluster or the store they would be wrong."""
    snapshot = Snapshot(clusters={view.cluster: view for view in views})
    try:
        records, _ = load_records(outside, settings, now)
    except StoreError:
        return None
    if len(snapshot.clusters) < len(outside.hypervisors):
        return None
    config, records = as_in_force(site_config_of(settings), records, now)
    situation = situation_of(config, records, snapshot, now)
    found, capacities = survey(situation), Capacities()
    capacities.look(situation, found, free_resources(situation, found))
    return capacities


def _reached(reaches: Iterable[Reach]) -> Mapping[StorageId, set[NodeName]]:
    nodes: dict[StorageId, set[NodeName]] = {}
    for reach in reaches:
        for storage, there in reach.by_storage.items():
            nodes.setdefault(storage, set()).update(there)
    return nodes


def _wanted(
    settings: Settings, outside: OutsideSystems, views: Sequence[ClusterView], findings: list[Finding], *, now: Instant
) -> Mapping[ProfileName, int]:
    try:
        roster = outside.directory.read()
    except DirectoryError as error:
        findings.append(bad(subjects.DIRECTORY(), words.NO_DEMAND(said=error.reason)))
        return {}
    try:
        records = outside.store.load()
    except StoreError:
        records = Records()
    ceilings = ceilings_at_present(settings, records, {view.cluster: view for view in views}, now=now)
    demand = demand_at_last(settings, roster, records=records, ceilings=ceilings)
    return Counter(want.profile for want in demand.wants.values())


def _blind(subject: Reason, lacking: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    missing = {path: privileges & _LOOKS for path, privileges in lacking.items() if privileges & _LOOKS}
    if missing:
        pairs = ((name, path) for path, names in sorted(missing.items()) for name in sorted(names))
        rights = join_reasons((words.RIGHT_ON(right=name, path=path) for name, path in pairs), ALSO)
        yield bad(subject, words.LOOKS_LACKING(rights=rights))


def _unseen(subject: Reason, view: ClusterView, templates: Sequence[Template]) -> Iterator[Finding]:
    silent = sorted({template.node for template in templates} - view.tasks_of)
    if silent:
        yield doubtful(subject, words.NO_TASK_LIST(nodes=join_reasons(silent, ALSO)))
    hidden = [template for template in templates if storage_at(view, template.node, template.storage) is None]
    if hidden:
        yield bad(subject, of_templates(hidden, words.STORAGE_UNSEEN()))
    ours = {(template.node, template.vmid) for template in templates}
    foreign = sum(task.kind == "qmclone" and (task.node.node, task.guest) not in ours for task in view.tasks)
    if foreign:
        yield doubtful(subject, words.OTHER_CLONES(count=foreign))


def _unread(subject: Reason, templates: Sequence[Template], configs: TemplateConfigs) -> Iterator[Finding]:
    """All unreadable templates are one finding."""
    if configs.failed:
        unread = [template for template in templates if template.vmid in configs.failed]
        yield bad(subject, of_templates(unread, words.TEMPLATE_UNREAD(said=next(iter(configs.failed.values())))))
