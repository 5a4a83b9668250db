"""Plays a world's schedule on its twin and has the judge watch; subclasses say how the daemon lives."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

from provisioner.model.ids import NodeName
from provisioner.model.intents import Allowance, Intent, IntentKind
from provisioner.model.kept.absence import is_missing
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.ownership import NoteKey, read_note
from provisioner.ports import Store
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.twin import Twin
from tests.chaos.hands import Hands
from tests.chaos.judge import Judge
from tests.chaos.schedule import RESTORE_S, Happening
from tests.chaos.surroundings import Loss, People
from tests.chaos.tampering import Tampering
from tests.chaos.veil import Veil
from tests.chaos.world import CLUSTER, INSTALLATION, World

KEY = NoteKey(installation=INSTALLATION, secret=b"a key that no real installation has")
OTHER_KEY = NoteKey(installation=INSTALLATION, secret=b"a key that this one never had")
SERVED_WITHIN_S = 40 * 60.0
"""After the last trouble has passed: two of the longest waits there are (session_interval_s), and time to boot."""
_COPY_EVERY_S = 20.0
_LAST_LOOK_S = 60.0
_INSTANT_S = 0.04
"""Requests sent at the same moment are out by then, and not answered."""
_MANY = 1000
_SOME = 3
"""Number of desktops whose notes show that the key has changed."""
_SHOWN_S = 30.0
"""By then every listing shows a VM that was made by hand."""
_ACCEPTED_EVERY_S = 300.0
"""After all has passed: what was armed before may lose the store still."""
_TRIED_AGAIN_S = (0.0, 120.0)
"""After all has passed: when somebody reads what was given up."""


class Scene(ABC):
    """One run. `wrong` says which invariants were violated; `trace` what happened, line by line."""

    def __init__(self, world: World, twin: Twin, people: People, *, grace_s: float = 0.0) -> None:
        self.world, self.twin, self.people, self.events = world, twin, people, twin.events
        self.trace: list[str] = []
        self.lives, self.alive, self.frozen_file = 0, True, False
        self.judge = Judge(
            twin, (KEY, OTHER_KEY), store=lambda: self.store, frozen_by_file=lambda: self.frozen_file, grace_s=grace_s
        )
        self.hands = Hands(twin, self.judge, vmids=world.vmids)
        self.veil = Veil(twin.request)
        self.tampering = Tampering(twin, self.judge, self.hands, self.veil)
        self.others: list[object] = [self.hands, self.tampering]
        """Whoever does what a schedule says, if this scene itself does not."""
        self.judge.is_hidden = lambda vmid: self.veil.hidden(vmid)
        self.judge.is_forbidden = lambda vmid: self.veil.forbidden(vmid)
        self.judge.calm_at = twin.events.now + world.calm_at
        self.judge.tampered = world.tampered
        self.judge.restoring = world.restoring
        self.key = KEY
        self.losses: list[Loss] = []
        self.instant_s = _INSTANT_S
        self._forgetting: list[Happening] = []
        self._snatching: list[Happening] = []
        self._dying: list[Happening] = []
        self._swapping: list[Happening] = []
        self._cutting: list[Happening] = []
        self._began = twin.events.now
        self._deaths: list[tuple[str, int, float]] = []
        """Armed: at which write or commit from now, and for how long."""
        self._served_at: float | None = None

    @property
    def wrong(self) -> list[str]:
        """What was violated, in the order seen."""
        return list(self.judge.wrong)

    # -- how the daemon lives, which is somebody else's to say -------------------------------------------------------

    @property
    @abstractmethod
    def store(self) -> Store:
        """The present records."""

    @abstractmethod
    def kill(self) -> None:
        """The daemon's process ends in the middle of its work."""

    @abstractmethod
    def start(self) -> None:
        """Another life begins."""

    @abstractmethod
    def copy_store(self) -> None:
        """Keep a copy of the present records."""

    @property
    @abstractmethod
    def copies(self) -> int:
        """How many copies there are."""

    @abstractmethod
    def put_back(self, copy: int | None) -> None:
        """The store becomes that copy; None: it is lost."""

    @abstractmethod
    def tell(self) -> None:
        """The daemon may look: something has changed around it."""

    def now_of_daemon(self) -> float:
        """By its own clock."""
        return self.events.now

    # -- the run -----------------------------------------------------------------------------------------------------

    def arm(self) -> None:
        """Put the schedule on the twin's event heap."""
        for happening in self.world.schedule:
            self.events.at(self._began + happening.at, partial(self._happen, happening))
        self.events.at(self._calm_at, self._calm)
        self.events.at(self._calm_at, lambda: self.every(_ACCEPTED_EVERY_S, self._accept_directory))
        for later_s in _TRIED_AGAIN_S:
            self.events.at(self._calm_at + later_s, self._try_again)
        self.every(_COPY_EVERY_S, self.copy_store)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to be seen."""
        if self.judge.wrong or self.events.now > self._calm_at + SERVED_WITHIN_S:
            return True
        if self._served_at is None or self.events.now <= self._served_at + _LAST_LOOK_S:
            return False
        self.look_around()  # since the last status a desktop may have been shut down, as ordered
        return self._served_at is not None

    def look_around(self) -> None:
        """Whether everybody is served by now, and nothing is left unexplained."""
        if not self.settled or self.judge.unserved(self.people.ids()) or self.judge.unexplained() or self.judge.trials_left():
            self._served_at = None
        elif self._served_at is None:
            self._served_at = self.events.now

    @property
    def settled(self) -> bool:
        """Whether all trouble has passed, long enough for everybody to have seen it."""
        return self.events.now > self._calm_at + self.judge.stale_s

    def judge_the_end(self) -> None:
        """After a run without a violation."""
        for agent_id, how in self.judge.unserved(self.people.ids()).items():
            self.judge.condemn("everybody is served in the end", f"{agent_id} is not, {SERVED_WITHIN_S:.0f} s on: {how}")
        for vmid in self.judge.unexplained():
            self.judge.condemn("nothing is orphaned or forgotten", f"VM {vmid} is in no store")
        for vmid in self.judge.trials_left():
            self.judge.condemn("no desktop on trial is left", f"VM {vmid}, {SERVED_WITHIN_S:.0f} s on")
        for about in (*self.judge.overdue(), *self.judge.not_given_back()):
            self.judge.condemn("an order that was taken comes to an end", about)
        for vmid in self.judge.unmarked(self.people.ids()) if self.judge.tampered else ():
            self.judge.condemn("tags that were taken off are put back", f"VM {vmid} has not our tag")

        for vmid in self.judge.behind():
            self.judge.condemn("a desktop is started with what its profile says", f"VM {vmid} was not configured again before")

    def observe(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """The wire reports each request (no response yet) and each answer."""
        self.judge.observe(request, response)
        if request.method == "GET":
            return
        name = f"{request.method} {request.path} {request.params.get('newid', '')}".strip()
        self.note("wire", f"{name}{'' if response is None else f' -> {response.status or 596} {response.reason}'}")
        if response is not None:
            return
        if request.path.endswith("/clone"):
            self._at_clone(request)
        if self.dies("write"):
            self.kill()

    def _at_clone(self, request: ApiRequest) -> None:
        """Right before it is sent."""
        if self._forgetting:
            self._forget(self._forgetting.pop(), request)
        if self._cutting and self.events.now < self._calm_at:
            self.hands.quorum_gone(*self._cutting.pop().about)
        if self._dying:
            happening = self._dying.pop()
            self.losses.append(Loss(endpoint="/cluster/resources", how="slow", left=8))
            self.events.after(0.3, lambda: self._do_killed(happening))
        if self._swapping:
            self._swapping.pop()
            self.tampering.swap(int(request.params["newid"]))
        if self._snatching:
            how, node = self._snatching.pop().about
            self.losses.insert(0, Loss(endpoint="/clone", how=how, left=1))
            self.hands.snatch(int(request.params["newid"]), node or request.path.split("/")[2])

    def _forget(self, happening: Happening, request: ApiRequest) -> None:
        """This clone and those sent with it are lost or late; then daemon, store, and the first one's agent are gone.

        So that the VMIDs that come next fall to other agents than before.
        """
        how, restored_after_s = happening.about
        loss = Loss(endpoint="/clone", how=how, left=_MANY)
        self.losses.insert(0, loss)
        note = read_note(request.params.get("description", ""), KEY, node=NodeName(""))
        self.events.after(self.instant_s, lambda: self._lose(happening, loss, note))
        if restored_after_s:
            copy = self.copies
            self.events.after(self.instant_s / 2, self.copy_store)
            self.events.after(restored_after_s, lambda: self._restore(copy))

    def _lose(self, happening: Happening, loss: Loss, note: Reservation | None) -> None:
        loss.left = 0
        if self.alive:
            self._do_store_lost(happening)
            if note is not None and note.agent_id is not None:
                self.people.go(note.agent_id)

    def _restore(self, copy: int) -> None:
        if self.alive and copy < self.copies:
            self._do_killed(Happening(at=0.0, what="killed", for_s=RESTORE_S))
            self.events.after(0.0, lambda: self._put_back(copy))

    def _put_back(self, copy: int) -> None:
        self.put_back(copy)
        if self.events.now >= self._calm_at:
            self._calm()

    def dies(self, at: str) -> bool:
        """Whether an armed death comes now; then the next life is arranged for."""
        for index, (what, left, down_s) in enumerate(self._deaths):
            if what != at:
                continue
            if left > 1:
                self._deaths[index] = (what, left - 1, down_s)
                return False
            del self._deaths[index]
            self.events.after(down_s, self._born)
            return True
        return False

    def note(self, who: str, text: str) -> None:
        """Add a line to the trace."""
        self.trace.append(f"{self.events.now - self._began:9.2f}  {who:7}  {text}")

    def every(self, period: float, do: Callable[[], None]) -> None:
        """Again and again, from now on."""

        def tick() -> None:
            do()
            self.events.after(period, tick)

        tick()

    @property
    def _calm_at(self) -> float:
        return self._began + self.world.calm_at

    def _born(self) -> None:
        self.note("scene", "started")
        self.alive = True
        self.start()

    # -- what goes wrong ---------------------------------------------------------------------------------------------

    def _happen(self, happening: Happening) -> None:
        self.note("scene", str(happening))
        own = getattr(self, f"_do_{happening.what}", None)
        if own is not None:
            own(happening)
        else:
            whose = next(each for each in self.others if hasattr(each, happening.what))
            getattr(whose, happening.what)(happening.about, happening.for_s)
        self.judge.look(None)
        self.tell()

    def _do_killed(self, happening: Happening) -> None:
        if self.alive:
            self.alive = False
            self.kill()
            self.events.after(happening.for_s, self._born)

    def _do_killed_at_write(self, happening: Happening) -> None:
        self._deaths.append(("write", happening.about, happening.for_s))

    def _do_killed_at_commit(self, happening: Happening) -> None:
        nth, when = happening.about
        self._deaths.append((when, nth, happening.for_s))

    def _do_store_lost(self, happening: Happening) -> None:
        if self.alive:
            self._do_killed(happening)
            self.events.after(0.0, lambda: self.put_back(None))

    def _do_store_restored(self, happening: Happening) -> None:
        if self.alive:
            self._do_killed(happening)
            self.events.after(0.0, lambda: self.put_back(int(happening.about * self.copies)))

    def _do_forgets_at_clone(self, happening: Happening) -> None:
        self._forgetting.append(happening)

    def _do_killed_while_cloning(self, happening: Happening) -> None:
        self._dying.append(happening)

    def _do_swapped(self, happening: Happening) -> None:
        self._swapping.append(happening)

    def _do_cut_at_clone(self, happening: Happening) -> None:
        self._cutting.append(happening)

    def _do_key_changed(self, happening: Happening) -> None:
        """A person starts the daemon with another note_key, on another machine whose store is empty or on this one."""
        if self.alive and len(self.hands.desktops()) >= _SOME:  # before, it is the right key
            self._begin_with(OTHER_KEY, store_lost=happening.about)
            self.events.after(happening.for_s, lambda: self._begin_with(KEY, store_lost=False))

    def _begin_with(self, key: NoteKey, *, store_lost: bool) -> None:
        self.key = key
        death = Happening(at=0.0, what="killed", for_s=1.0)
        if store_lost:
            self._do_store_lost(death)
        else:
            self._do_killed(death)

    def _do_snatched(self, happening: Happening) -> None:
        self._snatching.append(happening)

    def _do_lost(self, happening: Happening) -> None:
        endpoint, how, count = happening.about
        self.losses.append(Loss(endpoint=endpoint, how=how, left=count))

    def _do_frozen(self, happening: Happening) -> None:
        if happening.about == "file":
            self.freeze_file(True)
        else:
            self._give(IntentKind.FREEZE)
        self.events.after(happening.for_s, self._thaw)

    def freeze_file(self, there: bool) -> None:
        """Make or remove it."""
        self.frozen_file = there

    def _thaw(self) -> None:
        self.note("scene", "thawed")
        self.freeze_file(False)
        self._take_back(IntentKind.FREEZE)

    def _calm(self) -> None:
        """A store restored from a copy may have brought an order back, and a dead backup left its lock."""
        self._thaw()
        self.hands.unlock()
        for intent in self.store.intents():
            if intent.kind in (IntentKind.HOLD, IntentKind.DRAIN, IntentKind.EVACUATE, IntentKind.QUARANTINE):
                self._take_back(intent.kind, intent.target)

    def _accept_directory(self) -> None:
        """Of a directory that is read after the store was lost, a person says whether who has gone is gone."""
        now, ends = self.now_of_daemon(), self.now_of_daemon() + SERVED_WITHIN_S
        allows = Allowance(leavers=frozenset(self.people.gone()), joiners=frozenset(self.people.ids()))
        self.store.give(Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="an operator", at=now, until=ends, allows=allows))

    def _try_again(self) -> None:
        """`bascule desktop retry`: of many that are gone at once a person has to say so."""
        kept = ((record.reservation.name, record.attempts) for record in self.store.load().desktops.values())
        for name, attempts in sorted(kept, key=lambda entry: entry[0]):
            if is_missing(attempts) or (self.judge.tampered and attempts.gave_up):
                self._give(IntentKind.RETRY, name)

    def _do_held(self, happening: Happening) -> None:
        self._give(IntentKind.HOLD)
        self.events.after(happening.for_s, lambda: self._take_back(IntentKind.HOLD))

    def _do_drained(self, happening: Happening) -> None:
        self._give(IntentKind.DRAIN, f"{CLUSTER}/{happening.about}")
        self.events.after(happening.for_s, lambda: self._take_back(IntentKind.DRAIN, f"{CLUSTER}/{happening.about}"))

    def _do_evacuated(self, happening: Happening) -> None:
        self._give(IntentKind.EVACUATE, f"{CLUSTER}/{happening.about}")
        self.events.after(happening.for_s, lambda: self._take_back(IntentKind.EVACUATE, f"{CLUSTER}/{happening.about}"))

    def _do_stopped(self, happening: Happening) -> None:
        """`bascule desktop stop`."""
        notes = [note for guest in self.hands.desktops() if (note := self.judge.note_of(guest))]
        if notes:
            self._give(IntentKind.STOP, notes[happening.about % len(notes)].name)

    def _do_taken_over(self, happening: Happening) -> None:
        """By somebody's own VM; once the listings have shown it, the help desk has the desktop shut down that was there."""
        name = self.tampering.take_over(happening.about)
        if name is not None:
            self.events.after(_SHOWN_S, lambda: self._give(IntentKind.STOP, name))

    def _do_desk_restarts(self, happening: Happening) -> None:
        """`bascule desktop restart`."""
        notes = [note for guest in self.hands.desktops() if (note := self.judge.note_of(guest))]
        if notes:
            self._give(IntentKind.RESTART, notes[happening.about % len(notes)].name)

    def _do_desk_keeps(self, happening: Happening) -> None:
        """`bascule desktop quarantine`, and later `release`."""
        notes = [note for guest in self.hands.desktops() if (note := self.judge.note_of(guest))]
        if notes:
            name = notes[happening.about % len(notes)].name
            self._give(IntentKind.QUARANTINE, name)
            self.events.after(happening.for_s, lambda: self._take_back(IntentKind.QUARANTINE, name))

    def _do_reconfigured(self, happening: Happening) -> None:
        """`bascule desktop reconfigure`, of one or of all that are off."""
        notes = [note for guest in self.hands.desktops() if (note := self.judge.note_of(guest))]
        if happening.about is None:
            self._give(IntentKind.RECONFIGURE)
        elif notes:
            self._give(IntentKind.RECONFIGURE, notes[happening.about % len(notes)].name)

    def _do_baseline_accepted(self, _: Happening) -> None:
        self._give(IntentKind.ACCEPT_BASELINE)

    def _give(self, kind: IntentKind, target: str = "") -> None:
        self.store.give(Intent(kind=kind, by="an operator", at=self.now_of_daemon(), target=target))

    def _take_back(self, kind: IntentKind, target: str = "") -> None:
        self.store.withdraw(kind, by="an operator", at=self.now_of_daemon(), target=target)

    def _do_joins(self, happening: Happening) -> None:
        self.people.join(happening.about)

    def _do_leaves(self, happening: Happening) -> None:
        before = set(self.people.ids())
        self.people.leave(happening.about)
        self.judge.left |= dict.fromkeys(before - set(self.people.ids()), self.events.now)

    def _do_directory(self, happening: Happening) -> None:
        self.people.state = happening.about
        self.events.after(happening.for_s, self._mend_directory)

    def _mend_directory(self) -> None:
        self.people.state = "back"
        self.tell()


__all__ = ["KEY", "SERVED_WITHIN_S", "Scene"]
