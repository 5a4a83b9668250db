"""Keeps what is decided about leases, one transaction for each order and each cycle, and says so."""

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import replace

from provisioner.model.cordons import cordons_of
from provisioner.model.ids import AgentId, GuestKey
from provisioner.model.lending import GrantCounts, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.records import Records
from provisioner.model.seats import pool_of
from provisioner.model.status import PoolState
from provisioner.planning.inputs import Situation
from provisioner.planning.lending.choice import lendable
from provisioner.planning.lending.draft import LeaseProposal
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.lending.orders import answered
from provisioner.planning.lending.rounds import EmptySince, lend_round
from provisioner.planning.report.pools import pool_states
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Clock, Events
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.reconciler.arrival_book import ArrivalBook
from provisioner.reconciler.durable_state import RecordCache

_NOT_READY = "not_ready"
"""Why there is no grant with a lend that was not refused: nobody can log on there yet."""


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
        self._empty_since: EmptySince = {}
        """In this life of the daemon."""
        self.refused: Counter[str] = Counter()
        """Lends that were refused, by the code of the reason. In this life of the daemon."""
        self._grants = 0
        self._grants_refused: Counter[str] = Counter()

    def note(self, situation: Situation, survey: Survey) -> None:
        """How things are at a cycle's end."""
        self._last = situation, survey

    def obey(self, order: LendingOrder) -> LendingAnswer:
        """Carry the order out at once. Before the first cycle it is not known which desktops are free. Raises StoreError."""
        answer = self._obey(order) if self.has_facts else LendingAnswer(login=order.who, refused=NO_CYCLE_YET(), for_now=True)
        if answer.refused:
            self.refused[answer.refused.code] += 1
        if isinstance(order, LendOrder) and order.grant:
            self._count_grant(answer)
        return answer

    def _obey(self, order: LendingOrder) -> LendingAnswer:
        facts = self.facts()
        found = answered(order, facts)
        self.keep(found.proposal)
        if (came := found.came) is not None:
            self._book.note(came.pool, came.agent_id, facts.now, ready=came.ready, lent=came.lent)
        return found.answer

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

    def follow(self, situation: Situation, survey: Survey, *, held: Set[AgentId] = frozenset()) -> None:
        """Keep what each cycle decides. `held`: who keeps an unused desktop. Raises StoreError."""
        self.note(situation, survey)
        self._book.store(situation.now)
        if situation.config.desktop_pools:
            proposal, empty_since = lend_round(self.facts(), self._empty_since, held)
            self.keep(proposal)
            self._empty_since = empty_since

    def keep(self, proposal: LeaseProposal) -> None:
        """First in the store, then in the log. Raises StoreError."""
        self._cache.commit(proposal.changes)
        self._empty_since = {name: at for name, at in self._empty_since.items() if name not in proposal.changes.desktops}
        for name, why in proposal.said:
            self._events.notice(f"desktop {name}", why)


__all__ = ["LendDesk"]
