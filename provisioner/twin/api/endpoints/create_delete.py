"""Creating and deleting VMs, and converting a VM to a template."""

from dataclasses import replace

from provisioner.twin.api.endpoints.guest_config import apply
from provisioner.twin.api.endpoints.ha_manager import leave
from provisioner.twin.api.endpoints.user_cfg import change_members
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.images import free_image, users_of
from provisioner.twin.model.running_tasks import start_task, text_of
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import ApiFault, Call, refuse

_NOT_SETTINGS = frozenset(
    {"vmid", "node", "pool", "start", "unique", "force", "storage", "archive", "live-restore", "ha-managed"}
)


@route("POST", "/nodes/{node}/qemu", protected=True)
def create(cluster: Cluster, call: Call) -> object:
    """Create a VM, in a task."""
    cluster.require_quorum()
    vmid, pool = int(call.params["vmid"]), call.params.get("pool")
    if pool is not None and pool not in cluster.pools:
        raise ApiFault(403, f"Permission check failed (pool '{pool}' does not exist)")
    if vmid in cluster.guests:
        raise refuse(f"unable to create VM {vmid} - VM {vmid} already exists on node '{cluster.guests[vmid].node}'")
    guest = cluster.add_guest(vmid, call.node)
    guest.config = {"lock": "create"}
    guest.changed()
    return start_task(
        cluster, cluster.nodes[call.node], "qmcreate", about=vmid, user=call.user, makes=vmid,
        work=lambda task: _create(cluster, call, guest=guest, task=task),
    ).upid  # fmt: skip


@route("POST", "/nodes/{node}/qemu/{vmid}/template", protected=True)
def make_template(cluster: Cluster, call: Call) -> object:
    """Convert a stopped VM to a template, in a task."""
    guest = cluster.guest(call.vmid, call.node)
    if guest.lock:
        raise refuse(f"VM is locked ({guest.lock})")
    if guest.template:
        raise refuse("you can't convert a template to a template")
    if guest.running:
        raise refuse("you can't convert a VM to template if VM is running")
    return start_task(
        cluster, cluster.nodes[call.node], "qmtemplate", about=call.vmid, user=call.user,
        work=lambda _: _make_template(cluster, guest),
    ).upid  # fmt: skip


@route("DELETE", "/nodes/{node}/qemu/{vmid}", protected=True)
def delete(cluster: Cluster, call: Call) -> object:
    """Destroy a stopped VM, in a task."""
    guest = cluster.guest(call.vmid, call.node)
    if guest.config.get("protection") == "1":
        raise refuse(f"can't remove VM {call.vmid} - protection mode enabled")
    if guest.running:
        raise refuse(f"VM {call.vmid} is running - destroy failed")
    if guest.ha is not None and not call.flag("purge"):
        raise refuse(f"unable to remove VM {call.vmid} - used in HA resources and purge parameter not set.")
    return start_task(
        cluster, cluster.nodes[call.node], "qmdestroy", about=call.vmid, user=call.user,
        work=lambda task: _delete(cluster, guest, task=task),
    ).upid  # fmt: skip


def _create(cluster: Cluster, call: Call, *, guest: TwinGuest, task: TwinTask) -> Process[None]:
    params = {key: value for key, value in call.params.items() if key not in _NOT_SETTINGS}
    try:
        yield from apply(cluster, guest, params=params, say=task.say)
    except (TaskFault, ApiFault) as fault:
        cluster.drop_guest(guest)
        raise TaskFault(f"unable to create VM {guest.vmid} - {text_of(fault)}") from fault
    guest.config.pop("lock", None)
    guest.changed()
    if pool := call.params.get("pool"):
        cluster.put_in_pool(guest.vmid, pool)


def _make_template(cluster: Cluster, guest: TwinGuest) -> Process[None]:
    yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.configure_s, guest.vmid, "template"))
    for key, volume in list(guest.volumes.items()):
        if not volume.cdrom:
            base = replace(volume, volid=volume.volid.replace(f"vm-{guest.vmid}-disk", f"base-{guest.vmid}-disk"))
            cluster.replace_image(guest, key, volume=base)
    guest.config["template"] = "1"
    guest.changed()


def _delete(cluster: Cluster, guest: TwinGuest, *, task: TwinTask) -> Process[None]:
    node = guest.node
    acquired = yield from guest.flock.acquire(task.say)
    if not acquired:
        raise TaskFault(guest.flock.timeout_text)
    try:
        yield from _destroy(cluster, guest, task=task)
    finally:
        if cluster.nodes[node].alive:
            guest.flock.release()


def _destroy(cluster: Cluster, guest: TwinGuest, *, task: TwinTask) -> Process[None]:
    if cluster.guests.get(guest.vmid) is not guest:
        raise TaskFault(f"Configuration file 'nodes/{guest.node}/qemu-server/{guest.vmid}.conf' does not exist")
    if guest.lock:
        raise TaskFault(f"VM is locked ({guest.lock})")
    if guest.running:
        raise TaskFault(f"VM {guest.vmid} is running - destroy failed")
    for _, volume in sorted(guest.volumes.items()):
        if users_of(cluster, volume.volid):
            raise TaskFault(f"base volume '{volume.volid}' is still in use by linked cloned")
    yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.delete_outside_lock_s, guest.vmid, "delete"))
    for key in sorted(guest.volumes):
        yield from _free(cluster, guest, key, task=task)
    if guest.vmid in cluster.pool_of:  # the last step before its configuration is removed (modelled)
        yield from change_members(cluster, lambda: cluster.take_from_pool(guest.vmid), say=task.say)
    cluster.check_writable(guest.vmid, guest.node)
    leave(cluster, guest)
    cluster.drop_guest(guest)


def _free(cluster: Cluster, guest: TwinGuest, key: str, *, task: TwinTask) -> Process[None]:
    """An image on a storage that the node does not see is left behind with a warning (from the source of qemu-server 9.2.6)."""
    volume = guest.volumes[key]
    if (guest.node, volume.storage) in cluster.domains:
        yield from free_image(cluster, guest, key, say=task.say)
        return
    why = f"storage '{volume.storage}' is not available on node '{guest.node}'"
    task.say(f"Could not remove disk '{volume.volid}', check manually: {why}")
    cluster.abandon_image(guest, key)
