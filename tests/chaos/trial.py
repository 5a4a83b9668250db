"""One seed, played: the reconciler of production on a twin, life after life, while everything goes wrong around it."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from provisioner.adapters.log_lines import Level, Line, LineEvents
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.ownership import NoteKey
from provisioner.model.picture import Picture
from provisioner.ports import all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.twin.calls import VirtualClock
from provisioner.twin.events import EventHeap
from provisioner.twin.twin import Twin
from tests.builders_cluster import NOW
from tests.chaos.hands import Hands
from tests.chaos.judge import STALE_S, Judge
from tests.chaos.schedule import Happening
from tests.chaos.surroundings import Killed, Loss, MortalStore, People, Skewed, StormyCalls, StormyWire, copy_of
from tests.chaos.world import INSTALLATION, World

SERVED_WITHIN_S = 40 * 60.0
"""After the last trouble has passed: two of the longest waits there are (session_interval_s), and time to boot."""
_ROSTER_EVERY_S = 60.0
_COPY_EVERY_S = 20.0
_LAST_LOOK_S = 60.0


class Trial:
    """One run. `wrong` says which invariants were violated; `trace` what happened, line by line."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trace: list[str] = []
        self.events = EventHeap(NOW)
        self.twin = Twin(world.spec, self.events)
        self.store = MemoryStore()
        self.lives, self.frozen_file = 0, False
        key = NoteKey(installation=INSTALLATION, secret=b"a key that no real installation has")
        self._skewed = Skewed(self.events)
        self.people = People(world.agents, lambda: self._skewed.now)
        self.judge = Judge(self.twin, key, store=lambda: self.store, frozen_by_file=lambda: self.frozen_file)
        self.hands = Hands(self.twin, self.judge, vmids=world.vmids)
        self._key, self._random = key, Random(world.seed)
        self._losses: list[Loss] = []
        self._copies: list[MemoryStore] = []
        self._deaths: list[tuple[str, int, float]] = []
        """Armed: at which write or commit from now, and for how long."""
        self._alive = True
        self._reconciler: Reconciler | None = None
        self._calls: StormyCalls | None = None
        self._served_at: float | None = None

    @property
    def wrong(self) -> list[str]:
        """What was violated, in the order seen."""
        return list(self.judge.wrong)

    def run(self) -> "Trial":
        """To the first violation, or until all is well for good."""
        for one in self.world.schedule:
            self.events.at(NOW + one.at, partial(self._happen, one))
        self.events.at(NOW + self.world.calm_at, self._thaw)  # a store restored from a copy may bring a freeze back
        self._every(_ROSTER_EVERY_S, self._read_roster)
        self._every(_COPY_EVERY_S, lambda: self._copies.append(copy_of(self.store)))
        while not self._over():
            if self._alive:
                self._live()
            else:
                self.events.advance(self.events.next_at() or self.events.now)
        if not self.wrong:
            self._judge_the_end()
        return self

    def _over(self) -> bool:
        if self.judge.wrong or self.events.now > NOW + self.world.calm_at + SERVED_WITHIN_S:
            return True
        return self._served_at is not None and self.events.now > self._served_at + _LAST_LOOK_S

    def _judge_the_end(self) -> None:
        for agent_id, how in self.judge.unserved(self.people.ids()).items():
            self.judge.condemn("everybody is served in the end", f"{agent_id} is not, {SERVED_WITHIN_S:.0f} s on: {how}")
        for vmid in self.judge.unexplained():
            self.judge.condemn("nothing is orphaned or forgotten", f"VM {vmid} is in no store")

    # -- the daemon --------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """One life, to its death or to the end."""
        late = partial(self._random.uniform, 0.0, 29.0)
        wire = StormyWire(self.twin, losses=self._losses, late_s=late, told=self._told)
        calls = StormyCalls(wire, events=self._skewed, directory=self.people, key=self._key)
        reconciler = Reconciler(
            self.world.order,
            store=MortalStore(self.store, dies=self._dies_at_commit),
            clock=VirtualClock(self._skewed),  # type: ignore[arg-type]
            events=all_of((LineEvents(self._line), _Pictures(self._picture))),
            frozen_by_file=lambda: self.frozen_file,
        )
        self._reconciler, self._calls = reconciler, calls
        self.lives += 1
        self.judge.sure_of_quorum = True
        try:
            reconciler.open()
            run(reconciler, calls, until=lambda: wire.cut or self._over())
        except Killed:
            self._note("scene", "killed in a commit")
        except Exception as crash:
            self.judge.condemn("the daemon never crashes", f"{type(crash).__name__}: {crash}")
        wire.cut = True
        self.store.close()

    def _told(self, request: ApiRequest, response: ApiResponse | None) -> None:
        self.judge.told(request, response)
        if request.method == "GET":
            return
        name = f"{request.method} {request.path} {request.params.get('newid', '')}".strip()
        self._note("wire", f"{name}{'' if response is None else f' -> {response.status or 596} {response.reason}'}")
        if response is None and self._due("write"):
            self.events.after(0.0, lambda: None)
            self._cut()

    def _dies_at_commit(self, when: str) -> bool:
        if not self._due(when):
            return False
        self._alive = False
        return True

    def _due(self, at: str) -> bool:
        """Whether an armed death comes now; then the next life is arranged for."""
        for index, (what, left, down_s) in enumerate(self._deaths):
            if what != at:
                continue
            if left > 1:
                self._deaths[index] = (what, left - 1, down_s)
                return False
            del self._deaths[index]
            self.events.after(down_s, self._start)
            return True
        return False

    def _cut(self) -> None:
        self._alive, self._reconciler = False, None
        if self._calls is not None:
            self._calls.wire.cut = True
            self._calls.nudge()

    def _start(self) -> None:
        self._note("scene", "started")
        self._alive = True

    def _picture(self, picture: Picture) -> None:
        self.judge.look(picture)
        calm = self.events.now > NOW + self.world.calm_at + STALE_S
        if not calm or self.judge.unserved(self.people.ids()) or self.judge.unexplained():
            self._served_at = None
        elif self._served_at is None:
            self._served_at = self.events.now

    def _line(self, line: Line) -> None:
        if line.level is not Level.DEBUG:
            self._note(line.level, str(line))

    def _note(self, who: str, text: str) -> None:
        self.trace.append(f"{self.events.now - NOW:9.2f}  {who:7}  {text}")

    def _every(self, period: float, do: Callable[[], None]) -> None:
        def tick() -> None:
            do()
            self.events.after(period, tick)

        tick()

    def _read_roster(self) -> None:
        if self._reconciler is not None:
            self._reconciler.read_directory()
        if self._calls is not None:
            self._calls.nudge()

    # -- what goes wrong ---------------------------------------------------------------------------------------------

    def _happen(self, one: Happening) -> None:
        self._note("scene", str(one))
        own = getattr(self, f"_do_{one.what}", None)
        if own is not None:
            own(one)
        else:
            getattr(self.hands, one.what)(one.about, one.for_s)
        self.judge.look(None)
        if self._calls is not None:
            self._calls.nudge()

    def _do_killed(self, one: Happening) -> None:
        if self._alive:
            self._cut()
            self.events.after(one.for_s, self._start)

    def _do_killed_at_write(self, one: Happening) -> None:
        self._deaths.append(("write", one.about, one.for_s))

    def _do_killed_at_commit(self, one: Happening) -> None:
        nth, when = one.about
        self._deaths.append((when, nth, one.for_s))

    def _do_store_lost(self, one: Happening) -> None:
        if self._alive:
            self._do_killed(one)
            self.events.after(0.0, lambda: self._put(MemoryStore()))

    def _do_store_restored(self, one: Happening) -> None:
        if self._alive:
            self._do_killed(one)
            older = copy_of(self._copies[int(one.about * len(self._copies))])
            self.events.after(0.0, lambda: self._put(older))

    def _put(self, store: MemoryStore) -> None:
        self.store = store

    def _do_lost(self, one: Happening) -> None:
        endpoint, how, count = one.about
        self._losses.append(Loss(endpoint=endpoint, how=how, left=count))

    def _do_clock_jumps(self, one: Happening) -> None:
        self._skewed.ahead_s += one.about
        self.events.after(one.for_s, lambda: self._set_right(one.about))

    def _set_right(self, jump: int) -> None:
        self._note("scene", f"the clock is put right by {-jump} s")
        self._skewed.ahead_s -= jump

    def _do_frozen(self, one: Happening) -> None:
        if one.about == "file":
            self.frozen_file = True
        else:
            self.store.give(Intent(kind=IntentKind.FREEZE, by="an operator", at=self._skewed.now))
        self.events.after(one.for_s, self._thaw)

    def _thaw(self) -> None:
        self._note("scene", "thawed")
        self.frozen_file = False
        self.store.withdraw(IntentKind.FREEZE, by="an operator", at=self._skewed.now)

    def _do_joins(self, one: Happening) -> None:
        self.people.join(one.about)

    def _do_leaves(self, one: Happening) -> None:
        self.people.leave(one.about)

    def _do_directory(self, one: Happening) -> None:
        self.people.state = one.about
        self.events.after(one.for_s, self._mend_directory)

    def _mend_directory(self) -> None:
        self.people.state = "back"


class _Pictures:
    """Listens to pictures alone."""

    def __init__(self, picture: Callable[[Picture], None]) -> None:
        self.picture = picture

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


__all__ = ["SERVED_WITHIN_S", "Trial"]
