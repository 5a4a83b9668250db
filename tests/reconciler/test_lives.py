"""Random lives: commands fail, answers are lost, people and nodes change, the daemon is killed, its store is lost.

No agent has two desktops, no desktop is orphaned, each phase change is an edge of the table, and after the disturbances
every agent has a ready desktop.
"""

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provisioner import errors
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.actions import CheckGuest, Clone, Verify
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from provisioner.planning.survey.lifecycle import EDGES
from tests.builders.cluster import a_guest
from tests.builders.core import a_budget, a_config
from tests.builders.reconciler import Site
from tests.builders.records import parts_of

pytestmark = pytest.mark.long

AGENTS = 3
FOREIGN = a_guest(100, power=Power.RUNNING)
WAYS = {(edge.source, edge.target) for edge in EDGES}
LOST = errors.OutcomeUnknown("596")
REFUSALS = (
    errors.NotSent("595"),
    errors.LockBusy("got timeout"),
    errors.WorkerBusy("no worker"),
    errors.StorageFull("no space left"),
    errors.LeftoverImage("already exists"),
)


def leads(source, target):
    """Whether an edge leads there, directly or through one phase between two observations."""
    if source is target or (source, target) in WAYS:
        return True
    return any((source, between) in WAYS and (between, target) in WAYS for between in Phase if between is not Phase.UNKNOWN)


class Life(RuleBasedStateMachine):
    """Each step is a change on the cluster, in the daemon or among people, followed by one cycle."""

    def __init__(self):
        super().__init__()
        self.site = Site(agents=AGENTS, config=a_config(budget=a_budget(max_attempts=1000)))
        self.site.cluster.guests[100] = FOREIGN
        self.waiting = []
        self.before = {}
        self.given_up, self.made_instead = set(), set()
        """Desktops that were ever superseded, and their replacements."""
        self.look()

    @property
    def cluster(self):
        return self.site.cluster

    def look(self, after=15):
        self.waiting += self.site.look(after=after)
        phases = self.site.phases
        for name, phase in phases.items():
            if name in self.before:
                assert leads(self.before[name], phase), f"{name}: {self.before[name]} -> {phase}"
        self.before = phases

    def ours(self):
        return sorted(vmid for vmid, guest in self.cluster.guests.items() if vmid in self.cluster.notes and not guest.lock)

    # -- the daemon's orders ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.waiting)
    @rule(index=st.integers(0, 20), fate=st.sampled_from(["done", "done", "done", "lost", "vanished", *REFUSALS]))
    def an_order_ends(self, index, fate):
        order = self.waiting.pop(index % len(self.waiting))
        if isinstance(order, CheckGuest | Verify) and fate != "done":
            fate = errors.GuestUnknown("no answer") if isinstance(order, CheckGuest) else errors.NotSent("595")
        if not self._reaches(order):
            fate = errors.NotSent("595")
        if isinstance(fate, errors.LeftoverImage) and not isinstance(order, Clone):
            fate = "done"
        if fate == "vanished":
            self.site.end(order, error=LOST)
        elif fate in ("done", "lost"):
            self._carry_out(order, LOST if fate == "lost" else None)
        else:
            self.site.end(order, error=fate)
        self.look()

    def _reaches(self, order):
        node = order.node.node if hasattr(order, "node") else order.reservation.node
        return self.cluster.online[node]

    def _end_well(self, order):
        if self._reaches(order):
            self._carry_out(order, None)
        else:
            self.site.end(order, error=errors.NotSent("595"))

    def _carry_out(self, order, error):
        guest = self.cluster.guests.get(order.key.vmid)
        if isinstance(order, CheckGuest) and (guest is None or guest.power is not Power.RUNNING):
            self.site.end(order, error=errors.GuestUnknown("not running"))
            return
        self.site.carry_out([order], error=error)

    @initialize(ready=st.booleans())
    def it_has_been_running(self, ready):
        if ready:
            self.all_goes_well(cycles=12)

    @rule(cycles=st.integers(1, 6))
    def all_goes_well(self, cycles):
        for _ in range(cycles):
            for order in self.waiting:
                self._end_well(order)
            self.waiting = []
            self.cluster.come_out()
            self.look(after=20)

    @rule()
    def clones_come_out(self):
        self.cluster.come_out()
        self.look()

    @rule(after=st.sampled_from([2, 15, 60, 700]))
    def time_passes(self, after):
        self.look(after=after)

    # -- the daemon ------------------------------------------------------------------------------------------------

    def _arrive_or_not(self, arrive):
        """Commands without an answer when the daemon was killed: each arrived, or was lost."""
        for order, does in zip(self.waiting, arrive, strict=False):
            reads = isinstance(order, CheckGuest | Verify)
            if does and not reads and self._reaches(order):
                try:
                    self.cluster.do(order, self.site.clock.at)
                except errors.HypervisorError:
                    continue
        self.waiting = []

    @rule(arrive=st.lists(st.booleans(), min_size=6, max_size=6))
    def it_is_killed(self, arrive):
        self._arrive_or_not(arrive)
        self.site.restart()
        self.look()

    @rule(arrive=st.lists(st.booleans(), min_size=6, max_size=6))
    def its_store_is_lost(self, arrive):
        self._arrive_or_not(arrive)
        intents = self.site.store.intents()
        fresh = MemoryStore()
        for intent in intents:
            fresh.give(intent)
        self.site.restart(fresh)
        self.before = {}
        self.look()

    @rule()
    def it_is_frozen_or_thawed(self):
        if not self.site.store.withdraw(IntentKind.FREEZE, by="zoe", at=self.site.clock.at):
            self.site.store.give(Intent(kind=IntentKind.FREEZE, by="zoe", at=self.site.clock.at))
        self.look()

    # -- people and nodes ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.ours())
    @rule(index=st.integers(0, 20), what=st.sampled_from(["on", "off", "delete", "move"]))
    def somebody_does_something_by_hand(self, index, what):
        vmid = self.ours()[index % len(self.ours())]
        node = self.cluster.guests[vmid].node
        if self.cluster.online[node]:
            match what:
                case "on":
                    self.cluster.power_on(vmid, self.site.clock.at)
                case "off":
                    self.cluster.power_off(vmid)
                case "delete":
                    self.cluster.delete(vmid)
                case "move":
                    self.cluster.move(vmid, "n2" if node == "n1" and self.cluster.online["n2"] else "n1")
        self.look()

    @rule(node=st.sampled_from(["n1", "n2"]))
    def a_node_goes_or_comes_back(self, node):
        """If the other node is offline it returns instead, so that never both are offline."""
        node = next((name for name, online in self.cluster.online.items() if not online), node)
        self.cluster.online[node] = not self.cluster.online[node]
        for vmid, guest in list(self.cluster.guests.items()):
            if guest.node == node and vmid in self.cluster.notes and not self.cluster.online[node]:
                self.cluster.power_off(vmid)
                self.cluster.break_off(vmid)
        self.look()

    @rule()
    def the_quorum_goes_or_comes_back(self):
        self.cluster.quorate = not self.cluster.quorate
        self.look()

    # -- what always holds -----------------------------------------------------------------------------------------

    def whole(self):
        """Our VMs, without abandoned half-made VMs."""
        running = {task.upid for task in self.cluster.tasks}
        return [
            note
            for vmid, note in self.cluster.notes.items()
            if not self.cluster.guests[vmid].lock or f"UPID:clone:{vmid}" in running
        ]

    @invariant()
    def nobody_has_two_desktops(self):
        """Except for superseded desktops: without its store the daemon does not know of it, and counts one of the two."""
        superseded = parts_of(self.site.reconciler.records.desktops).superseded
        self.given_up |= superseded.keys()
        self.made_instead |= set(superseded.values())
        agents = [note.agent_id for note in self.whole() if note.name not in self.given_up]

        assert len(agents) == len(set(agents)), agents

    @invariant()
    def what_is_foreign_is_left_alone(self):
        assert self.cluster.guests[100] is FOREIGN

    def teardown(self):
        """No more disturbances."""
        self.cluster.online = dict.fromkeys(self.cluster.online, True)
        self.cluster.quorate = True
        self.site.store.withdraw(IntentKind.FREEZE, by="zoe", at=self.site.clock.at)
        self._all_goes_well_until_nothing_changes()
        ready = {desktop.reservation.agent_id for desktop in self.site.status.desktops.values() if desktop.phase is Phase.READY}
        assert len(ready) == AGENTS, (self.site.phases, self.site.reasons)
        left = {name for name, phase in self.site.phases.items() if phase is not Phase.READY}
        assert left <= self.given_up | self.made_instead, (self.site.phases, self.site.reasons)
        known = self.site.reconciler.records
        for vmid in self.cluster.notes:
            assert f"vd-{vmid}" in known.desktops or self.cluster.guests[vmid].lock, f"orphan {vmid}"

    def _all_goes_well_until_nothing_changes(self):
        """Run until all agents are ready for 20 cycles, at most 80 cycles: a failed desktop may stay failed."""
        quiet = 0
        for _ in range(80):
            self.all_goes_well(cycles=1)
            phases = self.site.phases.values()
            quiet = quiet + 1 if len(phases) == AGENTS and set(phases) == {Phase.READY} else 0
            if quiet == 20:
                break


TestAnyLife = Life.TestCase
# A failing life is reported unshortened: shrinking takes minutes.
TestAnyLife.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
)
