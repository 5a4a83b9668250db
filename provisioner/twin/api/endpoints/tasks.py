"""Task lists, status and logs, and stopping a task."""

from collections.abc import Iterator

from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call, invalid

_DEFAULT_LIMIT = 50


class CountedList(list[object]):
    """A list whose answer also carries `total` beside `data`."""

    def __init__(self, items: list[object], *, total: int) -> None:
        super().__init__(items)
        self.total = total


@route("GET", "/nodes/{node}/tasks")
def tasks(cluster: Cluster, call: Call) -> object:
    """A node's tasks, newest first; without `source=all` only ended tasks."""
    start, limit = int(call.params.get("start", "0")), int(call.params.get("limit", str(_DEFAULT_LIMIT)))
    matching = [task for task in _tasks_from(cluster, call) if _matches(task, call)]
    page: list[object] = [task.listed() for task in matching[start : start + limit if limit else None]]
    return CountedList(page, total=len(matching))


@route("GET", "/nodes/{node}/tasks/{upid}")
def index(cluster: Cluster, call: Call) -> object:
    """The paths below."""
    _task(cluster, call)
    return [{"name": "log"}, {"name": "status"}]


@route("GET", "/nodes/{node}/tasks/{upid}/status", protected=True)
def status(cluster: Cluster, call: Call) -> object:
    """One task's status; occupies an API worker."""
    return _task(cluster, call).as_status()


@route("GET", "/nodes/{node}/tasks/{upid}/log", protected=True)
def log(cluster: Cluster, call: Call) -> object:
    """A task's log; the reason of a failure is at its end."""
    task = _find(cluster, call)
    lines = task.log if task is not None else ["unable to open file - No such file or directory"]
    if call.flag("download"):
        return "\n".join(lines) + "\n"
    start, limit = int(call.params.get("start", "0")), int(call.params.get("limit", str(_DEFAULT_LIMIT)))
    numbered: list[object] = [{"n": number, "t": line} for number, line in enumerate(lines, start=1)]
    return CountedList(numbered[start : start + limit if limit else None], total=len(lines))


@route("DELETE", "/nodes/{node}/tasks/{upid}", protected=True)
def stop(cluster: Cluster, call: Call) -> object:
    """Interrupt a task."""
    task = _task(cluster, call)
    if task.run is not None:
        how = "unable to create image: interrupted by signal" if task.kind == "qmclone" else "interrupted by signal"
        cluster.events.after(0.0, lambda: _interrupt(task, how))
    return None


def _interrupt(task: TwinTask, how: str) -> None:
    if task.run is not None:
        task.run.interrupt(TaskFault(how))


def _tasks_from(cluster: Cluster, call: Call) -> Iterator[TwinTask]:
    every = cluster.tasks[call.node].newest_first()
    source, since = call.params.get("source", "archive"), float(call.params.get("since", "0"))
    for task in every:
        if task.started_at < since - 1 and since:
            return
        running = task.ended_at is None
        if source == "all" or running == (source == "active"):
            yield task


def _matches(task: TwinTask, call: Call) -> bool:
    params = call.params
    ended = task.status is not None
    return (
        int(task.started_at) >= int(params.get("since", "0"))
        and int(task.started_at) <= int(params.get("until", "9999999999"))
        and ("vmid" not in params or task.about == params["vmid"])
        and ("typefilter" not in params or params["typefilter"] in task.kind)
        and ("userfilter" not in params or params["userfilter"] in task.user)
        and (not call.flag("errors") or (ended and task.status != "OK"))
        and _status_matches(task, params.get("statusfilter", ""))
        and (not call.own_tasks_only or task.user == call.user)
    )


def _status_matches(task: TwinTask, wanted: str) -> bool:
    if not wanted:
        return True
    if task.status is None:
        return False
    kind = "ok" if task.status == "OK" else "warning" if task.status.startswith("WARNINGS") else "error"
    return kind in wanted.split(",")


def _task(cluster: Cluster, call: Call) -> TwinTask:
    task = _find(cluster, call)
    if task is None:
        raise invalid(upid="no such task")
    return task


def _find(cluster: Cluster, call: Call) -> TwinTask | None:
    upid = call.args["upid"]
    if len(upid.split(":")) != 9 or not upid.startswith("UPID:"):
        raise invalid(upid="unable to parse worker upid")
    return cluster.tasks[call.node].get(upid)
