"""The work that is left: the batches of the waves, the desktops that are not ready, and what they are made with."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from provisioner.model.actions import Plan
from provisioner.model.capacity import Capacity
from provisioner.model.demand import Demand, Want
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import Instant, NodeKey, ProfileName, Seat, WaveName
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.words import RESOURCES, WaitsFor
from provisioner.pacing.boot_progress import NodeBoots
from provisioner.planning.eta.schedule import Gated, Job, Yard
from provisioner.planning.eta.sites import groups_of, yard_of
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.outages import replaced_at
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import ROOM_SHORT

_HELD_BY = frozenset({*RESOURCES, WaitsFor.OPERATOR, WaitsFor.SAFETY, WaitsFor.PAUSED})
"""What a desktop waits for that no time brings."""
_TO_CLONE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.DELETING})
_LEAST = 0.1
"""Of a boot that should have ended: it is to be seen at the next look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The people of a wave who are due together."""

    wave: WaveName
    opens_at: Instant
    due_at: Instant | None
    people: int
    ready: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that is left to do."""

    batches: tuple[Batch, ...] = ()
    jobs: tuple[Job, ...] = ()
    yard: Yard = Yard()
    measured: bool = True
    """Whether a boot was measured, and a clone, if any is to be made."""
    boots: int = 1
    """How many boots were measured, at least 1."""
    gates: Mapping[int, Gated] = field(default_factory=dict)
    """By the batch that waits."""
    shut: Mapping[int, Reason] = field(default_factory=dict)
    """Batches that an order or a gate holds back although their time has come, and which."""
    held: Mapping[Seat, Reason] = field(default_factory=dict)
    """Desktops that wait for somebody or something, and for what."""
    away: Mapping[Seat, Reason] = field(default_factory=dict)
    """Desktops that were there and are out of sight or have failed, and why: others are made."""
    never: Mapping[Seat, tuple[int, Reason]] = field(default_factory=dict)
    """Seats that get no desktop, each with its batch."""


def work_of(
    situation: Situation, survey: Survey, plan: Plan, room: FreeResources, capacity: Mapping[ProfileName, Capacity]
) -> Work:
    """The work that is left after this cycle's plan."""
    batches = _Batches(situation, survey)
    held, never = _held(batches, plan), _never(batches, survey, capacity)
    groups = groups_of(situation, room)
    sites = {node: at for at, (nodes, _) in enumerate(groups) for node in nodes}
    jobs = tuple(_jobs(situation, survey, batches, never, sites))
    return Work(
        batches=batches.all,
        jobs=jobs,
        measured=_is_measured(situation, jobs),
        boots=max(1, situation.limits.boots_known),
        yard=yard_of(situation, groups),
        gates=batches.gates(situation),
        shut=batches.held,
        held=held,
        away=dict(_away(situation, survey, batches)),
        never=never,
    )


class _Batches:
    """Who belongs to which batch, in the order of the waves."""

    def __init__(self, situation: Situation, survey: Survey) -> None:
        demand, self._now = situation.demand, situation.now
        self._shut = {gate.wave: gate.shut_by for gate in demand.shut}
        self.of_seat: dict[Seat, int] = {}
        self.wants: dict[Seat, Want] = {}
        self.refused: dict[Seat, Reason] = {}
        self.held: dict[int, Reason] = {}
        places = {wave.name: wave.priority for wave in situation.config.scenario.waves}
        members: defaultdict[tuple[int, Instant, WaveName, Instant | None], list[Want]] = defaultdict(list)
        reasons: dict[Seat, Reason] = {}
        for want, why in self._all(demand):
            self.wants[want.seat] = want
            members[places.get(want.wave, want.rank[0]), want.opens_at, want.wave, want.due_at].append(want)
            if why:
                reasons[want.seat] = why
        self.all: tuple[Batch, ...] = tuple(
            self._batch(demand, survey, *each) for each in enumerate(sorted(members.items(), key=_order))
        )
        for seat, why in reasons.items():
            self.held.setdefault(self.of_seat[seat], why)

    def _all(self, demand: Demand) -> Iterator[tuple[Want, Reason]]:
        """Everybody, each with why the batch is not open although its time has come."""
        for want in demand.wants.values():
            if want.agent_id is not None:
                yield want, NONE
        for want in demand.ahead.values():
            if demand.rests(want.seat):
                yield want, NONE
            elif want.agent_id is not None:
                yield want, self._shut.get(want.wave, NONE) if want.opens_at <= self._now else NONE
        for entry in demand.not_wanted:
            if entry.then is not None:
                yield entry.then, entry.reason if entry.then.opens_at <= self._now else NONE
            elif entry.refused is not None:
                self.refused[entry.refused.seat] = entry.reason
                yield entry.refused, NONE

    def _batch(
        self, demand: Demand, survey: Survey, at: int, entry: tuple[tuple[int, Instant, WaveName, Instant | None], list[Want]]
    ) -> Batch:
        (_, opens_at, wave, _due), wants = entry
        self.of_seat |= {want.seat: at for want in wants}
        missing = [want for want in wants if not _is_ready(demand, survey, want.seat)]
        # Who has waited for the first time counts: who only waits to have it again is due when the hours begin.
        dues = (due for want in missing or wants if (due := demand.due_of(want)) is not None)
        ready = len(wants) - len(missing)
        return Batch(wave=wave, opens_at=opens_at, due_at=min(dues, default=None), people=len(wants), ready=ready)

    def gates(self, situation: Situation) -> dict[int, Gated]:
        """Batches that open once enough of the batch before is ready."""
        waves, opened = {wave.name: wave for wave in situation.config.scenario.waves}, _opened(situation)
        found: dict[int, Gated] = {}
        number = Counter[WaveName]()
        for at, batch in enumerate(self.all):
            wave, index = waves.get(batch.wave), number[batch.wave]
            number[batch.wave] += 1
            if wave is None or wave.gate is None or not at or index < opened.get(batch.wave, 0):
                continue
            before = self.all[at - 1]
            needed = wave.gate.needs_ready(before.people) - before.ready
            if needed > 0:
                found[at] = Gated(before=at - 1, needed=needed)
        return found


def _order(entry: tuple[tuple[int, Instant, WaveName, Instant | None], list[Want]]) -> tuple[int, Instant, WaveName]:
    return entry[0][:3]


def _opened(situation: Situation) -> Mapping[WaveName, int]:
    run = situation.records.surge
    return {} if run is None else run.opened


def _is_ready(demand: Demand, survey: Survey, seat: Seat) -> bool:
    """Whether the desktop is ready, or is to be off at present."""
    desktop = survey.of_seat.get(seat)
    phase = None if desktop is None else survey.phases[desktop.name][0]
    return phase is Phase.READY or (seat in demand.ahead and demand.serves(seat, phase))


def _held(batches: _Batches, plan: Plan) -> dict[Seat, Reason]:
    """Desktops that no time brings: what they wait for has to end, or somebody has to act."""
    held = {seat: batches.held[at] for seat, at in batches.of_seat.items() if at in batches.held}
    for group in plan.groups:
        if group.binds in _HELD_BY:
            held |= {want.seat: group.reason for want in group.wants}
    singles = (deferral for deferral in plan.singles if deferral.seat is not None and deferral.binds in _HELD_BY)
    return held | {deferral.seat: deferral.reason for deferral in singles if deferral.seat is not None}


def _away(situation: Situation, survey: Survey, batches: _Batches) -> Iterator[tuple[Seat, Reason]]:
    for former, primary in survey.superseded.items():
        record = situation.records.desktops.get(primary)
        seat = None if record is None else record.reservation.seat
        if seat is not None and seat in batches.of_seat and former in survey.phases:
            yield seat, survey.phases[former][1]
    for phase in (Phase.UNKNOWN, Phase.FAILED, Phase.SILENT):
        for desktop in survey.not_ready.get(phase, {}).values():
            if desktop.seat in batches.of_seat and survey.of_seat.get(desktop.seat) is desktop:
                yield desktop.seat, survey.phases[desktop.name][1]


def _never(batches: _Batches, survey: Survey, capacity: Mapping[ProfileName, Capacity]) -> dict[Seat, tuple[int, Reason]]:
    """Who gets none: a ceiling says so, or there is no more room, the last in the order of rank.

    Profiles compete for the same room: each takes its part of it.
    """
    found = {seat: (batches.of_seat[seat], why) for seat, why in batches.refused.items()}
    missing = [want for seat, want in batches.wants.items() if seat not in survey.of_seat and seat not in found]
    taken = 0.0
    short: dict[Seat, Capacity] = {}
    for want in sorted(missing, key=lambda want: want.rank):
        room = capacity.get(want.profile)
        if room is None:
            continue
        if not room.free or taken + 1 / room.free > 1.0 + _EPSILON:
            short[want.seat] = room
        else:
            taken += 1 / room.free
    counts = Counter(room.binds for room in short.values())
    reasons = {binds: ROOM_SHORT(count=count, binds=binds.value) for binds, count in counts.items()}
    return found | {seat: (batches.of_seat[seat], reasons[room.binds]) for seat, room in short.items()}


_EPSILON = 1e-9


def _jobs(
    situation: Situation, survey: Survey, batches: _Batches, never: Collection[Seat], sites: Mapping[NodeKey, int]
) -> Iterator[Job]:
    boots = booting_on(situation, survey.not_ready.get(Phase.STARTING, {}).values())
    for seat, want in batches.wants.items():
        desktop = survey.of_seat.get(seat)
        phase = None if desktop is None else survey.phases[desktop.name][0]
        if not _is_ready(situation.demand, survey, seat) and seat not in never:
            job = _job(situation, want, batches.of_seat[seat], desktop, phase, boots)
            has_place = desktop is not None and phase is not Phase.UNKNOWN
            yield replace(job, site=sites.get(where(situation, desktop))) if desktop and has_place else job


def _job(
    situation: Situation,
    want: Want,
    batch: int,
    desktop: Reservation | None,
    phase: Phase | None,
    boots: Mapping[NodeKey, NodeBoots],
) -> Job:
    profile, now = situation.config.profiles[want.profile], situation.now
    opens_at = max(now, want.opens_at)
    alone_s = situation.limits.boot_alone_s(profile)
    job = Job(
        seat=want.seat, rank=want.rank, batch=batch, clone_from=None, boot_from=opens_at, boot_s=alone_s, alone_s=alone_s
    )  # fmt: skip
    if desktop is not None and phase is Phase.STARTING:
        left_s = _left(alone_s, desktop, boots.get(where(situation, desktop)))
        return replace(job, clone_from=None, boot_from=now, boot_s=left_s, boots=True)
    is_ahead = want.seat in situation.demand.ahead
    boot_from = now if is_ahead and want.level is PreparationLevel.RUNNING else opens_at
    clone_from: Instant | None = now if is_ahead else inf
    if desktop is not None and phase is Phase.UNKNOWN:
        again_at = replaced_at(situation, where(situation, desktop)) or now
        boot_from = clone_from = max(opens_at, again_at)
    elif desktop is not None and phase not in _TO_CLONE:
        retry_at = situation.records.desktops[desktop.name].attempts.retry_at
        boot_from, clone_from = max(boot_from, retry_at), None
    return replace(job, clone_from=clone_from, boot_from=boot_from)


def _left(alone_s: float, desktop: Reservation, boots: NodeBoots | None) -> float:
    """What is left of a boot: with more of them than the node does at full speed, each takes longer."""
    if boots is None or desktop.name not in boots.progress:
        return _LEAST * alone_s
    return max(_LEAST, 1.0 - boots.progress[desktop.name]) * alone_s * max(1.0, boots.expected / boots.pace.width)


def _is_measured(situation: Situation, jobs: Collection[Job]) -> bool:
    limits = situation.limits
    nodes = (node.key for view in situation.snapshot.clusters.values() for node in view.nodes.values())
    booted = any(limits.boots_on(node, {}, situation.now).pace.measured for node in nodes)
    return booted and (bool(limits.clone_s) or all(job.clone_from is None for job in jobs))
