"""An operator's order that agents go on under new ids: taken up once, in one transaction of the store."""

from collections.abc import Iterable, Iterator, Mapping

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import RecordEdits
from provisioner.model.rekeying import rekeyed_record
from provisioner.model.words import JournalWord
from provisioner.planning.roster.rekeys import apply_rekeys
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.outcomes import REKEYED, REKEYED_WHY
from provisioner.reconciler.durable_state import RecordCache

_TOLD = 10
"""Refusals that are told one by one; the rest is counted."""


class Rekeying:
    """All that is kept of an agent goes over to the new id: desktops, to whom they were given, roster, guard and departures."""

    def __init__(self, books: RecordCache, *, store: Store, clock: Clock, events: Events) -> None:
        self._books, self._store, self._clock, self._events = books, store, clock, events

    def take_up(self, intents: Iterable[Intent], *, rebuilding: bool) -> bool:
        """Whether anybody goes on under a new id from now on. Not before a lost store is rebuilt: not every owner is known."""
        orders = [one for one in intents if one.kind is IntentKind.REKEY and not rebuilding]
        done = [self._carry_out(order) for order in orders]
        return any(done)

    def _carry_out(self, order: Intent) -> bool:
        done = apply_rekeys(order.rekeys, self._books.records())
        if done.rekeys:
            edits = RecordEdits(self._books.kept.desktops)
            edits.each(lambda record: rekeyed_record(record, done.rekeys))
            outcomes = tuple(self._lines(order, done.rekeys))
            self._books.commit(Changes(desktops=edits.made, rekeyed=done.rekeys, outcomes=outcomes))
            text = f"{len(done.rekeys)} agents go on under new ids, by order of {order.by}; their desktops' notes follow"
            self._events.notice("directory", text)
        for refusal in done.refused[:_TOLD]:
            self._events.notice("directory", refusal)
        if len(done.refused) > _TOLD:
            self._events.notice("directory", f"… and {len(done.refused) - _TOLD} more that do not go on under another id")
        counts = f"{len(done.rekeys)} go on, {len(done.refused)} refused"
        self._store.withdraw(order.kind, by=f"daemon, done: {counts}", at=self._clock.now())
        return bool(done.rekeys)

    def _lines(self, order: Intent, rekeys: Mapping[AgentId, AgentId]) -> Iterator[Outcome]:
        """For the journal, each desktop's."""
        now = self._clock.now()
        for one in self._books.records().reservations:
            if one.agent_id is not None and one.agent_id in rekeys:
                old, new = one.agent_id, rekeys[one.agent_id]
                plain = REKEYED(old=old, new=new, by=order.by)
                reason = REKEYED_WHY(old=old, new=new, by=order.by, why=order.reason) if order.reason else plain
                yield Outcome(
                    desktop=one.name,
                    key=one.key,
                    action=JournalWord.REKEY.value,
                    result=Result.DONE,
                    reason=reason,
                    started_at=now,
                    ended_at=now,
                )
