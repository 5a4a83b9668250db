"""One seed in virtual time: the reconciler of production on a twin, life after life, while everything goes wrong around it."""

from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.actions import Outcome
from provisioner.model.autoscale import Spare
from provisioner.model.commands import Command
from provisioner.model.freeze import FreezeMark
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.model.machines.seats import trial_seat
from provisioner.model.pools import AfterPerson
from provisioner.model.status import Status
from provisioner.model.trials import TrialName
from provisioner.planning.survey.surveyor import Surveyor
from provisioner.ports import Events, all_of
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Reconciler, run
from provisioner.reconciler.orders import Order
from provisioner.sessions.push import Push, headers_of, parse_push
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin, guard_access
from tests.builders.cluster import NOW
from tests.chaos.borrowers import Borrowers
from tests.chaos.desk import Desk
from tests.chaos.leftovers import Leftovers
from tests.chaos.scene import Scene
from tests.chaos.schedule import Happening
from tests.chaos.surroundings import Killed, MortalStore, People, Skewed, StormyCalls, StormyWire, WrongClock, copy_of
from tests.chaos.world import TOKEN, World
from tests.reconciler.doubting import Doubted, Doubting

_ROSTER_EVERY_S = 400.0
"""Longer than the cluster may go without being looked at: reading the directory makes the daemon look, too."""
NAMED_WITHIN_S = 400.0
"""After the last trouble: the longest wait between two tries of a clone, and a cycle."""
_AGAIN_S = 5.0
_TURNS_AT_MOST = 2000
"""In one instant: a turn takes one completion, and hundreds may come at once."""


class Trial(Scene):
    """The daemon is a reconciler in this process; its death is a wire that is cut."""

    def __init__(self, world: World) -> None:
        twin = Twin(world.spec, EventHeap(NOW))
        self._config = world.config
        self._machine = WrongClock(twin.events)
        super().__init__(world, twin, People(world.agents, self._machine.now))
        self._store = MemoryStore()
        self._random = Random(world.seed)
        self._copies: list[MemoryStore] = []
        self._reconciler: Reconciler | None = None
        self._calls: StormyCalls | None = None
        self._set_back_s = 0.0
        """By how much, if the last life has ended because its clock was set back."""
        self._turns = (NOW, 0)
        """The present instant, and how often the loop has gone round in it."""
        self.judge.reloaded(world.config.scenario)
        self.judge.pools = world.config.desktop_pools
        after = next((pool.after_person for pool in world.config.desktop_pools.values()), AfterPerson.REBUILD)
        self._borrowers = Borrowers(twin, self.judge, order=self._order_lending, now=self.now_of_daemon, after=after)
        self.judge.longest_s = next(profile.session_rules.maximum_s for profile in world.config.profiles.values())
        self.leftovers: Leftovers | None = None
        self.looked = False
        if world.pool:
            guard_access(twin)
            self.leftovers = Leftovers(twin, self.judge, pool=world.pool, vmids=world.vmids, status=self._status_shown)
            self.others.append(self.leftovers)
        self._auth = f"PVEAPIToken={TOKEN.user}!{TOKEN.name}={TOKEN.secret}" if world.pool else None
        desk = Desk(twin, self.judge, obey=self._order, status=self._status_shown, now=self.now_of_daemon, dies=self._dies_for)
        self.others.append(desk)

    def run(self) -> "Trial":
        """To the first violation, or until all is well for good."""
        self.arm()
        self.twin.push_to(self._pushed)
        self.judge.texts = self.twin.ask_by(self._asked).texts
        self.every(_ROSTER_EVERY_S, self._read_roster)
        if self.leftovers is not None:
            self.events.at(self._calm_at + NAMED_WITHIN_S, self._look_outside)
        while not self.over:
            if self.alive:
                self._live()
            else:
                self.events.advance(self.events.next_at() or self.events.now)
        if not self.wrong:
            self.judge_the_end()
            for vmid in self.leftovers.remain() if self.leftovers is not None else ():
                self.judge.condemn("what is named can be removed by what is said", f"VM {vmid} remains")
        return self

    # -- the daemon --------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """One life, to its death, to the end, or until its clock is set, which begins another one."""
        skewed = Skewed(self._machine)
        late = partial(self._random.uniform, 0.0, 29.0)
        wire = StormyWire(self.veil.request, self.events, losses=self.losses, late_s=late, observe=self.observe)
        calls = StormyCalls(
            wire, events=skewed, directory=self.people, key=self.key, sent=self._sent, lets_in=self._lets_in, auth=self._auth
        )
        surveyor, doubt = self._surveyed()
        reconciler = Reconciler(
            self._config,
            store=MortalStore(self._store, dies=self._dies_at_commit),
            clock=skewed.clock,
            events=all_of((LineEvents(self._line), doubt, _Ears(self._status, self._outcome))),
            freeze_mark=lambda: FreezeMark() if self.frozen_file else None,
        )
        reconciler.parts.surveyor = surveyor
        self._reconciler, self._calls = reconciler, calls
        self.lives += 1
        self.judge.begin_life()
        try:
            reconciler.open(set_back_s=self._set_back_s)
            run(reconciler, calls, until=lambda: wire.cut or self._turn() or skewed.clock.set_by_s != 0)
        except Killed:
            self.note("scene", "killed in a commit")
        except Exception as crash:
            self.judge.condemn("the daemon never crashes", f"{type(crash).__name__}: {crash}")
        self._set_back_s = max(0.0, -skewed.clock.set_by_s) if self.alive else 0.0
        wire.cut = True
        self._store.close()

    def _surveyed(self) -> tuple[Surveyor, Events]:
        """What finds the phases, and who doubts that it overlooks no change."""
        surveyor = Doubting()
        return surveyor, Doubted(surveyor)

    def _turn(self) -> bool:
        """Whether it is over. A loop that never waits would go round for ever: virtual time stands still meanwhile."""
        at, turns = self._turns
        self._turns = (self.events.now, turns + 1 if at == self.events.now else 0)
        if turns > _TURNS_AT_MOST:
            self.judge.condemn("the loop waits for what comes", f"{turns} turns at {at - NOW:.2f}")
        return self.over

    def _look_outside(self) -> None:
        """Everything that was left behind is named by now; somebody removes it, as the list says."""
        if self._answering is None:
            self.events.after(_AGAIN_S, self._look_outside)
            return
        for vmid in self.leftovers.unnamed():
            self.judge.condemn("what is left behind is named", f"VM {vmid}")
        self.leftovers.tidied()
        self.looked = True
        self.tell()

    @property
    def settled(self) -> bool:
        """And what was left behind has been looked for."""
        return super().settled and (self.leftovers is None or self.looked)

    def _dies_at_commit(self, when: str) -> bool:
        if not self.dies(when):
            return False
        self.alive = False
        return True

    def _status(self, status: Status) -> None:
        self.judge.look(status)
        self.look_around()

    def _outcome(self, outcome: Outcome) -> None:
        self.judge.ended(outcome)

    def _sent(self, command: Command) -> None:
        """The daemon orders something: a listener may want to know."""

    def _line(self, line: LogLine) -> None:
        if line.level is not LineLevel.DEBUG:
            self.note(line.level, str(line))

    def _pushed(self, push: Push) -> None:
        """A dead daemon hears nothing: desktops say it again."""
        if self._reconciler is not None and self.alive:
            taken = parse_push(headers_of(push), push.body.encode())
            self._reconciler.take_pushes([(taken, self._reconciler.parts.clock.now())])
            self.tell()

    def _asked(self, push: Push) -> str | None:
        """A dead daemon answers nothing: desktops ask again. It may have died in a commit."""
        if self._reconciler is None or not self.alive:
            return None
        answer = self._reconciler.session_orders(push, self._reconciler.parts.clock.now())
        if not isinstance(answer, tuple):
            return None
        self.judge.answered(push, answer[0], frozen=self._is_known_frozen())
        return answer[0]

    def _is_known_frozen(self) -> bool:
        """These orders are put into the store behind the daemon's back: it knows of them from its next cycle on."""
        status = self._reconciler.status if self._reconciler is not None else None
        looked_at = None if status is None else status.planned_at
        freezes = (intent for intent in self._store.intents() if intent.kind is IntentKind.FREEZE)
        return looked_at is not None and any(intent.at <= looked_at for intent in freezes)

    def _read_roster(self) -> None:
        if self._reconciler is not None:
            self._reconciler.read_directory()
        self.tell()

    # -- what a scene asks for ---------------------------------------------------------------------------------------

    @property
    def store(self) -> MemoryStore:
        """Of the present life, or of the next."""
        return self._store

    def kill(self) -> None:
        """Nothing goes over the wire any more."""
        self.alive, self._reconciler = False, None
        if self._calls is not None:
            self._calls.wire.cut = True
        self.tell()

    def start(self) -> None:
        """`run` sees that it is alive."""

    def copy_store(self) -> None:
        """Values are frozen: a copy costs little."""
        self._copies.append(copy_of(self._store))

    @property
    def copies(self) -> int:
        """So far."""
        return len(self._copies)

    def put_back(self, copy: int | None) -> None:
        """A copy of the copy, for it is written to."""
        if self.leftovers is not None:
            self.leftovers.store_went = True
        self._store = MemoryStore() if copy is None else copy_of(self._copies[copy])

    def tell(self) -> None:
        """The only wait there is returns."""
        if self._calls is not None:
            self._calls.nudge()

    def now_of_daemon(self) -> float:
        """It may be wrong."""
        return self._machine.now()

    def _do_profile_changed(self, happening: Happening) -> None:
        """Somebody edits the profile, and has the daemon reload it."""
        (profile,) = self.world.config.profiles.values()
        profile = replace(profile, **happening.about)
        self._config = replace(self._config, profiles={profile.name: profile})
        self.judge.profile, self.judge.profile_since = profile, self.events.now
        if self._reconciler is not None:
            self._reconciler.follow(self._config)

    @property
    def _answering(self) -> Reconciler | None:
        """The daemon, if it lives and has looked."""
        living = self._reconciler is not None and self.alive and self._reconciler.status is not None
        return self._reconciler if living else None

    def _do_steered(self, happening: Happening) -> None:
        """`bascule surge pause`, `resume`, …: the first of these orders that is not refused; again while no daemon answers."""
        daemon = self._answering
        if daemon is None:
            self.events.after(2.0, lambda: self._do_steered(happening))
            return
        for event in happening.about:
            intent = Intent(kind=IntentKind.SURGE, by="an operator", at=self.now_of_daemon(), target=event)
            if not daemon.obey(intent):
                return

    def _do_tried(self, happening: Happening) -> None:
        """A night's trial, or `bascule check trial`; with a time, it stays for a probe. Refused while one is left."""
        daemon = self._answering
        if daemon is None:
            return
        (number, for_s), now = happening.about, self.now_of_daemon()
        until = None if for_s is None else now + for_s
        intent = Intent(kind=IntentKind.TRIAL, by="the night", at=now, target=self._trial(number), until=until)
        self.note("scene", f"{intent.target}: {daemon.obey(intent) or 'ordered'}")

    def _do_trial_given_up(self, happening: Happening) -> None:
        self._take_back(IntentKind.TRIAL, self._trial(happening.about))

    def _do_visits(self, happening: Happening) -> None:
        """The probe's robot logs on to a desktop on trial."""
        seat, now = trial_seat(self._trial(happening.about)), self.events.now
        noted = ((guest, self.judge.note_of(guest)) for guest in self.hands.desktops() if guest.ready and not guest.sessions)
        guest = next((guest for guest, note in noted if note is not None and note.seat == seat), None)
        if guest is not None:
            session = TwinSession(login="robot", since=now, came_at=now)
            guest.log_on(session)
            self.events.after(happening.for_s, partial(self._leaves_trial, guest, session))

    def _leaves_trial(self, guest: TwinGuest, session: TwinSession) -> None:
        if session in guest.sessions:
            guest.log_off(session)

    def _trial(self, number: int) -> str:
        return str(TrialName(profile=next(iter(self.world.config.profiles)), number=number))

    def _do_rescaled(self, happening: Happening) -> None:
        """Somebody edits how many desktops of the pools are kept free, and has the daemon reload it."""
        for name, pool in self._config.desktop_pools.items():
            assert pool.autoscale is not None, "only pools that follow their people are rescaled"
            rules = replace(pool.autoscale.rules, spare=Spare(count=happening.about))
            pools = {**self._config.desktop_pools, name: replace(pool, autoscale=replace(pool.autoscale, rules=rules))}
            self._config = replace(self._config, desktop_pools=pools)
        if self._reconciler is not None:
            self._reconciler.follow(self._config)

    def _dies_for(self, for_s: float) -> None:
        self._do_killed(Happening(at=0.0, what="killed", for_s=for_s))

    def _status_shown(self) -> Status | None:
        daemon = self._answering
        return None if daemon is None else daemon.status

    def _order(self, order: Order) -> Reason | None:
        daemon = self._answering
        if daemon is None:
            return None
        refused = daemon.obey(order)
        self.note("scene", f"{order.kind} {order.target}: {refused or 'ordered'}")
        return refused

    def _lets_in(self, vmid: int) -> bool:
        """Whether its log-on port answers."""
        guest = self.twin.cluster.guests.get(vmid)
        return guest is not None and self.judge.is_usable(guest)

    def _do_lends(self, happening: Happening) -> None:
        """`bascule pool lend`, and what follows."""
        self._borrowers.lends(happening.about, happening.for_s)

    def _order_lending(self, order: LendingOrder) -> LendingAnswer | None:
        daemon = self._answering
        if daemon is None:
            return None
        answer = daemon.lend(order)
        self.note("scene", f"{order} -> {answer}")
        return answer

    def _do_reloaded(self, happening: Happening) -> None:
        """Somebody edits the scenario, and has the daemon reload it."""
        self._config = replace(self._config, scenario=replace(self._config.scenario, **happening.about))
        self.judge.reloaded(self._config.scenario)
        if self._reconciler is not None:
            self._reconciler.follow(self._config)

    def _do_clock_jumps(self, happening: Happening) -> None:
        self._machine.ahead_s += happening.about
        self.events.after(happening.for_s, lambda: self._set_right(happening.about))

    def _set_right(self, jump: int) -> None:
        self.note("scene", f"the clock is put right by {-jump} s")
        self._machine.ahead_s -= jump
        self.tell()  # production waits a second at most, independent of its clock


class _Ears:
    """Hear statuses and outcomes alone."""

    def __init__(self, status: Any, outcome: Any) -> None:
        self.status, self.outcome = status, outcome

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


__all__ = ["Trial"]
