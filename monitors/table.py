"""The one table of metrics: name, help, kind, labels. Nothing is exported that is not in it; units are in the names.

No label names an agent or a desktop, so the number of series does not grow with them.
"""

import enum
from dataclasses import dataclass


class MetricKind(enum.StrEnum):
    """How a metric's value comes about."""

    GAUGE = "gauge"
    """Taken from the last status."""
    AGE = "age"
    """A gauge in seconds: kept as the instant it counts from, so that it grows while nothing happens."""
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One row."""

    name: str
    help: str
    kind: MetricKind
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Upper bounds, in the unit of the name; of a histogram only."""


_STAGE_BUCKETS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
"""From one configure call (0.1 s) to a night (4 h): a boot of 40–90 s is told from one slowed by a boot storm."""
_REQUEST_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 5.0, 10.0, 30.0, 35.0)
"""3 s: a dead guest agent or a 401; 10 s: a lock time-out; 30 s: pveproxy's time-out; 35 s: ours."""
_CYCLE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""A cycle at 1,700 desktops takes tens of milliseconds; 2.5 s is the pace of observation."""


def _row(name: str, kind: MetricKind, labels: str = "", *, help: str, buckets: tuple[float, ...] = ()) -> Metric:
    return Metric(name=f"bascule_{name}", help=help, kind=kind, labels=tuple(labels.split()), buckets=buckets)


DESKTOPS = _row("desktops", MetricKind.GAUGE, "profile phase cluster", help="Desktops by phase.")
PLANNED = _row(
    "desktops_planned",
    MetricKind.GAUGE,
    "profile wave",
    help="Desktops that the scenario comes to in the end: one for each agent of the wave, whether the batch is open or not.",
)
WANTED = _row(
    "desktops_wanted", MetricKind.GAUGE, "profile wave", help="Desktops wanted now, one for each agent whose batch is open."
)
SERVED = _row("desktops_wanted_ready", MetricKind.GAUGE, "profile wave", help="Wanted desktops that their agent can log on to.")
AHEAD = _row(
    "desktops_ahead",
    MetricKind.GAUGE,
    "profile wave",
    help="Desktops to be made ahead of need, for agents whose batch is still closed.",
)
AHEAD_MADE = _row(
    "desktops_ahead_made",
    MetricKind.GAUGE,
    "profile wave level",
    help="Of those, the ones that are made: stopped, or running and ready.",
)
AHEAD_MISSING = _row(
    "desktops_ahead_missing", MetricKind.GAUGE, "profile wave", help="Of those, the ones not as far as their wave asks."
)
LEAVING = _row(
    "desktops_leaving",
    MetricKind.GAUGE,
    "step",
    help="Desktops whose agent is not wanted any more, by step of the leavers' ladder: suspended, stopped or recycled.",
)
OVERDUE = _row(
    "desktops_leaving_overdue",
    MetricKind.GAUGE,
    "step",
    help="Desktops of leavers whose next step has been due for more than an hour, by that step: stopped, recycled or deleted.",
)

SESSIONS = _row("sessions", MetricKind.GAUGE, "profile state", help="Open sessions on desktops as last read, by state.")
SESSIONS_PEAK = _row("sessions_peak", MetricKind.GAUGE, help="Most sessions open at once since the daemon started.")
SESSIONS_UNKNOWN = _row(
    "desktops_sessions_unknown", MetricKind.GAUGE, "profile", help="Desktops whose sessions are unknown, which is never none."
)
STRANGERS = _row(
    "sessions_of_strangers",
    MetricKind.GAUGE,
    "profile state",
    help="Of the open sessions, those of somebody else than the desktop's agent.",
)
GUEST_UNKNOWN = _row(
    "desktops_guest_unknown",
    MetricKind.GAUGE,
    "profile reason",
    help="Desktops that gave no report when they were asked last, by reason; one that boots may be asked too early.",
)

CAPACITY_FREE = _row(
    "capacity_free_desktops",
    MetricKind.GAUGE,
    "profile",
    help="Desktops of the profile there is room for yet, were it alone; profiles share hardware, so never add them up.",
)
CAPACITY_BINDS = _row(
    "capacity_binds", MetricKind.GAUGE, "profile resource", help="1 for the resource that runs out first, else 0."
)
NODE_ONLINE = _row("node_online", MetricKind.GAUGE, "cluster node", help="1 when the cluster shows the node online.")
NODE_CORDONED = _row(
    "node_cordoned",
    MetricKind.GAUGE,
    "cluster node",
    help="1 when nothing new is placed on the node: by an order, or in Proxmox VE's maintenance mode.",
)
NODE_MEMORY = _row(
    "node_headroom_memory_bytes",
    MetricKind.GAUGE,
    "cluster node",
    help="Memory left of the share for guests; negative: over it.",
)
NODE_VCPUS = _row("node_headroom_vcpus", MetricKind.GAUGE, "cluster node", help="vCPUs left at the strictest profile's ratio.")
STORAGE_ROOM = _row(
    "storage_headroom_bytes",
    MetricKind.GAUGE,
    "cluster node storage",
    help="Storage left of the share that may be filled; a shared storage once, with an empty node.",
)

STAGE = _row(
    "stage_seconds",
    MetricKind.HISTOGRAM,
    "stage",
    help="Length of stages: clone, configure, start (its task), ready (start order to ready), whole (wanted to ready).",
    buckets=_STAGE_BUCKETS,
)
ACTIONS = _row("actions_total", MetricKind.COUNTER, "action result", help="Actions ended, by what they came to.")
ACTION_ERRORS = _row(
    "action_errors_total",
    MetricKind.COUNTER,
    "cluster error",
    help="Actions that did not succeed, by error; lock_busy is a storage lock's time-out.",
)
IN_FLIGHT = _row("actions_in_flight", MetricKind.GAUGE, "action", help="Actions under way.")
QUEUED = _row(
    "queue_length", MetricKind.GAUGE, "reason", help="What is wanted, now or ahead, and not ordered yet, by what it waits for."
)
QUEUE_AGE = _row(
    "queue_oldest_age_seconds", MetricKind.AGE, help="How long the longest waiting agent has been wanted; 0: nobody waits."
)

API_REQUESTS = _row(
    "api_requests_total",
    MetricKind.COUNTER,
    "cluster access outcome",
    help="Requests to Proxmox VE: read or write, by class of outcome.",
)
API_SECONDS = _row(
    "api_request_seconds",
    MetricKind.HISTOGRAM,
    "cluster access",
    help="Length of requests to Proxmox VE.",
    buckets=_REQUEST_BUCKETS,
)
API_BYTES = _row("api_received_bytes_total", MetricKind.COUNTER, "cluster", help="Bytes of answers from Proxmox VE.")

DIRECTORY_AGE = _row(
    "directory_age_seconds", MetricKind.AGE, help="Since the roster in force was read; without one: since the start."
)
DIRECTORY_AGENTS = _row("directory_agents", MetricKind.GAUGE, help="Agents in the roster in force.")
DIRECTORY_REJECTED = _row("directory_rejected_entries", MetricKind.GAUGE, help="Directory entries that are no usable agent.")
DIRECTORY_LEFT_OUT = _row(
    "directory_left_out_entries",
    MetricKind.GAUGE,
    help="Directory entries under the filter that are no people: computers, services.",
)
DIRECTORY_RECREATED = _row(
    "directory_under_new_id_entries", MetricKind.GAUGE, help="Directory entries that may be an agent's in force under a new id."
)
DIRECTORY_READINGS = _row(
    "directory_readings_total", MetricKind.COUNTER, "result", help="Readings of the directory: accepted, quarantined or failed."
)
DIRECTORY_FAILING = _row("directory_failing", MetricKind.GAUGE, help="1 when the directory could not be read last time.")
DIRECTORY_SERVERS_FAILING = _row(
    "directory_servers_failing",
    MetricKind.GAUGE,
    help="Servers of the directory that gave no whole answer when last asked, though another one did.",
)
DIRECTORY_ALTERNATIONS = _row(
    "directory_alternations",
    MetricKind.GAUGE,
    help="How often within the guard's window servers of the directory have taken turns that do not say the same.",
)
DIRECTORY_DISAGREEMENTS = _row(
    "directory_disagreements",
    MetricKind.GAUGE,
    help="Agents of whom the last full reading showed something else than the readings of changes before it.",
)
DIRECTORY_QUARANTINED = _row(
    "directory_quarantined",
    MetricKind.GAUGE,
    help="1 while the guard holds a reading or a changed configuration back and what was before stays in force.",
)
DIRECTORY_QUARANTINE_AGE = _row(
    "directory_quarantine_age_seconds",
    MetricKind.AGE,
    help="How long readings have been held back; 0: the last one is in force.",
)
DIRECTORY_LEAVERS = _row(
    "directory_would_leave",
    MetricKind.GAUGE,
    help="Entitled agents who would be so no longer by the reading that is held back.",
)
DIRECTORY_JOINERS = _row(
    "directory_would_join", MetricKind.GAUGE, help="Agents who would be entitled anew by the reading that is held back."
)

CYCLE_SECONDS = _row(
    "cycle_seconds", MetricKind.HISTOGRAM, help="Length of a cycle, without the waiting between cycles.", buckets=_CYCLE_BUCKETS
)
CYCLE_AGE = _row(
    "last_cycle_age_seconds", MetricKind.AGE, help="Since the last cycle ended; before the first: since the start."
)
OBSERVATION_AGE = _row(
    "cluster_observation_age_seconds",
    MetricKind.AGE,
    "cluster",
    help="Since the cluster was last seen; never seen: since the start.",
)
QUORATE = _row("cluster_quorate", MetricKind.GAUGE, "cluster", help="1 when the cluster has its quorum, as last seen.")
PAUSED = _row("cluster_paused", MetricKind.GAUGE, "cluster", help="1 when nothing is written to the cluster now.")
BLOCKED = _row("safety_blocked_rules", MetricKind.GAUGE, help="Safety rules that cut the last plan.")
INTENTS = _row("intent_standing", MetricKind.GAUGE, "intent", help="1 while the operator's order stands, for whatever target.")
INTENT_AGE = _row(
    "intent_age_seconds", MetricKind.AGE, "intent", help="How long the oldest such order has stood; 0: none does."
)
DIFFERENCES = _row(
    "differences",
    MetricKind.GAUGE,
    "kind",
    help="VMs that are not as the store has them, by kind, as `bascule reconcile` tells them without reading notes.",
)
BASELINE = _row(
    "baseline_accepted", MetricKind.GAUGE, help="0 after the store was rebuilt from notes, until an operator accepts it."
)
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
    CYCLE_SECONDS, CYCLE_AGE, OBSERVATION_AGE, QUORATE, PAUSED, BLOCKED, INTENTS, INTENT_AGE, DIFFERENCES, BASELINE, BUILD,
)  # fmt: skip
"""In the order of the page."""
