"""Tasks: their identifiers, logs and lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from provisioner.twin.engine.events import Running

Entry = dict[str, object]


class TaskFault(Exception):
    """Ends a task in an error; the text becomes its exit status."""


@dataclass(slots=True, kw_only=True, eq=False)
class TwinTask:
    """One task."""

    upid: str
    node: str
    kind: str
    about: str
    """The id in the UPID: a VMID (for a clone the template's), or empty."""
    user: str
    pid: int
    pstart: int
    started_at: float
    ended_at: float | None = None
    status: str | None = None
    log: list[str] = field(default_factory=list)
    makes: int | None = None
    """The VMID a clone or create makes. Not in any answer except the log."""
    run: Running[None] | None = None

    def say(self, line: str) -> None:
        """Append a line to the task's log."""
        self.log.append(line)

    def listed(self) -> Entry:
        """Its entry in a task list."""
        entry: Entry = {**self._names(), "pid": self.pid, "pstart": self.pstart}
        if self.ended_at is not None:
            entry |= {"endtime": int(self.ended_at), "status": self.status}
        return entry

    def as_status(self) -> Entry:
        """The answer of its status."""
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
        self._by_upid: dict[str, TwinTask] = {}

    def add(self, task: TwinTask) -> None:
        """Add a task."""
        self._by_upid[task.upid] = task

    def get(self, upid: str) -> TwinTask | None:
        """The task with this UPID."""
        return self._by_upid.get(upid)

    def newest_first(self) -> Iterator[TwinTask]:
        """All tasks, the latest start first."""
        return reversed(self._by_upid.values())

    def running(self) -> list[TwinTask]:
        """The running tasks, newest first."""
        return [task for task in self.newest_first() if task.ended_at is None]
