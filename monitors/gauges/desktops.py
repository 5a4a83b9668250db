"""Desktops, by phase and by what their guests report."""

from collections import Counter
from collections.abc import Iterable

from monitors.metric import KnownNames, Labels, Room, Rows, View
from provisioner.model.ids import ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import BootLevel, GuestWord

ROOM = Room("Desktops", of_cycle=True)


def _levels(known: KnownNames) -> Iterable[Labels]:
    return ((profile, level.value) for profile in known.profiles for level in BootLevel)


LEVELS = ROOM.counter(
    "readiness_reached_total",
    "profile level",
    help="Boots that have come to a level: guest agent answers, report came, log-on port open, first boot done.",
    query="sum by (level) (increase(bascule_readiness_reached_total[1h]))",
    zeros=_levels,
)
LEVEL_SECONDS = ROOM.counter(
    "readiness_seconds_total",
    "profile level",
    help="Time from a start order to each level, added up; divided by bascule_readiness_reached_total it is the mean.",
    query="rate(bascule_readiness_seconds_total[1h]) / rate(bascule_readiness_reached_total[1h])",
    zeros=_levels,
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
