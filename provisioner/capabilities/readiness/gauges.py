"""Standing readiness: which part of the people would have their desktop in time, by the last answer; and the last drills."""

from collections import defaultdict

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.capabilities.readiness.model import STATE
from provisioner.capabilities.readiness.reasons import FAULT
from provisioner.reasons.reason import Reason

ROOM = Room("Standing readiness", after="Rotation")
_OTHER = "other"


@ROOM.gauge(
    "readiness_ratio",
    help="Part of the people who would have their desktop in time if the surge had begun at the last answer; none: not known.",
    query="bascule_readiness_ratio < 1",
)
def ratio(view: View) -> Rows:
    answer = view.status.parts[STATE].answer
    return {} if answer is None or (known := answer.ratio) is None else {(): known}


@ROOM.gauge("readiness_people", "state", help="People by the last answer: wanted, and ready (in time, and able to use it).")
def people(view: View) -> Rows:
    answer = view.status.parts[STATE].answer
    return {} if answer is None else {("wanted",): answer.wanted, ("ready",): answer.ready}


@ROOM.gauge(
    "readiness_cause_people",
    "subject cause",
    help="People who would have no desktop in time because of a cause alone; subject: a profile, a cluster, what runs out, ….",
    query="sort_desc(bascule_readiness_cause_people)",
)
def causes(view: View) -> Rows:
    rows: dict[Labels, float] = defaultdict(float)
    if (answer := view.status.parts[STATE].answer) is not None:
        for cause in answer.causes:
            labels = labels_of(cause.what)
            rows[labels] = max(rows[labels], cause.people)
    return rows


@ROOM.timestamp(
    "readiness",
    help="Unix time of the last answer of the standing readiness; 0: there is none.",
    query="time() - (bascule_readiness_timestamp_seconds > 0)",
)
def answered_at(view: View) -> Instants:
    answer = view.status.parts[STATE].answer
    return {(): None if answer is None else answer.at}


@ROOM.gauge(
    "readiness_trial_desktops",
    help="Trial desktops of the last answer that were made, reached as a person would, and deleted.",
    query="bascule_readiness_trial_desktops",
)
def trials(view: View) -> Rows:
    answer = view.status.parts[STATE].answer
    return {} if answer is None else {(): len(answer.trials)}


@ROOM.gauge(
    "drill_ratio",
    "place",
    help="Part of the people who had a desktop in the last drill, from 0 to 1; place: twin, or canary (of real desktops).",
    query="bascule_drill_ratio < 1",
)
def drilled(view: View) -> Rows:
    return {
        (place,): drill.ready / drill.planned if drill.planned else 0.0
        for place, drill in view.status.parts[STATE].drills.items()
    }


@ROOM.gauge(
    "drill_late_batches",
    "place",
    help="Batches that were late in the last drill; place: twin or canary.",
    query="bascule_drill_late_batches > 0",
)
def late_batches(view: View) -> Rows:
    return {(place,): drill.late_batches for place, drill in view.status.parts[STATE].drills.items()}


@ROOM.timestamp(
    "drill",
    "place",
    help="Unix time of the last drill; place: twin or canary.",
    query="time() - bascule_drill_timestamp_seconds",
)
def drilled_at(view: View) -> Instants:
    return {(place,): drill.at for place, drill in view.status.parts[STATE].drills.items()}


def labels_of(what: Reason) -> Labels:
    """Of what, and the code of the innermost reason that says why. Where desktops do not fit: of what runs out."""
    subject = str(what.arguments["subject"]) if what.code == FAULT.code else ""
    inner = what.arguments.get("what", what.arguments.get("why"))
    found = inner if isinstance(inner, Reason) and inner.code else what
    return subject or str(found.arguments.get("binds", "")), found.code or _OTHER
