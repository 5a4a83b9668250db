"""A Proxmox VE cluster behind any way of sending a request: the proxmox adapter and the virtual twin are this and a `send`."""

from collections.abc import Callable, Mapping

from provisioner.model.actions import CheckGuest, Clone, Configure, Delete, Note, Start, Stop, Tag, Verify
from provisioner.model.cluster import ClusterView, Node
from provisioner.model.commands import Observe
from provisioner.model.desktops import GuestReport, Reservation
from provisioner.model.ids import ClusterId, Instant, NodeKey, Upid, Vmid
from provisioner.model.ownership import NoteKey, note_for
from provisioner.pve import operations
from provisioner.pve.parsing import Listings, StorageDetails
from provisioner.pve.wire import ApiRequest, ApiResponse, run

Send = Callable[[ApiRequest], ApiResponse]
"""Sends one request and returns its answer, whatever its status; raises NotSent or OutcomeUnknown. Never retries."""
Now = Callable[[], Instant]


class PveClient:
    """Every question and order of the ports Hypervisor, and the doctor's; the installation is the note key's."""

    def __init__(self, cluster: ClusterId, send: Send, *, key: NoteKey, now: Now) -> None:
        self._cluster = cluster
        self._send = send
        self._key = key
        self._now = now
        self._listings = Listings(cluster)

    @property
    def cluster(self) -> ClusterId:
        """The cluster it talks to."""
        return self._cluster

    def observe(self, order: Observe) -> ClusterView:
        """Everything on the cluster, in O(nodes) calls."""
        return run(operations.observe(order, self._listings, at=self._now()), self._send)

    def clone(self, action: Clone) -> Upid:
        """Start the clone, carrying the signed note, and return its task at once. Not idempotent: observe first."""
        return run(operations.clone(action, note_for(action.reservation, self._key)), self._send)

    def configure(self, action: Configure) -> None:
        """Read what the template says, then set sizes, network, cloud-init, tags and `onboot=0` in one call. Idempotent."""
        run(operations.configure(action, self._key), self._send)

    def start(self, action: Start) -> Upid:
        """Start; the task says whether it worked."""
        return run(operations.start(action, self._key), self._send)

    def stop(self, action: Stop) -> Upid:
        """Shut down in order; the task says whether it worked."""
        return run(operations.stop(action), self._send)

    def delete(self, action: Delete) -> Upid:
        """Destroy a stopped VM; the task says whether it worked. Never without quorum."""
        return run(operations.delete(action, self._key), self._send)

    def tag(self, action: Tag) -> None:
        """Set a departure's tags and leave all others as they are."""
        run(operations.tag(action, self._key), self._send)

    def write_note(self, action: Note) -> None:
        """Write the VM's note for the id that its agent has now; all else in its description stays."""
        run(operations.write_note(action, self._key), self._send)

    def verify(self, action: Verify) -> Reservation | None:
        """The reservation that the VM's note proves for exactly this cluster and VMID, or None."""
        return run(operations.verify(action, self._key, at=self._now()), self._send)

    def task_log(self, node: NodeKey, upid: Upid) -> tuple[str, ...]:
        """A task's log; the useful reason of a failure is at its end."""
        return run(operations.task_log(node, upid), self._send)

    def version(self) -> str:
        """Proxmox VE's version, for instance 9.2.11."""
        return run(operations.version(), self._send)

    def permissions(self) -> Mapping[str, frozenset[str]]:
        """The caller's own privileges by path."""
        return run(operations.permissions(), self._send)

    def permissions_on(self, path: str) -> frozenset[str]:
        """The caller's own privileges on one path, whatever they come from."""
        return run(operations.permissions_on(path), self._send)

    def nodes(self) -> tuple[Node, ...]:
        """The cluster's nodes."""
        return run(operations.nodes(self._cluster), self._send)

    def storages_of(self, node: NodeKey) -> tuple[StorageDetails, ...]:
        """A node's storages, with their plugins."""
        return run(operations.storages_of(node), self._send)

    def guest_config(self, node: NodeKey, vmid: Vmid) -> Mapping[str, object]:
        """A VM's configuration as Proxmox VE keeps it."""
        return run(operations.guest_config(node, vmid), self._send)


class GuestAgentProbe:
    """The port GuestProbe through QEMU's guest agent; shares its cluster's `send`."""

    def __init__(self, send: Send, *, now: Now) -> None:
        self._send = send
        self._now = now

    def report(self, action: CheckGuest) -> GuestReport:
        """One read-only question. Raises GuestUnknown when there is no answer: never an empty report."""
        return run(operations.read_guest(action, at=self._now()), self._send)
