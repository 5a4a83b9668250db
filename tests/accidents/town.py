"""A town whose people all have a ready desktop on a twin, and the daemon that looks after them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from monitors.metric import KnownNames, Metric
from monitors.recorder import Recorder
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.budget import Pace
from provisioner.model.ids import AgentId, ClusterId, DesktopName, WaveName
from provisioner.model.intents import Allowance, Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.planning.roster.guard import allowance_for
from provisioner.planning.roster.judging import judge_reading
from provisioner.ports import Changes, all_of
from provisioner.pve.wire import ApiRequest
from provisioner.reconciler import Reconciler, run
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Reply, Twin
from tests.accidents.register import DEPARTMENTS, PEOPLE, REMOTE, SITES, Register
from tests.builders.cluster import NOW
from tests.builders.reconciler import Listener
from tests.builders.rehearsal import a_config_on
from tests.builders.twin import a_spec

HOUR, DAY = 3600.0, 86_400.0
EVERY_S = 3 * HOUR
"""From one reading to the next: what a site does every five minutes would show nothing more."""
SPEC = a_spec(nodes=4, image_s=0.1)
LAB = ClusterId(SPEC.name)
WAVE = Scenario(
    name="the town",
    waves=(Wave(name=WaveName("all"), who=Selection(departments=frozenset(DEPARTMENTS), sites=frozenset(SITES))),),
)
KEY = NoteKey(installation="lab", secret=b"a key that no real installation has")
_PACE = Pace(observe_busy_s=10.0, observe_cloning_s=5.0, observe_idle_s=6 * HOUR, session_interval_s=2 * DAY)


@dataclass
class Watched:
    """The twin, and all that was written to it since somebody asked."""

    twin: Twin
    writes: list[str] = field(default_factory=list)

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Note it, and pass it on."""
        if request.method != "GET":
            self.writes.append(f"{request.method} {request.endpoint}")
        self.twin.request(request, reply, auth=auth)


class Town:
    """Time is virtual; `pass_time` runs the daemon on and has the directory read from time to time."""

    def __init__(self, people: int = 60, *, others: int = 0, max_deletes: int = 0, ids_are_made: bool = True) -> None:
        self.events = EventHeap(NOW)
        clock = VirtualClock(self.events)
        self.watched = Watched(Twin(SPEC, self.events))
        numbers = range(people + 1, people + others + 1)
        self.register = Register(range(1, people + 1), others=numbers, now=clock.now)
        self.store, self.heard = MemoryStore(), Listener()
        self.recorder = Recorder(clock=clock, known=KnownNames(clusters=(LAB,)))
        config = a_config_on(SPEC, pace=_PACE, scenario=WAVE)
        who = Selection(groups=REMOTE, units=frozenset({PEOPLE}))
        entitlements = tuple(Entitlement(profile=entitlement.profile, who=who) for entitlement in config.entitlements)
        self.config = replace(
            config,
            entitlements=entitlements,
            safety=replace(config.safety, rebuild_settle_s=0.0, max_deletes=max_deletes),
            ids_are_made=ids_are_made,
        )
        self.start()
        self.until_ready(people)
        self.begin()

    def start(self, store: MemoryStore | None = None) -> None:
        """The daemon is killed, where it runs, and started again on this store or another."""
        self.store.close()
        self.store = store or self.store
        self.reconciler = Reconciler(
            self.config, store=self.store, clock=VirtualClock(self.events), events=all_of((self.heard, self.recorder))
        )
        twins = {LAB: self.watched}
        self.calls = VirtualCalls(twins=twins, events=self.events, directory=self.register, key=KEY)  # type: ignore[arg-type]
        self.reconciler.open()

    def begin(self) -> None:
        """From here on it is noted what happens."""
        self.watched.writes.clear()
        self.heard.notices.clear()
        self.heard.readings.clear()
        self.owners, self.looks = self._owners(), self._looks()
        self.wanted = frozenset(self.status.demand.wants)

    def until_ready(self, people: int) -> None:
        """Until so many desktops are ready."""
        self.until(lambda: list(self.phases.values()).count(Phase.READY) >= people, at_most=6 * HOUR)

    def pass_time(self, seconds: float, *, every: float = EVERY_S) -> None:
        """The daemon runs on, with a reading every so often."""
        end = self.events.now + seconds
        while self.events.now < end:
            self.reconciler.read_directory()
            until = min(end, self.events.now + every)
            self.events.at(until, self.calls.nudge)
            self.until(lambda until=until: self.events.now >= until, at_most=2 * every)  # type: ignore[misc]

    def edit(self, config: SiteConfig | None = None, **changed: Any) -> None:
        """Change bascule.yaml and reload the daemon (SIGHUP), which reads the directory."""
        self.config = replace(config or self.config, **changed)
        self.reconciler.follow(self.config)
        self.read_once()

    def entitle(self, *groups: str, units: Iterable[str] = (PEOPLE,), **who: Any) -> tuple[Entitlement, ...]:
        """As bascule.yaml would say it: in one of these groups, below one of these units, and what else is said."""
        values = {
            "groups": frozenset(groups),
            "units": frozenset(units),
            **{key: frozenset(names) for key, names in who.items()},
        }
        return (Entitlement(profile=self.config.entitlements[0].profile, who=Selection(**values)),)

    def read_once(self) -> None:
        """One reading, and a minute to act on it."""
        self.pass_time(60.0)

    def accept(self, *, leavers: Iterable[int] = (), joiners: Iterable[int] = (), hours: float = 2.0) -> None:
        """An operator lets these people leave and join."""
        now = self.events.now
        left, joined = (frozenset(AgentId(f"id-{number:04}") for number in side) for side in (leavers, joiners))
        allows = Allowance(leavers=left, joiners=joined)
        until = now + hours * HOUR
        self.store.give(Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="claire", at=now, until=until, allows=allows))

    def accept_as_shown(self, *, hours: float = 2.0) -> None:
        """An operator accepts the reading that is held back, as `bascule directory accept` does."""
        judgement = judge_reading(self.register.read(), self.config, self.store.load(), now=self.events.now)
        assert judgement is not None
        verdict = judgement.verdict
        assert verdict.quarantine is not None, "nothing is held back"
        now = self.events.now
        until, allows = now + hours * HOUR, allowance_for(verdict)
        self.store.give(Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="claire", at=now, until=until, allows=allows))

    def lose_the_store(self) -> None:
        """All that was kept is gone, and the daemon starts on nothing."""
        self.start(MemoryStore())

    def copy_of_the_store(self) -> MemoryStore:
        """A backup, as it is now."""
        kept, copy = self.store.load(), MemoryStore()
        copy.claim()
        copy.commit(
            Changes(
                desktops=dict(kept.desktops),
                roster=kept.roster,
                guard=kept.guard,
                baseline_accepted=kept.baseline_accepted,
            )
        )
        copy.close()
        return copy

    @property
    def status(self) -> Status:
        """The last."""
        return self.reconciler.status or Status(at=self.events.now)

    @property
    def phases(self) -> dict[DesktopName, Phase]:
        """Of every desktop."""
        return {name: desktop.phase for name, desktop in self.status.desktops.items()}

    @property
    def roster(self) -> Roster:
        """The one in force."""
        assert self.status.roster is not None
        return self.status.roster

    @property
    def clones(self) -> int:
        """Since `begin`."""
        return sum(write.endswith("/clone") for write in self.watched.writes)

    @property
    def said(self) -> str:
        """All messages since `begin`: notices, and reasons for holding a reading back."""
        lines = [f"{subject}: {text}" for subject, text in self.heard.notices]
        reasons = [f"directory: {error}" for _, error in self.heard.readings if error]
        entries = [rejection.reason for roster, _ in self.heard.readings if roster is not None for rejection in roster.rejected]
        return "\n".join([*lines, *reasons, *entries])

    def metric(self, row: Metric) -> float:
        """A gauge without labels, now."""
        return self.recorder.summary.values[row][()]

    def desktop_of(self, number: int) -> DesktopName | None:
        """The desktop that is this person's."""
        key = AgentId(f"id-{number:04}")
        return next((name for name, owner in self._owners().items() if owner == key), None)

    def unharmed(self, *, but: Iterable[int] = ()) -> bool:
        """Whether every desktop, except for these people's, exists, has the same owner and is untouched."""
        gone = {AgentId(f"id-{number:04}") for number in but}
        owners = {name: owner for name, owner in self.owners.items() if owner not in gone}
        theirs = {self._vmid(name) for name, owner in self.owners.items() if owner in gone}
        looks = {vmid: look for vmid, look in self.looks.items() if vmid not in theirs}
        return self._looks().items() >= looks.items() and self._owners().items() >= owners.items()

    def runs(self, number: int) -> bool:
        """Whether the person's desktop is powered on."""
        name = self.desktop_of(number)
        return name is not None and self.watched.twin.cluster.guests[self._vmid(name)].running

    def vmids_of(self, numbers: Iterable[int]) -> set[int]:
        """The VMs that were these people's from the start."""
        keys = {AgentId(f"id-{number:04}") for number in numbers}
        return {self._vmid(name) for name, owner in self.owners.items() if owner in keys}

    def runs_of(self, agent: AgentId) -> bool:
        """Whether the desktop of the agent with this id is powered on."""
        name = next(name for name, owner in self._owners().items() if owner == agent)
        return self.watched.twin.cluster.guests[self._vmid(name)].running

    def tags_of(self, number: int) -> set[str]:
        """What the desktop that was this person's from the start says of itself."""
        key = AgentId(f"id-{number:04}")
        name = next(name for name, owner in self.owners.items() if owner == key)
        return set(self.watched.twin.cluster.guests[self._vmid(name)].config["tags"].split(";"))

    @staticmethod
    def _vmid(name: DesktopName) -> int:
        return int(name.removeprefix("vd-"))

    def until(self, ended: Callable[[], bool], *, at_most: float) -> None:
        """The daemon runs until then, or for so long."""
        end = self.events.now + at_most
        run(self.reconciler, self.calls, until=lambda: ended() or self.events.now >= end)

    def _owners(self) -> dict[DesktopName, AgentId | None]:
        return {reservation.name: reservation.agent_id for reservation in self.store.load().reservations}

    def _looks(self) -> dict[int, tuple[object, ...]]:
        guests = self.watched.twin.cluster.guests.items()
        return {vmid: (guest.node, guest.power, guest.boots, guest.digest()) for vmid, guest in guests}
