"""Rekeys: an operator's intent that agents go on under new ids, carried out once, in one transaction of the store."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import RecordEdits
from provisioner.model.rekeying import Rekeys, former_id, rekeyed_record
from provisioner.model.words import JournalWord
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.rekeys import apply_rekeys
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.outcomes import REKEYED, REKEYED_WHY
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.fence import Fence

NO_SECONDS: Mapping[DesktopName, DesktopName] = MappingProxyType({})
_REPORTED = 10
"""Refusals that are reported one by one; the others are counted."""


def moved_in(intent: Intent) -> bool:
    """Whether the order has an agent go on under another id; ids that stay wait for the next reading."""
    return any(pair.old != pair.new for pair in intent.rekeys)


class Rekeying:
    """Moves everything stored about an agent to the new id: desktops, assignments, roster, guard and departures."""

    def __init__(self, cache: RecordCache, fence: Fence, *, store: Store, clock: Clock, events: Events) -> None:
        self._fence, self._cache, self._store, self._clock, self._events = fence, cache, store, clock, events

    def take_up(self, intents: Iterable[Intent], *, rebuilding: bool, others: Set[AgentId] = frozenset()) -> bool:
        """Carry out the rekeys; returns whether an id has changed. During a store rebuild they wait: owners are missing.

        `others` are ids that seem to show another person than their desktop's owner. If an operator says that it is somebody
        new, whoever had the id goes on under one that no directory gives, and leaves like everybody who is not listed.
        """
        before = self._cache.state.rekeyed
        for intent in () if rebuilding else tuple(intents):
            with self._fence.around(intent):
                if intent.kind is IntentKind.REKEY and moved_in(intent):
                    self._carry_out(intent)
                elif intent.kind is IntentKind.DISTINCT and intent.target in others:
                    self._part(intent)
        return self._cache.state.rekeyed is not before

    def _part(self, intent: Intent) -> None:
        """The desktop stays with whoever had it; the new person gets another one."""
        records, key = self._cache.records(), AgentId(intent.target)
        if key not in records.owners:
            return
        new = former_id(key, records.owners | known_in(records.roster).keys())
        self._move(intent, {key: new})
        self._events.notice("directory", f"{key} is somebody new, by order of {intent.by}: the desktop stays with {new}")

    def _carry_out(self, intent: Intent) -> None:
        done = apply_rekeys(intent.rekeys, self._cache.records())
        if done.rekeys:
            self._move(intent, done.rekeys, done.seconds)
            text = f"{len(done.rekeys)} agents go on under new ids, by order of {intent.by}; their desktops' notes follow"
            self._events.notice("directory", text)
        for refusal in done.refused[:_REPORTED]:
            self._events.notice("directory", refusal)
        if len(done.refused) > _REPORTED:
            self._events.notice("directory", f"… and {len(done.refused) - _REPORTED} more that do not go on under another id")
        counts = f"{len(done.rekeys)} go on, {len(done.refused)} refused"
        self._store.withdraw(intent.kind, by=f"daemon, done: {counts}", at=self._clock.now())
        if stay := tuple(pair for pair in intent.rekeys if pair.old == pair.new):
            self._store.give(replace(intent, rekeys=stay))  # the next reading is judged by them

    def _move(self, intent: Intent, rekeys: Rekeys, seconds: Mapping[DesktopName, DesktopName] = NO_SECONDS) -> None:
        edits = RecordEdits(self._cache.state.desktops)
        edits.each(lambda record: rekeyed_record(record, rekeys))
        for second, first in seconds.items():
            edits.change(second, superseded_by=first)
        outcomes = tuple(self._lines(intent, rekeys))
        self._cache.commit(Changes(desktops=edits.made, rekeyed=rekeys, outcomes=outcomes))

    def _lines(self, intent: Intent, rekeys: Rekeys) -> Iterator[Outcome]:
        """The journal's lines, one for each desktop."""
        now = self._clock.now()
        for desktop in self._cache.records().reservations:
            if desktop.agent_id is not None and desktop.agent_id in rekeys:
                old, new = desktop.agent_id, rekeys[desktop.agent_id]
                plain = REKEYED(old=old, new=new, by=intent.by)
                reason = REKEYED_WHY(old=old, new=new, by=intent.by, why=intent.reason) if intent.reason else plain
                yield Outcome(
                    desktop=desktop.name,
                    key=desktop.key,
                    action=JournalWord.REKEY.value,
                    result=Result.DONE,
                    reason=reason,
                    started_at=now,
                    ended_at=now,
                )
