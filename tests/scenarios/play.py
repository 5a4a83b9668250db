"""A scenario folder, played in virtual time: the reconciler of production on a twin, and what happens to both."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.ownership import NoteKey
from provisioner.ports import all_of
from provisioner.pve.wire import ApiRequest
from provisioner.reconciler import Reconciler, run
from provisioner.sessions.push import Push, headers_of, parse_push
from provisioner.twin.calls import VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.scenarios.folder import Folder
from tests.scenarios.site import HappeningDocument, ProfileChangesDocument
from tests.scenarios.surroundings import Hands, Operator, ScriptedDirectory
from tests.scenarios.wire import MortalCalls, Wire, Write
from tests.scenarios.witness import Witness


class Play:
    """One run of a folder. Afterwards everything can be looked at: the twin, the store, the statuses, the writes, the log."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.site, self.config = folder, folder.site, folder.config()
        self.events = EventHeap(NOW)
        self.twin = Twin(folder.spec, self.events)
        self.store = MemoryStore()
        self.key = NoteKey(installation=folder.site.installation, secret=b"a key that no real installation has")
        self.directory = ScriptedDirectory(folder.roster(), lambda: self.events.now)
        self.operator = Operator()
        self.hands = Hands(self.twin, self.key)
        self.witness = Witness()
        self.writes: list[Write] = []
        self.lives = 0
        self._reconciler: Reconciler | None = None
        self._calls: MortalCalls | None = None
        self._alive = True
        self._end = NOW + folder.site.runs
        self._lines: list[tuple[float, str]] = []

    def run(self) -> "Play":
        """To the end of its time."""
        for happening in self.site.happenings:
            if happening.at is not None:
                self.events.at(NOW + happening.at, self._happening(happening))
        self._tick()
        self.twin.push_to(self._pushed)
        self.twin.ask_by(self._asked)
        self.events.at(self._end, self._nudge)
        while self.events.now < self._end:
            if self._alive:
                self._live()
            else:
                self.events.advance(min(self._end, self.events.next_at() or self._end))
        return self

    @property
    def log(self) -> list[str]:
        """The daemon's log lines, the happenings and the cluster's failures, by seconds since the beginning."""
        lines = sorted([*_told_by(self.twin), *self._lines], key=lambda line: line[0])
        return [f"{at:8.1f}  {text}" for at, text in lines]

    # -- the daemon ------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """One life of the daemon, to its death or to the end."""
        wire = Wire(self.twin, writes=self.writes, judge=self._judge, meddling=self._meddling())
        calls = MortalCalls(wire, cluster=self.folder.cluster, directory=self.directory, key=self.key)
        listeners = all_of((self.witness, LineEvents(self._write)))
        reconciler = Reconciler(self.config, store=self.store, clock=VirtualClock(self.events), events=listeners)
        self._reconciler, self._calls = reconciler, calls
        self.lives += 1
        reconciler.open()
        run(reconciler, calls, until=lambda: wire.cut or self.events.now >= self._end)
        wire.cut = True
        self.store.close()  # the claim ends with the process, however that ended

    def _tick(self) -> None:
        """The daemon's tick for the directory."""
        if self._reconciler is not None:
            self._reconciler.read_directory()
            self._nudge()
        self.events.after(self.site.directory_every, self._tick)

    def _pushed(self, push: Push) -> None:
        """A dead daemon hears nothing: desktops say it again."""
        if self._reconciler is not None:
            self._reconciler.take_pushes([(parse_push(headers_of(push), push.body.encode()), self.events.now)])
            self._nudge()

    def _asked(self, push: Push) -> str | None:
        """A dead daemon answers nothing: desktops ask again."""
        answer = None if self._reconciler is None else self._reconciler.session_orders(push, self.events.now)
        return answer[0] if isinstance(answer, tuple) else None

    def _judge(self, request: ApiRequest) -> Write:
        endpoint, vmids = f"{request.method} {request.endpoint}", self.site.vmids
        if request.endpoint.endswith("/clone"):
            vmid = int(request.params["newid"])
            return Write(at=self.events.now, endpoint=endpoint, vmid=vmid, ours=vmids.first <= vmid <= vmids.last)
        vmid = int(request.path.split("/")[4])
        return Write(at=self.events.now, endpoint=endpoint, vmid=vmid, ours=self.hands.own(vmid))

    def _write(self, line: LogLine) -> None:
        if line.level is not LineLevel.DEBUG:
            self._note(line.level, str(line))

    def _note(self, who: str, text: str) -> None:
        self._lines.append((self.events.now - NOW, f"{who:7}  {text}"))

    # -- what happens to it ----------------------------------------------------------------------------------------

    def _meddling(self) -> dict[int, Callable[[], None]]:
        return {
            happening.before_clone: self._happening(happening)
            for happening in self.site.happenings
            if happening.before_clone is not None
        }

    def _happening(self, happening: HappeningDocument) -> Callable[[], None]:
        what = getattr(happening, happening.kind)

        def happen() -> None:
            self._note("scene", f"{happening.kind.replace('_', ' ')}: {_words(what)}")
            self._happen(happening.kind, what)
            self._nudge()

        return happen

    def _happen(self, kind: str, what: Any) -> None:
        match kind:
            case "daemon":
                self._kill() if what == "killed" else self._start()
            case "store":
                assert not self._alive, "a store is lost while the daemon is dead"
                self.store = MemoryStore()
            case "operator":
                self.operator.order(what, self.store, self.events.now)
            case "profile":
                self._reload(what)
            case "reconfigure":
                self.operator.reconfigure("" if what == "all stopped" else f"vd-{what}", self.store, self.events.now)
            case "restart":
                self.operator.about(IntentKind.RESTART, f"vd-{what}", self.store, self.events.now)
            case "cordon" | "drain" | "evacuate":
                self.operator.close(IntentKind(kind), self._node(what), self.store, self.events.now)
            case "trial":
                self.operator.about(IntentKind.TRIAL, f"{next(iter(self.config.profiles))}/{what}", self.store, self.events.now)
            case "uncordon":
                self.operator.open(self._node(what), self.store, self.events.now)
            case "leaves":
                self.directory.gone.add(an_agent_id(what))
            case "returns":
                self.directory.gone.remove(an_agent_id(what))
            case "directory":
                self.directory.state = what
            case "powered_off":
                self.hands.power_off(what)
            case "powered_on":
                self.hands.power_on(what)
            case "deleted":
                self.hands.delete(what)
            case "foreign_vm":
                self.hands.make(what)
            case "changed":
                self.hands.change(what)
            case "put_in_pool":
                self.hands.put_in_pool(what)
            case "moved":
                self.hands.move(what)
            case "restored":
                self.hands.restore(what)

    def _reload(self, changes: ProfileChangesDocument) -> None:
        profile = self.folder.profile(changes)
        self.config = replace(self.config, profiles={profile.name: profile})
        if self._reconciler is not None:
            self._reconciler.follow(self.config)
            self._nudge()

    def _node(self, name: str) -> NodeKey:
        return NodeKey(self.folder.cluster, NodeName(name))

    def _kill(self) -> None:
        assert self._calls is not None
        self._alive, self._reconciler = False, None
        self._calls.wire.cut = True

    def _start(self) -> None:
        self._alive = True

    def _nudge(self) -> None:
        if self._calls is not None:
            self._calls.nudge()


def _words(what: Any) -> str:
    """A document's own fields in their order, or the value as it is."""
    fields = what.model_dump(exclude_defaults=True) if hasattr(what, "model_dump") else None
    return str(what) if fields is None else ", ".join(f"{key} {value}" for key, value in fields.items())


def _told_by(twin: Twin) -> Iterator[tuple[float, str]]:
    """What the cluster itself went through; of tasks and guests, only what failed."""
    for line in twin.log:
        at, _, text = line.partition(" ")
        if (
            text.startswith(("node ", "cluster: ", "template ", "ha: "))
            or "shut down with" in text
            or (text.startswith("task ") and not text.endswith(": OK"))
        ):
            yield float(at), f"{'twin':7}  {text}"
