"""Weeks of a rotation on a twin, in virtual time: people come, some stay on, nodes die; a judge looks at every status."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from random import Random
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.budget import Naming, Pace, Safety
from provisioner.model.ids import AgentId, ClusterId, DesktopPoolName, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.lending import LeaseState
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import KillNode, LogOns, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Entitlement, Profile, Selection, Template
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.ceilings import Ceiling, Counted
from provisioner.model.scenario.half_days import PersonWeek, Share, Slot
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.ports import Changes, all_of
from provisioner.reconciler import Reconciler, run
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin
from tests.builders.reconciler import Listener

CALENDAR = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080)),
)
FIRST_DAY = date(2026, 11, 30)
"""A Monday."""
PVE, OFFICE, SHARED = ClusterId("pve"), ProfileName("office"), DesktopPoolName("shared")
_KEY = NoteKey(installation="rotation", secret=b"half-days of a twin, and nobody else")
_LATE_S, _AGAIN_S = 1200.0, 120.0
"""People come within this time after the half-day's begin; who finds no desktop tries again so often."""
_REST_S = 240.0
"""Between two observations at rest: of four weeks most is rest."""
_ON_AFTER_S = 7200.0
"""Who stays on does so for this time at most."""
FULL_SIZE, FULL_RESERVE, FULL_OBLIGED, FULL_PEOPLE, FULL_CEILING = 900, 30, 40, 1700, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPlan:
    """What is played."""

    part: int = 30
    """A thirtieth of the real size; 1: all of it."""
    weeks: int = 4
    stays: float = 0.0
    """The share of people who stay on at a half-day's end."""
    seed: int = 1
    node_lost: bool = True
    """At noon of the third day, for two hours."""

    def scaled(self, full: int) -> int:
        """Of the real number."""
        return ceil(full / self.part)


@dataclass
class Findings:
    """What came of it."""

    wrong: list[str] = field(default_factory=list)
    most_desktops: int = 0
    """That were on at once: what a lost node had stays off when it is back."""
    came: int = 0
    """Half-days of people who wanted to work."""
    worked: int = 0
    """Of those, with a desktop, early or late."""
    late: int = 0
    """Of those, not at the first try."""
    stayed: int = 0
    explained: set[tuple[AgentId, float]] = field(default_factory=set)
    """Waits that a status has shown with a reason."""
    waits: int = 0
    largest: int = 0


class RotationTrial:
    """One rotation from the Friday before to its last evening."""

    def __init__(self, plan: TrialPlan) -> None:
        self.plan, self._random, self.found = plan, Random(plan.seed), Findings()
        size = plan.scaled(FULL_SIZE)
        self.size, self._people = size, _people(plan)
        self.absences = tuple(_absences(self._people, plan, self._random))
        self._away = {(each.login, day) for each in self.absences for day in _days(each.first, each.last)}
        self.begins = CALENDAR.instant(FIRST_DAY - timedelta(days=3), 17 * 60)
        self.ends = CALENDAR.instant(FIRST_DAY + timedelta(days=7 * plan.weeks - 3), 21 * 60)
        self.events = EventHeap(self.begins)
        self.twin = Twin(self._spec(), self.events)
        self.heard = Listener()
        self.store = MemoryStore()
        self.store.claim()
        self.store.commit(Changes(baseline_accepted=True))
        self.store.close()
        self.config = self._config()
        self.reconciler = Reconciler(
            self.config, store=self.store, clock=VirtualClock(self.events), events=all_of((_Ears(self._look),))
        )
        self._calls = VirtualCalls(twins={PVE: self.twin}, events=self.events, directory=_Directory(self._people), key=_KEY)
        self._open: dict[AgentId, tuple[TwinGuest, TwinSession]] = {}
        self._scheduled: set[tuple[AgentId, float]] = set()

    def run(self) -> Findings:
        """To the last evening."""
        self.reconciler.open()
        run(self.reconciler, self._calls, until=lambda: self.events.now >= self.ends)
        status = self.reconciler.status
        if status is not None and status.rotation is not None:
            self.found.waits, self.found.largest = status.rotation.all_waits, status.rotation.largest_wait
        return self.found

    @property
    def weeks(self) -> list[PersonWeek]:
        """As published."""
        return list(self.store.load().half_days.values())

    # -- what is played ----------------------------------------------------------------------------------------------

    def _spec(self) -> TwinSpec:
        names = [f"pve{number}" for number in range(1, max(4, self.size // 55) + 1)]
        lost = CALENDAR.instant(FIRST_DAY + timedelta(days=2), 12 * 60 + 30) - self.begins
        return TwinSpec(
            name=PVE,
            seed=self.plan.seed,
            nodes=tuple(NodeSpec(name=name, memory_mib=512 * 1024, cores=64) for name in names),
            storages=(StorageSpec(storage="thin", shared=False, kind="lvmthin"),),
            templates=tuple(TemplateSpec(vmid=9001 + at, node=name, storage="thin") for at, name in enumerate(names)),
            log_ons=LogOns(concurrent=0),
            faults=(KillNode(node="pve2", at_s=lost, back_after_s=7200.0),) if self.plan.node_lost else (),
        )

    def _config(self) -> SiteConfig:
        spec, size = self.twin.spec, self.size
        template = spec.templates[0]
        profile = Profile(
            name=OFFICE,
            image="golden",
            templates=tuple(
                Template(cluster=PVE, vmid=Vmid(each.vmid), node=NodeName(each.node), storage=StorageId(each.storage))
                for each in spec.templates
            ),
            vcpus=template.vcpus,
            memory_mib=template.memory_mib,
            disk_gib=template.disk_gib,
            bridge="vmbr0",
        )
        pool = DesktopPool(name=SHARED, profile=OFFICE, size=size, lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART)
        return SiteConfig(
            installation="rotation",
            profiles={OFFICE: profile},
            naming=Naming(vmids={PVE: (Vmid(20000), Vmid(20000 + 4 * size))}),
            entitlements=(Entitlement(profile=OFFICE, who=Selection(groups=frozenset({"nobody"}))),),
            scenario=self._scenario(),
            desktop_pools={SHARED: pool},
            safety=Safety(max_stops_percent=100.0),
            pace=Pace(observe_idle_s=_REST_S, session_interval_s=300.0),
        )

    def _scenario(self) -> Scenario:
        rotation = Rotation(
            pool=SHARED,
            share=Share(slots=5, of=10),
            who=Selection(),
            obliged=Selection(groups=frozenset({"obliged"})),
            by_department=True,
            reserve=self.plan.scaled(FULL_RESERVE),
            absences=self.absences,
        )
        ceiling = Ceiling(name="vpn", limit=self.plan.scaled(FULL_CEILING), counts=Counted.SESSIONS)
        return Scenario(
            name="rotation", waves=(), planned=True, calendar=CALENDAR, rotation=rotation, ceilings=(ceiling,)
        )  # fmt: skip

    # -- people ------------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Everybody of a newly published week comes, unless away."""
        for week in self.store.load().half_days.values():
            agent = self._people[week.agent_id]
            for slot in week.slots:
                key = (week.agent_id, slot.begins)
                if key in self._scheduled or (agent.login, CALENDAR.date_of(slot.begins).isoformat()) in self._away:
                    continue
                self._scheduled.add(key)
                comes = slot.begins + self._random.uniform(0.0, _LATE_S)
                self.events.at(comes, self._arrival(agent, slot, comes))

    def _arrival(self, agent: Agent, slot: Slot, first: float) -> Callable[[], None]:
        def arrive() -> None:
            now = self.events.now
            self.found.came += now == first
            if now >= slot.ends or agent.agent_id in self._open:
                self.found.worked += agent.agent_id in self._open
                return
            guest = self._desktop_of(agent.agent_id)
            if guest is None or not guest.ready or not self.twin.cluster.nodes[guest.node].alive:
                self.found.late += now == first
                self.events.after(_AGAIN_S, arrive)
                return
            self._log_on(agent, slot, guest)

        return arrive

    def _log_on(self, agent: Agent, slot: Slot, guest: TwinGuest) -> None:
        if guest.sessions:
            self.found.wrong.append(f"{agent.login} finds {guest.sessions} on {guest.vmid}")
        session = TwinSession(login=agent.login, since=self.events.now, came_at=self.events.now)
        guest.log_on(session)
        self._open[agent.agent_id] = guest, session
        self.found.worked += 1
        leaves = slot.ends - self._random.uniform(0.0, 300.0)
        if self._random.random() < self.plan.stays:
            leaves = slot.ends + self._random.uniform(1800.0, _ON_AFTER_S)
            self.found.stayed += 1
        self.events.at(max(leaves, self.events.now + 1.0), lambda: self._leave(agent.agent_id))

    def _leave(self, agent_id: AgentId) -> None:
        guest, session = self._open.pop(agent_id, (None, None))
        if guest is not None and session in guest.sessions:
            guest.log_off(session)

    def _desktop_of(self, agent_id: AgentId) -> TwinGuest | None:
        for record in self.store.load().desktops.values():
            lease = record.lease
            if lease is not None and lease.state is LeaseState.LENT and lease.agent_id == agent_id:
                return self.twin.cluster.guests.get(record.reservation.vmid)
        return None

    # -- the judge ---------------------------------------------------------------------------------------------------

    def _look(self, status: Status) -> None:
        self._schedule()
        guests, nodes = self.twin.cluster.guests.values(), self.twin.cluster.nodes
        desktops = sum(guest.desktop and guest.running and nodes[guest.node].alive for guest in guests)
        self.found.most_desktops = max(self.found.most_desktops, desktops)
        self._look_at_sessions()
        self._look_at_waits(status)

    def _look_at_sessions(self) -> None:
        for agent_id, (guest, session) in list(self._open.items()):
            if session in guest.sessions:
                continue
            del self._open[agent_id]
            if self.twin.cluster.nodes[guest.node].alive and not self._has_died(guest):
                self.found.wrong.append(f"{self.events.now}: {agent_id} was cut on {guest.vmid}")

    def _has_died(self, guest: TwinGuest) -> bool:
        """Whether its node lost power a short while ago: it is back with all guests stopped."""
        return guest.node == "pve2" and self.plan.node_lost

    def _look_at_waits(self, status: Status) -> None:
        state = status.rotation
        if state is None:
            return
        leased = {
            record.lease.agent_id
            for record in self.store.load().desktops.values()
            if record.lease is not None and record.lease.state is LeaseState.LENT
        }
        waiting = {each.agent_id: each for each in state.waiting}
        for each in state.waiting:
            if not each.why or each.expected_at < each.slot.begins:
                self.found.wrong.append(f"{each.agent_id} is not told why or when")
            self.found.explained.add((each.agent_id, each.slot.begins))
        for week in state.weeks:
            slot = week.slot_at(status.at)
            if slot is None or week.agent_id in leased or week.agent_id in waiting:
                continue
            if (self._people[week.agent_id].login, CALENDAR.date_of(slot.begins).isoformat()) not in self._away:
                self.found.wrong.append(f"{status.at}: {week.agent_id} has no desktop and is not told")


class _Ears:
    """Hears statuses alone."""

    def __init__(self, status: Callable[[Status], None]) -> None:
        self.status = status

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class _Directory:
    """The same people at each reading."""

    def __init__(self, people: dict[AgentId, Agent]) -> None:
        self._people = people

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All of them."""
        return Roster(read_at=0.0, agents=self._people)


def _people(plan: TrialPlan) -> dict[AgentId, Agent]:
    obliged, all_of_them = plan.scaled(FULL_OBLIGED), plan.scaled(FULL_PEOPLE)
    agents = (
        Agent(
            agent_id=AgentId(f"a{number:04}"),
            login=f"login{number:04}",
            display_name=f"Agent {number}",
            department=f"d{number % 23:02}",
            groups=frozenset({"obliged"} if number < obliged else ()),
        )
        for number in range(all_of_them)
    )
    return {agent.agent_id: agent for agent in agents}


def _absences(people: dict[AgentId, Agent], plan: TrialPlan, random: Random) -> Iterator[Absence]:
    """Every twelfth person is away for one to five days, some time."""
    for agent in people.values():
        if random.random() < 1 / 12:
            first = FIRST_DAY + timedelta(days=random.randrange(7 * plan.weeks))
            last = first + timedelta(days=random.randrange(5))
            yield Absence(login=agent.login, first=first.isoformat(), last=last.isoformat())


def _days(first: str, last: str) -> Iterator[str]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day.isoformat()
        day += timedelta(days=1)


__all__ = ["CALENDAR", "Findings", "RotationTrial", "TrialPlan"]
