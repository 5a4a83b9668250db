"""The table of all exported metrics: name, help, kind, labels. Units are in the names.

No label names an agent or a desktop, so the number of series does not grow with them.
"""

import enum
from dataclasses import dataclass


class MetricKind(enum.StrEnum):
    """How a metric's value is computed."""

    GAUGE = "gauge"
    """Taken from the last status."""
    AGE = "age"
    """A gauge in seconds. Stored as the instant it counts from, so it grows while nothing happens."""
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: a row of the table."""

    name: str
    help: str
    kind: MetricKind
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Upper bounds in the unit of the name; only for a histogram."""


_STAGE_BUCKETS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
"""From a configure call (0.1 s) to a night (4 h). Separates a boot of 40–90 s from one slowed by a boot storm."""
_REQUEST_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 5.0, 10.0, 30.0, 35.0)
"""3 s: a dead guest agent or a 401; 10 s: a lock time-out; 30 s: pveproxy's time-out; 35 s: ours."""
_CYCLE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""A cycle at 1,700 desktops takes tens of milliseconds; observations are 2.5 s apart."""


def _row(name: str, kind: MetricKind, labels: str = "", *, help: str, buckets: tuple[float, ...] = ()) -> Metric:
    return Metric(name=f"bascule_{name}", help=help, kind=kind, labels=tuple(labels.split()), buckets=buckets)


DESKTOPS = _row("desktops", MetricKind.GAUGE, "profile phase cluster", help="Desktops by phase.")
PLANNED = _row(
    "desktops_planned",
    MetricKind.GAUGE,
    "profile wave",
    help="Desktops at the end of the scenario: one for each agent of the wave, whether the batch is open or not.",
)
WANTED = _row(
    "desktops_wanted", MetricKind.GAUGE, "profile wave", help="Desktops wanted now, one for each agent whose batch is open."
)
SERVED = _row("desktops_wanted_ready", MetricKind.GAUGE, "profile wave", help="Wanted desktops that their agent can log on to.")
AHEAD = _row(
    "desktops_ahead",
    MetricKind.GAUGE,
    "profile wave",
    help="Desktops to prepare ahead of need, for agents whose batch is still closed.",
)
AHEAD_MADE = _row(
    "desktops_ahead_made",
    MetricKind.GAUGE,
    "profile wave level",
    help="Desktops prepared ahead of need, by level: stopped, or running and ready.",
)
AHEAD_MISSING = _row(
    "desktops_ahead_missing", MetricKind.GAUGE, "profile wave", help="Desktops not prepared to their wave's level yet."
)
LEAVING = _row(
    "desktops_leaving",
    MetricKind.GAUGE,
    "step",
    help="Desktops of leavers, by the step of the leavers' ladder they have reached: suspended, stopped or recycled.",
)
OVERDUE = _row(
    "desktops_leaving_overdue",
    MetricKind.GAUGE,
    "step",
    help="Desktops of leavers whose next step is overdue by more than an hour, by that step: stopped, recycled or deleted.",
)

SESSIONS = _row("sessions", MetricKind.GAUGE, "profile state", help="Open sessions on desktops as last read, by state.")
SESSIONS_PEAK = _row("sessions_peak", MetricKind.GAUGE, help="Most sessions open at once since the daemon started.")
SESSIONS_UNKNOWN = _row(
    "desktops_sessions_unknown", MetricKind.GAUGE, "profile", help="Desktops with unknown sessions (not counted as zero)."
)
STRANGERS = _row(
    "sessions_of_strangers",
    MetricKind.GAUGE,
    "profile state",
    help="Open sessions of people other than the desktop's agent, by state; they are part of bascule_sessions.",
)
GUEST_UNKNOWN = _row(
    "desktops_guest_unknown",
    MetricKind.GAUGE,
    "profile reason",
    help="Desktops without a report at their last probe, by reason; a booting desktop may be probed too early.",
)

CAPACITY_FREE = _row(
    "capacity_free_desktops",
    MetricKind.GAUGE,
    "profile",
    help="Further desktops of the profile that fit if only this profile grows; profiles share hardware, so never add them up.",
)
CAPACITY_BINDS = _row(
    "capacity_binds", MetricKind.GAUGE, "profile resource", help="1 for the resource that runs out first, else 0."
)
NODE_ONLINE = _row("node_online", MetricKind.GAUGE, "cluster node", help="1 when the cluster shows the node online.")
NODE_CORDONED = _row(
    "node_cordoned",
    MetricKind.GAUGE,
    "cluster node",
    help="1 when no desktop is newly placed on the node, for instance by an operator's intent or in maintenance mode.",
)
NODE_MEMORY = _row(
    "node_headroom_memory_bytes",
    MetricKind.GAUGE,
    "cluster node",
    help="Memory free within the share for guests; negative when the share is exceeded.",
)
NODE_VCPUS = _row("node_headroom_vcpus", MetricKind.GAUGE, "cluster node", help="vCPUs free at the strictest profile's ratio.")
STORAGE_ROOM = _row(
    "storage_headroom_bytes",
    MetricKind.GAUGE,
    "cluster node storage",
    help="Storage free within the share that may be filled; a shared storage appears once, with an empty node.",
)

STAGE = _row(
    "stage_seconds",
    MetricKind.HISTOGRAM,
    "stage",
    help="Duration of stages: clone, configure, start (its task), ready (start order to ready), whole (wanted to ready).",
    buckets=_STAGE_BUCKETS,
)
ACTIONS = _row("actions_total", MetricKind.COUNTER, "action result", help="Actions ended, by result.")
ACTION_ERRORS = _row(
    "action_errors_total",
    MetricKind.COUNTER,
    "cluster error",
    help="Actions that did not succeed, by error; lock_busy is a storage lock's time-out.",
)
IN_FLIGHT = _row("actions_in_flight", MetricKind.GAUGE, "action", help="Actions in flight.")
QUEUED = _row(
    "queue_length", MetricKind.GAUGE, "reason", help="Work wanted now or ahead and not ordered yet, by what it waits for."
)
QUEUE_AGE = _row(
    "queue_oldest_age_seconds", MetricKind.AGE, help="How long the longest-waiting agent has been wanted; 0: none waits."
)

API_REQUESTS = _row(
    "api_requests_total",
    MetricKind.COUNTER,
    "cluster access outcome",
    help="Requests to Proxmox VE, by access (read or write) and class of outcome.",
)
API_SECONDS = _row(
    "api_request_seconds",
    MetricKind.HISTOGRAM,
    "cluster access",
    help="Duration of requests to Proxmox VE.",
    buckets=_REQUEST_BUCKETS,
)
API_BYTES = _row("api_received_bytes_total", MetricKind.COUNTER, "cluster", help="Bytes of answers from Proxmox VE.")

DIRECTORY_AGE = _row(
    "directory_age_seconds",
    MetricKind.AGE,
    help="Time since the roster in force was read; without a roster, since the start of the daemon.",
)
DIRECTORY_AGENTS = _row("directory_agents", MetricKind.GAUGE, help="Agents in the roster in force.")
DIRECTORY_REJECTED = _row(
    "directory_rejected_entries", MetricKind.GAUGE, help="Directory entries that cannot be used as agents."
)
DIRECTORY_LEFT_OUT = _row(
    "directory_left_out_entries",
    MetricKind.GAUGE,
    help="Directory entries under the filter that are not people: computers, services.",
)
DIRECTORY_RECREATED = _row(
    "directory_under_new_id_entries", MetricKind.GAUGE, help="Directory entries that may be a known agent under a new id."
)
DIRECTORY_READINGS = _row(
    "directory_readings_total", MetricKind.COUNTER, "result", help="Readings of the directory: accepted, quarantined or failed."
)
DIRECTORY_FAILING = _row("directory_failing", MetricKind.GAUGE, help="1 when the last reading of the directory failed.")
DIRECTORY_SERVERS_FAILING = _row(
    "directory_servers_failing",
    MetricKind.GAUGE,
    help="Directory servers that gave no complete answer when last asked, although another server did.",
)
DIRECTORY_ALTERNATIONS = _row(
    "directory_alternations",
    MetricKind.GAUGE,
    help="Switches between directory servers with different contents, within the guard's window.",
)
DIRECTORY_DISAGREEMENTS = _row(
    "directory_disagreements",
    MetricKind.GAUGE,
    help="Agents for whom the last full reading differed from the readings of changes before it.",
)
DIRECTORY_QUARANTINED = _row(
    "directory_quarantined",
    MetricKind.GAUGE,
    help="1 while the guard holds back a reading or a changed configuration; the previous one stays in force.",
)
DIRECTORY_QUARANTINE_AGE = _row(
    "directory_quarantine_age_seconds",
    MetricKind.AGE,
    help="How long readings have been held back; 0 when the last reading is in force.",
)
DIRECTORY_LEAVERS = _row(
    "directory_would_leave",
    MetricKind.GAUGE,
    help="Agents who would lose their entitlement with the reading that is held back.",
)
DIRECTORY_JOINERS = _row(
    "directory_would_join", MetricKind.GAUGE, help="Agents who would become entitled with the reading that is held back."
)

CYCLE_SECONDS = _row(
    "cycle_seconds", MetricKind.HISTOGRAM, help="Duration of a cycle, without the wait between cycles.", buckets=_CYCLE_BUCKETS
)
CYCLE_AGE = _row(
    "last_cycle_age_seconds",
    MetricKind.AGE,
    help="Time since the last cycle ended; before the first cycle, since the start of the daemon.",
)
OBSERVATION_AGE = _row(
    "cluster_observation_age_seconds",
    MetricKind.AGE,
    "cluster",
    help="Time since the cluster was last observed; before the first observation, since the start of the daemon.",
)
QUORATE = _row("cluster_quorate", MetricKind.GAUGE, "cluster", help="1 when the cluster had quorum at its last observation.")
PAUSED = _row("cluster_paused", MetricKind.GAUGE, "cluster", help="1 while the cluster is paused: nothing is written to it.")
BLOCKED = _row("safety_blocked_rules", MetricKind.GAUGE, help="Safety rules that held back part of the last plan.")
INTENTS = _row(
    "intent_standing", MetricKind.GAUGE, "intent", help="1 while an operator's intent of this kind stands, for any target."
)
INTENT_AGE = _row(
    "intent_age_seconds",
    MetricKind.AGE,
    "intent",
    help="How long the oldest intent of this kind has stood; 0 when there is none.",
)
DIFFERENCES = _row(
    "differences",
    MetricKind.GAUGE,
    "kind",
    help="VMs that differ from the store, by kind, as shown by `bascule reconcile` without reading notes.",
)
BASELINE = _row(
    "baseline_accepted", MetricKind.GAUGE, help="0 after the store was rebuilt from notes, until an operator accepts it."
)
CONFIG_REJECTED = _row(
    "config_rejected",
    MetricKind.GAUGE,
    help="1 after a reload found the files faulty: what was read before is in force.",
)
CONFIG_RESTART = _row(
    "config_restart_waits", MetricKind.GAUGE, help="Changed keys of bascule.yaml that are not in force before a restart."
)
CONFIG_AGE = _row("config_age_seconds", MetricKind.AGE, help="Time since the configuration in force was read.")
BUILD = _row("build_info", MetricKind.GAUGE, "version", help="Always 1; the version is in the label.")

TABLE: tuple[Metric, ...] = (
    DESKTOPS, PLANNED, WANTED, SERVED, AHEAD, AHEAD_MADE, AHEAD_MISSING, LEAVING, OVERDUE,
    SESSIONS, SESSIONS_PEAK, SESSIONS_UNKNOWN, STRANGERS, GUEST_UNKNOWN,
    CAPACITY_FREE, CAPACITY_BINDS, NODE_ONLINE, NODE_CORDONED, NODE_MEMORY, NODE_VCPUS, STORAGE_ROOM,
    STAGE, ACTIONS, ACTION_ERRORS, IN_FLIGHT, QUEUED, QUEUE_AGE,
    API_REQUESTS, API_SECONDS, API_BYTES,
    DIRECTORY_AGE, DIRECTORY_AGENTS, DIRECTORY_REJECTED, DIRECTORY_READINGS, DIRECTORY_FAILING, DIRECTORY_SERVERS_FAILING,
    DIRECTORY_LEFT_OUT, DIRECTORY_ALTERNATIONS, DIRECTORY_RECREATED, DIRECTORY_DISAGREEMENTS,
    DIRECTORY_QUARANTINED, DIRECTORY_QUARANTINE_AGE, DIRECTORY_LEAVERS, DIRECTORY_JOINERS,
    CYCLE_SECONDS, CYCLE_AGE, OBSERVATION_AGE, QUORATE, PAUSED, BLOCKED, INTENTS, INTENT_AGE, DIFFERENCES, BASELINE,
    CONFIG_REJECTED, CONFIG_RESTART, CONFIG_AGE, BUILD,
)  # fmt: skip
"""In the order of the page."""
