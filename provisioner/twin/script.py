"""Scripted faults: what happens to a twin, and when. One function for each kind of fault."""

import math
from collections import Counter
from functools import partial, singledispatchmethod

from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    DeleteTemplate,
    Fault,
    FillStorage,
    HangDesktops,
    KillNode,
    LoseAnswer,
    Maintenance,
    RivalLocks,
    StallStatus,
    StopDaemon,
    VzdumpTask,
)
from provisioner.twin.api.endpoints import ha_manager
from provisioner.twin.api.endpoints.power import power_off, start_under_lock
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.images import give_back, take
from provisioner.twin.model.locks import quiet
from provisioner.twin.model.running_tasks import fail_lost, start_task
from provisioner.twin.model.storages import Domain
from provisioner.twin.model.tasks import TaskFault, TwinTask

_FOREIGN_USER = "root@pam"
_QUORUM_BACK_S = 1.24
"""From the moment the link is back to the first answer with quorum (observed)."""


class Script:
    """The scripted faults of one twin."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._losses: list[LoseAnswer] = []
        self._requests: Counter[tuple[str, str]] = Counter()

    def arm(self, fault: Fault) -> None:
        """Schedule a fault; its times count from now."""
        self._arm(fault)

    def loses(self, method: str, endpoint: str) -> LoseAnswer | None:
        """Count a request and return the scripted loss of its answer, if any."""
        self._requests[(method, endpoint)] += 1
        nth = self._requests[(method, endpoint)]
        for loss in self._losses:
            if (loss.method, loss.endpoint, loss.nth) == (method, endpoint, nth):
                return loss
        return None

    @singledispatchmethod
    def _arm(self, fault: object) -> None:
        raise TypeError(f"no such fault: {fault!r}")

    @_arm.register
    def _(self, fault: LoseAnswer) -> None:
        self._losses.append(fault)

    @_arm.register
    def _(self, fault: DeadGuestAgents) -> None:
        self._cluster.dead_agents = fault.share

    @_arm.register
    def _(self, fault: HangDesktops) -> None:
        self._cluster.events.after(fault.at_s, lambda: self._hang(fault.share))

    @_arm.register
    def _(self, fault: KillNode) -> None:
        if fault.at_s is not None:
            self._cluster.events.after(fault.at_s, lambda: self._kill(fault))
        if fault.when_ready_share is not None:
            self._cluster.on_ready.append(lambda: self._kill_when_ready(fault))

    @_arm.register
    def _(self, fault: DeleteTemplate) -> None:
        self._cluster.events.after(fault.at_s, lambda: self._delete_template(fault.vmid))

    @_arm.register
    def _(self, fault: CutQuorum) -> None:
        cluster = self._cluster
        cluster.events.after(fault.at_s + cluster.spec.status.quorum_lost_s, lambda: self._set_quorum(False))
        cluster.events.after(fault.at_s + fault.for_s + _QUORUM_BACK_S, lambda: self._set_quorum(True))

    @_arm.register
    def _(self, fault: FillStorage) -> None:
        domains = self._domains(fault.storage, fault.node)
        self._cluster.events.after(fault.at_s, lambda: _fill(domains, full=True))
        if fault.for_s is not None:
            self._cluster.events.after(fault.at_s + fault.for_s, lambda: _fill(domains, full=False))

    @_arm.register
    def _(self, fault: RivalLocks) -> None:
        for domain in self._domains(fault.storage, fault.node):
            self._cluster.events.after(fault.at_s, partial(self._begin_rival, fault, domain))

    @_arm.register
    def _(self, fault: VzdumpTask) -> None:
        self._cluster.events.after(fault.at_s, lambda: self._begin_backup(fault))

    @_arm.register
    def _(self, fault: Maintenance) -> None:
        events = self._cluster.events
        events.after(fault.at_s, lambda: self._set_maintenance(fault.node, True))
        if fault.for_s is not None:
            events.after(fault.at_s + fault.for_s, lambda: self._set_maintenance(fault.node, False))

    @_arm.register
    def _(self, fault: BrokenQemu) -> None:
        events = self._cluster.events
        events.after(fault.at_s, lambda: self._set_broken(fault.node, True))
        if fault.for_s is not None:
            events.after(fault.at_s + fault.for_s, lambda: self._set_broken(fault.node, False))

    @_arm.register
    def _(self, fault: StopDaemon) -> None:
        events = self._cluster.events
        events.after(fault.at_s, lambda: self._set_daemon(fault.node, False))
        if fault.for_s is not None:
            events.after(fault.at_s + fault.for_s, lambda: self._set_daemon(fault.node, True))

    @_arm.register
    def _(self, fault: StallStatus) -> None:
        events = self._cluster.events
        events.after(fault.at_s, lambda: self._set_stalled(fault.node, True))
        events.after(fault.at_s + fault.for_s, lambda: self._set_stalled(fault.node, False))

    def _start(self, guest: TwinGuest, task: TwinTask) -> Process[None]:
        return start_under_lock(self._cluster, guest, task)

    def _hang(self, share: float) -> None:
        up = [guest for guest in self._cluster.guests.values() if guest.desktop and guest.ready]
        for guest in up:
            guest.hung = self._cluster.draws.share(guest.vmid, "hangs") < share
            if guest.hung:
                self._cluster.people.desktop_closes(guest)
        self._cluster.log_event(f"cluster: {sum(guest.hung for guest in up)} of {len(up)} desktops hang")

    def _set_daemon(self, node: str, up: bool) -> None:
        self._cluster.nodes[node].daemon_up = up
        self._cluster.log_event(f"node {node}: pvedaemon {'runs again' if up else 'ends'}")

    def _set_stalled(self, node: str, stalled: bool) -> None:
        self._cluster.nodes[node].stalled_at = self._cluster.events.now if stalled else math.inf
        self._cluster.log_event(f"node {node}: pvestatd {'hangs' if stalled else 'goes on'}")

    def _set_broken(self, node: str, broken: bool) -> None:
        self._cluster.nodes[node].starts = not broken
        self._cluster.log_event(f"node {node}: QEMU {'exits at once' if broken else 'works again'}")

    def _set_maintenance(self, node: str, on: bool) -> None:
        self._cluster.nodes[node].maintenance = on
        self._cluster.log_event(f"node {node}: maintenance mode {'on' if on else 'off'}")

    def _kill(self, fault: KillNode) -> None:
        cluster, node = self._cluster, self._cluster.nodes[fault.node]
        if not node.alive:
            return
        cluster.log_event(f"node {node.name}: died")
        node.die()
        for guest in cluster.guests.values():
            if guest.node == node.name:
                cluster.people.desktop_gone(guest)
                guest.boot = None
        ha_manager.node_died(cluster, node, self._start)
        if fault.back_after_s is not None:
            cluster.events.after(fault.back_after_s, lambda: self._bring_back(fault.node))

    def _kill_when_ready(self, fault: KillNode) -> None:
        wanted = (fault.when_ready_share or 0.0) * fault.of_desktops
        cluster = self._cluster
        # Counting all guests after every boot would be slow. `cluster.ready` is an upper bound and is checked first.
        if cluster.ready >= wanted and sum(guest.ready for guest in cluster.guests.values() if guest.desktop) >= wanted:
            self._kill(fault)

    def _bring_back(self, name: str) -> None:
        cluster, node = self._cluster, self._cluster.nodes[name]
        cluster.log_event(f"node {name}: came back")
        for (place, _), domain in cluster.domains.items():
            if place == name and not domain.spec.shared:
                domain.lock.abandon()
        for guest in cluster.guests.values():
            if guest.node == name:
                guest.flock.abandon()
                power_off(cluster, guest)
        node.guests_mib = 0
        node.come_back()
        fail_lost(cluster, node)
        ha_manager.node_is_back(cluster, node, self._start)

    def _delete_template(self, vmid: int) -> None:
        guest = self._cluster.guests.get(vmid)
        if guest is not None:
            self._cluster.log_event(f"template {vmid}: deleted")
            self._cluster.drop_guest(guest)

    def _set_quorum(self, quorate: bool) -> None:
        self._cluster.quorate = quorate
        self._cluster.log_event(f"cluster: quorum {'back' if quorate else 'lost'}")
        ha_manager.recover_all(self._cluster, self._start)

    def _domains(self, storage: str, node: str) -> list[Domain]:
        domains = [d for (place, name), d in self._cluster.domains.items() if name == storage and node in ("", place)]
        return list(dict.fromkeys(domains))

    def _begin_rival(self, fault: RivalLocks, domain: Domain) -> None:
        node = self._cluster.nodes[fault.node] if fault.node else self._cluster.any_node()
        process = self._rival(fault, domain, node=node.name)
        self._cluster.spawn_on(node, process, done=lambda _: None, failed=_raise)

    def _rival(self, fault: RivalLocks, domain: Domain, *, node: str) -> Process[None]:
        until = self._cluster.events.now + fault.for_s
        while self._cluster.events.now < until:
            try:
                yield from take(domain, quiet)
            except TaskFault:
                continue
            try:
                yield self._cluster.sleep(fault.hold_s)
            finally:
                give_back(self._cluster, domain, node)
            yield self._cluster.sleep(fault.every_s)

    def _begin_backup(self, fault: VzdumpTask) -> None:
        node = self._cluster.nodes[fault.node]
        about = str(fault.vmids[0]) if len(fault.vmids) == 1 else ""
        start_task(
            self._cluster, node, "vzdump", about=about, user=_FOREIGN_USER, work=lambda task: self._backup(fault, task)
        )  # fmt: skip

    def _backup(self, fault: VzdumpTask, task: TwinTask) -> Process[None]:
        for vmid in fault.vmids:
            guest = self._cluster.guests.get(vmid)
            if guest is None or guest.node != fault.node or guest.lock:
                task.say(f"ERROR: Backup of VM {vmid} failed")
                continue
            guest.config["lock"] = "backup"
            guest.changed()
            yield self._cluster.sleep(fault.each_s)
            guest.config.pop("lock", None)
            guest.changed()


def _fill(domains: list[Domain], *, full: bool) -> None:
    for domain in domains:
        domain.full = full


def _raise(error: Exception) -> None:
    raise error
