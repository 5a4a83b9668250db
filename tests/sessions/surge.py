"""A surge in virtual time whose desktops push: twin, receiver, daemon, metrics and API; and what was true at each moment."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.adapters.memory_store import MemoryStore
from provisioner.api.site import Noticeboard
from provisioner.daemon.publishing import StatusPublisher
from provisioner.model.ids import ClusterId, ProfileName, WaveName
from provisioner.model.machines.desktops import SessionState
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Agent
from provisioner.model.session_counts import SessionTotals
from provisioner.model.status import Status
from provisioner.ports import all_of
from provisioner.receiver.forwarding import WaitingPushes
from provisioner.receiver.handover import decode_batch, encode_batch
from provisioner.reconciler import Reconciler, run
from provisioner.sessions.push import Push, headers_of, parse_push
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import SignedAsk, Twin
from provisioner.views.desktops import desktops_document
from provisioner.views.figures import figures_document
from provisioner.wrong.keeping import WrongList
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on
from tests.monitors.scraping import scrape, value
from tests.scenarios.surroundings import ScriptedDirectory

FORWARD_S = 0.25
"""As the receiver's own thread (receiver.forwarding)."""


@dataclass(frozen=True)
class Change:
    """A log-on (+1) or log-off (-1), as it happened."""

    at: float
    vmid: int
    by: int


class PushedSurge:
    """One night. The daemon can be killed; what desktops send meanwhile waits in the receiver."""

    def __init__(
        self, spec: TwinSpec, *, agents: Iterable[Agent], way: "Callable[[PushedSurge], SignedAsk] | None" = None
    ) -> None:
        """`way`: how questions about sessions go, instead of at once."""
        self.spec, self.events = spec, EventHeap(NOW)
        self.twin = Twin(spec, self.events)
        self.truth: list[Change] = []
        self.twin.cluster.on_news.append(self._note)
        self.waiting = WaitingPushes(now=lambda: self.events.now)
        self.twin.push_to(self._receive)
        self.obeying = self.twin.ask_by(self._asked) if way is None else self.twin.ask_through(way(self))
        self.store, self._roster = MemoryStore(), a_roster(agents)
        self.config = a_config_on(spec)
        self.reconciler: Reconciler | None = None
        self.began_at = NOW
        """When this life of the daemon began."""
        self.recorder: Recorder | None = None
        self._calls: VirtualCalls | None = None
        self._forwarding = self._ends = False

    def play(self, *, until_s: float, killed_at_s: tuple[float, ...] = (), away_s: float = 20.0) -> Iterator[float]:
        """Yields at the end of each step of the daemon, with the seconds since the beginning."""
        for end_s in (*killed_at_s, until_s):
            yield from self._live(end_s)
            self._die()
            if end_s < until_s:
                self.events.advance(NOW + end_s + away_s)

    def true_of(self, vmid: int, at: float) -> int:
        """Sessions that were open on a desktop at that moment."""
        return sum(change.by for change in self.truth if change.vmid == vmid and change.at <= at)

    def true_peak(self, vmids: Callable[[int], bool] = lambda _: True) -> int:
        """The most that were open at once on some desktops; what ends at a moment ends before what begins."""
        most = now = 0
        for change in sorted(self.truth, key=lambda change: (change.at, change.by)):
            now += change.by if vmids(change.vmid) else 0
            most = max(most, now)
        return most

    @property
    def status(self) -> Status:
        """The daemon's."""
        assert self.reconciler is not None
        assert self.reconciler.status is not None
        return self.reconciler.status

    @property
    def figures(self) -> SessionTotals:
        """Of the last status."""
        return self.status.session_figures

    def guest(self, vmid: int) -> TwinGuest:
        """A desktop of the twin."""
        return self.twin.cluster.guests[vmid]

    def shown(self) -> dict[int, tuple[int | None, float, str | None]]:
        """What the API says of each desktop: open sessions (None: unknown), when they were so, and by which way it is known."""
        published = self._board.last
        assert published is not None
        rows = desktops_document(published).desktops
        at = published.status.at
        return {row.vmid: (row.session.count, at - (row.session.age_s or 0.0), row.session.source) for row in rows}

    def sums(self) -> dict[str, float]:
        """The open sessions, by every place that shows them."""
        published = self._board.last
        assert published is not None
        assert self.recorder is not None
        series = scrape(self.recorder)
        of_site = {labels: count for (name, labels), count in series.items() if name == "bascule_site_sessions"}
        of_wave = {labels: count for (name, labels), count in series.items() if name == "bascule_wave_sessions"}
        figures = figures_document(published.status).sessions
        return {
            "metric by state": sum(value(series, "sessions", profile="standard", state=state) for state in SessionState),
            "metric by site": sum(of_site.values()),
            "metric by wave": sum(of_wave.values()),
            "API, figures": figures.open,
            "API, each desktop": sum(count or 0 for count, _, _ in self.shown().values()),
        }

    def _live(self, end_s: float) -> Iterator[float]:
        self._board = Noticeboard()
        known = KnownNames(
            profiles=(ProfileName("standard"),), clusters=(ClusterId(self.spec.name),), waves=(WaveName("everyone"),)
        )
        self.recorder = Recorder(clock=VirtualClock(self.events), known=known)
        publisher = StatusPublisher(self._board, lambda: reconciler, wrong=WrongList(known.clusters).of)
        reconciler = Reconciler(
            self.config, store=self.store, clock=VirtualClock(self.events), events=all_of((self.recorder, publisher))
        )
        directory = ScriptedDirectory(self._roster, lambda: self.events.now)
        key = NoteKey(installation=self.config.installation, secret=b"a key that no real installation has")
        twins = {ClusterId(self.spec.name): self.twin}
        self._calls = VirtualCalls(twins=twins, events=self.events, directory=directory, key=key)
        reconciler.open()
        self.reconciler, self.began_at = reconciler, self.events.now
        self._forward_soon()
        while self.events.now < NOW + end_s:
            _one_turn(reconciler, self._calls)
            if reconciler.status is not None:
                yield self.events.now - NOW

    def _die(self) -> None:
        self.reconciler, self._calls = None, None
        self.store.close()

    def _note(self, guest: TwinGuest) -> None:
        last = guest.noted[-1] if guest.noted else None
        if last is not None and last.at == self.events.now and last.word in ("logon", "logoff"):
            self.truth.append(Change(at=last.at, vmid=guest.vmid, by=1 if last.word == "logon" else -1))

    def _receive(self, push: Push) -> None:
        assert self.waiting.put(parse_push(headers_of(push), push.body.encode()))
        self._forward_soon()

    def _asked(self, push: Push) -> str | None:
        """Passed on at once."""
        answer = self.answer_to(push)
        return None if answer is None else answer[0]

    def answer_to(self, push: Push) -> tuple[str, str] | None:
        """What the daemon answers, with its signature; None: nothing, or there is no daemon."""
        if self.reconciler is None:
            return None
        answer = self.reconciler.session_orders(parse_push(headers_of(push), push.body.encode()), self.events.now)
        return answer if isinstance(answer, tuple) else None

    def _forward_soon(self) -> None:
        if not self._forwarding:
            self._forwarding = True
            self.events.after(FORWARD_S, self._forward)

    def _forward(self) -> None:
        """A batch, in the form that goes over the socket."""
        self._forwarding = False
        batch = self.waiting.batch()
        if not batch or self.reconciler is None or self._calls is None:
            return
        heard, now = decode_batch(encode_batch(batch)), self.events.now
        self.waiting.taken(batch)
        self.reconciler.take_pushes((push, now - waited_s) for push, waited_s in heard.pushes)
        self._calls.nudge()
        self._forward_soon()


def _one_turn(reconciler: Reconciler, calls: VirtualCalls) -> None:
    """Of the loop."""
    turns = iter((False, True))
    run(reconciler, calls, until=lambda: next(turns))
