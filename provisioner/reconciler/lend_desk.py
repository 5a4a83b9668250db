"""Keeps what is decided about leases, one transaction for each order and each cycle, and says so."""

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import replace

from provisioner.model.cordons import cordons_of
from provisioner.model.ids import AgentId, GuestKey, Instant
from provisioner.model.kept.records import Records
from provisioner.model.lending import GrantCounts, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.rotation import RotationState
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.status import PoolState
from provisioner.planning.inputs import Situation
from provisioner.planning.lending.choice import lendable
from provisioner.planning.lending.draft import LeaseDraft, LeaseProposal
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.lending.half_days import handed_over, rotating
from provisioner.planning.lending.orders import answered
from provisioner.planning.lending.rounds import EmptySince, lend_round
from provisioner.planning.report.pools import pool_states
from provisioner.planning.rotation.publishing import WeekPublisher
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
        self._weeks = WeekPublisher()
        self._waiting_since: Mapping[AgentId, Instant] = {}
        """Who waits for a desktop in a rotation, in this life of the daemon."""
        self.rotation: RotationState | None = None
        """As the last cycle left it; None: there is no rotation, or its run does not go on."""
        self.refused: Counter[str] = Counter()
        """Lends that were refused, by the code of the reason. In this life of the daemon."""
        self._grants = 0
        self._grants_refused: Counter[str] = Counter()

    @property
    def hands_over(self) -> bool:
        """Whether desktops go from person to person by half-days."""
        return self.rotation is not None

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
        self._keep(found.proposal)
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

    def follow(self, situation: Situation, survey: Survey) -> None:
        """Keep what each cycle decides: new weeks of a rotation first, then all leases together. Raises StoreError."""
        self.note(situation, survey)
        self._book.store(situation.now)
        if not situation.config.desktop_pools:
            self.rotation = None
            return
        turn, handed = rotating(situation), None
        if turn is not None:
            self._publish(*turn, situation)
        draft = LeaseDraft(self.facts())
        if turn is not None:
            handed = handed_over(draft, turn[0], self._waiting_since, self._weeks.refused)
        empty_since = lend_round(draft, self._empty_since, frozenset() if handed is None else handed.held)
        self._keep(draft.proposal(half_days=() if handed is None else handed.counted))
        self._empty_since = empty_since
        self._waiting_since = self._waiting_since if handed is None else handed.since
        self.rotation = None if handed is None else handed.state

    def _publish(self, pool: DesktopPool, run: SurgeRun, situation: Situation) -> None:
        for changes in self._weeks.due(situation.config.scenario, pool, run, situation.records, situation.now):
            self._cache.commit(changes)
            for entry in changes.entries:
                self._events.notice("rotation", entry.reason)

    def _keep(self, proposal: LeaseProposal) -> None:
        """First in the store, then in the log. Raises StoreError."""
        self._cache.commit(proposal.changes)
        for subject, text in proposal.said:
            self._events.notice(subject, text)


__all__ = ["LendDesk"]
