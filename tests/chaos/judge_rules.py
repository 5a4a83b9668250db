"""Invariants of leases and trials, and of what a scenario says of room: reserve, ceilings, shortage."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from provisioner.model.ids import DesktopName, DesktopPoolName
from provisioner.model.intents import IntentKind
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import is_trial, pool_of, trial_seat
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.scenarios import EVERYONE, Scenario
from tests.chaos.shared import LIGHT
from tests.chaos.truth import Truth

_DECIDED_BEFORE_S = 30.0
"""A desktop that was reserved so soon after a reload may have been decided on before."""
_MEMORY_SHARE = 0.8
"""Of a node, for guests (budget.memory_share)."""


class RuleJudge(Truth):
    """At each clone, and at each look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenario: Scenario = EVERYONE
        """That is in force."""
        self.scenario_since = float("-inf")
        self.pools: Mapping[DesktopPoolName, DesktopPool] = {}
        """As configured."""
        self._had_whole: set[str] = set()
        """Agents who have had a ready desktop of their own profile."""

    def reloaded(self, scenario: Scenario) -> None:
        """The configuration has another scenario from now on."""
        self.scenario, self.scenario_since = scenario, self.twin.events.now

    # -- leases ------------------------------------------------------------------------------------------------------

    def _judge_nobody_has(self, name: DesktopName, doing: str) -> None:
        record = self._records.desktops.get(name)
        lease = record.lease if record is not None else None
        if lease is not None and lease.state is LeaseState.LENT:
            self.condemn("a desktop that somebody has is neither stopped nor deleted", doing)

    def _look_at_scale(self) -> None:
        """Two of a seat are one: the one is given up for the other."""
        seats = {seat for record in self._records.reservations if pool_of(seat := record.seat) is not None}
        for name, pool in self.pools.items():
            rules, made = pool.autoscale, sum(pool_of(seat) == name for seat in seats)
            if rules is not None and made > rules.rules.max:
                self.condemn("a pool never has more desktops than its rules allow", f"{name} has {made}")

    def _look_at_leases(self) -> None:
        leases = (record.lease for record in self._records.desktops.values() if record.lease is not None)
        held = Counter(lease.agent_id for lease in leases if lease.state is LeaseState.LENT)
        for agent_id, count in held.items():
            if count > 1:
                self.condemn("one desktop of a pool for one person", f"{agent_id} has {count}")

    # -- trials ------------------------------------------------------------------------------------------------------

    def _look_at_trials(self) -> None:
        for name, record in self._records.desktops.items():
            if is_trial(record.reservation.seat) and (record.assigned_to is not None or record.lease is not None):
                self.condemn("nobody is given a desktop on trial", f"{name} for {record.assigned_to}")

    def _judge_trial_over(self, seat: str, doing: str) -> None:
        """Only once its trial is over, which the order's end says."""
        if any(intent.kind is IntentKind.TRIAL and trial_seat(intent.target) == seat for intent in self._store().intents()):
            self.condemn("a desktop on trial is left alone until its trial is over", doing)

    def trials_left(self) -> list[int]:
        """Desktops on trial that are still there."""
        guests = self.twin.cluster.guests
        return [vmid for vmid, guest in guests.items() if (note := self.note_of(guest)) is not None and is_trial(note.seat)]

    # -- room --------------------------------------------------------------------------------------------------------

    def _look_at_profiles(self) -> None:
        notes = (self.note_of(guest) for guest in self.twin.cluster.guests.values() if guest.ready)
        self._had_whole |= {note.agent_id for note in notes if note and note.agent_id and note.profile != LIGHT}

    def _judge_new(self, desktop: Reservation, doing: str) -> None:
        """A desktop that is not made instead of another one, and was decided on under the present scenario."""
        if desktop.agent_id is None or desktop.reserved_at < self.scenario_since + _DECIDED_BEFORE_S:
            return
        self._judge_ceilings(doing)
        if self.scenario.survive_nodes and not self._survives():
            self.condemn("room is kept to restart the desktops of the fullest node", doing)
        if desktop.profile == LIGHT and desktop.agent_id in self._had_whole:
            self.condemn("nobody who has had a desktop gets a smaller one", doing)
        if desktop.profile == LIGHT and not self.scenario.shortage.profiles:
            self.condemn("nobody gets a smaller desktop unless the scenario says so", doing)

    def _judge_ceilings(self, doing: str) -> None:
        people = {desktop.agent_id for desktop in self._records.reservations if desktop.agent_id is not None}
        for ceiling in self.scenario.ceilings:
            if len(people) > ceiling.limit:
                self.condemn("no new desktop above a ceiling", f"{doing}: {len(people)} people, and {ceiling.limit} may")

    def _survives(self) -> bool:
        """Whether the desktops of the fullest node would fit on the others, one more or less: a deletion may just be seen."""
        sizes = {name: guest.memory_mib for name, guest in self._guests_of_records().items()}
        standard = self.twin.spec.templates[0].memory_mib
        on = Counter[str]()
        for desktop in self._records.reservations:
            guest = self.twin.cluster.guests.get(desktop.vmid)
            on[guest.node if guest is not None else desktop.node] += sizes.get(desktop.name, standard)
        fullest = max(on, key=lambda node: on[node])
        free = sum(
            (self._room_mib(node) - on[node]) // standard * standard for node in self.twin.cluster.nodes if node != fullest
        )
        return free + standard >= on[fullest]

    def _guests_of_records(self) -> dict[DesktopName, Any]:
        guests = self.twin.cluster.guests
        return {desktop.name: guests[desktop.vmid] for desktop in self._records.reservations if desktop.vmid in guests}

    def _room_mib(self, node: str) -> int:
        theirs = (guest for guest in self.twin.cluster.guests.values() if guest.node == node and not guest.template)
        foreign = sum(guest.memory_mib for guest in theirs if self.note_of(guest) is None and not guest.desktop)
        return int(_MEMORY_SHARE * self.twin.cluster.nodes[node].memory_mib) - foreign


__all__ = ["RuleJudge"]
