"""Desktops, by phase and by what their guests report."""

from collections import Counter

from monitors.metric import Labels, Room, Rows, View
from provisioner.model.desktops import Phase
from provisioner.model.ids import ProfileName
from provisioner.model.words import BootLevel, GuestWord

ROOM = Room("Desktops")
LEVELS = ROOM.histogram(
    "readiness_seconds",
    "profile level",
    help="From a start order until the guest agent answered, a report came, the log-on port was open, first boot was done.",
    buckets=(10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0),
    zeros=lambda known: ((profile, level.value) for profile in known.profiles for level in BootLevel),
)


@ROOM.gauge("desktops", "profile phase cluster", help="Desktops by phase.", query="sum by (phase) (bascule_desktops)")
def desktops(view: View) -> Rows:
    rows: Counter[Labels] = Counter({(p, phase.value, c): 0 for p in view.profiles for phase in Phase for c in view.clusters})
    for (profile, phase, cluster), count in view.census.desktops.items():
        rows[profile, phase.value, cluster] += count
    return rows


@ROOM.gauge(
    "desktops_guest_unknown",
    "profile reason",
    help="Desktops without a report at their last probe, by reason; a booting desktop may be probed too early.",
    query='sum by (reason) (bascule_desktops_guest_unknown{reason!="not_asked"})',
)
def guest_unknown(view: View) -> Rows:
    silent = view.census.without_report
    return {(p, word.value): silent[ProfileName(p), word] for p in view.profiles for word in GuestWord}


@ROOM.gauge(
    "desktops_late",
    "profile",
    help="Desktops that have been starting for longer than their profile's ready_timeout.",
    query="bascule_desktops_late > 0",
)
def late(view: View) -> Rows:
    return {(p,): view.census.late[ProfileName(p)] for p in view.profiles}


@ROOM.gauge(
    "desktops_slow",
    "profile",
    help="Desktops that have been starting for longer than twice the slowest of the latest boots of their image.",
    query="bascule_desktops_slow > 0",
)
def slow(view: View) -> Rows:
    return {(p,): view.census.slow[ProfileName(p)] for p in view.profiles}


@ROOM.gauge(
    "desktops_silent",
    "profile reason",
    help="Desktops without a report at their last probe, by reason, that are not booting, or have for too long.",
    query='sum by (profile, reason) (bascule_desktops_silent{reason!="not_asked"}) > 0',
)
def silent(view: View) -> Rows:
    found = view.census.silent
    return {(p, word.value): found[ProfileName(p), word] for p in view.profiles for word in GuestWord}
