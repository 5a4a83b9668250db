"""A status as numbers, computed once for each cycle, so that a scrape only copies them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from monitors import table
from monitors.census import Census
from provisioner.model.actions import Action
from provisioner.model.departures import STEPS_DUE, LeaverStep
from provisioner.model.desktops import Phase, SessionState
from provisioner.model.drift import DifferenceKind
from provisioner.model.ids import ClusterId, Instant, ProfileName, WaveName
from provisioner.model.intents import IntentKind
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.status import Status
from provisioner.model.words import DEFERRED_BY, RESOURCES, GuestWord

ACTIONS: tuple[str, ...] = tuple(sorted(action.word for action in get_args(Action)))
"""The words of all actions."""
OTHER = "other"
"""Label value for unexpected words: they must not create new series."""

_MADE = (PreparationLevel.STOPPED.value, PreparationLevel.RUNNING.value)
_MIB = 1024**2
_GIB = 1024**3

Labels = tuple[str, ...]
Rows = Mapping[Labels, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Names in the configuration: their series exist from the start, at zero."""

    profiles: tuple[ProfileName, ...] = ()
    clusters: tuple[ClusterId, ...] = ()
    waves: tuple[WaveName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Values by metric and labels. For ages, `since` has the instants they count from; None: the age is 0."""

    values: Mapping[table.Metric, Rows] = field(default_factory=dict)
    since: Mapping[table.Metric, Mapping[Labels, Instant | None]] = field(default_factory=dict)


def summarise(status: Status, census: Census, known: Known, *, started_at: Instant) -> Summary:
    """All gauges of a status, except those beyond one status (the peak, the build). `census` must have followed it."""
    profiles = _union(known.profiles, {profile for profile, *_ in census.desktops}, status.capacity)
    clusters = _union(known.clusters, status.snapshot.clusters, status.paused)
    values: dict[table.Metric, Rows] = {
        **_desktops(census, profiles, clusters),
        **_demand(census, profiles, known.waves),
        **_ahead(status, profiles, known.waves),
        table.LEAVING: {(step.value,): census.leaving[step] for step in LeaverStep},
        table.OVERDUE: {(step,): census.overdue[step] for step in STEPS_DUE},
        **_sessions(census, profiles),
        **_capacity(status, profiles),
        **_headroom(status),
        **_work(status),
        **_state(status, clusters),
    }
    return Summary(values=values, since=_ages(status, clusters, started_at))


def _union(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({str(name) for group in names for name in group}))


def _desktops(census: Census, profiles: tuple[str, ...], clusters: tuple[str, ...]) -> dict[table.Metric, Rows]:
    rows: Counter[Labels] = Counter({(p, phase.value, c): 0 for p in profiles for phase in Phase for c in clusters})
    for (profile, phase, cluster), count in census.desktops.items():
        rows[profile, phase.value, cluster] += count
    return {table.DESKTOPS: rows}


def _demand(census: Census, profiles: tuple[str, ...], waves: Iterable[str]) -> dict[table.Metric, Rows]:
    planned: Counter[Labels] = Counter({(p, w): 0 for p in profiles for w in waves})
    wanted, served = planned.copy(), planned.copy()
    for rows, counted in ((planned, census.planned), (wanted, census.wanted), (served, census.served)):
        for (profile, wave), count in counted.items():
            rows[profile, wave] += count
    return {table.PLANNED: planned, table.WANTED: wanted, table.SERVED: served}


def _ahead(status: Status, profiles: tuple[str, ...], waves: Iterable[str]) -> dict[table.Metric, Rows]:
    """Where nothing is made ahead, nothing is missing."""
    wanted: Counter[Labels] = Counter({(p, w): 0 for p in profiles for w in waves})
    missing = wanted.copy()
    made: Counter[Labels] = Counter({(*key, level): 0 for key in wanted for level in _MADE})
    for preparation in status.preparations:
        key = (preparation.profile, preparation.wave)
        wanted[key] += preparation.wanted
        missing[key] += preparation.missing
        made[*key, PreparationLevel.STOPPED.value] += preparation.stopped
        made[*key, PreparationLevel.RUNNING.value] += preparation.running
    return {table.AHEAD: wanted, table.AHEAD_MADE: made, table.AHEAD_MISSING: missing}


def _sessions(census: Census, profiles: tuple[str, ...]) -> dict[table.Metric, Rows]:
    return {
        table.SESSIONS: {(p, s.value): census.sessions[ProfileName(p), s] for p in profiles for s in SessionState},
        table.STRANGERS: {(p, s.value): census.foreign_sessions[ProfileName(p), s] for p in profiles for s in SessionState},
        table.SESSIONS_UNKNOWN: {(p,): census.unknown_sessions[ProfileName(p)] for p in profiles},
        table.GUEST_UNKNOWN: {
            (p, word.value): census.without_report[ProfileName(p), word] for p in profiles for word in GuestWord
        },
    }


def _capacity(status: Status, profiles: tuple[str, ...]) -> dict[table.Metric, Rows]:
    """A profile whose capacity is not calculated yet has 0."""
    capacity = {str(name): of_profile for name, of_profile in status.capacity.items()}
    return {
        table.CAPACITY_FREE: {(p,): capacity[p].free if p in capacity else 0 for p in profiles},
        table.CAPACITY_BINDS: {
            (p, resource.value): int(p in capacity and capacity[p].binds == resource)
            for p in profiles
            for resource in RESOURCES
        },
    }


def _headroom(status: Status) -> dict[table.Metric, Rows]:
    nodes = {(key.cluster, key.node): room for key, room in status.headroom.nodes.items()}
    views = status.snapshot.clusters.values()
    return {
        table.NODE_ONLINE: {(*node.key,): int(node.online) for view in views for node in view.nodes.values()},
        table.NODE_CORDONED: {(*node.key,): int(node.key in status.cordons) for view in views for node in view.nodes.values()},
        table.NODE_MEMORY: {key: room.memory_mib * _MIB for key, room in nodes.items()},
        table.NODE_VCPUS: {key: room.vcpus for key, room in nodes.items()},
        table.STORAGE_ROOM: {(free.cluster, free.node, free.storage): free.gib * _GIB for free in status.headroom.storages},
    }


def _work(status: Status) -> dict[table.Metric, Rows]:
    queued: Counter[Labels] = Counter({(str(reason),): 0 for reason in (*DEFERRED_BY, OTHER)})
    for reason, count in status.queued.items():
        queued[(reason if reason in DEFERRED_BY else OTHER,)] += count
    return {
        table.IN_FLIGHT: {(action,): status.in_flight.get(action, 0) for action in ACTIONS},
        table.QUEUED: queued,
    }


def _state(status: Status, clusters: tuple[str, ...]) -> dict[table.Metric, Rows]:
    views = status.snapshot.clusters
    standing = {intent.kind for intent in status.intents}
    held = status.guard.quarantine
    return {
        table.DIRECTORY_AGENTS: {(): len(status.roster.agents) if status.roster else 0},
        table.DIRECTORY_LEFT_OUT: {(): sum(status.roster.left_out.values()) if status.roster else 0},
        table.DIRECTORY_REJECTED: {(): len(status.roster.rejected) if status.roster else 0},
        table.DIRECTORY_RECREATED: {(): sum(bool(entry.same_as) for entry in status.roster.rejected) if status.roster else 0},
        table.DIRECTORY_FAILING: {(): int(bool(status.directory_error))},
        table.DIRECTORY_SERVERS_FAILING: {(): len(status.directory_failing_servers)},
        table.DIRECTORY_ALTERNATIONS: {(): status.directory_alternations},
        table.DIRECTORY_DISAGREEMENTS: {(): status.directory_disagreements},
        table.DIRECTORY_QUARANTINED: {(): int(held is not None)},
        table.DIRECTORY_LEAVERS: {(): held.leavers if held else 0},
        table.DIRECTORY_JOINERS: {(): held.joiners if held else 0},
        table.QUORATE: {(c,): int(ClusterId(c) in views and views[ClusterId(c)].quorate) for c in clusters},
        table.PAUSED: {(c,): int(ClusterId(c) in status.paused) for c in clusters},
        table.BLOCKED: {(): len(status.blocked)},
        table.INTENTS: {(kind.value,): int(kind in standing) for kind in IntentKind},
        table.DIFFERENCES: {(kind.value,): status.differences.get(kind, 0) for kind in DifferenceKind},
        table.BASELINE: {(): int(status.baseline_accepted)},
        table.CONFIG_REJECTED: {(): int(bool(status.config.rejected))},
        table.CONFIG_RESTART: {(): len(status.config.waits_for_restart)},
    }


def _ages(
    status: Status, clusters: tuple[str, ...], started_at: Instant
) -> dict[table.Metric, Mapping[Labels, Instant | None]]:
    views = status.snapshot.clusters
    intents = {intent.kind: intent.at for intent in reversed(status.intents)}
    observed = {c: views[ClusterId(c)].taken_at if ClusterId(c) in views else started_at for c in clusters}
    return {
        table.QUEUE_AGE: {(): status.oldest_queued_at},
        table.DIRECTORY_AGE: {(): status.roster.read_at if status.roster else started_at},
        table.DIRECTORY_QUARANTINE_AGE: {(): status.guard.quarantine.since if status.guard.quarantine else None},
        table.CYCLE_AGE: {(): status.at},
        table.CONFIG_AGE: {(): status.config.read_at},
        table.OBSERVATION_AGE: {(c,): at for c, at in observed.items()},
        table.INTENT_AGE: {(kind.value,): intents.get(kind) for kind in IntentKind},
    }
