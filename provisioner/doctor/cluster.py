"""`bascule check`: check once everything that a switch depends on. Nothing is changed."""

from collections import Counter
from collections.abc import Generator, Iterator
from typing import TypeVar

from provisioner.actions.client import PveClient
from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.doctor.cluster_parts import examine_clocks, examine_pools, examine_publisher, examine_range, examine_ssh
from provisioner.doctor.directory import directory_fault, examine_attributes
from provisioner.doctor.entitlement import at_last, ceilings_at_present, entitled, examine_ceilings
from provisioner.doctor.expiry import examine_certificates, examine_files, examine_receiver, examine_token
from provisioner.doctor.findings import CHECKS, Finding, bad, doubtful, good
from provisioner.doctor.network import examine_network
from provisioner.doctor.night import Night, night_of
from provisioner.doctor.nodes import examine_ha, examine_nodes, examine_unseen
from provisioner.doctor.notes import examine_notes
from provisioner.doctor.places import examine_places
from provisioner.doctor.profiles import examine_profiles
from provisioner.doctor.prospect import examine_prospect
from provisioner.doctor.rights import DesktopScope, examine_rights
from provisioner.doctor.rivals import examine_backups, examine_movers
from provisioner.doctor.room import examine_room
from provisioner.doctor.store import examine_freeze_file, examine_store
from provisioner.doctor.templates import examine_templates
from provisioner.doctor.waves import examine_selections, examine_times, examine_trigger
from provisioner.errors import DirectoryError, Forbidden, HypervisorError, NotSent, Unauthorised
from provisioner.model.commands import Observe
from provisioner.model.demand import Demand
from provisioner.model.ids import Instant
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Snapshot
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.scenarios import NOBODY_NEW
from provisioner.planning.roster.judging import configured_rules
from provisioner.reasons import cluster as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ALSO, Reason, ReasonKind, join_reasons
from provisioner.reasons.servers import AGENTS_READ, REJECTED, TIMES
from provisioner.settings.values import Settings

OLDEST_RELEASE = (8, 0)
"""Older releases have error texts only in the first words of the reason phrase, and other linked clones on some storages."""
ADVISED_RELEASE = (9, 0)
"""From this release on, listings are not quadratic in the number of guests (9.0.8), and guest agent privileges are separate."""
T = TypeVar("T")


def examine(settings: Settings, outside: OutsideSystems, *, now: Instant) -> tuple[Finding, ...]:
    """All findings, in the order in which to correct them."""
    return tuple(_findings(settings, outside, now))


def examine_offline(settings: Settings, *, now: Instant) -> Iterator[Finding]:
    """The findings that need no other system."""
    yield from examine_places(settings)
    yield from examine_files(settings, now=now)
    yield from examine_publisher(settings, now=now)
    yield from examine_ssh(settings)
    yield from examine_profiles(settings)
    yield from examine_pools(settings)
    for checks in CHECKS.found():
        yield from checks.offline(settings)


def _findings(settings: Settings, outside: OutsideSystems, now: Instant) -> Iterator[Finding]:
    yield good(subjects.SETTINGS(), words.VALID(clusters=len(settings.clusters), profiles=len(settings.profiles)))
    records = yield from examine_store(settings, outside)
    yield from examine_offline(settings, now=now)
    yield from examine_receiver(settings)
    yield from examine_freeze_file(FreezeFiles.of(settings.freeze_file))
    for checks in CHECKS.found():
        yield from checks.examine(settings, now)
    kept = records or Records()
    yield from _scenario(settings, kept)
    roster = yield from _directory(outside)
    rules = site_config_of(settings).rules
    night = night_of(rules, roster, now=now)
    # People are shown first, but what others use of a ceiling is known only with the desktops that are on.
    of_clusters, snapshot = _all_of(_clusters(settings, outside, kept, night))
    demand = None
    if roster is not None:
        demand = yield from _people(settings, roster, kept, snapshot, now)
    yield from examine_times(rules.scenario, kept, now=now)
    yield from of_clusters
    if demand is not None and records is not None and snapshot.clusters.keys() == outside.hypervisors.keys():
        yield from examine_room(site_config_of(settings), records, demand, snapshot, now=now)
    yield from examine_prospect(settings, outside, records, roster, snapshot, of_clusters, now=now)


def _clusters(
    settings: Settings, outside: OutsideSystems, records: Records, night: Night
) -> Generator[Finding, None, Snapshot]:
    """Returns those that answer."""
    snapshot = Snapshot()
    for cluster, hypervisor in sorted(outside.hypervisors.items()):
        view = yield from _cluster(subjects.CLUSTER(cluster=cluster), hypervisor, settings, records)
        if view is not None:
            yield from _surroundings(hypervisor, view, settings, records, night=night)
            snapshot = snapshot.with_view(view)
    return snapshot


def _all_of(looking: Generator[Finding, None, T]) -> tuple[list[Finding], T]:
    """What is found, and what comes of it."""
    found: list[Finding] = []
    while True:
        try:
            found.append(next(looking))
        except StopIteration as end:
            return found, end.value


def _scenario(settings: Settings, kept: Records) -> Iterator[Finding]:
    if configured_rules(site_config_of(settings), kept).scenario == NOBODY_NEW:
        yield doubtful(subjects.SCENARIO(), words.NOBODY_NEW())
    elif settings.scenario_file is not None and settings.scenario is not None and kept.guard.rules is None:
        yield from examine_trigger(settings.scenario)


def _directory(outside: OutsideSystems) -> Generator[Finding, None, Roster | None]:
    """Returns the roster."""
    try:
        roster = outside.directory.read()
    except DirectoryError as error:
        yield bad(subjects.DIRECTORY(), directory_fault(error))
        return None
    yield good(subjects.DIRECTORY(), AGENTS_READ(count=len(roster.agents)))
    if roster.rejected:
        commonest = Counter(entry.reason for entry in roster.rejected).most_common(3)
        reasons = join_reasons((TIMES(count=count, what=reason) for reason, count in commonest), ALSO)
        yield doubtful(subjects.DIRECTORY(), REJECTED(count=len(roster.rejected), reasons=reasons))
    return roster


def _people(
    settings: Settings, roster: Roster, records: Records, snapshot: Snapshot, now: Instant
) -> Generator[Finding, None, Demand]:
    """Returns whom planning gives a desktop."""
    yield from examine_attributes(settings, roster)
    ceilings = ceilings_at_present(settings, records, snapshot.clusters, now=now)
    after = at_last(settings, roster, records=records, ceilings=ceilings)
    yield from examine_ceilings(ceilings)
    yield from entitled(settings, roster, after)
    yield from examine_selections(settings, roster, after)
    return after.demand


def _cluster(
    subject: Reason, client: PveClient, settings: Settings, records: Records
) -> Generator[Finding, None, ClusterView | None]:
    """Returns what is observed. Rights first: without them the rest is not visible."""
    profiles, cluster = list(settings.profiles.values()), client.cluster
    desktops = DesktopScope(vmids=settings.naming.vmids[cluster], pool=settings.clusters[cluster].pool)
    try:
        yield _release(subject, client.version())
        yield from examine_rights(subject, client, profiles, desktops=desktops)
        view = client.observe(Observe(cluster=client.cluster, quorum=True))
    except HypervisorError as error:
        yield bad(subject, cluster_fault(error))
        return None
    yield from examine_nodes(subject, client, view)
    yield from examine_ha(subject, view, records.reservations)
    yield from examine_unseen(subject, client, view, records)
    yield from examine_notes(subject, client, view, settings, records)
    for profile in profiles:
        yield from examine_templates(client, view, profile, installation=settings.installation)
    return view


def _surroundings(
    client: PveClient, view: ClusterView, settings: Settings, records: Records, *, night: Night
) -> Iterator[Finding]:
    """What else happens on the cluster, and what ends there."""
    subject = subjects.CLUSTER(cluster=view.cluster)
    first, last = settings.naming.vmids[view.cluster]
    yield from examine_network(subject, client, view, list(settings.profiles.values()))
    yield from examine_range(subject, client, view, settings, records)
    yield from examine_backups(subject, client, view, settings, night=night)
    desktops = (vmid for vmid in view.guests if first <= vmid <= last)
    yield from examine_movers(subject, client, view, settings, ours=desktops)
    yield from examine_clocks(subject, client, view)
    token = settings.clusters[view.cluster].token_id
    yield from examine_token(subject, client, token, night=night, now=view.taken_at)
    yield from examine_certificates(subject, client, view, night=night, now=view.taken_at)


def cluster_fault(error: HypervisorError) -> Reason:
    """Why a cluster cannot be read, and what to do."""
    faults: tuple[tuple[type[HypervisorError], ReasonKind], ...] = (
        (NotSent, words.UNREACHED),
        (Unauthorised, words.TOKEN_REFUSED),
        (Forbidden, words.RIGHTS_REFUSED),
    )
    found = next((fault for kind, fault in faults if isinstance(error, kind)), words.CLUSTER_FAILS)
    return found(said=error.reason)


def _release(subject: Reason, release: str) -> Finding:
    numbers = tuple(int(part) for part in release.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_RELEASE:
        return bad(subject, words.RELEASE_OLD(release=release))
    if numbers < ADVISED_RELEASE:
        return doubtful(subject, words.RELEASE_SLOW(release=release))
    return good(subject, words.RELEASE(release=release))
