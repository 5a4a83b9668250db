"""How cost grows with desktops: a steady cycle, memory and a scrape, where everybody is ready and nothing is to be done.

Each size is measured in a process of its own, so that its peak memory is its own. The picture of the clusters is made
directly; it goes through the parser, the reconciler and the page of metrics as a real one does.
"""

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from prometheus_client import generate_latest

from monitors.collector import registry_of
from monitors.recorder import Recorder
from monitors.summary import Known
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.desktops import FirstBoot, GuestReport, Phase, Reservation
from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeName, Vmid
from provisioner.model.marks import tags_for
from provisioner.model.orders import Completion, Observe
from provisioner.model.twin_spec import TwinSpec
from provisioner.ports import Changes, all_of
from provisioner.pve import parsing
from provisioner.reconciler import Reconciler
from tests.bench.stage import BEGIN, FIRST_VMID, PROFILE, a_profile, a_roster, a_spec, an_order

SIZES = (1_700, 10_000, 50_000, 100_000)
A_CLUSTER = 2_000
"""Desktops of one cluster at most."""
NOW = BEGIN + 7_200.0
CYCLES = 7
_GIB = 2**30


def run(*, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Every size, and how many times the smallest's cost the largest's is."""
    rows = [_child(size) for size in sizes]
    ratios = {key: round(rows[-1][key] / rows[0][key], 2) for key in ("cycle_cpu_ms", "parse_cpu_ms", "scrape_ms", "peak_mib")}
    return {"sizes": rows, "largest_by_smallest": ratios}


def _child(size: int) -> dict[str, Any]:
    ended = subprocess.run([sys.executable, "-m", "tests.bench.growth", str(size)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    print(f"growth {found}", flush=True)
    return found


class Site:
    """So many ready desktops on as many clusters as they need, and the reconciler that owns them."""

    def __init__(self, desktops: int) -> None:
        base = a_spec("local-16")
        clusters = -(-desktops // A_CLUSTER)
        self.specs = tuple(replace(base, name=f"c{n}") for n in range(clusters))
        self.order = an_order(*self.specs)
        self.desktops = desktops
        self.reservations = tuple(self._reservation(number) for number in range(desktops))
        clock = _Clock()
        waves, ranges = tuple(one.name for one in self.order.scenario.waves), self.order.policy.naming.vmids
        self.recorder = Recorder(clock=clock, known=Known(profiles=(PROFILE,), clusters=tuple(ranges), waves=waves))
        self.registry = registry_of(self.recorder, clock=clock)
        self.reconciler = Reconciler(self.order, store=self._store(), clock=clock, events=all_of((self.recorder,)))

    def raw(self, spec: TwinSpec) -> list[dict[str, Any]]:
        """`/cluster/resources` of one cluster, as Proxmox VE answers it."""
        tags = ";".join(tags_for(a_profile(*self.specs), self.order.policy.installation))
        guests = [_guest(one, tags) for one in self.reservations if one.cluster == spec.name]
        nodes = [_node(one.name) for one in spec.nodes]
        storages = [_storage(one.name, spec.storages[0].storage) for one in spec.nodes]
        templates = [_template(one.vmid, one.node) for one in spec.templates]
        return guests + nodes + storages + templates

    def _reservation(self, number: int) -> Reservation:
        cluster, at = divmod(number, A_CLUSTER)
        vmid = Vmid(FIRST_VMID + 5000 * cluster + at)
        return Reservation(
            name=DesktopName(f"vd-{vmid}"), cluster=ClusterId(f"c{cluster}"), vmid=vmid, profile=PROFILE,
            agent_id=AgentId(f"a{number}"), address="", node=NodeName(self.specs[cluster].nodes[at % 16].name),
            reserved_at=BEGIN, proven=True,
        )  # fmt: skip

    def _store(self) -> MemoryStore:
        store = MemoryStore()
        store.claim()
        report = GuestReport(
            read_at=NOW - 60, first_boot=FirstBoot.DONE, logon_port_open=True, booted_at=BEGIN + 60, ready_at=BEGIN + 110
        )
        names = [one.name for one in self.reservations]
        store.commit(
            Changes(
                reserved=self.reservations,
                reports=dict.fromkeys(names, report),
                started=dict.fromkeys(names, BEGIN + 60),
                assignments={one.name: one.agent_id for one in self.reservations if one.agent_id},
                roster=a_roster(self.desktops),
                baseline_accepted=True,
            )
        )
        store.close()
        return store


def measure(desktops: int) -> dict[str, Any]:
    """CPU milliseconds, medians of several cycles after the first."""
    site = Site(desktops)
    raws = {spec.name: site.raw(spec) for spec in site.specs}
    site.reconciler.open()
    views = {name: _parsed(name, raw) for name, raw in raws.items()}
    # All but one are put in place directly: as many whole cycles as clusters would take minutes, and change nothing.
    site.reconciler._snapshot = Snapshot(clusters={view.cluster: view for view in views.values()})
    observe(site.reconciler, views[site.specs[0].name])
    picture = site.reconciler.picture
    assert picture is not None
    assert sum(one.phase is Phase.READY for one in picture.desktops.values()) == desktops
    first = site.specs[0].name
    gc.collect()
    return {
        "desktops": desktops,
        "clusters": len(site.specs),
        "cycle_cpu_ms": _median_ms(lambda: observe(site.reconciler, views[first])),
        "parse_cpu_ms": round(_median_ms(lambda: _parsed(first, raws[first])) * len(site.specs), 2),
        "scrape_ms": _median_ms(lambda: generate_latest(site.registry)),
        "page_bytes": len(generate_latest(site.registry)),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def observe(reconciler: Reconciler, view: ClusterView) -> int:
    """One cycle; how many orders it gave."""
    seen = replace(view, taken_at=NOW)
    return len(reconciler.absorb(Completion(command=Observe(cluster=view.cluster), started_at=NOW, ended_at=NOW, answer=seen)))


def _parsed(name: str, raw: list[dict[str, Any]]) -> ClusterView:
    cluster = ClusterId(name)
    seen = parsing.resources(raw, cluster=cluster)
    return ClusterView(cluster=cluster, taken_at=NOW, nodes=seen.nodes, storages=seen.storages, guests=seen.guests)


def _median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(CYCLES):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return round(statistics.median(taken), 2)


class _Clock:
    def now(self) -> float:
        return NOW


def _guest(one: Reservation, tags: str) -> dict[str, Any]:
    return {
        "id": f"qemu/{one.vmid}", "type": "qemu", "vmid": int(one.vmid), "node": str(one.node), "name": str(one.name),
        "status": "running", "tags": tags, "maxcpu": 2, "maxmem": 4 * _GIB, "maxdisk": 32 * _GIB, "uptime": 7140, "cpu": 0.02,
        "mem": 2 * _GIB, "disk": 0, "diskread": 1, "diskwrite": 1, "netin": 1, "netout": 1, "template": 0,
    }  # fmt: skip


def _template(vmid: int, node: str) -> dict[str, Any]:
    return {
        "id": f"qemu/{vmid}", "type": "qemu", "vmid": vmid, "node": node, "name": "golden", "status": "stopped", "template": 1,
        "maxcpu": 2, "maxmem": 4 * _GIB, "maxdisk": 32 * _GIB,
    }  # fmt: skip


def _node(name: str) -> dict[str, Any]:
    return {
        "id": f"node/{name}", "type": "node", "node": name, "status": "online", "maxcpu": 64, "maxmem": 768 * _GIB,
        "mem": 300 * _GIB, "cpu": 0.3,
    }  # fmt: skip


def _storage(node: str, storage: str) -> dict[str, Any]:
    return {
        "id": f"storage/{node}/{storage}", "type": "storage", "node": node, "storage": storage, "status": "available",
        "shared": 0, "maxdisk": 4096 * _GIB, "disk": 1024 * _GIB, "plugintype": "lvmthin",
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
