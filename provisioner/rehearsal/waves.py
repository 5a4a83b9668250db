"""The waves of a rehearsed switch: who is wanted, and when the desktops were ready. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.deferrals import Deferral
from provisioner.model.demand import Want
from provisioner.model.ids import DesktopName, GuestKey, Instant, Seat, WaveName
from provisioner.model.scenarios import Shortage
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import RESOURCES
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchForecast:
    """One batch of a wave. Times in seconds from the switch's start."""

    people: int
    """Who is left out by a ceiling counts."""
    left_out: int = 0
    """Of them, those for whom a ceiling leaves no desktop."""
    opens_after_s: float
    due_after_s: float | None = None
    """None: it has no deadline."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and the batch had opened, ascending."""

    @property
    def in_time(self) -> int:
        """People whose desktop was ready when the batch was due; without a deadline, ever."""
        if self.due_after_s is None:
            return len(self.ready_after_s)
        return bisect_right(self.ready_after_s, self.due_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveForecast:
    """One wave of the scenario. Times in seconds from the switch's start."""

    name: WaveName
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
class Facts:
    """What a rehearsal knows besides its last status."""

    ready_at: Mapping[DesktopName, Instant]
    """When each desktop became ready."""
    ready: Set[GuestKey]
    """Desktops that are ready by the twins' hidden truth."""
    waves: tuple[WaveName, ...]
    """Of the scenario, in its order."""
    began_at: Instant
    shortage: Shortage = Shortage()
    """What the scenario says where not everybody's desktop fits."""
    cut: bool = False
    """Time was up before the end."""


def waves_of(status: Status | None, facts: Facts) -> tuple[WaveForecast, ...]:
    """The waves as they are at the end of a rehearsal; those that select nobody, too."""
    if status is None:
        return ()
    wants: dict[WaveName, list[Want]] = {name: [] for name in facts.waves}
    for want in status.demand.wants.values():
        wants.setdefault(want.wave, []).append(want)
    desktops = {desktop.reservation.seat: desktop for desktop in status.desktops.values() if desktop.wanted}
    deferred = {deferral.seat: deferral for deferral in status.plan.deferred}
    parts, left_out = _parts(status, desktops, facts), _left_out(status)
    return tuple(
        replace(
            _wave(name, members, desktops, facts),
            lacks=lacks_of(deferred[want.seat] for want in members if want.seat in deferred),
            parts=tuple(parts.get(name, ())),
            left_out_by=left_out.get(name, NONE),
        )
        for name, members in wants.items()
    )


def of_those_served(wave: WaveForecast) -> WaveForecast:
    """The wave as if it had only the people who got a desktop."""
    return replace(wave, wanted=len(wave.ready_after_s), lacks=NONE)


def _left_out(status: Status) -> dict[WaveName, Reason]:
    """The ceiling of each wave of which somebody is left out."""
    return {entry.refused.wave: entry.reason for entry in status.demand.not_wanted if entry.refused is not None}


def _parts(status: Status, desktops: Mapping[Seat | None, DesktopState], facts: Facts) -> dict[WaveName, list[BatchForecast]]:
    found: dict[WaveName, list[BatchForecast]] = {}
    left_out = {entry.refused.seat for entry in status.demand.not_wanted if entry.refused is not None}
    for batch in status.demand.batches:
        names = (desktops[seat].reservation.name for seat in batch.seats if seat in desktops)
        ready = (max(facts.ready_at[name], batch.opens_at) for name in names if name in facts.ready_at)
        part = BatchForecast(
            people=len(batch.seats),
            left_out=sum(seat in left_out for seat in batch.seats),
            opens_after_s=batch.opens_at - facts.began_at,
            due_after_s=None if batch.due_at is None else batch.due_at - facts.began_at,
            ready_after_s=tuple(sorted(max(0.0, at - facts.began_at) for at in ready)),
        )
        found.setdefault(batch.wave, []).append(part)
    return found


def lacks_of(deferrals: Iterable[Deferral]) -> Reason:
    """What most of them wait for; none: nobody waits for anything."""
    waiting = Counter(deferral.binds for deferral in deferrals if deferral.binds)
    if not waiting:
        return NONE
    word, count = waiting.most_common(1)[0]
    return (reasons.ROOM_SHORT if word in RESOURCES else reasons.DESKTOPS_WAIT)(count=count, binds=word)


def _wave(name: WaveName, wants: Sequence[Want], desktops: Mapping[Seat | None, DesktopState], facts: Facts) -> WaveForecast:
    mine = [(want, desktops[want.seat]) for want in wants if want.seat in desktops]
    ready = {want.seat: facts.ready_at.get(state.reservation.name) for want, state in mine}
    after = sorted(
        max(0.0, max(at, want.opens_at) - facts.began_at) for want in wants if (at := ready.get(want.seat)) is not None
    )
    return WaveForecast(
        name=name,
        wanted=len(wants),
        ready=sum(state.reservation.key in facts.ready for _, state in mine),
        opens_after_s=min((want.opens_at - facts.began_at for want in wants), default=None),
        batches=tuple(sorted(Counter(want.opens_at - facts.began_at for want in wants).items())),
        due_after_s=tuple(sorted({want.due_at - facts.began_at for want in wants if want.due_at is not None})),
        late=_late(wants, ready),
        ready_after_s=tuple(after),
    )


def _late(wants: Sequence[Want], ready: Mapping[Seat, Instant | None]) -> int:
    due = ((want.due_at, ready.get(want.seat)) for want in wants if want.due_at is not None)
    return sum(at is None or at > due_at for due_at, at in due)
