"""The result of a rehearsal: when desktops were ready, and who got none and why."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.demand import NotWanted
from provisioner.model.ids import DesktopName, Instant, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import agent_at
from provisioner.model.shortages import ShortOf, short_of
from provisioner.model.status import Status
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import BY_HALF_DAYS
from provisioner.rehearsal.beginning import WINDS_UP
from provisioner.rehearsal.watch import waits_of_half_days
from provisioner.rehearsal.waves import PartKind, RehearsalFacts, WaveForecast, lacks_of, wants_of, waves_of
from provisioner.twin.twin import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Whether a switch succeeds, and when. Times in seconds from its start."""

    wanted: int
    """Desktops: of people whose batch has opened, and of pools. A rotation's are those of its pool."""
    ready: int
    """By the twins' hidden truth."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and its agent's batch had opened, ascending."""
    waits_s: tuple[float, ...] = ()
    """How long each served agent waited for the desktop after the batch had opened, ascending."""
    unmet: Mapping[str, int] = field(default_factory=dict)
    """Seats without a ready desktop at the end, by reason (a `Reason`), the most frequent first."""
    not_wanted: Mapping[str, int] = field(default_factory=dict)
    """Agents that the scenario or the entitlements leave out, by reason. Who has half-days that are foreseen is not."""
    nobody: Reason = NONE
    """Why no desktop is wanted at all; empty: there is one."""
    lacks: Reason = NONE
    """What most of those wait for who have no desktop at the end."""
    shortage: ShortOf = ShortOf()
    """Of them, who is refused by the scenario; and who has less than the own profile."""
    lock_timeouts: int = 0
    duplicates: int = 0
    orphans: int = 0
    writes: int = 0
    calls: int = 0
    """API calls, without observations between two batches while there is nothing to do."""
    capacity: Mapping[ProfileName, Capacity] = field(default_factory=dict)
    """How many more desktops fit at the end."""
    outlook: Mapping[ProfileName, Outlook] = field(default_factory=dict)
    """The same after the loss of a node, and what would add to it: as of the last minute."""
    waves: tuple[WaveForecast, ...] = ()
    """Waves in the scenario's order, then pools, then half-days."""
    unopened: int = 0
    """Agents whose batch had not opened at the end of the rehearsal."""
    cut: bool = False
    """The rehearsal was cut at the bound on its virtual time, before the switch was over."""

    @property
    def ready_now(self) -> int:
        """Desktops that were ready from the start, for agents whose batch was open."""
        return sum(after_s <= 0.0 for after_s in self.ready_after_s)

    @property
    def newly_served(self) -> int:
        """People who get a desktop of their own, or have one in a half-day that is foreseen, and have none now."""
        waves = [wave for wave in self.waves if wave.kind is not PartKind.POOL]
        return sum(wave.ready - sum(after_s <= 0.0 for after_s in wave.ready_after_s) for wave in waves)

    @property
    def serves_all(self) -> bool:
        """Whether everybody who is to have a desktop gets one, somebody is, and no wave is without agents."""
        served = all(wave.ready >= wave.wanted > 0 for wave in self.waves)
        return self.ready >= self.wanted > 0 and not self.cut and not self.unopened and served

    @property
    def nothing_left(self) -> bool:
        """Whether all that is wanted is ready already, and no half-day is to come."""
        return self.after_s(1.0) == 0.0 and all(wave.last_after_s == 0.0 for wave in self.waves)

    @property
    def longest_wait_s(self) -> float | None:
        """From the opening of an agent's batch to the desktop; None: an agent got none."""
        if any(wave.last_after_s is None for wave in self.waves if wave.kind is PartKind.WAVE):
            return None
        return self.waits_s[-1] if self.waits_s else 0.0

    @property
    def last_opens_after_s(self) -> float:
        """When the last batch opens."""
        return max((wave.last_opens_after_s for wave in self.made), default=0.0)

    @property
    def made(self) -> tuple[WaveForecast, ...]:
        """The parts whose desktops are counted: a half-day's are those of its pool."""
        return tuple(wave for wave in self.waves if wave.kind is not PartKind.HALF_DAY)

    @property
    def late(self) -> int:
        """Desktops that are ready after their wave's deadline, or never; people who have none as their half-day begins."""
        return sum(wave.late for wave in self.waves)

    @property
    def in_time(self) -> int:
        """People who have a desktop when it is due for them; without a deadline, at the end."""
        return sum(wave.in_time for wave in self.waves)

    @property
    def last_after_s(self) -> float | None:
        """When the last desktop was ready; None: not all are."""
        return self.after_s(1.0)

    def after_s(self, share: float) -> float | None:
        """When this share of the wanted desktops was ready; None: never."""
        needed = math.ceil(share * self.wanted)
        if needed == 0:
            return 0.0
        return self.ready_after_s[needed - 1] if needed <= len(self.ready_after_s) else None


def forecast_of(status: Status | None, truths: Sequence[Truth], facts: RehearsalFacts) -> Forecast:
    """From the last status, the twins' truth, and the facts of the rehearsal."""
    opened = _openings(status)
    served = {name: max(at, opened[name]) for name, at in facts.ready_at.items() if name in opened}
    not_wanted = status.demand.not_wanted if status else ()
    waves = waves_of(status, facts)
    made = [wave for wave in waves if wave.kind is not PartKind.HALF_DAY]
    return Forecast(
        wanted=sum(wave.wanted for wave in made),
        ready=sum(wave.ready for wave in made),
        ready_after_s=tuple(sorted(after_s for wave in made for after_s in wave.ready_after_s)),
        waits_s=tuple(sorted(at - opened[name] for name, at in served.items())),
        unmet=_unmet(status, facts),
        not_wanted=Counter(agent.reason for agent in not_wanted if not _has_half_days(agent, facts)),
        nobody=NONE if any(wave.wanted for wave in made) else _nobody(status),
        lacks=lacks_of(status.plan.deferred if status else ()),
        shortage=short_of(status, facts.shortage),
        lock_timeouts=sum(truth.lock_timeouts for truth in truths),
        duplicates=sum(truth.duplicates for truth in truths),
        orphans=sum(len(truth.orphans) for truth in truths),
        writes=sum(truth.writes for truth in truths),
        calls=sum(sum(truth.calls.values()) for truth in truths),
        capacity=status.capacity if status else {},
        outlook=status.outlook if status else {},
        waves=waves,
        unopened=_unopened(status) if status else 0,
        cut=facts.cut,
    )


def _nobody(status: Status | None) -> Reason:
    """Why no desktop is wanted at all."""
    run = status.surge if status is not None else None
    why = None if run is None else WINDS_UP.get(run.state)
    return reasons.NOBODY_SELECTED() if why is None else why()


def _has_half_days(agent: NotWanted, facts: RehearsalFacts) -> bool:
    return agent.reason.code == BY_HALF_DAYS.code and bool(facts.shared.of_half_days)


def _unopened(status: Status) -> int:
    """Agents whose wave has not opened; what is made ahead for a pool is not an agent's."""
    later = sum(agent.opens_at is not None for agent in status.demand.not_wanted)
    return later + sum(agent_at(seat) is not None for seat in status.demand.ahead)


def _openings(status: Status | None) -> Mapping[DesktopName, Instant]:
    """When each wanted desktop's batch opened. A desktop made in advance serves its agent from then on."""
    if status is None:
        return {}
    wants, owners = status.demand.wants, ((name, desktop.reservation.seat) for name, desktop in status.desktops.items())
    return {name: wants[seat].opens_at for name, seat in owners if seat is not None and seat in wants}


def _unmet(status: Status | None, facts: RehearsalFacts) -> Mapping[str, int]:
    """Seats without a ready desktop, by why the plan or the rotation lets them wait, else by their desktop's phase."""
    if status is None:
        return {}
    desktops = status.desktops.values()
    met = {desktop.reservation.seat for desktop in desktops if desktop.phase is Phase.READY} | facts.shared.met_at.keys()
    why = {
        desktop.reservation.seat: reasons.AT_PHASE(phase=desktop.phase.value, why=desktop.because)
        for desktop in desktops
        if desktop.superseded_by is None
    } | {deferral.seat: deferral.reason for deferral in status.plan.deferred}
    waiting = waits_of_half_days(status)
    seats = (want for _, want in wants_of(status, facts.shared) if want.seat not in met)
    counts = Counter(why.get(want.seat) or waiting.get((want.due_at, want.login)) or reasons.NOT_BEGUN() for want in seats)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
