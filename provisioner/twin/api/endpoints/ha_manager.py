"""The HA manager at work: it carries out requested starts and stops, and recovers the guests of a dead node on other nodes.

*Assumed* from the source of pve-ha-manager, since no recording has an HA manager: the manager works in rounds of 10 s; it
fences a node that was away for 60 s (`fence_delay`); the node counts as fenced when its lock has expired, 120 s after the node
last renewed it. A resource goes to the node with the fewest. Its state is the manager's own, not what was requested: a resource
that is to be `started` may be in `fence`. Not modelled: rules and groups, relocation after a failed start, and a restart of a
guest that was powered off from inside.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call

FENCE_S, FENCED_S, ROUND_S = 60.0, 120.0, 10.0
USER = "root@pam"
_LOCKS_DROPPED = frozenset({"backup", "migrate", "snapshot"})
"""Locks that the manager removes from a guest of a fenced node: what held them has died."""

Start = Callable[[TwinGuest, TwinTask], Process[None]]
NOT_RECOVERED = frozenset({"error", "ignored", "disabled"})
"""States in which a resource stays where it is when its node dies."""


def is_managed(cluster: Cluster, vmid: int, node: str) -> bool:
    """Whether a start or stop of this guest is only a request to the manager."""
    guest = cluster.guests.get(vmid)
    return guest is not None and guest.node == node and guest.ha is not None and guest.ha != "ignored"


def note_request(cluster: Cluster, call: Call, what: str, *, state: str, carry_out: Callable[[], object]) -> str:
    """A task that ends when the request is noted. In state `error` the manager does nothing with it."""
    guest = cluster.guests[call.vmid]

    def note(task: TwinTask) -> Process[None]:
        task.say(f"Requesting HA {what} for VM {call.vmid}")
        yield cluster.sleep(0.0)
        resource = _resource_of(cluster, guest)
        if resource is not None and guest.ha != "error":
            resource.state = state
            cluster.events.after(ROUND_S, lambda: _next_round(cluster, guest, state, carry_out))

    return start_task(cluster, cluster.nodes[call.node], f"ha{what}", about=call.vmid, user=call.user, work=note).upid


def note_move(cluster: Cluster, call: Call, *, carry_out: Callable[[], object]) -> str:
    """A task that ends when the request to move it is noted. In state `error` the manager does nothing with it."""
    guest, target = cluster.guests[call.vmid], call.params["target"]

    def next_round() -> None:
        if is_managed(cluster, guest.vmid, call.node) and guest.ha != "error" and cluster.nodes[call.node].alive:
            carry_out()

    def note(task: TwinTask) -> Process[None]:
        task.say(f"Requesting HA migration for VM {call.vmid} to node {target}")
        yield cluster.sleep(0.0)
        cluster.events.after(ROUND_S, next_round)

    return start_task(cluster, cluster.nodes[call.node], "hamigrate", about=call.vmid, user=call.user, work=note).upid


def _next_round(cluster: Cluster, guest: TwinGuest, state: str, carry_out: Callable[[], object]) -> None:
    resource = _resource_of(cluster, guest)
    if resource is None or resource.state != state or not cluster.nodes[guest.node].alive:
        return
    if guest.running is (state == "started"):
        show(guest, state)
        return
    show(guest, "started" if state == "started" else "request_stop")
    carry_out()


def node_died(cluster: Cluster, node: TwinNode, start: Start) -> None:
    """Fence the node, and recover its resources, unless it is back before."""
    if not resources_of(cluster):
        return
    died_at = node.died_at

    def later(then: Callable[[], None]) -> Callable[[], None]:
        return lambda: then() if node.died_at == died_at else None

    cluster.events.after(FENCE_S, later(lambda: _fence(cluster, node)))
    cluster.events.after(FENCED_S, later(lambda: recover_all(cluster, start)))


def node_is_back(cluster: Cluster, node: TwinNode, start: Start) -> None:
    """Start its resources that were not recovered meanwhile, and those that waited for a node."""
    for guest in _on(cluster, node):
        if recoverable(guest):
            _bring_up(cluster, guest, start)
    recover_all(cluster, start)


def recover_all(cluster: Cluster, start: Start) -> None:
    """Recover the resources of all fenced nodes, as far as other nodes can take them."""
    for node in cluster.nodes.values():
        if node.alive or cluster.events.now < node.died_at + FENCED_S or not cluster.quorate:
            continue
        for guest in _on(cluster, node):
            if recoverable(guest):
                show(guest, "recovery")
                _recover(cluster, guest, start)


def _fence(cluster: Cluster, node: TwinNode) -> None:
    for guest in _on(cluster, node):
        if recoverable(guest) and cluster.quorate:
            show(guest, "fence")


def _recover(cluster: Cluster, guest: TwinGuest, start: Start) -> None:
    counts = Counter(other.node for other in cluster.guests.values() if other.ha is not None)
    places = [name for name in cluster.nodes if _can_take(cluster, name, guest)]
    if not places:
        return
    target = min(places, key=lambda name: (counts[name], name))
    cluster.log_event(f"ha: guest {guest.vmid} moved from {guest.node} to {target}")
    _move(cluster, guest, target)
    if next(guest.lost_images(), None):  # its start fails on every node
        show(guest, "error")
    else:
        _bring_up(cluster, guest, start)


def _can_take(cluster: Cluster, name: str, guest: TwinGuest) -> bool:
    """The manager does not look at storages; rules keep resources on nodes that have theirs (*assumed*)."""
    node = cluster.nodes[name]
    reaches = all((name, volume.storage) in cluster.domains for volume in guest.volumes.values())
    return node.alive and not node.maintenance and reaches


def _move(cluster: Cluster, guest: TwinGuest, target: str) -> None:
    for key, volume in list(guest.volumes.items()):
        if not cluster.domain(volume.storage, guest.node).spec.shared:  # its image stays on the dead node
            guest.config[key] = guest.volumes.pop(key).setting
    guest.power, guest.boot = "stopped", None
    guest.move(target)
    if guest.lock in _LOCKS_DROPPED:
        del guest.config["lock"]
    guest.changed()


def _bring_up(cluster: Cluster, guest: TwinGuest, start: Start) -> None:
    resource = _resource_of(cluster, guest)
    if resource is None or resource.state != "started":
        show(guest, "stopped")
        return
    show(guest, "started")
    cluster.events.after(ROUND_S, lambda: _start(cluster, guest, start))


def _start(cluster: Cluster, guest: TwinGuest, start: Start) -> None:
    node = cluster.nodes[guest.node]
    if guest.ha != "started" or guest.running or not node.alive:
        return

    def work(task: TwinTask) -> Process[None]:
        try:
            yield from start(guest, task)
        except TaskFault:
            show(guest, "error")
            raise

    start_task(cluster, node, "qmstart", about=guest.vmid, user=USER, work=work)


def _on(cluster: Cluster, node: TwinNode) -> list[TwinGuest]:
    return [guest for guest in cluster.guests.values() if guest.node == node.name]


@dataclass(slots=True, kw_only=True)
class HaResource:
    """A guest under HA, as configured."""

    state: str = "started"
    """The state that is requested."""
    max_restart: int | None = None
    max_relocate: int | None = None
    comment: str | None = None


def resources_of(cluster: Cluster) -> dict[str, HaResource]:
    """All resources, by service id (`vm:101`)."""
    resources: dict[str, HaResource] = cluster.attached.setdefault("ha", {})
    return resources


def _resource_of(cluster: Cluster, guest: TwinGuest) -> HaResource | None:
    """The guest's resource; None: it is not under HA."""
    return resources_of(cluster).get(f"vm:{guest.vmid}")


def join(cluster: Cluster, guest: TwinGuest) -> None:
    """Add a guest that is running."""
    resources_of(cluster).setdefault(f"vm:{guest.vmid}", HaResource())
    show(guest, "started")


def leave(cluster: Cluster, guest: TwinGuest) -> None:
    """Remove a guest's resource, if it has one."""
    if resources_of(cluster).pop(f"vm:{guest.vmid}", None) is not None:
        show(guest, None)


def show(guest: TwinGuest, state: str | None) -> None:
    """The manager's state of a guest, which listings show at once; None: not under HA."""
    if guest.ha != state:
        guest.ha = state
        guest.touch()


def recoverable(guest: TwinGuest) -> bool:
    """Whether the manager brings the guest to another node if its node dies."""
    return guest.ha is not None and guest.ha not in NOT_RECOVERED
