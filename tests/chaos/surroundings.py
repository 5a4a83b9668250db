"""The daemon's surroundings, made to fail: its store, its clock, its connection to the cluster, its directory."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.steady_clock import SteadyClock
from provisioner.errors import BasculeError, DirectoryIncomplete, DirectoryUnavailable, GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.commands import Answer, Command, Completion
from provisioner.model.ids import AgentId
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import ReadinessLevel
from provisioner.model.words import GuestWord
from provisioner.ports import Changes
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.api.dispatch import LOST
from provisioner.twin.calls import VirtualCalls
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Reply
from tests.builders.core import a_roster, an_agent
from tests.chaos.world import CLUSTER

_PROXY_S = 30.0
"""pveproxy's time-out: then 596, and what was asked for may still come."""


_HEARD_S = 34.5
"""Then the judge learns that a hung connection is given up: right before the daemon itself does so."""
_HUNG_S = 40.0
"""Longer than our own read time-out of 35 s."""
_WRITTEN = ("/clone", "/status/start", "/status/shutdown", "/config")


class Killed(BaseException):
    """The daemon's process has ended in the middle of its work."""


class MortalStore:
    """A store whose daemon may die right before or right after a commit."""

    def __init__(self, store: MemoryStore, *, dies: Callable[[str], bool]) -> None:
        self._store, self._dies = store, dies

    def commit(self, changes: Changes) -> None:
        """As the store, unless death comes first."""
        if self._dies("before"):
            raise Killed
        self._store.commit(changes)
        if self._dies("after"):
            raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def copy_of(store: MemoryStore) -> MemoryStore:
    """A copy like a backup: all records, without an owner. Values are frozen, so copying their containers is enough."""
    twin = copy(store)
    for name, kept in vars(store).items():
        setattr(twin, name, _containers_of(kept))
    twin.close()
    return twin


def _containers_of(kept: Any) -> Any:
    if isinstance(kept, dict | list):
        return copy(kept)
    if hasattr(kept, "records"):
        return replace(kept, **{field.name: _containers_of(getattr(kept, field.name)) for field in fields(kept) if field.init})
    if hasattr(kept, "__dict__"):
        other = copy(kept)
        vars(other).update({name: _containers_of(value) for name, value in vars(kept).items()})
        return other
    return kept


@dataclass(slots=True)
class WrongClock:
    """Ahead of the event heap by whole seconds, so that no time is rounded on its way."""

    heap: EventHeap
    ahead_s: int = 0

    def now(self) -> float:
        """As it shows."""
        return self.heap.now + self.ahead_s


class Skewed:
    """The event heap as one life of a daemon with a wrong clock knows it."""

    def __init__(self, machine: WrongClock) -> None:
        self._machine, self.clock = machine, SteadyClock(machine, lambda: machine.heap.now)

    @property
    def now(self) -> float:
        """By the daemon's own clock."""
        return self.clock.now()

    def next_at(self) -> float | None:
        """By the wrong clock."""
        at = self._machine.heap.next_at()
        return None if at is None else at + self._machine.ahead_s

    def advance(self, until: float) -> None:
        """To a time of the wrong clock."""
        self._machine.heap.advance(until - self._machine.ahead_s)


@dataclass(slots=True, kw_only=True)
class Loss:
    """So many of the next requests of an endpoint are lost: `before` or `after` their effect, their effect comes `late`, or the
    connection is `hung`; or they are `delayed`, their answers `slow`, or they `never` get one.

    `/config` are its changes; `GET /config` its readings, by which notes are read."""

    endpoint: str
    how: str
    left: int


class StormyWire:
    """The twin as seen by one life of the daemon."""

    def __init__(
        self,
        send: Callable[..., None],
        events: EventHeap,
        *,
        losses: list[Loss],
        late_s: Callable[[], float],
        observe: Callable[[ApiRequest, ApiResponse | None], None],
    ) -> None:
        """`send` is the twin's; `observe` is called with each request when it is sent, and again when its answer arrives."""
        self.cut, self.events, self._send = False, events, send
        self._losses, self._late_s, self._observe = losses, late_s, observe

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Pass it on, unless the daemon is dead or the request gets lost; so its answer."""
        if self.cut:
            return
        self._observe(request, None)
        answered = self._unless_cut(request, reply)
        match self._loss_of(request):
            case "before":
                self.events.after(0.5, lambda: answered(LOST))
            case "after":
                self._send(request, lambda _: answered(LOST), auth=auth)
            case "late":
                self.events.after(self._late_s(), lambda: self._send(request, lambda _: None, auth=auth))
                self.events.after(_PROXY_S, lambda: answered(ApiResponse(status=596, reason="Connection timed out")))
            case "delayed":
                self.events.after(self._late_s() / 10, lambda: self._send(request, answered, auth=auth))
            case "slow":  # what it says has aged by then
                self._send(request, lambda answer: self.events.after(self._late_s() / 6, lambda: answered(answer)), auth=auth)
            case "never":
                self._send(request, lambda _: None, auth=auth)
            case "hung":
                self.events.after(_HEARD_S, lambda: self.cut or self._observe(request, LOST))
                self._send(request, lambda _: self.events.after(_HUNG_S, lambda: answered(LOST)), auth=auth)
            case _:
                self._send(request, answered, auth=auth)

    def _loss_of(self, request: ApiRequest) -> str:
        for loss in self._losses:
            if loss.left and _is_of(loss.endpoint, request):
                loss.left -= 1
                return loss.how
        return ""

    def _unless_cut(self, request: ApiRequest, reply: Reply) -> Reply:
        def answered(response: ApiResponse) -> None:
            if not self.cut:
                self._observe(request, response)
                reply(response)

        return answered


def _is_of(endpoint: str, request: ApiRequest) -> bool:
    method, _, path = endpoint.rpartition(" ")
    reads = method == "GET" or path not in _WRITTEN
    return request.path.endswith(path) and (request.method == "GET") == reads


class StormyCalls(VirtualCalls):
    """Calls of one life of the daemon: after its death nothing comes out any more."""

    def __init__(
        self,
        wire: StormyWire,
        *,
        events: Skewed,
        directory: "People",
        key: NoteKey,
        sent: Callable[[Command], None],
        lets_in: Callable[[int], bool] = lambda _: True,
        auth: str | None = None,
    ) -> None:
        """`lets_in`: whether a VM's log-on port answers; `auth`: the daemon's token, None: it may everything."""
        twins = {CLUSTER: wire}
        super().__init__(twins=twins, events=events, directory=directory, key=key, auth=auth)  # type: ignore[arg-type]
        self.wire, self._sent, self._lets_in = wire, sent, lets_in

    def submit(self, command: Command) -> None:
        """As usual, and said to who listens."""
        self._sent(command)
        super().submit(command)

    def _end(self, command: Command, started_at: float, answer: Answer, error: BasculeError | None) -> None:
        super()._end(command, started_at, answer, self._with_port(command, error))

    def _with_port(self, command: Command, error: BasculeError | None) -> BasculeError | None:
        """As LogonPortProbe: of a desktop that does not answer its log-on port is tried, if its profile wants that."""
        asked = isinstance(command, CheckGuest) and command.sweep and command.profile.readiness is not ReadinessLevel.REPORT
        if not asked or not isinstance(error, GuestUnknown) or error.cause is not GuestWord.NO_AGENT:
            return error
        assert isinstance(command, CheckGuest), "it was asked"
        lets_in = self._lets_in(command.key.vmid)
        return GuestUnknown(str(error), cause=GuestWord.PORT_ALONE if lets_in else GuestWord.HANGS)

    def next(self, until: float) -> Completion | None:
        """As usual, while alive."""
        completion = super().next(until)
        return None if self.wire.cut else completion


class People:
    """A directory whose people come and go, and that may say why it does not answer."""

    def __init__(self, agents: int, now: Callable[[], float]) -> None:
        self.state = "back"
        self.numbers = list(range(1, agents + 1))
        self._next, self._now = agents + 1, now

    def join(self, count: int) -> None:
        """New people."""
        self.numbers += range(self._next, self._next + count)
        self._next += count

    def leave(self, rank: int) -> None:
        """One goes."""
        self.numbers.pop(rank % len(self.numbers))

    def go(self, agent_id: str) -> None:
        """That one goes."""
        self.numbers = [number for number in self.numbers if an_agent(number).agent_id != agent_id]

    def ids(self) -> Iterator[AgentId]:
        """The ids of the present people."""
        return (an_agent(number).agent_id for number in self.numbers)

    def gone(self) -> Iterator[AgentId]:
        """Of everybody who was there once."""
        return (an_agent(number).agent_id for number in range(1, self._next) if number not in self.numbers)

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, unless it is unreachable or its answer is empty."""
        if self.state == "unreachable":
            raise DirectoryUnavailable("ldaps://directory.example.org: connection refused")
        if self.state == "empty":
            raise DirectoryIncomplete("the search found no entry at all")
        return replace(a_roster(an_agent(number) for number in self.numbers), read_at=self._now())


__all__ = ["Killed", "Loss", "MortalStore", "People", "Skewed", "StormyCalls", "StormyWire", "WrongClock", "copy_of"]
