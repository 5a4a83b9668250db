"""Power: start and stop tasks under the VM's lock."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.twin.api.endpoints.booting import begin_boot
from provisioner.twin.api.endpoints.ha_manager import USER, is_managed, note_request, show
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call, refuse

_SHUTDOWN_S = 60.0
"""Proxmox VE's time-out for a guest that does not shut down."""

GuestWork = Callable[[TwinGuest, TwinTask], Process[None]]


@route("POST", "/nodes/{node}/qemu/{vmid}/status/start", protected=True)
def start(cluster: Cluster, call: Call) -> object:
    """Start a guest. Without quorum refused at once; all other errors end the task."""
    cluster.require_quorum()

    def carry_out(by: Call = call) -> str:
        return _task(cluster, by, "qmstart", work=lambda guest, task: _start(cluster, guest, task))

    return _requested(cluster, call, "start", carry_out) or carry_out()


@route("POST", "/nodes/{node}/qemu/{vmid}/status/stop", protected=True)
def stop(cluster: Cluster, call: Call) -> object:
    """Power off at once."""
    if call.flag("overrule-shutdown"):
        _end_shutdowns(cluster, call)

    def carry_out(by: Call = call) -> str:
        return _task(cluster, by, "qmstop", work=lambda guest, _: _stop(cluster, guest), missing="unable to find")

    return _requested(cluster, call, "stop", carry_out) or carry_out()


@route("POST", "/nodes/{node}/qemu/{vmid}/status/shutdown", protected=True)
def shutdown(cluster: Cluster, call: Call) -> object:
    """Ask the guest to power off."""
    timeout = float(call.params.get("timeout", _SHUTDOWN_S))
    managed = is_managed(cluster, call.vmid, call.node)
    force = call.flag("forceStop") or managed  # PVEVM.pm of pve-ha-manager: always

    def work(guest: TwinGuest, _: TwinTask) -> Process[None]:
        return _shutdown(cluster, guest, timeout=timeout, force=force)

    def carry_out(by: Call = call) -> str:
        return _task(cluster, by, "qmshutdown", work=work, missing="unable to find")

    return _requested(cluster, call, "stop", carry_out) or carry_out()


@route("POST", "/nodes/{node}/qemu/{vmid}/status/reboot", protected=True)
def reboot(cluster: Cluster, call: Call) -> object:
    """Shut down and start again."""
    _require_running(cluster, call)
    timeout = float(call.params.get("timeout", _SHUTDOWN_S))
    return _task(cluster, call, "qmreboot", work=lambda guest, _: _reboot(cluster, guest, timeout=timeout))


@route("POST", "/nodes/{node}/qemu/{vmid}/status/reset", protected=True)
def reset(cluster: Cluster, call: Call) -> object:
    """Reset: a new boot at once."""
    _require_running(cluster, call)
    return _task(cluster, call, "qmreset", work=lambda guest, _: _reset(cluster, guest))


@route("POST", "/nodes/{node}/qemu/{vmid}/status/suspend", protected=True)
def suspend(cluster: Cluster, call: Call) -> object:
    """Pause a guest."""
    _require_running(cluster, call)
    return _task(cluster, call, "qmpause", work=lambda guest, _: _set_power(cluster, guest, "paused"))


@route("POST", "/nodes/{node}/qemu/{vmid}/status/resume", protected=True)
def resume(cluster: Cluster, call: Call) -> object:
    """Resume a paused guest."""
    _require_running(cluster, call)
    return _task(cluster, call, "qmresume", work=lambda guest, _: _set_power(cluster, guest, "running"))


def start_under_lock(cluster: Cluster, guest: TwinGuest, task: TwinTask) -> Process[None]:
    """A start by the HA manager."""
    if not (yield from guest.flock.acquire(task.say)):
        raise TaskFault(guest.flock.timeout_text)
    node = cluster.nodes[guest.node]
    try:
        yield from _start(cluster, guest, task)
    finally:
        if node.alive:
            guest.flock.release()


def power_off(cluster: Cluster, guest: TwinGuest) -> None:
    """End QEMU, in any state of the guest."""
    if guest.boot is not None and guest.boot.ticket is not None:
        cluster.nodes[guest.node].boots.leave(guest.boot.ticket)
    if guest.running:
        cluster.nodes[guest.node].guests_mib -= guest.memory_mib
    guest.power = "stopped"
    guest.boot = None
    cluster.people.desktop_gone(guest)
    guest.changed()
    if guest.ha == "request_stop":
        show(guest, "stopped")


def power_on(cluster: Cluster, guest: TwinGuest) -> None:
    """Start QEMU, and boot the guest."""
    guest.changed()
    cluster.nodes[guest.node].guests_mib += guest.memory_mib
    guest.power = "running"
    guest.started_at = cluster.events.now
    begin_boot(cluster, guest)
    guest.changed()


def _requested(cluster: Cluster, call: Call, what: str, carry_out: Callable[[Call], str]) -> str:
    """For a guest under HA: the task that notes the request; empty: it is not under HA."""
    if not is_managed(cluster, call.vmid, call.node):
        return ""
    state = "started" if what == "start" else "stopped"
    return note_request(cluster, call, what, state=state, carry_out=lambda: carry_out(replace(call, user=USER)))


def _task(cluster: Cluster, call: Call, kind: str, *, work: GuestWork, missing: str = "Configuration file") -> str:
    def under_lock(task: TwinTask) -> Process[None]:
        guest = cluster.guests.get(call.vmid)
        if guest is None or guest.node != call.node:
            raise TaskFault(_missing_text(missing, call))
        if not (yield from guest.flock.acquire(task.say)):
            raise TaskFault(guest.flock.timeout_text)
        try:
            yield from work(guest, task)
        finally:
            if cluster.nodes[call.node].alive:
                guest.flock.release()

    return start_task(cluster, cluster.nodes[call.node], kind, about=call.vmid, user=call.user, work=under_lock).upid


def _missing_text(beginning: str, call: Call) -> str:
    if beginning == "unable to find":
        return f"unable to find configuration file for VM {call.vmid} on node '{call.node}'"
    return f"Configuration file 'nodes/{call.node}/qemu-server/{call.vmid}.conf' does not exist"


def _require_running(cluster: Cluster, call: Call) -> TwinGuest:
    guest = cluster.guest(call.vmid, call.node)
    if not guest.running:
        raise refuse(f"VM {call.vmid} not running")
    return guest


def _start(cluster: Cluster, guest: TwinGuest, task: TwinTask) -> Process[None]:
    if cluster.guests.get(guest.vmid) is not guest:
        raise TaskFault(f"Configuration file 'nodes/{guest.node}/qemu-server/{guest.vmid}.conf' does not exist")
    if guest.template:
        raise TaskFault("you can't start a vm if it's a template")
    if guest.lock:
        raise TaskFault(f"VM is locked ({guest.lock})")
    if guest.running:
        raise TaskFault(f"VM {guest.vmid} already running")
    for _, volume in sorted(guest.volumes.items()):
        cluster.domain(volume.storage, guest.node)
    if any(volume.cloud_init for volume in guest.volumes.values()):
        task.say("generating cloud-init ISO")
    yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.start_task_s, guest.vmid, "start"))
    _check_startable(cluster, guest, task)
    power_on(cluster, guest)


def _check_startable(cluster: Cluster, guest: TwinGuest, task: TwinTask) -> None:
    for key, value in sorted(guest.config.items()):
        bridge = next((part[7:] for part in value.split(",") if part.startswith("bridge=")), None)
        if key.startswith("net") and bridge is not None and not cluster.has_bridge(guest.node, bridge):
            raise TaskFault(f"bridge '{bridge}' does not exist")
    node = cluster.nodes[guest.node]
    if guest.cpus > node.cores:  # as seen on pve-manager 9.2.11, nodes of 32 cores
        raise TaskFault(f"MAX {node.cores} vcpus allowed per VM on this node")
    if error := _qemu_error(cluster, node, guest):
        task.say(f"kvm: {error}")
        raise TaskFault("start failed: QEMU exited with code 1")


def _qemu_error(cluster: Cluster, node: TwinNode, guest: TwinGuest) -> str:
    """Why QEMU exits, in its own words, which only the task's log shows; empty: it starts."""
    if lost := next(guest.lost_images(), None):  # modelled: the text depends on the storage
        return f"-blockdev {lost}: Could not open: No such file or directory"
    if node.guests_mib + guest.memory_mib > node.memory_mib:
        return "cannot set up guest memory 'pc.ram': Cannot allocate memory"
    if not node.starts or cluster.chance.start_fails(guest.vmid):
        return "failed to initialize kvm: Device or resource busy"
    return ""


def _stop(cluster: Cluster, guest: TwinGuest) -> Process[None]:
    if guest.running:
        yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.stop_task_s, guest.vmid, "stop"))
        power_off(cluster, guest)


def _shutdown(cluster: Cluster, guest: TwinGuest, *, timeout: float, force: bool = False) -> Process[None]:
    if not guest.running:
        return
    if guest.lock and not force:
        raise TaskFault(f"VM is locked ({guest.lock})")
    duration_s = cluster.draw_duration(cluster.spec.durations.shutdown_s, guest.vmid, "shutdown")
    obeys = guest.ready and duration_s <= timeout and not _refuses_shutdown(cluster, guest)
    if obeys:
        cluster.people.desktop_closes(guest)
    yield cluster.sleep(duration_s if obeys else timeout)
    if not obeys and not force:
        raise TaskFault("VM quit/powerdown failed - got timeout")
    if guest.sessions:
        cluster.cut += len(guest.sessions)
        cluster.log_event(f"guest {guest.vmid} on {guest.node}: shut down with {len(guest.sessions)} session(s) open")
    power_off(cluster, guest)


def _refuses_shutdown(cluster: Cluster, guest: TwinGuest) -> bool:
    """Whether logind's block lock refuses the guest agent's shutdown (tests/guest/test_bascule_hold.py).

    The agent answers with an error that Proxmox VE ignores: it waits for its whole time-out, as for any guest that does not
    shut down (qemu-server 9.2.6: `cmd` in QMPClient.pm turns an agent's error into a result, which `_do_vm_stop` in
    QemuServer.pm does not check).
    """
    return cluster.spec.report.holds and bool(guest.sessions or guest.arrivals)


def _reboot(cluster: Cluster, guest: TwinGuest, *, timeout: float) -> Process[None]:
    yield from _shutdown(cluster, guest, timeout=timeout)
    yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.start_task_s, guest.vmid, "start"))
    power_on(cluster, guest)


def _reset(cluster: Cluster, guest: TwinGuest) -> Process[None]:
    started_at = guest.started_at
    power_off(cluster, guest)
    power_on(cluster, guest)
    guest.started_at = started_at
    guest.changed()
    yield cluster.sleep(0.0)


def _set_power(cluster: Cluster, guest: TwinGuest, power: str) -> Process[None]:
    yield cluster.sleep(0.0)
    if guest.running:
        guest.power = power
        guest.changed()


def _end_shutdowns(cluster: Cluster, call: Call) -> None:
    for task in cluster.tasks[call.node].running():
        if task.kind == "qmshutdown" and task.about == str(call.vmid) and task.run is not None:
            task.run.interrupt(TaskFault("VM quit/powerdown failed"))
