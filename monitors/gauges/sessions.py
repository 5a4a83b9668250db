"""Sessions, and how old the knowledge of them is."""

from monitors.metric import Room, Rows, View
from provisioner.model.desktops import SessionState
from provisioner.model.ids import ProfileName

ROOM = Room("Sessions")


@ROOM.gauge(
    "sessions",
    "profile state",
    help="Open sessions on desktops as last read, by state.",
    query="sum by (state) (bascule_sessions)",
)
def sessions(view: View) -> Rows:
    counted = view.census.sessions
    return {(p, state.value): counted[ProfileName(p), state] for p in view.profiles for state in SessionState}


@ROOM.gauge(
    "sessions_peak",
    help="Most sessions open at once since the daemon started.",
    query="max_over_time(bascule_sessions_peak[1d])",
)
def peak(view: View) -> Rows:
    return {(): view.census.sessions_peak}


@ROOM.gauge(
    "desktops_sessions_unknown",
    "profile",
    help="Desktops with unknown sessions (not counted as zero).",
    query="sum(bascule_desktops_sessions_unknown)",
)
def unknown(view: View) -> Rows:
    return {(p,): view.census.unknown_sessions[ProfileName(p)] for p in view.profiles}


@ROOM.gauge(
    "sessions_of_strangers",
    "profile state",
    help="Open sessions of people other than the desktop's agent, by state; they are part of bascule_sessions.",
    query="sum by (profile) (bascule_sessions_of_strangers) > 0",
)
def strangers(view: View) -> Rows:
    counted = view.census.foreign_sessions
    return {(p, state.value): counted[ProfileName(p), state] for p in view.profiles for state in SessionState}
