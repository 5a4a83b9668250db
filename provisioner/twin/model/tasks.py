"""Tasks: their identifiers, logs and lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from provisioner.twin.engine.processes import Running

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
