"""The daemon's surroundings by script: the directory, the operator, and other people at the cluster."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from provisioner.adapters.memory_store import MemoryStore
from provisioner.errors import DirectoryIncomplete, DirectoryUnavailable
from provisioner.model.ids import AgentId, NodeKey, NodeName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.ownership import NoteKey, read_note
from provisioner.model.people.agents import Roster
from provisioner.pve.wire import ApiRequest
from provisioner.twin.api.endpoints.power import power_off
from provisioner.twin.engine.events import Process
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TwinTask
from provisioner.twin.twin import Twin
from tests.scenarios.site import ChangedDocument, ForeignVmDocument, MovedDocument, PutInPoolDocument


class ScriptedDirectory:
    """Answers with the same people, or says why not."""

    def __init__(self, roster: Roster, now: Callable[[], float]) -> None:
        self.state = "back"
        self.gone: set[AgentId] = set()
        self._roster, self._now = roster, now

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, unless it is unreachable or its answer is empty."""
        match self.state:
            case "unreachable":
                raise DirectoryUnavailable("ldaps://directory.example.org: connection refused")
            case "empty":
                raise DirectoryIncomplete("the search found no entry at all")
            case _:
                there = {key: agent for key, agent in self._roster.agents.items() if key not in self.gone}
                return replace(self._roster, read_at=self._now(), agents=there)


@dataclass(slots=True)
class Operator:
    """Gives orders as the commands do: to the store, which the daemon reads in each cycle."""

    frozen: list[tuple[float, float]] = field(default_factory=list)
    """From when to when nothing may be written."""

    def order(self, what: str, store: MemoryStore, now: float) -> None:
        """`thaw`, or one of the standing orders."""
        if what == "thaw":
            self.frozen[-1] = (self.frozen[-1][0], now)
            store.withdraw(IntentKind.FREEZE, by="an operator", at=now)
            return
        if what == "freeze":
            self.frozen.append((now, inf))
        store.give(Intent(kind=IntentKind(what), by="an operator", at=now))

    def reconfigure(self, desktop: str, store: MemoryStore, now: float) -> None:
        """`desktop reconfigure`, of one or of all that are off."""
        store.give(Intent(kind=IntentKind.RECONFIGURE, by="an operator", at=now, target=desktop))

    def about(self, kind: IntentKind, desktop: str, store: MemoryStore, now: float) -> None:
        """An order of the help desk about one desktop."""
        store.give(Intent(kind=kind, by="the help desk", at=now, target=desktop))

    def close(self, kind: IntentKind, node: NodeKey, store: MemoryStore, now: float) -> None:
        """Cordon a node, or drain it."""
        store.give(Intent(kind=kind, by="an operator", at=now, target=str(node)))

    def open(self, node: NodeKey, store: MemoryStore, now: float) -> None:
        """Uncordon it."""
        for kind in (IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE):
            store.withdraw(kind, by="an operator", at=now, target=str(node))


class Hands:
    """Other people at the cluster, and what they had there before."""

    def __init__(self, twin: Twin, key: NoteKey) -> None:
        self._twin, self._key = twin, key
        self._property = {vmid: self._looks(vmid) for vmid in twin.cluster.guests}

    def power_off(self, vmid: int) -> None:
        """Pull the plug."""
        self._do("POST", f"/nodes/{self._twin.cluster.guests[vmid].node}/qemu/{vmid}/status/stop")

    def power_on(self, vmid: int) -> None:
        """Start it at the console."""
        self._do("POST", f"/nodes/{self._twin.cluster.guests[vmid].node}/qemu/{vmid}/status/start")

    def delete(self, vmid: int) -> None:
        """Destroy a VM."""
        self._do("DELETE", f"/nodes/{self._twin.cluster.guests[vmid].node}/qemu/{vmid}")

    def make(self, vm: ForeignVmDocument) -> None:
        """A VM of their own, perhaps with somebody else's note on it."""
        copied = vm.description.removeprefix("note of ")
        text = self._twin.cluster.guests[int(copied)].config["description"] if copied != vm.description else vm.description
        self._do("POST", f"/nodes/{vm.node}/qemu", vmid=vm.vmid, name=vm.name, **({"description": text} if text else {}))

    def change(self, changed: ChangedDocument) -> None:
        """Edit a VM's configuration."""
        guest = self._twin.cluster.guests[changed.vmid]
        given = {"name": changed.name, "description": changed.description}
        if changed.without_tags:
            kept = [tag for tag in guest.config["tags"].split(";") if tag not in changed.without_tags]
            given["tags"] = ";".join(kept) or None
        settings = {key: value for key, value in given.items() if value is not None}
        delete = {"delete": "tags"} if changed.without_tags and given["tags"] is None else {}
        self._do("PUT", f"/nodes/{guest.node}/qemu/{changed.vmid}/config", **settings, **delete)

    def put_in_pool(self, listed: PutInPoolDocument) -> None:
        """Make it a member."""
        self._do("PUT", "/pools", poolid=listed.pool, vms=str(listed.vmid))

    def move(self, moved: MovedDocument) -> None:
        """A migration that has just ended: the twin has no migration task, so its end is all there is to see."""
        cluster, guest = self._twin.cluster, self._twin.cluster.guests[moved.vmid]
        if guest.running:
            cluster.nodes[guest.node].guests_mib -= guest.memory_mib
            cluster.nodes[moved.node].guests_mib += guest.memory_mib
        guest.node = moved.node
        guest.changed()

    def restore(self, vmid: int) -> None:
        """Write a backup over a VM: it is off, locked for a minute, and then as it was when it was backed up."""
        cluster, guest = self._twin.cluster, self._twin.cluster.guests[vmid]

        def work(_task: TwinTask) -> Process[None]:
            power_off(cluster, guest)
            guest.config["lock"] = "create"
            guest.changed()
            yield cluster.sleep(60.0)
            guest.config.pop("lock")
            guest.changed()

        start_task(cluster, cluster.nodes[guest.node], "qmrestore", about=vmid, user="root@pam", work=work)

    def own(self, vmid: int) -> bool:
        """Whether the VM's own note proves it a desktop of ours."""
        guest = self._twin.cluster.guests.get(vmid)
        if guest is None:
            return False
        note = read_note(guest.config.get("description"), self._key, node=NodeName(guest.node))
        return note is not None and note.vmid == vmid

    def disturbed(self, *, deleted: frozenset[int]) -> list[int]:
        """Foreign VMs and templates that have changed, except for those their owners deleted."""
        return [vmid for vmid, looks in self._property.items() if vmid not in deleted and self._looks(vmid) != looks]

    def _looks(self, vmid: int) -> tuple[object, ...]:
        guest = self._twin.cluster.guests.get(vmid)
        return () if guest is None else (guest.node, guest.power, guest.boots, guest.digest())

    def _do(self, method: str, path: str, **params: str | int) -> None:
        self._twin.request(ApiRequest(method=method, path=path, endpoint=path, params=params), lambda _: None)
