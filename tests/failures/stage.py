"""A small site on a twin, whose daemon publishes after each cycle as production does; and what `bascule status` shows of it."""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.api.site import Noticeboard
from provisioner.cli.operating.status import is_wrong
from provisioner.cli.operating.status_text import status_lines
from provisioner.cli.output import plain
from provisioner.daemon.publishing import StatusPublisher
from provisioner.model.actions import Outcome
from provisioner.model.budget import Naming, Safety
from provisioner.model.commands import Completion
from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import Durations, Fault, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.profiles import Entitlement, Profile, Selection, Template
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.ports import Changes, Store, all_of
from provisioner.reconciler import Reconciler, run
from provisioner.twin.api.endpoints.power import power_off
from provisioner.twin.calls import VirtualCalls
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from provisioner.views.daemon import daemon_document
from provisioner.views.published import Published
from provisioner.views.status import status_document
from provisioner.wrong.keeping import WrongList
from tests.builders.api import SAME
from tests.builders.cluster import NOW
from tests.chaos.surroundings import People, Skewed, WrongClock
from tests.failures.wire import Wire

PVE = ClusterId("pve")
OFFICE = ProfileName("office")
STORAGE = "thin"
INSTALLATION = "failures"
KEY = NoteKey(installation=INSTALLATION, secret=b"a key that no real installation has")
FIRST_VMID = 5001
CYCLES = 2
"""By the end of so many the list has what the daemon could know before the first."""
_LONGEST_S = 3600.0
_CYCLE_S = 120.0
_QUICK = Durations(sigma=0.0, boot_s=12.0, first_boot_s=3.0, upgrade_s=0.0)

News = Completion | Outcome
Known = Callable[[News], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What `bascule status` says, and its exit code."""

    code: int
    text: str
    wrong: dict[str, tuple[str, ...]]
    """Codes of the list, with what has it: its `about`, else the names in it."""


class Stage:
    """One site. Nothing happens between two calls."""

    def __init__(
        self,
        *,
        people: int = 4,
        nodes: int = 3,
        store: Store | None = None,
        config: dict[str, Any] | None = None,
        profile: dict[str, Any] | None = None,
        key: NoteKey = KEY,
        ahead_s: int = 0,
        **spec: Any,
    ) -> None:
        """`config`, `profile`: fields that are otherwise; `ahead_s`: of the daemon's machine's clock; `spec`: of the twin."""
        self.events = EventHeap(NOW)
        self.machine = WrongClock(self.events, ahead_s)
        self.twin = Twin(a_spec(nodes=nodes, **spec), self.events)
        self.wire = Wire(self.twin)
        self.people = People(people, self.machine.now)
        self.config = replace(_config(nodes, **(profile or {})), **(config or {}))
        self.store = store or _a_store()
        self.notices: list[str] = []
        self.begin(key)

    # -- the daemon --------------------------------------------------------------------------------------------------

    def begin(self, key: NoteKey = KEY, store: Store | None = None, *, set_back_s: float = 0.0) -> None:
        """A life of the daemon begins, on the same store or another; the one before is over."""
        self.store.close()
        self._key, self._clock = key, Skewed(self.machine)
        self.store = store or self.store
        board, wrong = Noticeboard(), WrongList((PVE,))
        self.cycles: list[Published] = []
        self._news: list[News] = []
        self._board = board
        self._calls = _Noting(self._news.append, twins={PVE: self.wire}, events=self._clock, directory=self.people, key=key)
        publisher = StatusPublisher(board, lambda: self.daemon, wrong=wrong.of)
        self.daemon = Reconciler(
            self.config,
            store=self.store,
            clock=self._clock.clock,
            events=all_of((publisher, _Ears(self))),
            freeze_mark=lambda: None,
        )
        self.daemon.open(set_back_s=set_back_s)

    def ended(self, outcome: Outcome) -> None:
        """The daemon has taken an action's end in."""
        self._news.append(outcome)

    def published(self) -> None:
        """A cycle has ended."""
        assert self._board.last is not None
        self.cycles.append(self._board.last)

    def run(self, until: Callable[[], bool]) -> None:
        """Until it is so. Fails after an hour. When the clock is set, the daemon begins anew, as the service has it do."""
        give_up = self.events.now + _LONGEST_S

        def is_so() -> bool:
            assert self.events.now < give_up, f"this never comes; the list has {self.shown().text}"
            return until()

        while not is_so():
            run(self.daemon, self._calls, until=lambda: is_so() or self._clock.clock.set_by_s != 0)
            if self._clock.clock.set_by_s:
                self.begin(self._key, set_back_s=max(0.0, -self._clock.clock.set_by_s))

    def settle(self) -> "Stage":
        """Until every person has a desktop that is ready, and a cycle has said so."""
        self.run(lambda: self.ready() == len(self.people.numbers))
        return self

    def wait(self, seconds: float) -> "Stage":
        """Let the daemon work for so long."""
        until = self.events.now + seconds
        self.events.at(until, self._calls.nudge)
        self.run(lambda: self.events.now >= until)
        return self

    def look(self) -> None:
        """Have the cluster looked at, and the directory read, at once."""
        self.daemon.read_directory()

    def knows(self, known: Known, *, times: int = 1) -> "Stage":
        """Until the daemon has heard this so often; then two cycles more."""
        heard = [0]
        self._news.clear()

        def is_heard() -> bool:
            heard[0] += sum(map(known, self._news))
            self._news.clear()
            return heard[0] >= times

        self.run(is_heard)
        return self.two_cycles()

    def two_cycles(self) -> "Stage":
        """As a daemon that has just heard something has to say it."""
        before = len(self.cycles)
        self.run(lambda: len(self.cycles) >= before + CYCLES)
        return self

    # -- what is so --------------------------------------------------------------------------------------------------

    def arm(self, fault: Fault) -> None:
        """It happens from now on."""
        self.twin.faults.arm(fault)

    def turn_off(self, guest: TwinGuest) -> None:
        """Somebody pulls its plug."""
        power_off(self.twin.cluster, guest)
        guest.changed()

    def desktops(self) -> list[TwinGuest]:
        """As they are, by VMID."""
        return [guest for _, guest in sorted(self.twin.cluster.guests.items()) if guest.desktop]

    def ready(self) -> int:
        """Desktops that the daemon calls ready and that their people have."""
        return 0 if self._board.last is None else sum(map(_is_had, self.status.desktops.values()))

    @property
    def status(self) -> Status:
        """Of the last cycle."""
        assert self._board.last is not None
        return self._board.last.status

    def is_over(self, noted: Set[str] = frozenset()) -> None:
        """Nothing was ever listed but such notes, everybody is served, and each has one desktop."""
        listed = ((cycle.status.at, [entry for entry in cycle.listed if entry.says.code not in noted]) for cycle in self.cycles)
        assert [(at, wrong) for at, wrong in listed if wrong] == []
        assert self.shown().code == 0
        assert (self.ready(), len(self.desktops())) == (len(self.people.numbers),) * 2

    def shown(self) -> Shown:
        """What `bascule status` shows now."""
        published = self._board.last
        if published is None:
            return Shown(code=3, text="", wrong={})
        now = self._clock.now
        daemon: Any = plain(
            daemon_document(
                installation=INSTALLATION, version="1", started_at=NOW, cycle_within_s=_CYCLE_S, now=now, last=published
            )
        )
        config: Any = plain(SAME)
        status: Any = plain(status_document(published))
        lines = status_lines({"daemon": daemon, "config": config, "status": status}, most=1000, columns=1000)
        wrong = {entry["code"]: (entry["about"],) if entry["about"] else tuple(entry["names"]) for entry in status["wrong"]}
        return Shown(code=int(is_wrong(daemon, config, status)), text="\n".join(lines), wrong=wrong)


class _Noting(VirtualCalls):
    """Says what the daemon is told."""

    def __init__(self, hear: Callable[[Completion], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hear = hear

    def next(self, until: float) -> Completion | None:
        """As usual."""
        completion = super().next(until)
        if completion is not None:
            self._hear(completion)
        return completion


class _Ears:
    """After the publisher: a cycle is over."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def status(self, _: Status) -> None:
        """One more."""
        self._stage.published()

    def outcome(self, outcome: Outcome) -> None:
        """An action has ended."""
        self._stage.ended(outcome)

    def notice(self, subject: str, text: str) -> None:
        """A line of the log."""
        self._stage.notices.append(f"{subject}: {text}")

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def _is_had(state: Any) -> bool:
    return state.phase == "ready" and state.superseded_by is None


def a_spec(*, nodes: int = 3, durations: Durations = _QUICK, **changed: Any) -> TwinSpec:
    """Nodes pve1, pve2, …, each with a storage and a template of its own."""
    names = [f"pve{number}" for number in range(1, nodes + 1)]
    spec = TwinSpec(
        name=PVE,
        nodes=tuple(NodeSpec(name=name, memory_mib=256 * 1024) for name in names),
        storages=(StorageSpec(storage=STORAGE, shared=False),),
        templates=tuple(TemplateSpec(vmid=9001 + index, node=name, storage=STORAGE) for index, name in enumerate(names)),
        durations=durations,
    )
    return replace(spec, **changed)


def _config(nodes: int, **changed: Any) -> SiteConfig:
    places = ((9001 + index, f"pve{index + 1}") for index in range(nodes))
    profile = Profile(
        name=OFFICE,
        image="golden-1",
        templates=tuple(
            Template(cluster=PVE, vmid=Vmid(vmid), node=NodeName(node), storage=StorageId(STORAGE)) for vmid, node in places
        ),
        vcpus=2,
        memory_mib=4096,
        disk_gib=32,
        bridge="vmbr0",
        expected_ready_s=30.0,
    )
    return SiteConfig(
        installation=INSTALLATION,
        profiles={OFFICE: replace(profile, **changed)},
        naming=Naming(vmids={PVE: (Vmid(FIRST_VMID), Vmid(FIRST_VMID + 998))}),
        entitlements=(Entitlement(profile=OFFICE, who=Selection()),),
        safety=Safety(),
    )


def _a_store() -> MemoryStore:
    store = MemoryStore()
    store.claim()
    store.commit(Changes(baseline_accepted=True))
    return store


def codes(shown: Shown) -> set[str]:
    """Of the list."""
    return set(shown.wrong)


def failed(*errors: type[Exception], action: str = "") -> Known:
    """An action has ended with such an error."""
    words = {error.word for error in errors}  # type: ignore[attr-defined]

    def known(news: News) -> bool:
        return isinstance(news, Outcome) and news.error in words and action in ("", news.action)

    return known


def names_of(guests: Iterable[TwinGuest]) -> tuple[str, ...]:
    """As the daemon calls them."""
    return tuple(sorted(guest.config["name"] for guest in guests))


__all__ = [
    "CYCLES", "FIRST_VMID", "INSTALLATION", "KEY", "OFFICE", "PVE", "STORAGE", "Known", "News", "Shown", "Stage", "a_spec",
    "codes", "failed", "names_of",
]  # fmt: skip
