"""Tasks: their identifiers, logs, lists, and how they end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provisioner.twin.api.routes import ApiFault
from provisioner.twin.engine.processes import Process, Running
from provisioner.twin.model.nodes import TwinNode

if TYPE_CHECKING:
    from provisioner.twin.model.cluster import Cluster

Entry = dict[str, object]


class TaskFault(Exception):
    """A task's end in an error; its text becomes the exit status."""


@dataclass(slots=True, kw_only=True, eq=False)
class Task:
    """One task."""

    upid: str
    node: str
    kind: str
    about: str
    """The id in the UPID: a VMID (of a clone, the template's), or nothing."""
    user: str
    pid: int
    pstart: int
    started_at: float
    ended_at: float | None = None
    status: str | None = None
    log: list[str] = field(default_factory=list)
    makes: int | None = None
    """The VMID a clone or create makes: hidden truth, in no answer but the log."""
    run: Running[None] | None = None

    def say(self, line: str) -> None:
        """Write to its log."""
        self.log.append(line)

    def listed(self) -> Entry:
        """As an entry of a task list."""
        entry: Entry = {**self._names(), "pid": self.pid, "pstart": self.pstart}
        if self.ended_at is not None:
            entry |= {"endtime": int(self.ended_at), "status": self.status}
        return entry

    def as_status(self) -> Entry:
        """As the answer of its status."""
        entry: Entry = {**self._names(), "pid": self.pid, "pstart": self.pstart}
        entry["status"] = "running" if self.ended_at is None else "stopped"
        if self.ended_at is not None:
            entry["exitstatus"] = self.status
        return entry

    def _names(self) -> Entry:
        user, _, token = self.user.partition("!")
        names: Entry = {
            "upid": self.upid, "node": self.node, "type": self.kind, "id": self.about, "user": user,
            "starttime": int(self.started_at),
        }  # fmt: skip
        return names | {"tokenid": token} if token else names


class TaskList:
    """All tasks of one node, oldest first."""

    def __init__(self) -> None:
        self._by_upid: dict[str, Task] = {}

    def add(self, task: Task) -> None:
        """Keep it."""
        self._by_upid[task.upid] = task

    def get(self, upid: str) -> Task | None:
        """The task of this UPID."""
        return self._by_upid.get(upid)

    def newest_first(self) -> Iterator[Task]:
        """All, by start."""
        return reversed(self._by_upid.values())

    def running(self) -> list[Task]:
        """Those under way, newest first."""
        return [task for task in self.newest_first() if task.ended_at is None]


Work = Callable[[Task], Process[None]]


def start_task(
    cluster: "Cluster", node: TwinNode, kind: str, *, about: object, user: str, work: Work, makes: int | None = None
) -> Task:
    """Fork a task; it runs outside the API's workers, and dies with its node."""
    now = cluster.events.now
    pid, pstart = node.next_pid(), int((now - node.booted_at) * 100)
    upid = f"UPID:{node.name}:{pid:08X}:{pstart:08X}:{int(now):08X}:{kind}:{about}:{user}:"
    task = Task(
        upid=upid, node=node.name, kind=kind, about=str(about), user=user, pid=pid, pstart=pstart, started_at=now, makes=makes
    )
    cluster.tasks[node.name].add(task)
    task.run = cluster.spawn_on(
        node,
        work(task),
        done=lambda _: _end(cluster, task, "OK"),
        failed=lambda error: _end(cluster, task, text_of(error)),
    )
    return task


def text_of(error: Exception) -> str:
    """What a fault says; anything else is a defect of the twin and raised."""
    if isinstance(error, ApiFault):
        return error.reason
    if isinstance(error, TaskFault):
        return str(error)
    raise error


def fail_lost(cluster: "Cluster", node: TwinNode) -> None:
    """What a node that comes back says of the tasks that died with it."""
    for task in cluster.tasks[node.name].running():
        _end(cluster, task, "unexpected status")


def _end(cluster: "Cluster", task: Task, status: str) -> None:
    task.ended_at = cluster.events.now
    task.status = status
    task.say("TASK OK" if status == "OK" else f"TASK ERROR: {status}")
    cluster.note(f"task {task.kind} {task.makes or task.about} on {task.node}: {status}")
