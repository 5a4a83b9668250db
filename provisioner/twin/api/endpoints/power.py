"""Power: start and stop tasks under the VM's lock, and boots."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.twin.api.routes import route
from provisioner.twin.engine.processes import Process
from provisioner.twin.model.cloud_init import upgrades
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import Boot, TwinGuest
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.setup import end_setup_part, setup_of
from provisioner.twin.model.tasks import Task, TaskFault
from provisioner.twin.protocol import Call, refuse

_SHUTDOWN_S = 60.0
"""Proxmox VE's time-out for a guest that does not shut down."""

GuestWork = Callable[[TwinGuest, Task], Process[None]]


@route("POST", "/nodes/{node}/qemu/{vmid}/status/start", protected=True)
def start(cluster: Cluster, call: Call) -> object:
    """Start a guest. Without quorum refused at once; all other errors end the task."""
    cluster.require_quorum()
    return _task(cluster, call, "qmstart", work=lambda guest, task: _start(cluster, guest, task))


@route("POST", "/nodes/{node}/qemu/{vmid}/status/stop", protected=True)
def stop(cluster: Cluster, call: Call) -> object:
    """Power off at once."""
    if call.flag("overrule-shutdown"):
        _end_shutdowns(cluster, call)
    return _task(cluster, call, "qmstop", work=lambda guest, _: _stop(cluster, guest), missing="unable to find")


@route("POST", "/nodes/{node}/qemu/{vmid}/status/shutdown", protected=True)
def shutdown(cluster: Cluster, call: Call) -> object:
    """Ask the guest to power off."""
    timeout = float(call.params.get("timeout", _SHUTDOWN_S))
    force = call.flag("forceStop")

    def work(guest: TwinGuest, _: Task) -> Process[None]:
        return _shutdown(cluster, guest, timeout=timeout, force=force)

    return _task(cluster, call, "qmshutdown", work=work, missing="unable to find")


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


def power_on(cluster: Cluster, guest: TwinGuest) -> None:
    """Start QEMU, and boot the guest."""
    guest.changed()
    cluster.nodes[guest.node].guests_mib += guest.memory_mib
    guest.power = "running"
    guest.started_at = cluster.events.now
    begin_boot(cluster, guest)
    guest.changed()


def begin_boot(cluster: Cluster, guest: TwinGuest) -> None:
    """Boot the guest's system. How long it takes depends on the other boots of the node."""
    work = cluster.draw_duration(cluster.spec.durations.boot_s, guest.vmid, "boot")
    guest.boots += 1
    boot = guest.boots
    ticket = cluster.nodes[guest.node].boots.begin(work, lambda: _agent_up(cluster, guest, boot))
    guest.boot = Boot(began_at=cluster.events.now, number=boot, ticket=ticket)


def _task(cluster: Cluster, call: Call, kind: str, *, work: GuestWork, missing: str = "Configuration file") -> str:
    def under_lock(task: Task) -> Process[None]:
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


def _start(cluster: Cluster, guest: TwinGuest, task: Task) -> Process[None]:
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


def _check_startable(cluster: Cluster, guest: TwinGuest, task: Task) -> None:
    for key, value in sorted(guest.config.items()):
        bridge = next((part[7:] for part in value.split(",") if part.startswith("bridge=")), None)
        if key.startswith("net") and bridge is not None and bridge not in cluster.spec.bridges:
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


def _agent_up(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    if guest.boot is None or guest.boot.number != boot:
        return
    guest.boot = replace(guest.boot, agent_up=True, ticket=None)
    if parts := setup_of(cluster, guest):
        cluster.events.after(parts[0], lambda: _setup_part_done(cluster, guest, boot))
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot)


def _setup_part_done(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    """A power cycle before this repeats the part."""
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    if end_setup_part(cluster, guest):
        begin_boot(cluster, guest)
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot)


def _open_log_on(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    rest = cluster.draw_duration(cluster.spec.durations.first_boot_s, guest.vmid, "first boot")
    if boot == 1 and upgrades(guest):
        rest += cluster.draw_duration(cluster.spec.durations.upgrade_s, guest.vmid, "upgrade")
    cluster.events.after(rest, lambda: _ready(cluster, guest, boot))


def _ready(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    guest.boot = replace(guest.boot, ready_at=cluster.events.now)
    cluster.log_event(f"guest {guest.vmid} on {guest.node}: ready")
    if guest.desktop:
        cluster.ready += 1
        cluster.people.desktop_ready(guest)
        for callback in cluster.on_ready:
            callback()
