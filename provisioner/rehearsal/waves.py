"""The parts of a rehearsed switch (waves, pools, half-days): who is wanted, and when the desktops were ready. Pure."""

import enum
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.deferrals import Deferral
from provisioner.model.demand import Want
from provisioner.model.ids import DesktopName, DesktopPoolName, GuestKey, Instant, Seat, WaveName
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.scenarios import Shortage
from provisioner.model.status import Status
from provisioner.model.words import RESOURCES
from provisioner.planning.demand.ceilings import why_left_out
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import NONE, Reason
from provisioner.rehearsal.watch import SharedSeats, waits_of_half_days


class PartKind(enum.StrEnum):
    """What the seats of a part are."""

    WAVE = "wave"
    """People's own desktops."""
    POOL = "pool"
    """Desktops that are lent."""
    HALF_DAY = "half_day"
    """People who have a desktop of a pool for a half-day; the desktops are counted by their pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchForecast:
    """One batch of a wave. Times in seconds from the switch's start."""

    people: int
    """Who is left out by a ceiling counts."""
    left_out: int = 0
    """Of them, those for whom a ceiling leaves no desktop."""
    opens_after_s: float
    due_after_s: float | None = None
    """None: it has no deadline. Negative: it is over."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and the batch had opened, ascending; negative: before the start."""

    @property
    def in_time(self) -> int:
        """People whose desktop was ready when the batch was due; without a deadline, ever."""
        if self.due_after_s is None:
            return len(self.ready_after_s)
        return bisect_right(self.ready_after_s, self.due_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveForecast:
    """One wave of the scenario, one pool, or one half-day. Times in seconds from the switch's start."""

    name: WaveName
    kind: PartKind = PartKind.WAVE
    wanted: int
    """0: it selects nobody who is entitled and in no wave before it."""
    ready: int = 0
    opens_after_s: float | None = None
    """When its first batch opens; negative: it is open. None: nobody is wanted by it."""
    batches: tuple[tuple[float, int], ...] = ()
    """When each batch opens, and how many agents are in it, ascending."""
    due_after_s: tuple[float, ...] = ()
    """When its batches are to be ready, ascending; empty: it has no deadline."""
    late: int = 0
    """Desktops that are ready after their batch was due, or never."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and its agent's batch had opened, ascending."""
    lacks: Reason = NONE
    """What most of those wait for who have no desktop at the end."""
    parts: tuple[BatchForecast, ...] = ()
    """Its batches, in their order; of an end that came before a roster, none."""
    left_out_by: Reason = NONE
    """The ceiling that leaves some of its people no desktop."""

    @property
    def begins_after_s(self) -> float | None:
        """When a half-day begins; None: it is none."""
        return self.due_after_s[0] if self.kind is PartKind.HALF_DAY else None

    @property
    def people(self) -> int:
        """All whom it selects, left out by a ceiling or not."""
        return sum(part.people for part in self.parts)

    @property
    def in_time(self) -> int:
        """People who have a desktop when it is due for them; without a deadline, at the end."""
        return sum(part.in_time for part in self.parts)

    @property
    def last_opens_after_s(self) -> float:
        """When its last batch opens."""
        return self.batches[-1][0] if self.batches else 0.0

    @property
    def last_after_s(self) -> float | None:
        """When the last desktop was ready; None: never."""
        if len(self.ready_after_s) < self.wanted:
            return None
        return self.ready_after_s[-1] if self.ready_after_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalFacts:
    """What a rehearsal knows besides its last status."""

    ready_at: Mapping[DesktopName, Instant]
    """When each desktop became ready."""
    ready: Set[GuestKey]
    """Desktops that are ready by the twins' hidden truth."""
    waves: tuple[WaveName, ...]
    """Of the scenario, in its order."""
    began_at: Instant
    shared: SharedSeats
    """Of pools and half-days, with when each was met."""
    pools: Mapping[DesktopPoolName, DesktopPool]
    shortage: Shortage = Shortage()
    """What the scenario says where not everybody's desktop fits."""
    cut: bool = False
    """Time was up before the end."""


def waves_of(status: Status | None, facts: RehearsalFacts) -> tuple[WaveForecast, ...]:
    """The parts as they are at the end of a rehearsal: waves, also those that select nobody, then pools, then half-days."""
    if status is None:
        return ()
    parts: dict[tuple[PartKind, WaveName], list[Want]] = {(PartKind.WAVE, name): [] for name in facts.waves}
    for kind, want in wants_of(status, facts.shared):
        parts.setdefault((kind, want.wave), []).append(want)
    desktops = {desktop.reservation.seat: desktop for desktop in status.desktops.values() if desktop.wanted}
    own = {seat: facts.ready_at.get(desktop.reservation.name) for seat, desktop in desktops.items() if seat is not None}
    ready_at = {seat: at for seat, at in own.items() if at is not None} | facts.shared.met_at
    ready = {seat for seat, desktop in desktops.items() if desktop.reservation.key in facts.ready} | facts.shared.met_at.keys()
    batches, left_out = _batches(status, ready_at, facts), _left_out(status)
    return tuple(
        replace(
            _wave(name, wants, ready_at, facts.began_at),
            kind=kind,
            ready=sum(want.seat in ready for want in wants),
            lacks=_lacks(kind, wants, status),
            parts=tuple(batches.get(name, ())) if kind is PartKind.WAVE else (_shared_batch(kind, wants, ready_at, facts),),
            left_out_by=left_out.get(name, NONE) if kind is not PartKind.POOL else _least(status),
        )
        for (kind, name), wants in parts.items()
    )


def wants_of(status: Status, shared: SharedSeats) -> Iterator[tuple[PartKind, Want]]:
    """All seats that a rehearsal waits for."""
    for kind, wants in (
        (PartKind.WAVE, status.demand.wants),
        (PartKind.POOL, shared.of_pools),
        (PartKind.HALF_DAY, shared.of_half_days),
    ):
        yield from ((kind, want) for want in wants.values())


def of_those_served(wave: WaveForecast) -> WaveForecast:
    """The wave as if it had only the people who got a desktop."""
    return replace(wave, wanted=len(wave.ready_after_s), lacks=NONE)


def _left_out(status: Status) -> dict[WaveName, Reason]:
    """The ceiling of each wave of which somebody is left out."""
    return {entry.refused.wave: entry.reason for entry in status.demand.not_wanted if entry.refused is not None}


def _least(status: Status) -> Reason:
    """The ceiling that leaves the fewest desktops, and so the pools what the agents leave of it."""
    state = min(status.demand.ceilings, key=lambda each: (each.room, each.ceiling.name), default=None)
    return NONE if state is None else why_left_out(state)


def _lacks(kind: PartKind, wants: Sequence[Want], status: Status) -> Reason:
    """Who has none in a half-day waits for a desktop of the pool, and is told why."""
    if kind is not PartKind.HALF_DAY:
        seats = {want.seat for want in wants}
        return lacks_of(deferral for deferral in status.plan.deferred if deferral.seat in seats)
    waits = (why for (begins, _), why in waits_of_half_days(status).items() if begins == wants[0].due_at)
    ((why, _),) = Counter(waits).most_common(1) or [(NONE, 0)]
    return why


def _batches(status: Status, ready_at: Mapping[Seat, Instant], facts: RehearsalFacts) -> dict[WaveName, list[BatchForecast]]:
    found: dict[WaveName, list[BatchForecast]] = {}
    left_out = {entry.refused.seat for entry in status.demand.not_wanted if entry.refused is not None}
    for batch in status.demand.batches:
        part = _batch(batch.seats, batch.opens_at, batch.due_at, ready_at, facts.began_at)
        part = replace(part, left_out=sum(seat in left_out for seat in batch.seats))
        found.setdefault(batch.wave, []).append(part)
    return found


def _shared_batch(
    kind: PartKind, wants: Sequence[Want], ready_at: Mapping[Seat, Instant], facts: RehearsalFacts
) -> BatchForecast:  # fmt: skip
    """Of a pool, or of a half-day. A ceiling leaves a pool fewer desktops than it has seats."""
    first = wants[0]
    part = _batch([want.seat for want in wants], first.opens_at, first.due_at, ready_at, facts.began_at)
    pool = facts.pools.get(pool_of(first.seat) or DesktopPoolName(""))
    if kind is not PartKind.POOL or pool is None or pool.follows:
        return part
    return replace(part, people=max(pool.size, len(wants)), left_out=max(0, pool.size - len(wants)))


def _batch(
    seats: Sequence[Seat], opens_at: Instant, due_at: Instant | None, ready_at: Mapping[Seat, Instant], began_at: Instant
) -> BatchForecast:
    ready = (max(ready_at[seat], opens_at) for seat in seats if seat in ready_at)
    return BatchForecast(
        people=len(seats),
        opens_after_s=opens_at - began_at,
        due_after_s=None if due_at is None else due_at - began_at,
        ready_after_s=tuple(sorted(at - began_at for at in ready)),
    )


def lacks_of(deferrals: Iterable[Deferral]) -> Reason:
    """What most of them wait for; none: nobody waits for anything."""
    waiting = Counter(deferral.binds for deferral in deferrals if deferral.binds)
    if not waiting:
        return NONE
    word, count = waiting.most_common(1)[0]
    return (reasons.ROOM_SHORT if word in RESOURCES else reasons.DESKTOPS_WAIT)(count=count, binds=word)


def _wave(name: WaveName, wants: Sequence[Want], ready_at: Mapping[Seat, Instant], began_at: Instant) -> WaveForecast:
    after = (max(0.0, max(ready_at[want.seat], want.opens_at) - began_at) for want in wants if want.seat in ready_at)
    return WaveForecast(
        name=name,
        wanted=len(wants),
        opens_after_s=min((want.opens_at - began_at for want in wants), default=None),
        batches=tuple(sorted(Counter(want.opens_at - began_at for want in wants).items())),
        due_after_s=tuple(sorted({want.due_at - began_at for want in wants if want.due_at is not None})),
        late=_late(wants, ready_at),
        ready_after_s=tuple(sorted(after)),
    )


def _late(wants: Sequence[Want], ready_at: Mapping[Seat, Instant]) -> int:
    due = ((want.due_at, ready_at.get(want.seat)) for want in wants if want.due_at is not None)
    return sum(at is None or at > due_at for due_at, at in due)
