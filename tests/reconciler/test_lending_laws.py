"""Whatever is ordered, in whatever order, with kills and lost stores in between: one desktop for one person, and clean.

The judge keeps its own book: who was in which VM since it was made, or since it was last off.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from provisioner.model.lending import GiveBackOrder, LeaseState, LendOrder
from provisioner.model.machines.cluster import Power
from provisioner.model.pools import AfterPerson, ResetRules
from provisioner.model.scenario.calendars import DailyHours
from tests.builders.core import a_session
from tests.builders.pools import DESK, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_rebuild import accept, lose_the_store

PEOPLE = (1, 2, 3)
people = some.sampled_from(PEOPLE)
steps = some.one_of(
    some.tuples(some.just("lend"), people),
    some.tuples(some.just("give_back"), people),
    some.tuples(some.just("log_on"), people),
    some.tuples(some.just("log_off"), people),
    some.tuples(some.sampled_from(["cycle", "wait", "kill", "lose", "reset"]), some.just(0)),
)


@dataclass
class Judge:
    """A pool of two, and what has been in each of its VMs."""

    after: AfterPerson
    left_by: dict[int, int] = field(default_factory=dict)
    """The last person in each VM, since it was made or was off."""
    been_on: set[int] = field(default_factory=set)
    """VMs that were on since they were made."""
    came_at: dict[int, float] = field(default_factory=dict)
    """When somebody logged on to each VM last."""

    def __post_init__(self) -> None:
        rules = {"resets": _soon_night()} if self.after is AfterPerson.OVERNIGHT else {}
        config = with_desk(size=2, after_person=self.after, unused_after_s=120.0, **rules)
        self.site, self.pool = Site(agents=len(PEOPLE), config=config), config.desktop_pools[DESK]
        self.site.come_to_rest()

    def take(self, what: str, person: int) -> None:
        getattr(self, what)(person)
        self._look()

    def lend(self, person: int) -> None:
        before = self._lent()
        order = LendOrder(who=f"login{person:04}", by="zoe", at=self.site.clock.at)
        answer = self.site.reconciler.lend(order)
        if answer.refused or answer.desktop is None or answer.existing:
            return
        vmid = self._vmid(answer.desktop)
        assert answer.desktop not in before, "it was somebody's"
        assert self.left_by.get(vmid, person) == person, "something of another person was left in it"
        users = {session.login for session in self.site.cluster.sessions.get(vmid, ())}
        assert users <= {f"login{person:04}"}, "another person was logged on there"
        self.left_by[vmid] = person
        self._see_what_is_on()

    def give_back(self, person: int) -> None:
        self.site.reconciler.lend(GiveBackOrder(who=f"login{person:04}", by="zoe", at=self.site.clock.at))
        # In a VM that was never on nobody has left anything.
        self.left_by = {vmid: last for vmid, last in self.left_by.items() if last != person or vmid in self.been_on}

    def log_on(self, person: int) -> None:
        """The person uses what was lent."""
        for name, holder in self._lent().items():
            guest = self.site.cluster.guests.get(self._vmid(name))
            if holder == f"agent-{person:04}" and guest is not None and guest.power is Power.RUNNING:
                self.site.cluster.sessions[self._vmid(name)] = (a_session(f"login{person:04}"),)
                self.came_at[self._vmid(name)] = self.site.clock.at

    def log_off(self, person: int) -> None:
        for vmid, sessions in list(self.site.cluster.sessions.items()):
            if any(session.login == f"login{person:04}" for session in sessions):
                self.site.cluster.sessions[vmid] = ()

    def cycle(self, _: int) -> None:
        for _turn in range(3):
            self._step(5)

    def wait(self, _: int) -> None:
        self.site.clock.at += 1000
        self._step(5)

    def reset(self, _: int) -> None:
        for _turn in range(25):
            self._step(5)

    def kill(self, _: int) -> None:
        self.site.restart()
        self._step(5)

    def lose(self, _: int) -> None:
        lose_the_store(self.site)
        self.reset(0)
        accept(self.site)

    def _step(self, after: float) -> None:
        orders = self.site.look(after=after)
        for order in orders:
            vmid = getattr(getattr(order, "key", None), "vmid", None)
            if getattr(order, "word", "") in ("stop", "delete") and vmid in self.left_by:
                # For who came after the last reading the desktop itself holds a shutdown up until they are gone (tests/guest).
                if order.word == "stop" and self._read_at(vmid) <= self.came_at.get(vmid, 0.0):
                    self.site.cluster.sessions[vmid] = ()
                assert not self.site.cluster.sessions.get(vmid), "somebody was cut off"
        self.site.carry_out(orders)
        self.site.cluster.come_out()
        self._see_what_is_on()
        for vmid in list(self.left_by):
            guest = self.site.cluster.guests.get(vmid)
            restarts = self.pool.after(self.site.clock.at) is AfterPerson.RESTART
            if guest is None or (guest.power is not Power.RUNNING and restarts):
                del self.left_by[vmid]

    def _see_what_is_on(self) -> None:
        guests = self.site.cluster.guests
        on = {vmid for vmid, guest in guests.items() if guest.power is Power.RUNNING}
        self.been_on = (self.been_on & set(guests)) | on

    def _look(self) -> None:
        held = list(self._lent().values())
        assert len(held) == len(set(held)), "two for one person"

    def _lent(self) -> dict[str, str]:
        records = self.site.store.load().desktops
        leases = ((name, record.lease) for name, record in records.items() if record.lease is not None)
        return {name: lease.agent_id for name, lease in leases if lease.agent_id and lease.state is LeaseState.LENT}

    def _read_at(self, vmid: int) -> float:
        reports = {each.reservation.vmid: each.report for each in self.site.store.load().desktops.values()}
        report = reports.get(vmid)
        return report.read_at if report is not None else 0.0

    def _vmid(self, name: str) -> int:
        return self.site.store.load().desktops[name].reservation.vmid


def _soon_night() -> ResetRules:
    """Half an hour after the beginning: most stories go on into the night."""
    minute = int(Site().clock.at % 86_400 // 60)
    return ResetRules(hours=DailyHours(begins=(minute + 30) % 1440, ends=(minute + 600) % 1440, zone="UTC"))


@pytest.mark.long
@pytest.mark.parametrize("after", list(AfterPerson))
@example([("lose", 0), ("cycle", 0), ("lend", 2), ("give_back", 2), ("lend", 1)])
@example([("lend", 3), ("wait", 0), ("log_on", 3), ("give_back", 3), ("cycle", 0)])
@given(story=some.lists(steps, min_size=4, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_desktop_is_lent_twice_nor_before_it_was_reset(after: AfterPerson, story: list[tuple[str, int]]):
    judge = Judge(after)
    for what, person in story:
        judge.take(what, person)
