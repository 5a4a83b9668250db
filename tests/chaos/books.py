"""The gate and the books of sessions alone, twice: 200 desktops, in one of which root lies to the second of the two.

No cluster and no cycle of planning, so that ten thousand hours are some minutes. What `tests.chaos.hostile` plays whole, this
plays long: whatever a desktop says in a thousand nights, every figure, and what is known of any other, is as without it.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

from provisioner.execution.executor import Effects
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.status import Status
from provisioner.model.status_document import NoDocument, parse_status
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.sessions.push import Push, headers_of, parse_push
from provisioner.twin.engine.events import EventHeap
from tests.builders.cluster import a_profile
from tests.chaos.liar import Liar
from tests.chaos.liar_body import SpeakingBody
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site

BEGIN = 20_834 * 86_400.0
"""At midnight."""
FIRST = 5001
HOSTILE = FIRST + 1
MOST = 4
"""Sessions that a desktop can have: the profiles' `max_sessions`."""
CYCLE_S, READ_S = 600.0, 300.0
_COMES_OR_GOES_S, _BOOTS_S = 10_800.0, 6 * 3600.0
_DELAY_S, _BEGINS_S, _PLAYED_BACK_S = 1.25, 600.0, 170.0
_PLACES = (("standard", "Melun", "first"), ("standard", "Meaux", "second"), ("social", "Melun", "second"))


class Books(Site):
    """One of the two: takes in what is said, and follows only what has moved."""

    def __init__(self, desktops: int) -> None:
        vmids = range(FIRST, FIRST + desktops)
        profiles, sites, waves = ({vmid: _PLACES[vmid % 3][part] for vmid in vmids} for part in range(3))
        super().__init__(profiles, at=BEGIN, sites=sites, waves=waves)
        made = [a_profile(name, max_sessions=MOST) for name in sorted(set(profiles.values()))]
        self.config = replace(self.config, profiles={profile.name: profile for profile in made})
        self.moved: set[DesktopName] = set()

    def hears(self, push: Push, *, by: int) -> None:
        """One push. `by`: who has really sent it."""
        try:
            taken = parse_push(headers_of(push), push.body.encode("ascii", "replace"))
        except ValueError:
            return
        self.hear([(taken, self.clock.at)])
        self.moved.add(self.names[by])

    def reads(self, vmid: int, document: dict[str, object]) -> None:
        """Through its guest agent."""
        name, now = self.names[vmid], self.clock.at
        self.moved.add(name)
        try:
            report = parse_status(json.dumps(document), read_at=now, source="guest_agent", max_sessions=MOST)
        except NoDocument as wrong:
            if wrong.boot is not None:
                self.intake.missed(name, wrong.boot, now)
            return
        except ValueError:
            return
        effects = self.intake.pulled(Effects(report=(name, report)), self.config, source="guest_agent")
        self.cache.take(effects, self.config.budget)

    def asks(self, push: Push) -> str:
        """About first-boot data or sessions: whose question it is."""
        return self.intake.asked(push, self.config, self.clock.at)[0].value

    def follows(self) -> None:
        """The end of a cycle: whoever has been silent is unknown."""
        self.cache.store_reports(self.config.budget, self.intake.changed_counts())
        self.intake.purge(self.clock.at)
        states = {name: self.state(name) for name in sorted(self.moved)}
        known_s = sessions_known_for_s(self.config.pace)
        silent = self.cache.state.desktops[self.names[HOSTILE]].report
        if silent is not None and self.clock.at - silent.read_at > known_s and self.names[HOSTILE] in states:
            states[self.names[HOSTILE]] = replace(states[self.names[HOSTILE]], sessions=None)
        status = Status(at=self.clock.at, desktops=states, roster=self.roster, moved=tuple(sorted(self.moved)))
        self.intake.follow(status, self.config)
        self.moved = {self.names[HOSTILE]}


class Pair:
    """Both, on one clock. The honest say the same to both."""

    def __init__(self, *, seed: int, desktops: int) -> None:
        self.draw, self.events = Random(seed), EventHeap(BEGIN)
        self.without, self.with_lies = Books(desktops), Books(desktops)
        self.both = self.without, self.with_lies
        vmids = range(FIRST, FIRST + desktops)
        self.desktops = {vmid: SpeakingDesktop(vmid=vmid, booted_at=BEGIN - self.draw.uniform(300, 80_000)) for vmid in vmids}
        self.wrong: list[str] = []
        self.answered, self.lately_h = 0, 0.0
        """Questions of the liar, in the hours that were played last."""
        self.body = SpeakingBody(self.desktops, HOSTILE, self.events)
        self.liar = Liar(self.body, seed=seed, jumps=seed % 2 == 0, push=self._lies, ask=self._asks)
        self._open()

    def _open(self) -> None:
        for vmid, desktop in self.desktops.items():
            for books in self.both:
                books.reads(vmid, desktop.document(BEGIN, with_secret=True))
            self._comes_or_goes_later(vmid)
        for books in self.both:
            books.moved = set(books.names.values())
            books.follows()
        self.events.after(_BEGINS_S, self.liar.begin)
        self._again(READ_S, self._read)
        self._again(CYCLE_S, self._follow)
        self._again(_BOOTS_S, self._boot)

    def play(self, hours: float) -> None:
        """So long; may be called again."""
        self.answered, self.lately_h = 0, hours
        self.events.advance(self.events.now + hours * 3600.0)
        self._now()

    def _again(self, every_s: float, do: Callable[[], None]) -> None:
        def done() -> None:
            self._now()
            do()
            self.events.after(every_s, done)

        self.events.after(every_s, done)

    def _now(self) -> Instant:
        self.without.clock.at = self.with_lies.clock.at = self.events.now
        return self.events.now

    def _comes_or_goes_later(self, vmid: int) -> None:
        self.events.after(self.draw.expovariate(1 / _COMES_OR_GOES_S), lambda: self._comes_or_goes(vmid))

    def _comes_or_goes(self, vmid: int) -> None:
        """It says so within two seconds; the one's own program only where nobody lies."""
        now, desktop = self._now(), self.desktops[vmid]
        up_s = now - desktop.booted_at
        sessions = {} if desktop.sessions else {f"c{now:.0f}": (f"p{vmid}", up_s, True)}
        desktop.changes(now, **sessions)
        push = desktop.push(now)
        self.events.after(self.draw.uniform(0, _DELAY_S), lambda: self._hear(vmid, push))
        self._comes_or_goes_later(vmid)

    def _hear(self, vmid: int, push: Push) -> None:
        self._now()
        for books in self.both if vmid != HOSTILE else self.both[:1]:
            books.hears(push, by=vmid)
        if vmid != HOSTILE and self.draw.random() < 0.1:
            self._ask_honestly(vmid, push)
            again_s = self.draw.uniform(1, _PLAYED_BACK_S)
            self.events.after(again_s, lambda: self._lies(push))

    def _ask_honestly(self, vmid: int, push: Push) -> None:
        words = [books.asks(push) for books in self.both]
        if words[0] != words[1]:
            self.wrong.append(f"what {vmid} asks is {words[1]}, and without the lies {words[0]}")

    def _lies(self, push: Push) -> None:
        self._now()
        self.with_lies.hears(push, by=HOSTILE)

    def _asks(self, push: Push, _: str) -> None:
        self._now()
        self.answered += self.with_lies.asks(push) == "given"

    def _read(self) -> None:
        """The one, whose pushes say no more than it likes."""
        document = self.desktops[HOSTILE].document(self.events.now, with_secret=True)
        self.without.reads(HOSTILE, document)
        self.with_lies.reads(HOSTILE, self.liar.answer(document) if self.events.now > BEGIN + _BEGINS_S else document)

    def _follow(self) -> None:
        for books in self.both:
            books.follows()

    def _boot(self) -> None:
        """The one is started anew, now and then."""
        if self.draw.random() < 0.5:
            self.desktops[HOSTILE].begin(self.events.now)


__all__ = ["BEGIN", "HOSTILE", "MOST", "Books", "Pair"]
