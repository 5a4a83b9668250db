"""Work: stages, actions, and what waits."""

from collections import Counter

from monitors.metric import Instants, Labels, Room, Rows, View
from monitors.stages import TimedStage
from monitors.words import ACTIONS, ERRORS, OTHER
from provisioner.model.actions import Result
from provisioner.model.words import DEFERRED_BY

ROOM = Room("Work", of_cycle=True)

_STAGE_BUCKETS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
"""From a configure call (0.1 s) to a night (4 h). Separates a boot of 40–90 s from one slowed by a boot storm."""

STAGE = ROOM.histogram(
    "stage_seconds",
    "stage",
    help="Duration of stages: clone, configure, start (its task), ready (start order to ready), whole (wanted to ready).",
    buckets=_STAGE_BUCKETS,
    zeros=lambda _: ((stage.value,) for stage in TimedStage),
)
DONE = ROOM.counter(
    "actions_total",
    "action result",
    help="Actions ended, by result.",
    query="sum by (action, result) (increase(bascule_actions_total[1h])) > 0",
    zeros=lambda _: ((action, result.value) for action in ACTIONS for result in Result),
)
FAULTS = ROOM.counter(
    "action_errors_total",
    "cluster error",
    help="Actions that did not succeed, by error; lock_busy is a storage lock's time-out.",
    query="sum by (error) (increase(bascule_action_errors_total[1h])) > 0",
    zeros=lambda known: ((cluster, error) for cluster in known.clusters for error in ERRORS),
)


@ROOM.gauge(
    "actions_in_flight",
    "action",
    help="Actions in flight, without routine readings of sessions.",
    query="sum by (action) (bascule_actions_in_flight) > 0",
)
def in_flight(view: View) -> Rows:
    return {(action,): view.status.in_flight.get(action, 0) for action in ACTIONS}


@ROOM.gauge(
    "queue_length",
    "reason",
    help="Work wanted now or ahead and not ordered yet, by what it waits for.",
    query="topk(3, bascule_queue_length) > 0",
)
def queue(view: View) -> Rows:
    queued: Counter[Labels] = Counter({(str(reason),): 0 for reason in (*DEFERRED_BY, OTHER)})
    for reason, count in view.status.queued.items():
        queued[(reason if reason in DEFERRED_BY else OTHER,)] += count
    return queued


@ROOM.age("queue_oldest", help="How long the longest-waiting agent has been wanted; 0: none waits.")
def queue_oldest(view: View) -> Instants:
    return {(): view.status.oldest_queued_at}
