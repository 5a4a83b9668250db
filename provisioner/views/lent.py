"""Desktops of pools that people have: which, since when, and what happens after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.agents import Roster
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.model.status import PoolState, Status
from provisioner.reasons import pools as reasons
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_document, reason_or_none
from provisioner.views.times import in_text, stamp

Pools = Mapping[DesktopPoolName, DesktopPool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The half-days of people at one moment."""

    now: Instant
    weeks: tuple[PersonWeek, ...]
    calendar: Calendar

    def ends_at(self, agent_id: AgentId | None, since: Instant) -> Instant | None:
        """When the half-day ends that a desktop was lent for at `since`. None: it is over, and nothing follows on that day."""
        slots = sorted(slot for week in self.weeks if week.agent_id == agent_id for slot in week.slots)
        over = [slot for slot in slots if since < slot.ends <= self.now]
        coming = next((slot for slot in slots if slot.ends > self.now), None)
        if coming is None or (over and coming.begins > self.now and not self._same_day(over[-1], coming)):
            return None
        return coming.ends

    def _same_day(self, slot: Slot, other: Slot) -> bool:
        return self.calendar.date_of(slot.ends) == self.calendar.date_of(other.begins)


@dataclass(frozen=True, slots=True, kw_only=True)
class LentDocument:
    """A desktop of a pool, and the person who has it."""

    desktop: str
    pool: str
    login: str | None
    """None: nobody has it, or who it is is not known."""
    lease: str
    """`lent`; `kept`: it waits for this person; `to_reset`: nobody gets it before it was reset; `in_doubt`: a backup was
    restored, and who has had it since is not known."""
    since: str
    """When this began."""
    phase: str | None
    """docs/en/lifecycle.md; None: the daemon was not asked."""
    address: str | None
    """Its reserved IP address; None: by DHCP."""
    after: ReasonDocument | None
    """What happens after; None: its pool is not known, as the daemon was not asked."""


class Lent:
    """Every desktop of a pool that is not free. Built once for all agents."""

    def __init__(
        self,
        records: Iterable[DesktopRecord],
        roster: Roster | None,
        *,
        pools: Pools | None = None,
        phases: Mapping[DesktopName, str] | None = None,
        turns: Turns | None = None,
    ) -> None:
        """`turns`: None, no rotation is in force."""
        self._roster, self._pools, self._phases, self._turns = roster, pools, phases or {}, turns
        leased = [record for record in records if record.lease is not None]
        self._of = {record.lease.agent_id: record for record in leased if record.lease is not None and record.lease.agent_id}

    @classmethod
    def of(cls, published: Published) -> "Lent":
        """As the last cycle, and the orders since, have left it."""
        status = published.status
        pools = {state.pool.name: state.pool for state in status.pools}
        phases = {
            name: status.desktops[name].phase.value
            for name, record in published.records.items()
            if record.lease is not None and name in status.desktops
        }
        return cls(published.records.values(), status.roster, pools=pools, phases=phases, turns=_turns(published))

    def record_of(self, agent_id: AgentId) -> DesktopRecord | None:
        """Of the desktop that this agent has now."""
        record = self._of.get(agent_id)
        return record if record is not None and record.lease and record.lease.state is LeaseState.LENT else None

    def to(self, agent_id: AgentId | None) -> LentDocument | None:
        """What this agent has, or what is kept for the agent; None: nothing."""
        record = None if agent_id is None else self._of.get(agent_id)
        return None if record is None else self.document(record)

    def document(self, record: DesktopRecord | None) -> LentDocument | None:
        """None: it is free, or of no pool."""
        if record is None or record.lease is None:
            return None
        lease, desktop, login = record.lease, record.reservation, self._login(record.lease)
        pool = pool_of(desktop.seat) or DesktopPoolName("")
        return LentDocument(
            desktop=desktop.name,
            pool=pool,
            login=login or None,
            lease=lease.state.value,
            since=stamp(lease.since),
            phase=self._phases.get(desktop.name),
            address=desktop.address or None,
            after=reason_or_none(NONE if self._pools is None else self._after(lease, login, pool, self._pools.get(pool))),
        )

    def _login(self, lease: Lease) -> str:
        if lease.agent_id is None:
            return ""
        agent = None if self._roster is None else self._roster.agents.get(lease.agent_id)
        return lease.agent_id if agent is None else agent.login

    def _after(self, lease: Lease, login: str, name: str, pool: DesktopPool | None) -> Reason:
        if self._turns is None or pool is None or lease.state is not LeaseState.LENT or pool.lend is not Lend.BY_PLAN:
            return _after(lease, login, name, pool)
        then, ends_at = _PLANNED[pool.after_person](login=login), self._turns.ends_at(lease.agent_id, lease.since)
        return reasons.BY_PLAN_OVER(then=then) if ends_at is None else reasons.BY_PLAN(until=in_text(ends_at), then=then)


_PLANNED = {
    AfterPerson.RESTART: reasons.PLAN_RESTART,
    AfterPerson.REBUILD: reasons.PLAN_REBUILD,
    AfterPerson.KEPT: reasons.PLAN_KEPT,
    AfterPerson.OVERNIGHT: reasons.PLAN_OVERNIGHT,
}


def _turns(published: Published) -> Turns | None:
    rotation, calendar = published.status.rotation, published.scenario.calendar
    if rotation is None or calendar is None:
        return None
    return Turns(now=published.status.at, weeks=rotation.weeks, calendar=calendar)


def _after(lease: Lease, login: str, name: str, pool: DesktopPool | None) -> Reason:
    if pool is None:
        return reasons.POOL_GONE(pool=name)
    match lease.state:
        case LeaseState.LENT:
            kinds = {
                AfterPerson.RESTART: reasons.THEN_RESTART,
                AfterPerson.REBUILD: reasons.THEN_REBUILD,
                AfterPerson.KEPT: reasons.THEN_KEPT,
                AfterPerson.OVERNIGHT: reasons.THEN_OVERNIGHT,
            }
            return kinds[pool.after_person](login=login, minutes=round(pool.unused_after_s / 60))
        case LeaseState.KEPT:
            return reasons.WAITS_FOR(login=login)
        case LeaseState.TO_RESET:
            return reasons.RESET_FIRST()
        case LeaseState.IN_DOUBT:
            return reasons.DOUBTFUL()


def how_to_borrow(status: Status, login: str) -> ReasonDocument | None:
    """How a person without a desktop gets one of a pool; None: there is no pool that lends on request."""
    pools = [state for state in status.pools if state.pool.lend is Lend.ON_REQUEST]
    if not pools:
        return None
    names = join_reasons((state.pool.name for state in pools), ALSO)
    return reason_document(reasons.BORROW(login=login, pools=names, free=sum(map(_free, pools))))


def _free(state: PoolState) -> int:
    return state.ready + state.off + state.coming
