"""The directory and its guard."""

from monitors.metric import Instants, Room, Rows, View
from monitors.words import ReadingResult

ROOM = Room("Directory")

READINGS = ROOM.counter(
    "directory_readings_total",
    "result",
    help="Readings of the directory: accepted, quarantined or failed.",
    query="sum by (result) (increase(bascule_directory_readings_total[1h]))",
    zeros=lambda _: ((reading.value,) for reading in ReadingResult),
)


@ROOM.age("directory", help="Time since the roster in force was read; without a roster, since the start of the daemon.")
def read_at(view: View) -> Instants:
    return {(): view.status.roster.read_at if view.status.roster else view.started_at}


@ROOM.gauge("directory_agents", help="Agents in the roster in force.")
def agents(view: View) -> Rows:
    return {(): len(view.status.roster.agents)} if view.status.roster else {}


@ROOM.gauge("directory_rejected_entries", help="Directory entries that cannot be used as agents.")
def rejected(view: View) -> Rows:
    return {(): len(view.status.roster.rejected)} if view.status.roster else {}


@ROOM.gauge("directory_left_out_entries", help="Directory entries under the filter that are not people: computers, services.")
def left_out(view: View) -> Rows:
    return {(): sum(view.status.roster.left_out.values())} if view.status.roster else {}


@ROOM.gauge("directory_under_new_id_entries", help="Directory entries that may be a known agent under a new id.")
def recreated(view: View) -> Rows:
    rejected = view.status.roster.rejected if view.status.roster else ()
    return {(): sum(bool(entry.same_as) and not entry.is_other_person for entry in rejected)} if view.status.roster else {}


@ROOM.gauge("directory_failing", help="1 when the last reading of the directory failed.")
def failing(view: View) -> Rows:
    return {(): int(bool(view.status.directory_error))}


@ROOM.gauge(
    "directory_servers_failing",
    help="Directory servers that gave no complete answer when last asked, although another server did.",
)
def servers_failing(view: View) -> Rows:
    return {(): len(view.status.directory_failing_servers)}


@ROOM.gauge(
    "directory_alternations",
    help="Switches between directory servers with different contents, within the guard's window.",
)
def alternations(view: View) -> Rows:
    return {(): view.status.directory_alternations}


@ROOM.gauge(
    "directory_disagreements",
    help="Agents for whom the last full reading differed from the readings of changes before it.",
)
def disagreements(view: View) -> Rows:
    return {(): view.status.directory_disagreements}


@ROOM.gauge(
    "directory_quarantined",
    help="1 while the guard holds back a reading or a changed configuration; the previous one stays in force.",
)
def quarantined(view: View) -> Rows:
    return {(): int(view.status.guard.quarantine is not None)}


@ROOM.age("directory_quarantine", help="How long readings have been held back; 0 when the last reading is in force.")
def quarantined_since(view: View) -> Instants:
    return {(): view.status.guard.quarantine.since if view.status.guard.quarantine else None}


@ROOM.gauge("directory_would_leave", help="Agents who would lose their entitlement with the reading that is held back.")
def would_leave(view: View) -> Rows:
    return {(): view.status.guard.quarantine.leavers if view.status.guard.quarantine else 0}


@ROOM.gauge("directory_would_join", help="Agents who would become entitled with the reading that is held back.")
def would_join(view: View) -> Rows:
    return {(): view.status.guard.quarantine.joiners if view.status.guard.quarantine else 0}
