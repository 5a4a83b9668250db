"""Waves: desktops that are planned, wanted now and ready, made ahead of need, and yet to be made."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from math import nan

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.model.ids import Instant, ProfileName, WaveName
from provisioner.model.scenario.etas import WaveEta, WaveOutlook
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.status import Preparation

ROOM = Room("Waves", of_cycle=True)

_LEVELS = (PreparationLevel.STOPPED, PreparationLevel.RUNNING)


@ROOM.gauge(
    "desktops_planned",
    "profile wave",
    help="Desktops at the end of the scenario: one for each agent of the wave, whether the batch is open or not. Those "
    "of pools are in bascule_pool_size.",
    query="sum by (wave) (bascule_desktops_planned)",
)
def planned(view: View) -> Rows:
    return _by_wave(view, view.census.planned)


@ROOM.gauge(
    "desktops_wanted",
    "profile wave",
    help="Desktops wanted now, one for each agent whose batch is open.",
    query="sum(bascule_desktops_wanted) - sum(bascule_desktops_wanted_ready)",
)
def wanted(view: View) -> Rows:
    return _by_wave(view, view.census.wanted)


@ROOM.gauge(
    "desktops_wanted_ready",
    "profile wave",
    help="Wanted desktops that their agent can log on to.",
    query="sum by (wave) (bascule_desktops_wanted_ready) / sum by (wave) (bascule_desktops_planned)",
)
def wanted_ready(view: View) -> Rows:
    return _by_wave(view, view.census.served)


@ROOM.gauge(
    "desktops_resting",
    "state",
    help="People's own desktops that rest outside the hours (during.outside_hours): off; or still on, because somebody is "
    "logged on there or may be, or because its turn has not come. Neither is missing or late.",
    query='bascule_desktops_resting{state="on"}',
)
def resting(view: View) -> Rows:
    resting = view.status.resting if view.census.is_resting else None
    return {("off",): 0 if resting is None else resting.off, ("on",): 0 if resting is None else resting.on}


@ROOM.gauge(
    "people_left_out",
    "profile wave",
    help="People for whom a ceiling leaves no desktop; they are part of no other figure of their wave.",
    query="sum by (wave) (bascule_people_left_out) > 0",
)
def left_out(view: View) -> Rows:
    return _by_wave(view, view.census.left_out)


@ROOM.gauge(
    "desktops_missing",
    "profile wave",
    help="Desktops that have yet to be made, of those that are wanted now or ahead of need.",
    query="sum by (profile) (bascule_desktops_missing) > sum by (profile) (bascule_capacity_free_desktops)",
)
def missing(view: View) -> Rows:
    return _by_wave(view, view.census.missing)


@ROOM.gauge(
    "desktops_ahead",
    "profile wave",
    help="Desktops to prepare ahead of need, for agents whose batch is still closed.",
    query="sum by (wave) (bascule_desktops_ahead)",
)
def ahead(view: View) -> Rows:
    return _prepared(view, lambda preparation: preparation.wanted)


@ROOM.gauge(
    "desktops_ahead_made",
    "profile wave level",
    help="Desktops prepared ahead of need, by level: stopped, or running and ready.",
    query="sum by (wave, level) (bascule_desktops_ahead_made)",
)
def ahead_made(view: View) -> Rows:
    made: Counter[Labels] = Counter({(p, w, level.value): 0 for p in view.profiles for w in view.waves for level in _LEVELS})
    for preparation in view.status.preparations:
        made[preparation.profile, preparation.wave, PreparationLevel.STOPPED.value] += preparation.stopped
        made[preparation.profile, preparation.wave, PreparationLevel.RUNNING.value] += preparation.running
    return made


@ROOM.gauge(
    "desktops_ahead_missing",
    "profile wave",
    help="Desktops not prepared to their wave's level yet.",
    query="sum by (wave) (bascule_desktops_ahead_missing)",
)
def ahead_missing(view: View) -> Rows:
    return _prepared(view, lambda preparation: preparation.missing)


@ROOM.age(
    "waiting_oldest",
    help="How long the agent has waited who has waited longest for a ready desktop, since being wanted or since its loss; "
    "0: nobody waits.",
    query="max(bascule_waiting_oldest_age_seconds) > 3600",
)
def waiting_oldest(view: View) -> Instants:
    return {(): min(view.census.waiting.values(), default=None)}


@ROOM.timestamp(
    "wave_next_batch",
    "wave",
    help="Unix time when the wave's next batch opens, by the daemon's clock; 0: none is foreseen.",
    query="(bascule_wave_next_batch_timestamp_seconds > 0) - time()",
)
def next_batch(view: View) -> Instants:
    return {
        (wave,): view.census.next_batch.get(WaveName(wave)) for wave in dict.fromkeys((*view.waves, *view.census.next_batch))
    }


@ROOM.timestamp(
    "wave_ready_by",
    "wave",
    help="Unix time by which the wave's batch is due that will be latest, or else is due next; 0: it has no deadline.",
    query="(bascule_wave_ready_by_timestamp_seconds > 0) - time()",
)
def ready_by(view: View) -> Instants:
    return {(wave,): None if eta is None else eta.ready_by for wave, eta in _etas(view)}


@ROOM.timestamp(
    "wave_eta",
    "wave bound",
    help="Unix time when the last desktop of this batch that comes by itself will be ready, by what the cluster has shown; "
    "early and late: one in twenty times it comes sooner, or later. A batch that is held back, as by a gate, counts as if it "
    "went on now; while the surge is paused, one that opens later counts as if that went on before. Single desktops that wait "
    "for somebody are not in it. 0: unknown, none comes, or no surge is under way.",
    query='bascule_wave_eta_timestamp_seconds{bound="late"} - on (wave) (bascule_wave_ready_by_timestamp_seconds > 0)',
)
def eta_at(view: View) -> Instants:
    rows: dict[Labels, Instant | None] = {}
    for wave, eta in _etas(view):
        bounds = (None, None, None) if eta is None else (eta.early_at, eta.middle_at, eta.late_at)
        rows |= {(wave, bound): at for bound, at in zip(("early", "middle", "late"), bounds, strict=True)}
    return rows


@ROOM.gauge(
    "wave_late_by_seconds",
    "wave",
    help="Seconds from the deadline of this batch until the last desktop that comes by itself will be ready; negative: before "
    "it. If it may be late, at the late end of the band. +Inf: some do not come. NaN: no deadline, or it is not known.",
    query="max by (wave) (bascule_wave_late_by_seconds) > 0",
)
def late_by(view: View) -> Rows:
    known = {(wave,): None if eta is None else eta.late_by_s for wave, eta in _etas(view)}
    return {labels: nan if seconds is None else seconds for labels, seconds in known.items()}


@ROOM.gauge(
    "wave_late_desktops",
    "wave",
    help="Desktops of this batch that will, or may, not be ready in time; those for whom there is no room included.",
    query="sum by (wave) (bascule_wave_late_desktops) > 0",
)
def late_desktops(view: View) -> Rows:
    return {(wave,): 0 if eta is None else eta.late for wave, eta in _etas(view)}


@ROOM.gauge(
    "wave_overdue_desktops",
    "wave",
    help="Desktops of all batches of this wave whose deadline is over and that are not ready; those that do not come included.",
    query="sum by (wave) (bascule_wave_overdue_desktops) > 0",
)
def overdue_desktops(view: View) -> Rows:
    return {(wave,): 0 if eta is None else eta.overdue for wave, eta in _etas(view)}


@ROOM.gauge(
    "wave_never_desktops",
    "wave",
    help="Of bascule_wave_late_desktops, those that do not come at all: there is no room, or a ceiling leaves none.",
    query="sum by (wave) (bascule_wave_never_desktops) > 0",
)
def never_desktops(view: View) -> Rows:
    return {(wave,): 0 if eta is None else eta.never for wave, eta in _etas(view)}


@ROOM.gauge(
    "wave_outlook",
    "wave outlook",
    help="1 for what was said of the wave last (in the log, the journal and `bascule status`), 0 for the rest: in_time, "
    "expected_late, or late, which is after its deadline.",
    query='bascule_wave_outlook{outlook=~"expected_late|late"} == 1',
)
def outlook(view: View) -> Rows:
    said = {wave: WaveOutlook.IN_TIME if eta is None else eta.outlook for wave, eta in _etas(view)}
    return {(wave, each.value): float(each is now) for wave, now in said.items() for each in WaveOutlook}


@ROOM.gauge(
    "wave_gate_shut",
    "wave",
    help="1 while a gate holds a batch of the wave back whose time has come, else 0.",
    query="bascule_wave_gate_shut == 1",
)
def gate_shut(view: View) -> Rows:
    shut = {gate.wave for gate in view.status.demand.shut}
    return {(wave,): float(wave in shut) for wave in view.waves}


@ROOM.gauge(
    "surge_state",
    "state",
    help="1 for the state of the scenario's newest run, 0 for every other state.",
    query='bascule_surge_state{state=~"paused|aborting"} == 1',
    of_cycle=False,
)
def surge_state(view: View) -> Rows:
    run = view.status.surge
    return {(state.value,): float(run is not None and run.state is state) for state in SurgeState}


def _etas(view: View) -> Iterator[tuple[str, WaveEta | None]]:
    """Every wave, with when it will be ready; None: nobody is in it, or no surge is under way."""
    etas = view.status.etas
    return ((wave, etas.get(WaveName(wave))) for wave in dict.fromkeys((*view.waves, *etas)))


def _by_wave(view: View, counted: Mapping[tuple[ProfileName, WaveName], int]) -> Rows:
    rows: Counter[Labels] = Counter({(p, w): 0 for p in view.profiles for w in view.waves})
    for (profile, wave), count in counted.items():
        rows[profile, wave] += count
    return rows


def _prepared(view: View, count: Callable[[Preparation], int]) -> Rows:
    """Where nothing is made ahead, nothing is missing."""
    rows: Counter[Labels] = Counter({(p, w): 0 for p in view.profiles for w in view.waves})
    for preparation in view.status.preparations:
        rows[preparation.profile, preparation.wave] += count(preparation)
    return rows
