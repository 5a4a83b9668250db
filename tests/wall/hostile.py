"""The hostile recording: a daemon that is stopped and begins anew, on a twin on which much goes wrong, scraped meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from prometheus_client.openmetrics.exposition import generate_latest

from monitors.collector import registry_of
from provisioner import gc_tuning
from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.composition import recorder_of, site_config_of
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.lending import GiveBackOrder, LendOrder
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.scenario.ceilings import Reading
from provisioner.model.scenario.surges import SurgeTerms
from provisioner.model.status import ConfigState
from provisioner.reconciler import Reconciler, run
from provisioner.settings.values import Settings
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin
from provisioner.wrong.keeping import WrongList
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.twin import STORAGE
from tests.scenarios.surroundings import ScriptedDirectory
from tests.wall.hostile_people import Crowd
from tests.wall.hostile_site import BORROWER, CLUSTER, EVERYBODY, IN_USE, SLOW_NODE, SLOW_TIMES, Crisis
from tests.wall.hostile_truth import Looking, Truth
from tests.wall.recorded import SCRAPE_S, Counted, a_store

BEGIN = NOW - 1.5 * 3600.0
"""A Friday, 07:30 in Paris: half an hour before a half-day begins."""
_SEATS_EACH_S = 60.0
"""From one question after the ceiling's seats to the next, as by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """What was recorded: pages by scrape, scrapes without an answer, and what was true then."""

    pages: dict[Instant, str]
    unanswered: tuple[Instant, ...]
    truths: tuple[Truth, ...]


def play(settings: Settings, crisis: Crisis) -> Hostile:
    """All of it, in virtual time."""
    with gc_tuning.seldom():
        return _Play(settings, crisis).record()


class _Play:
    """A daemon on a twin, and what happens around them."""

    def __init__(self, settings: Settings, crisis: Crisis) -> None:
        self._settings, self._crisis = settings, crisis
        self._events = EventHeap(BEGIN)
        self._twin, self._clock, self._store = Twin(crisis.twin, self._events), VirtualClock(self._events), a_store()
        self._directory = ScriptedDirectory(a_roster(EVERYBODY), lambda: self._events.now)
        self._crowd = Crowd(self._twin, EVERYBODY)
        self._looking = Looking(self._twin, BEGIN)
        self._life: _Life | None = None
        self._unread = False
        self.seats: Mapping[str, Reading] = {}
        self._look_at_seats()

    def record(self) -> Hostile:
        """Scrape by scrape."""
        self._arm()
        self._start()
        self._surge()
        pages, unanswered, truths = dict[Instant, str](), list[Instant](), [self._truth()]
        while self._events.now < BEGIN + self._crisis.lasts_s:
            end = self._events.now + SCRAPE_S
            self._until(end)
            self._crowd.live(self._store.load())
            truths.append(self._truth())
            if self._life is None:
                unanswered.append(end)
            else:
                pages[end] = self._life.page()
        return Hostile(pages=pages, unanswered=tuple(unanswered), truths=tuple(truths))

    def _until(self, end: Instant) -> None:
        """A daemon that is killed or started in between begins or ends its life there."""
        self._events.at(end, self._nudge)
        while self._events.now < end:
            life = self._life
            if life is None:
                self._events.advance(min(end, self._events.next_at() or end))
            else:
                run(life.reconciler, life.calls, until=partial(self._is_over, life, end))

    def _is_over(self, life: "_Life", end: Instant) -> bool:
        return life.wire.cut or self._events.now >= end

    def _truth(self) -> Truth:
        return self._looking.now(answers=self._life is not None, unread=self._unread)

    def _nudge(self) -> None:
        if self._life is not None:
            self._life.calls.nudge()

    def _arm(self) -> None:
        crisis = self._crisis
        for at_s, what in (
            (crisis.slow_at, self._slow),
            (crisis.lends_at[0], self._lend),
            (crisis.lends_at[1], self._give_back),
            (crisis.stopped[0], self._kill),
            (crisis.stopped[1], self._start),
            (crisis.directory_away[0], self._directory_goes),
            (crisis.directory_away[1], self._directory_comes),
            (crisis.collapse_at, self._crowd.collapse),
        ):
            self._events.after(at_s, what)
        self._every(self._settings.directory.interval_s, self._read)
        self._every(_SEATS_EACH_S, self._look_at_seats)

    def _every(self, seconds: float, what: Callable[[], None]) -> None:
        def tick() -> None:
            what()
            self._nudge()
            self._events.after(seconds, tick)

        self._events.after(seconds, tick)

    def _start(self) -> None:
        """A new process on the same store."""
        self._life = _Life(
            self._settings, self._twin, self._store, clock=self._clock, directory=self._directory, seats=lambda: self.seats
        )
        self._unread = self._directory.state != "back"

    def _surge(self) -> None:
        assert self._life is not None, "somebody answers"
        terms = Terms(surge=SurgeTerms(scenario="confinement"))
        order = Intent(kind=IntentKind.SURGE, by="zoe", at=self._events.now, target="start", terms=terms)
        refused = self._life.reconciler.obey(order)
        assert not refused, refused

    def _kill(self) -> None:
        assert self._life is not None, "it is killed while it lives"
        self._life.wire.cut = True
        self._nudge()
        self._life = None
        self._store.close()

    def _read(self) -> None:
        if self._life is not None:
            self._life.reconciler.read_directory()
            self._unread = self._directory.state != "back"

    def _look_at_seats(self) -> None:
        others = self._crisis.others_at(self._events.now - BEGIN)
        self.seats = {IN_USE: Reading(at=self._events.now, value=others, ours_too=False)}

    def _slow(self) -> None:
        domain = self._twin.cluster.domains[SLOW_NODE, STORAGE]
        domain.spec = replace(domain.spec, image_operation_s=SLOW_TIMES * domain.spec.image_operation_s)

    def _directory_goes(self) -> None:
        self._directory.state = "unreachable"

    def _directory_comes(self) -> None:
        self._directory.state = "back"

    def _lend(self) -> None:
        """The help desk gives somebody another desktop."""
        assert self._life is not None, "somebody answers"
        answer = self._life.reconciler.lend(LendOrder(who=BORROWER.login, by="zoe", at=self._events.now))
        assert answer.desktop is not None, answer

    def _give_back(self) -> None:
        assert self._life is not None, "somebody answers"
        answer = self._life.reconciler.lend(GiveBackOrder(who=BORROWER.login, by="zoe", at=self._events.now))
        assert answer.desktop is not None, answer


class _Life:
    """One life of the daemon: a reconciler, its metrics, and its wire to the cluster."""

    def __init__(
        self,
        settings: Settings,
        twin: Twin,
        store: MemoryStore,
        *,
        clock: VirtualClock,
        directory: ScriptedDirectory,
        seats: Callable[[], Mapping[str, Reading]],
    ) -> None:
        recorder = recorder_of(settings, clock=clock, wrong=WrongList(settings.clusters))
        self._registry = registry_of(recorder, clock=clock)
        self.wire = Counted(twin, recorder, ClusterId(CLUSTER))
        self.reconciler = Reconciler(site_config_of(settings), store=store, clock=clock, events=recorder)
        self.reconciler.parts.ceiling_readings = seats
        key = NoteKey(installation=settings.installation, secret=b"a site that nobody has")
        twins: Any = {ClusterId(CLUSTER): self.wire}
        self.calls = VirtualCalls(twins=twins, events=twin.events, directory=directory, key=key)
        self.reconciler.open()
        self.reconciler.board.config_state = ConfigState(read_at=clock.now())

    def page(self) -> str:
        """As it is scraped."""
        return generate_latest(self._registry).decode()


__all__ = ["BEGIN", "Hostile", "play"]
