"""A site with all desktops ready and nothing to do: its store, and the answers of its clusters."""

import gc
import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from provisioner.actions.client import PveClient
from provisioner.adapters.sql.store import SqlStore
from provisioner.model.actions import Verify
from provisioner.model.budget import Pace
from provisioner.model.commands import Command, Completion, Observe, ReadDirectory
from provisioner.model.ids import AgentId, ClusterId, DesktopName, Instant, NodeName, Vmid
from provisioner.model.machines.desktops import FirstBoot, GuestReport, Reservation
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.seats import seat_of
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.vm_marks import tags_for
from provisioner.pve.desktop_settings import settings_tag
from provisioner.pve.wire import ApiRequest, ApiResponse
from tests.bench.stage import BEGIN, FIRST_VMID, PROFILE, a_config_on, a_profile, a_roster, a_spec
from tests.builders.records import a_step

A_CLUSTER = 2_000
"""Desktops of one cluster at most."""
NOW = BEGIN + 7_200.0
_GIB = 2**30
_KEY = NoteKey(installation="bench", secret=b"nobody asks for a note here")

_NO_READINGS_S = 1e6
"""What looking costs is measured, without questions to desktops."""


class Clock:
    """Moves only when nothing is left to be done."""

    def __init__(self) -> None:
        self.at: Instant = NOW

    def now(self) -> Instant:
        return self.at


class Site:
    """So many ready desktops on as many clusters as they need."""

    def __init__(self, desktops: int) -> None:
        base = a_spec("local-16")
        self.desktops = desktops
        self.specs = tuple(replace(base, name=f"c{n}") for n in range(-(-desktops // A_CLUSTER)))
        self.config = replace(a_config_on(*self.specs), pace=Pace(session_interval_s=_NO_READINGS_S))
        profile = a_profile(*self.specs)
        tags = {*tags_for(profile, self.config.installation), settings_tag(self._reservation(0), profile)}
        self.tags = ";".join(sorted(tags))

    def write_store(self, path: Path, reports: Iterable[GuestReport] = ()) -> None:
        """What a daemon has kept that brought all of them up; `reports`: what each has said, otherwise the same of all."""
        store = store_at(path)
        store.claim()
        report = GuestReport(
            read_at=NOW - 60, first_boot=FirstBoot.DONE, logon_port_open=True, booted_at=BEGIN + 60, ready_at=BEGIN + 110
        )
        reservations = [self._reservation(number) for number in range(self.desktops)]
        names = [reservation.name for reservation in reservations]
        store.commit(
            a_step(
                reserved=tuple(reservations),
                reports=dict.fromkeys(names, report) | dict(zip(names, reports, strict=False)),
                started=dict.fromkeys(names, BEGIN + 60),
                assignments={reservation.name: reservation.agent_id for reservation in reservations if reservation.agent_id},
                roster=a_roster(self.desktops),
                baseline_accepted=True,
            )
        )
        store.close()

    def body(self, spec: TwinSpec, *, at: Instant) -> bytes:
        """`/cluster/resources` of one cluster as Proxmox VE sends it; what is measured differs each time, as it does there."""
        first = A_CLUSTER * int(spec.name.removeprefix("c"))
        guests = [self._guest(number, at) for number in range(first, min(first + A_CLUSTER, self.desktops))]
        nodes = [_node(node.name, at) for node in spec.nodes]
        storages = [_storage(node.name, spec.storages[0].storage, at) for node in spec.nodes]
        templates = [_template(template.vmid, template.node) for template in spec.templates]
        return json.dumps({"data": guests + nodes + storages + templates}).encode()

    def _place(self, number: int) -> tuple[int, Vmid, str]:
        cluster, at = divmod(number, A_CLUSTER)
        return cluster, Vmid(FIRST_VMID + 5000 * cluster + at), self.specs[cluster].nodes[at % 16].name

    def reservation(self, name: DesktopName) -> Reservation:
        """As its note says it."""
        cluster, at = divmod(int(name.removeprefix("vd-")) - FIRST_VMID, 5000)
        return self._reservation(A_CLUSTER * cluster + at)

    def _reservation(self, number: int) -> Reservation:
        cluster, vmid, node = self._place(number)
        return Reservation(
            name=DesktopName(f"vd-{vmid}"), cluster=ClusterId(f"c{cluster}"), vmid=vmid, profile=PROFILE,
            seat=seat_of(AgentId(f"a{number}")), address="", node=NodeName(node), reserved_at=BEGIN, proven=True,
        )  # fmt: skip

    def _guest(self, number: int, at: Instant) -> dict[str, Any]:
        _, vmid, node = self._place(number)
        moved = int(at - BEGIN) * 1000 + number
        return {
            "id": f"qemu/{vmid}", "type": "qemu", "vmid": int(vmid), "node": node, "name": f"vd-{vmid}", "status": "running",
            "tags": self.tags, "maxcpu": 2, "maxmem": 4 * _GIB, "maxdisk": 32 * _GIB, "uptime": int(at - BEGIN) - 60,
            "cpu": moved % 97 / 1000, "mem": 2 * _GIB + moved % 1_000_003, "disk": 0, "diskread": 3 * moved,
            "diskwrite": 2 * moved, "netin": 5 * moved, "netout": 7 * moved, "template": 0,
        }  # fmt: skip


class Answers:
    """The port Calls: every cluster answers at once, through the real parser; its processor time is kept apart."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.rounds = self.observed = 0
        self.made_s = self.parsed_s = 0.0
        self._site, self._clock = site, clock
        self._specs = {ClusterId(spec.name): spec for spec in site.specs}
        self._clients = {cluster: self._client(cluster) for cluster in self._specs}
        self._pending: deque[Command] = deque()
        self._body = b""

    def submit(self, command: Command) -> None:
        """Looking is all there is to do, and one note at the start; raises AssertionError at anything else."""
        assert isinstance(command, Observe | ReadDirectory | Verify), f"not at rest: {command}"
        self._pending.append(command)

    def next(self, until: Instant) -> Completion | None:
        """An answer; when there is none, the time that is waited for: a round is over."""
        if not self._pending:
            if until > self._clock.at:
                self._clock.at, self.rounds = until, self.rounds + 1
            return None
        command, now = self._pending.popleft(), self._clock.at
        if isinstance(command, ReadDirectory):
            return Completion(command=command, started_at=now, ended_at=now, answer=a_roster(self._site.desktops))
        if isinstance(command, Verify):
            assert command.name is not None  # one of the store's
            return Completion(command=command, started_at=now, ended_at=now, answer=self._site.reservation(command.name))
        assert isinstance(command, Observe)
        self.observed += 1
        self._made(command.cluster)
        began = time.process_time()
        view = self._clients[command.cluster].observe(command)
        self.parsed_s += time.process_time() - began
        return Completion(command=command, started_at=now, ended_at=now, answer=view)

    def nudge(self) -> None:
        """Pauses take no time."""

    def close(self) -> None:
        """Nothing is open."""

    def _made(self, cluster: ClusterId) -> None:
        began = time.process_time()
        gc.disable()  # what Proxmox VE does to make its answer is not a work of ours
        self._body = self._site.body(self._specs[cluster], at=self._clock.at)
        gc.enable()
        self.made_s += time.process_time() - began

    def _client(self, cluster: ClusterId) -> PveClient:
        return PveClient(cluster, self._send, key=_KEY, now=self._clock.now)

    def _send(self, request: ApiRequest) -> ApiResponse:
        if request.path == "/cluster/status":
            return ApiResponse(status=200, data=[{"type": "cluster", "name": "lab", "quorate": 1}])
        if request.path == "/cluster/config/qdevice":
            return ApiResponse(status=200, data={})
        if request.path == "/cluster/config/nodes":  # all clusters of the site have the same nodes
            votes = [{"node": node.name, "quorum_votes": "1"} for node in self._site.specs[0].nodes]
            return ApiResponse(status=200, data=votes)
        assert request.path == "/cluster/resources", request
        return ApiResponse(status=200, data=from_json(self._body)["data"])


def store_at(path: Path) -> SqlStore:
    """The site's store, not owned yet."""
    return SqlStore(f"sqlite:///{path}", clock=Clock(), installation="bench")


def _template(vmid: int, node: str) -> dict[str, Any]:
    return {
        "id": f"qemu/{vmid}", "type": "qemu", "vmid": vmid, "node": node, "name": "golden", "status": "stopped", "template": 1,
        "maxcpu": 2, "maxmem": 4 * _GIB, "maxdisk": 32 * _GIB,
    }  # fmt: skip


def _node(name: str, at: Instant) -> dict[str, Any]:
    return {
        "id": f"node/{name}", "type": "node", "node": name, "status": "online", "maxcpu": 64, "maxmem": 768 * _GIB,
        "mem": 300 * _GIB + int(at), "cpu": at % 89 / 100, "uptime": int(at - BEGIN),
    }  # fmt: skip


def _storage(node: str, storage: str, at: Instant) -> dict[str, Any]:
    return {
        "id": f"storage/{node}/{storage}", "type": "storage", "node": node, "storage": storage, "status": "available",
        "shared": 0, "maxdisk": 4096 * _GIB, "disk": 1024 * _GIB + int(at), "plugintype": "lvmthin",
    }  # fmt: skip
