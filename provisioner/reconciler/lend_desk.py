"""Lends desktops of pools and takes them back, one transaction each; ends leases that nobody uses, and resets."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from provisioner.execution.order_changes import free_again, lease_changes, together, used_up
from provisioner.model.cordons import cordons_of
from provisioner.model.desktops import MAYBE_ON, Phase
from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, GuestKey, Instant
from provisioner.model.lending import GiveBackOrder, GrantCounts, Lease, LeaseState, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.records import DesktopRecord, Records
from provisioner.model.seats import pool_of
from provisioner.model.status import PoolState
from provisioner.planning.inputs import Situation
from provisioner.planning.lending.choice import (
    chosen,
    grant_terms,
    lendable,
    none_free,
    person_of,
    pools_meant,
    to_make_anew,
    why_not_lent,
)
from provisioner.planning.lending.doubts import is_heard, resolved
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.report.pools import pool_states
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Clock, Events
from provisioner.reasons import pools as reasons
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.arrival_book import ArrivalBook
from provisioner.reconciler.durable_state import RecordCache

_NOT_READY = "not_ready"
"""Why there is no grant with a lend that was not refused: nobody can log on there yet."""
_NO_PAST = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED})


class LendDesk:
    """Owned by the control thread, as the store's records are."""

    def __init__(
        self,
        cache: RecordCache,
        *,
        clock: Clock,
        events: Events,
        book: ArrivalBook,
        now: Callable[[], tuple[Records, Set[GuestKey]]],
    ) -> None:
        """`now` gives the records of the moment, and the VMs that are being changed."""
        self._cache, self._clock, self._events, self._now, self._book = cache, clock, events, now, book
        self._last: tuple[Situation, Survey] | None = None
        """As the last cycle found it; None: there was none yet."""
        self._empty_since: dict[DesktopName, Instant] = {}
        """Lent desktops on which nobody is logged on, as they say, and since when. In this life of the daemon."""
        self.refused: Counter[str] = Counter()
        """Lends that were refused, by the code of the reason. In this life of the daemon."""
        self._grants = 0
        self._grants_refused: Counter[str] = Counter()

    def note(self, situation: Situation, survey: Survey) -> None:
        """How things are at a cycle's end."""
        self._last = situation, survey

    def obey(self, order: LendingOrder) -> LendingAnswer:
        """Carry the order out at once. Before the first cycle it is not known which desktops are free. Raises StoreError."""
        if self._last is None:
            answer = LendingAnswer(login=order.who, refused=NO_CYCLE_YET(), for_now=True)
        else:
            answer = self._lend_granted(order) if isinstance(order, LendOrder) else self._give_back(order)
        if answer.refused:
            self.refused[answer.refused.code] += 1
        if isinstance(order, LendOrder) and order.grant:
            self._count_grant(answer)
        return answer

    @property
    def grants(self) -> GrantCounts:
        """Those that were wanted with lends. In this life of the daemon."""
        return GrantCounts(given=self._grants, refused=dict(self._grants_refused))

    def _count_grant(self, answer: LendingAnswer) -> None:
        if answer.grant is not None:
            self._grants += 1
        else:
            self._grants_refused[answer.refused.code or _NOT_READY] += 1

    def pools(self) -> tuple[PoolState, ...]:
        """How the pools are now, as far as orders have changed it since the last cycle."""
        if self._last is None or not self._last[0].config.desktop_pools:
            return ()
        facts = self.facts()
        now = lendable(facts)
        return tuple(replace(state, lendable=now[state.pool.name]) for state in pool_states(facts.situation, facts.survey))

    @property
    def has_facts(self) -> bool:
        """Whether there was a cycle: before, it is not known which desktops are free."""
        return self._last is not None

    def facts(self) -> LendFacts:
        """Of this moment: they change with each lease. A cycle has been noted before."""
        assert self._last is not None, "nothing is lent before the first cycle"
        (last, survey), (records, busy) = self._last, self._now()
        situation = replace(last, now=self._clock.now(), records=records)
        pooled = (record for record in records.desktops.values() if pool_of(record.reservation.seat) is not None)
        return LendFacts(
            situation=situation,
            survey=survey,
            reports={record.reservation.name: self._cache.report_of(record) for record in pooled},
            cordons=cordons_of(records.intents, situation.snapshot),
            busy=busy,
        )

    # -- lending -----------------------------------------------------------------------------------------------------

    def _lend_granted(self, order: LendOrder) -> LendingAnswer:
        """With what a grant may allow, if one is wanted: of the lease as it is now, since nothing comes in between."""
        answer = self._lend(order)
        if not order.grant or answer.refused:
            return answer
        answer = replace(answer, grant=grant_terms(answer, self.facts()))
        if answer.grant is not None:
            self._events.notice(f"desktop {answer.desktop}", reasons.GRANTED(login=answer.login, by=order.by))
        return answer

    def _lend(self, order: LendOrder) -> LendingAnswer:
        """1. the desktop that the person has; 2. a ready one; 3. one that will be ready soonest; 4. none, and why."""
        facts = self.facts()
        agent_id = person_of(order.who, facts)
        if isinstance(agent_id, Reason):
            return LendingAnswer(login=order.who, refused=agent_id)
        login = _login(agent_id, facts)
        if refused := why_not_lent(order, agent_id, facts):
            return LendingAnswer(login=login, refused=refused)
        if order.desktop is not None:
            return self._confirmed(order, order.desktop, agent_id, login, facts)
        name = facts.situation.records.leased.get(agent_id)
        if name is not None and (answer := self._existing(order, name, login, facts)) is not None:
            return answer
        facts = facts if name is None else self.facts()
        name = chosen(order, facts)
        if name is None:
            reason, expected_s = none_free(order, facts)
            self._book.note(pools_meant(order, facts)[0].name, agent_id, facts.now, ready=False, lent=False)
            return LendingAnswer(login=login, refused=reason, expected_s=expected_s, for_now=True)
        self._give(order, agent_id, login, name, facts)
        answer = _answer(login, name, facts)
        if answer.pool is not None:
            self._book.note(answer.pool, agent_id, facts.now, ready=answer.ready, lent=True)
        return answer

    def _confirmed(
        self, order: LendOrder, name: DesktopName, agent_id: AgentId, login: str, facts: LendFacts
    ) -> LendingAnswer:  # fmt: skip
        """A person says whose a desktop in doubt is."""
        record = facts.situation.records.desktops.get(name)
        if record is None or _state(record) is not LeaseState.IN_DOUBT:
            return LendingAnswer(login=login, refused=reasons.NOT_IN_DOUBT(desktop=name, login=login))
        has = facts.situation.records.leased.get(agent_id, name)
        if has != name:
            pool = pool_of(facts.record(has).reservation.seat) or ""
            return LendingAnswer(login=login, refused=reasons.OF_OTHER_POOL(login=login, desktop=has, pool=pool))
        self._give(order, agent_id, login, name, facts)
        return replace(_answer(login, name, facts), existing=True)

    def _existing(self, order: LendOrder, name: DesktopName, login: str, facts: LendFacts) -> LendingAnswer | None:
        """The answer about the desktop that the person has; None: it cannot be used any more, and the lease has ended."""
        record, (phase, why) = facts.record(name), facts.survey.phases.get(name, (Phase.RESERVED, NONE))
        pool = pool_of(record.reservation.seat)
        if order.pool is not None and pool != order.pool:
            return LendingAnswer(login=login, refused=reasons.OF_OTHER_POOL(login=login, desktop=name, pool=pool or ""))
        if record.lease is not None and record.lease.state is LeaseState.IN_DOUBT:
            return self._doubtful(name, record, record.lease, login, facts)
        if not facts.is_usable(name):
            self._end(name, record, facts, reasons.UNUSABLE(why=why))
            return None
        if phase is Phase.UNKNOWN:
            return LendingAnswer(
                login=login, refused=reasons.OUT_OF_SIGHT(desktop=name, login=login, why=why), for_now=True
            )  # fmt: skip
        if record.lease is not None and record.lease.state is not LeaseState.LENT:
            self._give(order, record.lease.agent_id, login, name, facts)
        return replace(_answer(login, name, facts), existing=True)

    def _doubtful(
        self, name: DesktopName, record: DesktopRecord, lease: Lease, login: str, facts: LendFacts
    ) -> LendingAnswer | None:  # fmt: skip
        """A pool that keeps nothing resets it once it is known that nobody is there, and the person gets another."""
        pool = _pool(record, facts.situation)
        keeps = pool is None or pool.after_person is AfterPerson.KEPT
        is_empty = is_heard(name, lease, facts) and facts.is_empty(name)
        if not keeps and (facts.phase(name) not in MAYBE_ON or is_empty):
            self._end(name, record, facts, reasons.DOUBT_RESET())
            return None
        return LendingAnswer(login=login, refused=reasons.IN_DOUBT(desktop=name, login=login), for_now=not keeps)

    def _give(
        self, order: LendOrder, agent_id: AgentId | None, login: str, name: DesktopName, facts: LendFacts
    ) -> None:  # fmt: skip
        reason = reasons.LENT(login=login, by=order.by)
        if order.reason:
            reason = reasons.LENT_WHY(login=login, by=order.by, why=order.reason)
        lease = Lease(state=LeaseState.LENT, since=facts.now, agent_id=agent_id, key=order.key)
        self._cache.commit(lease_changes(facts.record(name), lease, reason, facts.now))
        self._empty_since.pop(name, None)
        self._events.notice(f"desktop {name}", reason)

    def _give_back(self, order: GiveBackOrder) -> LendingAnswer:
        facts = self.facts()
        agent_id = person_of(order.who, facts)
        if isinstance(agent_id, Reason):
            return LendingAnswer(login=order.who, refused=agent_id)
        login, name = _login(agent_id, facts), facts.situation.records.leased.get(agent_id)
        if name is None or _state(facts.record(name)) is not LeaseState.LENT:
            return LendingAnswer(login=login)
        words = {"login": login, "by": order.by}
        reason = reasons.RETURNED_WHY(**words, why=order.reason) if order.reason else reasons.RETURNED(**words)
        self._end(name, facts.record(name), facts, reason)
        return LendingAnswer(login=login, desktop=name, pool=pool_of(facts.record(name).reservation.seat))

    def _end(self, name: DesktopName, record: DesktopRecord, facts: LendFacts, why: Reason) -> None:
        pool = _pool(record, facts.situation)
        self._cache.commit(lease_changes(record, _after(record, pool, facts.phase(name), facts.now), why, facts.now))
        self._empty_since.pop(name, None)
        self._events.notice(f"desktop {name}", why)

    # -- by plan -----------------------------------------------------------------------------------------------------

    def lend_by_plan(self, lends: Sequence[tuple[AgentId, DesktopName, Reason]], facts: LendFacts) -> None:
        """Each of these desktops to its person, in one transaction. They are free by `facts`. Raises StoreError."""
        lent = Lease(state=LeaseState.LENT, since=facts.now)
        self._change_leases([(name, replace(lent, agent_id=agent_id), why) for agent_id, name, why in lends], facts)

    def end_by_plan(self, ends: Sequence[tuple[DesktopName, Reason]], facts: LendFacts) -> None:
        """The leases of these desktops, in one transaction. Raises StoreError."""
        records = [(name, facts.record(name), why) for name, why in ends]
        pools = [_pool(record, facts.situation) for _, record, _ in records]
        leases = [
            (name, _after(record, pool, facts.phase(name), facts.now), why)
            for (name, record, why), pool in zip(records, pools, strict=True)
        ]
        self._change_leases(leases, facts)

    def _change_leases(self, leases: Sequence[tuple[DesktopName, Lease | None, Reason]], facts: LendFacts) -> None:
        self._cache.commit(together(lease_changes(facts.record(name), lease, why, facts.now) for name, lease, why in leases))
        for name, _, why in leases:
            self._empty_since.pop(name, None)
            self._events.notice(f"desktop {name}", why)

    # -- each cycle ----------------------------------------------------------------------------------------------------

    def follow(self, situation: Situation, survey: Survey, *, held: Set[AgentId] = frozenset()) -> None:
        """End leases that nobody uses, and resets that are done. `held`: who keeps an unused desktop. Raises StoreError."""
        self.note(situation, survey)
        self._book.store(situation.now)
        if not situation.config.desktop_pools:
            return
        facts = self.facts()
        records = facts.situation.records.desktops
        leases = [(name, record.lease) for name, record in records.items() if record.lease is not None]
        for name, lease in leases:
            if lease.state is LeaseState.LENT and lease.agent_id not in held:
                self._end_if_unused(name, lease, facts)
            elif lease.state is LeaseState.IN_DOUBT:
                self._resolve(name, lease)
            elif lease.state is LeaseState.TO_RESET and _is_reset(facts, name, lease):
                self._cache.commit(free_again(facts.record(name), reasons.FREE_AGAIN(), facts.now))
        self._empty_since = {name: at for name, at in self._empty_since.items() if name in records}
        self._overnight()

    def _overnight(self) -> None:
        """Desktops that were only restarted after somebody are made anew, some at a time."""
        facts = self.facts()
        for _, pool in sorted(facts.situation.config.desktop_pools.items()):
            for name in to_make_anew(pool, facts):
                self._cache.commit(used_up(facts.record(name), reasons.ANEW_OVERNIGHT(), facts.now))
                self._events.notice(f"desktop {name}", reasons.ANEW_OVERNIGHT())

    def _resolve(self, name: DesktopName, lease: Lease) -> None:
        facts = self.facts()
        record = facts.record(name)
        found = resolved(name, lease, _pool(record, facts.situation), facts)
        if found is not None:
            self._cache.commit(lease_changes(record, *found, facts.now))
            self._events.notice(f"desktop {name}", found[1])

    def _end_if_unused(self, name: DesktopName, lease: Lease, facts: LendFacts) -> None:
        """Two readings so far apart have to show nobody: one may be from before a person came."""
        record, report = facts.record(name), facts.reports.get(name)
        pool = _pool(record, facts.situation)
        if report is None or facts.phase(name) is not Phase.READY or not facts.is_empty(name) or report.read_at < lease.since:
            self._empty_since.pop(name, None)
            return
        since = self._empty_since.setdefault(name, report.read_at)
        if pool is not None and report.read_at - since >= pool.unused_after_s:
            self._end(name, record, facts, reasons.UNUSED(minutes=round(pool.unused_after_s / 60)))


def _answer(login: str, name: DesktopName, facts: LendFacts) -> LendingAnswer:
    reservation, ready_in_s = facts.record(name).reservation, facts.ready_in_s(name)
    return LendingAnswer(
        login=login,
        desktop=name,
        pool=pool_of(reservation.seat),
        address=reservation.address,
        ready=ready_in_s == 0.0,
        expected_s=ready_in_s or None,
    )


def _after(record: DesktopRecord, pool: DesktopPool | None, phase: Phase, now: Instant) -> Lease | None:
    """What is left of a lease that ends; None: the desktop was never on, so nothing is left in it."""
    before = record.lease
    if before is None or (not record.has_served and phase in _NO_PAST):
        return None
    if pool is not None and pool.after_person is AfterPerson.KEPT:
        return replace(before, state=LeaseState.KEPT, since=now)
    return replace(before, state=LeaseState.TO_RESET, since=now, agent_id=None)


def _is_reset(facts: LendFacts, name: DesktopName, lease: Lease) -> bool:
    """Whether it was seen off after its person gave it back, and its pool asks no more. A deleted one has no lease any more."""
    record = facts.record(name)
    pool, view = _pool(record, facts.situation), facts.situation.snapshot.clusters.get(record.reservation.cluster)
    if pool is None or pool.after(facts.now) is not AfterPerson.RESTART or view is None:
        return False
    return facts.phase(name) is Phase.STOPPED and view.taken_at > lease.since and facts.now >= facts.held_until(lease)


def _pool(record: DesktopRecord, situation: Situation) -> DesktopPool | None:
    name: DesktopPoolName | None = pool_of(record.reservation.seat)
    pools: Mapping[DesktopPoolName, DesktopPool] = situation.config.desktop_pools
    return None if name is None else pools.get(name)


def _state(record: DesktopRecord) -> LeaseState | None:
    return None if record.lease is None else record.lease.state


def _login(agent_id: AgentId, facts: LendFacts) -> str:
    roster = facts.situation.records.roster
    return agent_id if roster is None or agent_id not in roster.agents else roster.agents[agent_id].login
