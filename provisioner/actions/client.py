"""A client for one Proxmox VE cluster over any transport: the proxmox adapter and the virtual twin only add a `send`."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from provisioner.actions.checkguest import by_guest_agent, read_guest
from provisioner.actions.registry import operation_of
from provisioner.actions.spec import OperationContext
from provisioner.errors import NotSent
from provisioner.model.actions import Action, CheckGuest
from provisioner.model.commands import Answer, Observe
from provisioner.model.ids import ClusterId, Instant, NodeKey, NodeName, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView, Node
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.machines.ownership import NoteKey
from provisioner.pve import operations, requests
from provisioner.pve.parsing import Listings, StorageDetails
from provisioner.pve.wire import ApiRequest, ApiResponse, Ask, Operation, Send, run

T = TypeVar("T")
Now = Callable[[], Instant]


def _never() -> bool:
    return False


class PveClient:
    """The calls of the port Hypervisor, and the doctor's queries. The note key names the installation."""

    def __init__(self, cluster: ClusterId, send: Send, *, key: NoteKey, now: Now) -> None:
        self._cluster = cluster
        self._send = send
        self._key = key
        self._now = now
        self._listings = Listings(cluster)

    @property
    def cluster(self) -> ClusterId:
        """The cluster it is connected to."""
        return self._cluster

    def now(self) -> Instant:
        """The time on this side."""
        return self._now()

    def observe(self, command: Observe) -> ClusterView:
        """Observe the cluster, in O(nodes) calls."""
        return run(operations.observe(command, self._listings, now=self._now), self._send)

    def carry_out(self, action: Action, *, ask: Ask | None = None, frozen: Callable[[], bool] = _never) -> Answer:
        """Run an action; returns its answer: a task id, a report, a reservation or None. None for actions only in the store.

        `ask` queries a desktop, by default over this cluster's guest agents. `frozen` is called right before each write.
        """
        operation = operation_of(action, OperationContext(key=self._key, now=self._now))
        if operation is None:
            return None
        if ask is None:
            operation = by_guest_agent(operation, now=self._now)

        def send(request: ApiRequest) -> ApiResponse:
            if request.writes and frozen():
                raise NotSent("frozen by an operator before it was sent")
            return self._send(request)

        answer: Answer = run(operation, send, ask)
        return answer

    def task_log(self, node: NodeKey, upid: Upid) -> tuple[str, ...]:
        """A task's log; the reason of a failure is at its end."""
        return run(operations.task_log(node, upid), self._send)

    def version(self) -> str:
        """Proxmox VE's version, for instance 9.2.11."""
        return run(operations.version(), self._send)

    def cluster_name(self) -> str:
        """The cluster's own name."""
        return run(operations.cluster_name(), self._send)

    def other_addresses(self) -> Mapping[NodeName, str]:
        """The addresses of the cluster's other nodes that are online."""
        return run(operations.other_addresses(), self._send)

    def permissions(self) -> Mapping[str, frozenset[str]]:
        """The caller's own privileges by path."""
        return run(operations.permissions(), self._send)

    def permissions_on(self, path: str) -> frozenset[str]:
        """The caller's own privileges on one path."""
        return run(operations.permissions_on(path), self._send)

    def nodes(self) -> tuple[Node, ...]:
        """The cluster's nodes."""
        return run(operations.nodes(self._cluster), self._send)

    def storages_of(self, node: NodeKey) -> tuple[StorageDetails, ...]:
        """A node's storages, with their plugins."""
        return run(operations.storages_of(node), self._send)

    def query(self, operation: Operation[T]) -> T:
        """The answer of a query that changes nothing, such as those of `pve.surroundings`."""
        return run(operation, self._send)

    def guest_config(self, node: NodeKey, vmid: Vmid) -> Mapping[str, object]:
        """A VM's configuration."""
        return run(requests.guest_config(node, vmid), self._send)


class GuestAgentProbe:
    """The port GuestProbe over QEMU's guest agent; uses its cluster's `send`."""

    def __init__(self, send: Send, *, now: Now) -> None:
        self._send = send
        self._now = now

    def report(self, action: CheckGuest) -> GuestReport:
        """Read the report. Raises GuestUnknown when there is no answer; never returns an empty report instead."""
        return run(read_guest(action, now=self._now), self._send)
