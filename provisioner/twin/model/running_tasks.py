"""Begins and ends tasks on a cluster's nodes."""

from collections.abc import Callable

from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import ApiFault

Work = Callable[[TwinTask], Process[None]]


def start_task(
    cluster: Cluster, node: TwinNode, kind: str, *, about: object, user: str, work: Work, makes: int | None = None
) -> TwinTask:
    """Fork a task. It runs outside the API workers and dies with its node."""
    now = cluster.events.now
    pid, pstart = node.next_pid(), int((now - node.booted_at) * 100)
    upid = f"UPID:{node.name}:{pid:08X}:{pstart:08X}:{int(now):08X}:{kind}:{about}:{user}:"
    task = TwinTask(
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
    """The text of a fault. Any other error is a defect of the twin and raised."""
    if isinstance(error, ApiFault):
        return error.reason
    if isinstance(error, TaskFault):
        return str(error)
    raise error


def fail_lost(cluster: Cluster, node: TwinNode) -> None:
    """End the tasks that died with a node, when the node comes back."""
    for task in cluster.tasks[node.name].running():
        _end(cluster, task, "unexpected status")


def _end(cluster: Cluster, task: TwinTask, status: str) -> None:
    task.ended_at = cluster.events.now
    task.status = status
    task.say("TASK OK" if status == "OK" else f"TASK ERROR: {status}")
    cluster.log_event(f"task {task.kind} {task.makes or task.about} on {task.node}: {status}")
