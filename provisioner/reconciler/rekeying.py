"""Rekeys: an operator's intent that agents go on under new ids, carried out once, in one transaction of the store."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import Intent, IntentKind, Rekey
from provisioner.model.kept.records import RecordEdits
from provisioner.model.kept.rekeying import Rekeys, former_id, rekeyed_record
from provisioner.model.people.agents import Agent
from provisioner.model.words import JournalWord
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.rekeys import apply_rekeys
from provisioner.planning.roster.shown import has_owner, is_entry, is_owner, without_owner
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.directory import NOT_TAKEN_BACK, SAID_OF_ANOTHER
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.requests import REKEYED, REKEYED_WHY
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.fence import Fence
from provisioner.reconciler.said_orders import SaidOrders, moved_in, said

NO_OTHERS: Mapping[AgentId, OtherPerson] = MappingProxyType({})
NO_SECONDS: Mapping[DesktopName, DesktopName] = MappingProxyType({})
_REPORTED = 10
"""Refusals that are reported one by one; the others are counted."""


class Rekeying:
    """Moves everything stored about an agent to the new id: desktops, assignments, roster, guard and departures."""

    def __init__(self, cache: RecordCache, fence: Fence, *, store: Store, clock: Clock, events: Events) -> None:
        self._fence, self._cache, self._store, self._clock, self._events = fence, cache, store, clock, events
        self._said = SaidOrders(cache, store=store, clock=clock, events=events)

    def take_up(
        self, intents: Iterable[Intent], *, rebuilding: bool, others: Mapping[AgentId, OtherPerson] = NO_OTHERS
    ) -> bool:
        """Carry out the rekeys; returns whether an id has changed. During a store rebuild they wait: owners are missing.

        `others` are ids that seem to show another person than their desktop's owner. If an operator says that it is somebody
        new, whoever had the id goes on under one that no directory gives, and leaves like everybody who is not listed. So it is
        if an operator has said before that it is the same person: that is taken back.
        """
        before = self._cache.state.rekeyed
        for intent in () if rebuilding else tuple(intents):
            with self._fence.around(intent):
                if intent.kind is IntentKind.REKEY and moved_in(intent):
                    self._carry_out(intent)
                elif intent.kind is IntentKind.DISTINCT and has_owner(intent.terms.shown):
                    self._part(intent, others.get(AgentId(intent.target)))
        return self._cache.state.rekeyed is not before

    def _part(self, intent: Intent, other: OtherPerson | None) -> None:
        """The desktop stays with whoever had it; the new person gets another one."""
        records, key, shown = self._cache.records(), AgentId(intent.target), intent.terms.shown
        if key in records.owners:
            now = known_in(records.roster).get(key)
            if is_owner(shown, now, key) and (other is None or not is_entry(shown, other.entries.new, key)):
                return  # the next reading shows who is listed
            if not is_owner(shown, now, key) and (why := self._take_back(intent, now)):
                self._said.refuse(intent, why)
                return
            new = former_id(key, records.owners | known_in(records.roster).keys())
            self._move(intent, {key: new})
            self._events.notice("directory", f"{key} is somebody new, by order of {intent.by}: the desktop stays with {new}")
        # The rest of the order stands until the person is in force.
        self._store.give(replace(intent, terms=replace(intent.terms, shown=without_owner(shown))))

    def _take_back(self, intent: Intent, now: Agent | None) -> Reason:
        """Put whoever had the desktop in force again, in place of the person who was declared to be the same; why not."""
        key, shown, roster = AgentId(intent.target), intent.terms.shown, self._cache.state.roster
        if roster is None or not is_entry(shown, now, key):
            return said(intent, SAID_OF_ANOTHER)
        kept = (known_in(earlier).get(key) for earlier in self._store.rosters())
        owner = next((agent for agent in kept if agent is not None and is_owner(shown, agent, key)), None)
        if owner is None:
            return said(intent, NOT_TAKEN_BACK)
        agents = {agent_id: agent for agent_id, agent in roster.agents.items() if agent_id != key}
        self._cache.commit(Changes(roster=replace(roster, agents=agents, departed={**roster.departed, key: owner})))
        return NONE

    def _carry_out(self, intent: Intent) -> None:
        moves = tuple(pair for pair in intent.rekeys if pair.old != pair.new)
        if intent.target and not self._is_as_shown(intent, moves):
            self._said.refuse(intent, said(intent, SAID_OF_ANOTHER))
            return
        done = apply_rekeys(moves, self._cache.records())
        if done.rekeys:
            self._move(intent, done.rekeys, done.seconds)
            text = f"{len(done.rekeys)} agents go on under new ids, by order of {intent.by}; their desktops' notes follow"
            self._events.notice("directory", text)
        for refusal in done.refused[:_REPORTED]:
            self._events.notice("directory", refusal)
        if len(done.refused) > _REPORTED:
            self._events.notice("directory", f"… and {len(done.refused) - _REPORTED} more that do not go on under another id")
        counts = f"{len(done.rekeys)} go on, {len(done.refused)} refused"
        self._store.withdraw(intent.kind, by=f"daemon, done: {counts}", at=self._clock.now(), target=intent.target)
        if stay := tuple(pair for pair in intent.rekeys if pair.old == pair.new):
            self._store.give(replace(intent, rekeys=stay))  # the next reading is judged by them

    def _is_as_shown(self, intent: Intent, moves: Iterable[Rekey]) -> bool:
        """Whether the people whom the order names are the ones it was given about."""
        roster, key, shown = self._cache.state.roster, AgentId(intent.target), intent.terms.shown
        now, known = None if roster is None else roster.agents.get(key), known_in(roster)
        return (now is None or is_entry(shown, now, key)) and all(is_owner(shown, known.get(old), key) for old, _ in moves)

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
