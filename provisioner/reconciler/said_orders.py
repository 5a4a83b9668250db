"""Orders that say who is listed under an id: how each ends. One about people who are not there any more is not carried out."""

from collections.abc import Container, Iterable

from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.shown import has_owner, is_entry, is_owner
from provisioner.ports import Clock, Events, Store
from provisioner.reasons.directory import SAID_OF_ANOTHER, SAID_OF_NOBODY
from provisioner.reasons.reason import NONE, Reason, ReasonKind
from provisioner.reconciler.durable_state import RecordCache

_COMMANDS = {IntentKind.DISTINCT: "distinct", IntentKind.REKEY: "rekey --renamed"}


class SaidOrders:
    """Withdraws such orders: with the reason, where nothing has come of them."""

    def __init__(self, cache: RecordCache, *, store: Store, clock: Clock, events: Events) -> None:
        self._cache, self._store, self._clock, self._events = cache, store, clock, events

    def end(self, intents: Iterable[Intent], reading: Roster, others: Container[AgentId], *, in_force: bool) -> None:
        """After a reading was judged. `others`: ids that seem to show another person in it."""
        for intent in intents:
            if not intent.is_of_person or moved_in(intent):
                continue
            if why := self._why_outdated(intent, reading, in_force=in_force):
                self.refuse(intent, why)
            elif in_force and self._is_done(intent, others):
                self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)

    def refuse(self, intent: Intent, why: Reason) -> None:
        """End it with the reason, and say so."""
        self._store.withdraw(intent.kind, by="daemon", at=self._clock.now(), target=intent.target, reason=why)
        self._events.notice("directory", why)

    def _why_outdated(self, intent: Intent, reading: Roster, *, in_force: bool) -> Reason:
        key, shown = AgentId(intent.target), intent.terms.shown
        if shown and key not in reading.agents:
            is_listed = any(entry.agent_id == key for entry in reading.rejected)
            return said(intent, SAID_OF_NOBODY) if in_force and not is_listed else NONE
        owner = known_in(self._cache.state.roster).get(key)
        is_answered = intent.kind is IntentKind.DISTINCT or is_owner(shown, owner, key) or is_entry(shown, owner, key)
        return NONE if is_answered and is_entry(shown, reading.agents.get(key), key) else said(intent, SAID_OF_ANOTHER)

    def _is_done(self, intent: Intent, others: Container[AgentId]) -> bool:
        """Whether the person is in force as the order says."""
        roster, key, shown = self._cache.state.roster, AgentId(intent.target), intent.terms.shown
        if roster is None or not is_entry(shown, roster.agents.get(key), key):
            return False
        # Of an owner who is like the entry, and in no doubt, there is nobody to part from.
        is_parted = not has_owner(shown) or is_owner(shown, roster.agents.get(key), key)
        return intent.kind is IntentKind.REKEY or (key not in others and is_parted)


def moved_in(intent: Intent) -> bool:
    """Whether the order has an agent go on under another id; ids that stay wait for the next reading."""
    return any(pair.old != pair.new for pair in intent.rekeys)


def said(intent: Intent, kind: ReasonKind) -> Reason:
    """A reason about such an order; one of another version may name its id among its pairs alone."""
    named = intent.target or next((pair.new for pair in intent.rekeys), "")
    return kind(order=_COMMANDS[intent.kind], id=named, by=intent.by)


__all__ = ["SaidOrders", "moved_in", "said"]
