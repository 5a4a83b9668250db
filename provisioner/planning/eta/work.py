"""The work that is left: the batches of the waves, with their desktops that are not ready."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.model.actions import Plan
from provisioner.model.capacity import Capacity
from provisioner.model.deferrals import Deferral, DeferralGroup
from provisioner.model.demand import Want
from provisioner.model.ids import Instant, NodeKey, ProfileName, Seat, WaveName
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.words import RESOURCES, WaitsFor
from provisioner.pacing.boot_limits import SPREAD
from provisioner.pacing.runs import slowest
from provisioner.planning.eta.queue import Batch, Gated, Load, Yard
from provisioner.planning.eta.yard import yard_of
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.outages import replaced_at
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.steps.boot_queues import boot_queues
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import ROOM_SHORT
from provisioner.reasons.steps import ANOTHER_LATER
from provisioner.reasons.surges import GATE_READY

_HELD_BY = frozenset({*RESOURCES, WaitsFor.OPERATOR, WaitsFor.SAFETY, WaitsFor.PAUSED})
"""What a desktop waits for that no time brings."""
_TO_CLONE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.DELETING})
_AWAY = (Phase.UNKNOWN, Phase.FAILED, Phase.SILENT)
_LEAST = 0.1
"""Of a boot that should have ended: it is to be seen at the next look."""
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLeft:
    """All that is left to do."""

    batches: tuple[Batch, ...] = ()
    """The most important first."""
    yard: Yard = Yard()
    measured: bool = True
    """Whether a boot was measured, and a clone, if any is to be made."""
    boots: int = 1
    """How many boots were measured, at least 1."""
    spread: float = SPREAD
    """σ of the logarithm of how long a boot takes (`Limits.boot_spread`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Who belongs to a batch."""

    want: Want
    shut_by: Reason = NONE
    """Why the batch is not open although its time has come."""
    refused: Reason = NONE
    """The ceiling that leaves no desktop."""


def work_of(
    situation: Situation, survey: Survey, plan: Plan, room: FreeResources, capacity: Mapping[ProfileName, Capacity]
) -> WorkLeft:
    """The work that is left after this cycle's plan."""
    look, members = _Look(situation, survey), defaultdict[tuple[int, Instant, WaveName, Instant | None], list[_Person]](list)
    people, places = tuple(_everybody(situation)), {wave.name: wave.priority for wave in situation.config.scenario.waves}
    for person in people:
        want = person.want
        members[places.get(want.wave, want.rank[0]), want.opens_at, want.wave, want.due_at].append(person)
    held, away, never = _held(plan), dict(look.away()), _never(people, survey, capacity)
    batches: list[Batch] = []
    for key in sorted(members, key=lambda key: key[:3]):
        batch = look.batch(members[key], held, away, never)
        batches.append(replace(batch, gate=_gate(situation, batch, batches)))
    waiting = (person.want.profile for person in people if person.want.seat not in survey.of_seat)
    return WorkLeft(
        batches=tuple(batches),
        yard=yard_of(situation, look.queues, room, waiting),
        measured=_is_measured(situation, look.queues.share_s, batches),
        boots=max(1, situation.limits.boots_known),
        spread=look.spread,
    )


def _everybody(situation: Situation) -> Iterator[_Person]:
    demand, now = situation.demand, situation.now
    shut = {gate.wave: gate.shut_by for gate in demand.shut}
    for want in demand.wants.values():
        if want.agent_id is not None:
            yield _Person(want=want)
    for want in demand.ahead.values():
        if want.agent_id is not None:
            is_held = want.rest is None and want.opens_at <= now
            yield _Person(want=want, shut_by=shut.get(want.wave, NONE) if is_held else NONE)
    for entry in demand.not_wanted:
        if entry.then is not None:
            yield _Person(want=entry.then, shut_by=entry.reason if entry.then.opens_at <= now else NONE)
        elif entry.refused is not None:
            yield _Person(want=entry.refused, refused=entry.reason)


class _Look:
    """At the desktops of batches."""

    def __init__(self, situation: Situation, survey: Survey) -> None:
        self._situation, self._survey, run = situation, survey, situation.records.surge
        self._is_paused = run is not None and run.state is SurgeState.PAUSED
        self._boots = booting_on(situation, survey.not_ready.get(Phase.STARTING, {}).values())
        self.queues = boot_queues(situation, survey, self._boots)
        self.spread = situation.limits.boot_spread

    def batch(
        self, people: Sequence[_Person], held: Mapping[Seat, Reason], away: Mapping[Seat, Reason], never: Mapping[Seat, Reason]
    ) -> Batch:
        """Of these people, with what each of them waits for."""
        wants, first = [person.want for person in people], people[0].want
        missing = [want for want in wants if not self._is_ready(want.seat)]
        # Who has waited for the first time counts: who only waits to have it again is due when the rest is over.
        dues = (due for want in missing or wants if (due := want.next_due_at) is not None)
        left = [want for want in missing if want.seat not in never]
        shut_by = next((person.shut_by for person in people if person.shut_by), NONE)
        shut_by = NONE if shut_by.code == GATE_READY.code else shut_by  # it opens in the queue
        batch = Batch(
            wave=first.wave,
            opens_at=first.opens_at,
            due_at=min(dues, default=None),
            people=len(wants),
            ready=len(wants) - len(missing),
            shut_by=shut_by,
            on_before=first.opens_at if self._is_paused and first.opens_at > self._situation.now else None,
            held=[held.get(want.seat) or shut_by for want in left if want.seat in held or shut_by],
            away=[away[want.seat] for want in left if want.seat in away],
            never=[never[want.seat] for want in missing if want.seat in never],
        )
        return self._with_load(batch, [want for want in left if self._goes_on(want)])

    def away(self) -> Iterator[tuple[Seat, Reason]]:
        """Desktops that were there and are out of sight or have failed, and why: others are made."""
        survey = self._survey
        for former, primary in survey.superseded.items():
            record = self._situation.records.desktops.get(primary)
            if record is not None and record.reservation.seat is not None and former in survey.phases:
                yield record.reservation.seat, survey.phases[former][1]
        for desktop in (each for phase in _AWAY for each in survey.not_ready.get(phase, {}).values()):
            if desktop.seat is not None and survey.of_seat.get(desktop.seat) is desktop:
                yield desktop.seat, survey.phases[desktop.name][1]

    def _is_ready(self, seat: Seat) -> bool:
        """Whether the desktop is ready, or is to be off at present."""
        demand, desktop = self._situation.demand, self._survey.of_seat.get(seat)
        phase = None if desktop is None else self._phase(desktop)
        return phase is Phase.READY or (seat in demand.ahead and demand.serves(seat, phase))

    def _goes_on(self, want: Want) -> bool:
        """Whether its desktop's profile is configured: if not, it is held, and no boot of it is asked about."""
        desktop = self._survey.of_seat.get(want.seat)
        return (want.profile if desktop is None else desktop.profile) in self._situation.config.profiles

    def _phase(self, desktop: Reservation) -> Phase:
        return self._survey.phases[desktop.name][0]

    def _with_load(self, batch: Batch, left: Sequence[Want]) -> Batch:
        """Its desktops that are neither ready nor in no place at all. Each has a profile."""
        situation = self._situation
        desktops = [desktop for want in left if (desktop := self._survey.of_seat.get(want.seat)) is not None]
        phases = {desktop.name: self._phase(desktop) for desktop in desktops}
        booting = [desktop for desktop in desktops if phases[desktop.name] is Phase.STARTING]
        placed = [each for each in desktops if phases[each.name] not in (Phase.STARTING, Phase.UNKNOWN)]
        to_clone = (desktop for desktop in placed if phases[desktop.name] in _TO_CLONE)
        load = Load(
            placed=Counter(where(situation, desktop) for desktop in placed),
            cloning=Counter(where(situation, desktop) for desktop in to_clone),
            unplaced=len(left) - len(booting) - len(placed),
        )
        ahead = [want for want in left if want.seat in situation.demand.ahead]
        configured = situation.config.profiles
        profiles = (configured[name] for name in {want.profile for want in left} & configured.keys())
        again_at = (self._again_at(desktop, phases[desktop.name]) for desktop in desktops)
        return replace(
            batch,
            load=load,
            booting=len(booting),
            left_s=max((self._left_s(desktop, of=len(booting)) for desktop in booting), default=0.0),
            boot_s=max(map(situation.limits.boot_alone_s, profiles), default=0.0),
            begins_at=situation.now if ahead else None,
            boots_from=situation.now if any(want.level is PreparationLevel.RUNNING for want in ahead) else None,
            again_at=sorted(at for at in again_at if at > situation.now),
        )

    def _again_at(self, desktop: Reservation, phase: Phase) -> Instant:
        situation = self._situation
        if phase is Phase.UNKNOWN:
            return replaced_at(situation, where(situation, desktop)) or situation.now
        return situation.now if phase in _TO_CLONE else situation.records.desktops[desktop.name].attempts.retry_at

    def _left_s(self, desktop: Reservation, *, of: int) -> float:
        """What is left of a boot: with more of them than the node does at full speed, each takes longer."""
        situation, node = self._situation, where(self._situation, desktop)
        alone_s = situation.limits.boot_alone_s(situation.config.profiles[desktop.profile], node)
        boots = self._boots.get(node)
        if boots is None or desktop.name not in boots.progress:
            return _LEAST * alone_s
        begun = boots.progress[desktop.name] / boots.behind
        share = max(_LEAST, slowest(of, spread=self.spread, begun=begun) - begun)
        return share * alone_s * boots.behind * max(1.0, boots.expected / boots.pace.width)


def _gate(situation: Situation, batch: Batch, before: Sequence[Batch]) -> Gated | None:
    """Whether it opens once enough of the batch before is ready."""
    run, index = situation.records.surge, sum(other.wave == batch.wave for other in before)
    gates = {wave.name: wave.gate for wave in situation.config.scenario.waves}
    gate, opened = gates.get(batch.wave), 0 if run is None else run.opened.get(batch.wave, 0)
    if gate is None or not before or index < opened:
        return None
    needed = gate.needs_ready(before[-1].people) - before[-1].ready
    return Gated(before=len(before) - 1, needed=needed) if needed > 0 else None


def _held(plan: Plan) -> dict[Seat, Reason]:
    """Desktops that no time brings: what they wait for has to end, or somebody has to act."""
    held = {want.seat: group.reason for group in plan.groups if _holds(group) for want in group.wants}
    return held | {each.seat: each.reason for each in plan.singles if _holds(each) and each.seat is not None}


def _holds(deferral: Deferral | DeferralGroup) -> bool:
    """Another desktop instead of one out of sight has its time (`Batch.again_at`)."""
    return deferral.binds in _HELD_BY and deferral.reason.code != ANOTHER_LATER.code


def _never(people: Iterable[_Person], survey: Survey, capacity: Mapping[ProfileName, Capacity]) -> dict[Seat, Reason]:
    """Who gets none: a ceiling says so, or there is no more room, the last in the order of rank.

    Profiles compete for the same room: each takes its part of it.
    """
    refused = {person.want.seat: person.refused for person in people if person.refused}
    missing = (person.want for person in people if person.want.seat not in survey.of_seat and not person.refused)
    taken, short = 0.0, dict[Seat, Capacity]()
    for want in sorted((want for want in missing if want.profile in capacity), key=lambda want: want.rank):
        room = capacity[want.profile]
        if not room.free or taken + 1 / room.free > 1.0 + _EPSILON:
            short[want.seat] = room
        else:
            taken += 1 / room.free
    counts = Counter(room.binds for room in short.values())
    return refused | {seat: ROOM_SHORT(count=counts[each.binds], binds=each.binds.value) for seat, each in short.items()}


def _is_measured(situation: Situation, nodes: Iterable[NodeKey], batches: Sequence[Batch]) -> bool:
    booted = any(situation.limits.boots_on(node, {}, situation.now).pace.measured for node in nodes)
    to_clone = any(batch.load.unplaced or any(batch.load.cloning.values()) for batch in batches)
    return booted and (bool(situation.limits.clone_s) or not to_clone)
