"""Other people at the cluster, and its hardware: their actions, in the words of a schedule."""

from dataclasses import replace

from provisioner.model.machines.twin_spec import (
    CutQuorum,
    DeleteTemplate,
    FillStorage,
    KillNode,
    RivalLocks,
    StopDaemon,
    VzdumpTask,
)
from provisioner.pve.wire import ApiRequest
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.chaos.judge import Judge
from tests.chaos.world import STORAGE

_NAME = "someone-elses"
_MADE_WITHIN_S = 12.0
"""Seconds for a create's task, with the wait for its storage's lock; earlier requests for the VMID have arrived by then."""


class Hands:
    """Each method takes what a Happening is about, and for how long."""

    def __init__(self, twin: Twin, judge: Judge, *, vmids: tuple[int, int]) -> None:
        self._twin, self._judge, self._vmids = twin, judge, vmids

    def rival(self, about: tuple[str, float, float], for_s: float) -> None:
        """Somebody takes a storage's lock again and again."""
        node, hold_s, every_s = about
        if self._lives(node):
            self._twin.faults.arm(RivalLocks(storage=STORAGE, node=node, hold_s=hold_s, every_s=every_s, for_s=for_s))

    def node_dies(self, node: str, for_s: float) -> None:
        """Never the last two: somebody has to be left to place desktops on."""
        if all(self._lives(name) for name in self._twin.cluster.nodes):
            self._twin.faults.arm(KillNode(node=node, at_s=0.0, back_after_s=for_s or None))

    def refuses(self, node: str, for_s: float) -> None:
        """A node's pvedaemon ends; the node lives."""
        self._twin.faults.arm(StopDaemon(node=node, for_s=for_s or None))

    def hangs(self, rank: int, for_s: float) -> None:
        """A desktop that is ready answers nothing any more, then it goes on as it was."""
        up = [guest for guest in self.desktops() if guest.ready and not guest.hung and self._lives(guest.node)]
        for guest in up[rank % len(up) :][:1] if up else ():
            guest.hung = True
            self._twin.cluster.people.desktop_closes(guest)
            self._judge.ever_hung.add(guest.vmid)
            self._twin.events.after(for_s, lambda guest=guest: self._goes_on(guest))  # type: ignore[misc]

    def _goes_on(self, guest: TwinGuest) -> None:
        guest.hung = False
        if guest.ready and not guest.sessions and self._lives(guest.node):
            self._twin.cluster.people.desktop_ready(guest)

    def quorum_lost(self, _: None, for_s: float) -> None:
        """The links are cut."""
        self._twin.faults.arm(CutQuorum(at_s=0.0, for_s=for_s))

    def quorum_gone(self, after_s: float, for_s: float) -> None:
        """The quorum itself is lost so long after now."""
        early_s = self._twin.cluster.spec.status.quorum_lost_s
        self._twin.faults.arm(CutQuorum(at_s=after_s - early_s, for_s=for_s + early_s))

    def storage_full(self, node: str, for_s: float) -> None:
        """Somebody fills it up, and tidies."""
        self._twin.faults.arm(FillStorage(storage=STORAGE, node=node, at_s=0.0, for_s=for_s))

    def storage_slow(self, node: str, for_s: float) -> None:
        """A scrub, a rebuild: each image operation takes five times as long."""
        domain = self._twin.cluster.domains[node, STORAGE]
        before, slow_s = domain.spec, domain.spec.image_operation_s * 5
        if before not in self._twin.spec.storages:  # it is slow already: a shared one, or the same again
            return
        domain.spec = replace(before, image_operation_s=slow_s)
        self._twin.events.after(for_s, lambda: setattr(domain, "spec", before))

    def template_deleted(self, node: str, _: float) -> None:
        """Never the last one."""
        templates = [guest for guest in self._twin.cluster.guests.values() if guest.template]
        mine = next((template.vmid for template in templates if template.node == node), None)
        if mine is not None and len(templates) > 1:
            self._twin.faults.arm(DeleteTemplate(vmid=mine, at_s=0.0))

    def foreign_vm(self, about: tuple[int, str, int], _: float) -> None:
        """A person takes a VMID of our range that we would hand out soon; now and then with a copied note."""
        ahead, node, rank = about
        free = [vmid for vmid in range(self._vmids[0], self._vmids[1] + 1) if vmid not in self._twin.cluster.guests]
        desktops = self.desktops()
        copied = desktops[rank % len(desktops)].config.get("description", "") if desktops and ahead % 2 else ""
        self.make(free[ahead], node, copied)

    def number_taken_over(self, rank: int, _: float) -> None:
        """A desktop is deleted by hand, and somebody makes a VM of their own under its VMID, seconds later."""
        guest = self._some(rank)
        if guest is None:
            return
        self.deleted(rank, 0.0)
        self._twin.events.after(12.0, lambda: self.make(guest.vmid, guest.node, ""))

    def foreign_vm_removed(self, rank: int, _: float) -> None:
        """Somebody tidies away a VM of theirs from our range."""
        theirs = [vmid for vmid in self._judge.foreigners.looks if vmid >= self._vmids[0] and vmid in self._twin.cluster.guests]
        if theirs:
            guest = self._twin.cluster.guests[theirs[rank % len(theirs)]]
            self._judge.foreigners.looks.pop(guest.vmid)
            self.do("DELETE", f"/nodes/{guest.node}/qemu/{guest.vmid}")

    def snatch(self, vmid: int, node: str) -> None:
        """Somebody makes a VM of their own under the very VMID that is being cloned to."""
        self.make(vmid, node, "")

    def restarted(self, rank: int, _: float) -> None:
        """Somebody pulls a desktop's plug and puts it in again."""
        if guest := self._some(rank):
            path = f"/nodes/{guest.node}/qemu/{guest.vmid}/status"
            self.do("POST", f"{path}/stop")
            self._twin.events.after(3.0, lambda: self.do("POST", f"{path}/start"))
            self._judge.started_by_hand[guest.vmid] = self._twin.events.now

    def guest_agents_dead(self, share: float, for_s: float) -> None:
        """Of the desktops cloned from now on; then they are mended."""
        self._twin.cluster.dead_agents = share
        self._twin.events.after(for_s, self._mend_agents)

    def powered_off(self, rank: int, _: float) -> None:
        """Somebody pulls a desktop's plug."""
        if guest := self._some(rank):
            self.do("POST", f"/nodes/{guest.node}/qemu/{guest.vmid}/status/stop")

    def moved(self, rank: int, _: float) -> None:
        """Somebody moves a desktop to another node."""
        guest = self._some(rank)
        others = [name for name in self._twin.cluster.nodes if guest is not None and name != guest.node and self._lives(name)]
        if guest is not None and others:
            online = {"online": 1} if guest.running else {}
            self.do("POST", f"/nodes/{guest.node}/qemu/{guest.vmid}/migrate", target=others[rank % len(others)], **online)

    def deleted(self, rank: int, _: float) -> None:
        """Somebody deletes a desktop."""
        if guest := self._some(rank):
            path = f"/nodes/{guest.node}/qemu/{guest.vmid}"
            self.do("POST", f"{path}/status/stop")
            self._twin.events.after(4.0, lambda: self.do("DELETE", path))

    def backed_up(self, about: tuple[str, float], _: float) -> None:
        """A backup job locks the desktops of a node, one after the other."""
        node, each_s = about
        mine = tuple(desktop.vmid for desktop in self.desktops() if desktop.node == node)[:5]
        if mine and self._lives(node):
            self._twin.faults.arm(VzdumpTask(node=node, vmids=mine, at_s=0.0, each_s=each_s))

    def unlock(self) -> None:
        """Somebody runs `qm unlock` where a backup or a move that died with its node has left its lock: only a person may."""
        for guest in self._twin.cluster.guests.values():
            if guest.lock == "backup" or (guest.lock == "migrate" and not self._is_moving(guest)):
                del guest.config["lock"]
                guest.changed()

    def _is_moving(self, guest: TwinGuest) -> bool:
        running = self._twin.cluster.tasks[guest.node].running()
        return any(task.kind == "qmigrate" and task.about == str(guest.vmid) for task in running)

    def _mend_agents(self) -> None:
        self._twin.cluster.dead_agents = 0.0
        for guest in self._twin.cluster.guests.values():
            if guest.dead_agent:
                guest.dead_agent = False
                self._judge.mended_at[guest.vmid] = self._twin.events.now

    def make(self, vmid: int, node: str, description: str = "", **settings: str) -> None:
        """Somebody makes a VM of their own."""
        if not self._lives(node) or not self._twin.cluster.quorate or vmid in self._twin.cluster.guests:
            return
        self._judge.note_making(vmid)
        config = {"name": _NAME, **settings, **({"description": description} if description else {})}
        self.do("POST", f"/nodes/{node}/qemu", vmid=vmid, **config)
        self._twin.events.after(_MADE_WITHIN_S, lambda: self._made(vmid, config["name"]))

    def _made(self, vmid: int, name: str) -> None:
        guest = self._twin.cluster.guests.get(vmid)
        if guest is not None and guest.config.get("name") == name:
            self._judge.note_foreigner(vmid)
        elif guest is None or self._judge.note_of(guest) is not None:
            self._judge.foreigners.made_at.pop(vmid, None)

    def desktops(self) -> list[TwinGuest]:
        """Desktops proven by their own note."""
        return [guest for guest in self._twin.cluster.guests.values() if self._judge.note_of(guest) is not None]

    def _some(self, rank: int) -> TwinGuest | None:
        desktops = [desktop for desktop in self.desktops() if self._lives(desktop.node)]
        return desktops[rank % len(desktops)] if desktops else None

    def _lives(self, node: str) -> bool:
        return self._twin.cluster.nodes[node].alive

    def do(self, method: str, path: str, **params: str | int) -> None:
        """As root@pam."""
        self._twin.request(ApiRequest(method=method, path=path, endpoint=path, params=params), lambda _: None)


__all__ = ["Hands"]
