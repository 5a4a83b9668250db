"""Bulk clones on a twin, with a fixed number in flight in each lock domain, and their task lists."""

from dataclasses import replace
from typing import Any

from provisioner.doctor.findings import Finding
from provisioner.doctor.storage import examine_cluster
from provisioner.model.machines.twin_spec import StorageSpec, TemplateSpec, TwinSpec
from provisioner.pve.wire import ApiResponse
from provisioner.storage_advice.layouts import StorageUse
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import FIRST_VMID, a_profile_on
from tests.builders.twin import Lab
from tests.builders.virtual_hypervisor import VirtualHypervisor


class Bulk:
    """So many clones on a twin, from every template in turn, by a client that looks for ends every `look_s`."""

    def __init__(self, spec: TwinSpec, *, clones: int, in_flight: int, look_s: float = 0.25, full: bool = False) -> None:
        self.full = full
        self.spec, self.clones, self.in_flight, self.look_s = spec, clones, in_flight, look_s
        self.lab = Lab(spec)
        self.makespan_s = 0.0
        self.failed = 0
        self._ordered = 0
        self._flying: list[tuple[str, int, str]] = []
        """(domain, clone, UPID)"""
        self._templates = self._by_domain()
        for domain in self._templates:
            for _ in range(self.in_flight):
                self._order(domain)
        self._look()
        while self._flying or self._ordered < self.clones:
            self.lab.events.step()

    def _by_domain(self) -> dict[str, list[TemplateSpec]]:
        shared = {storage.storage: storage.shared for storage in self.spec.storages}
        found: dict[str, list[TemplateSpec]] = {}
        for template in self.spec.templates:
            found.setdefault(
                template.storage if shared[template.storage] else f"{template.node}/{template.storage}", []
            ).append(template)
        return found

    def _order(self, domain: str) -> None:
        if self._ordered == self.clones:
            return
        number, self._ordered = self._ordered, self._ordered + 1
        templates = self._templates[domain]
        template = templates[number % len(templates)]

        def answered(answer: ApiResponse) -> None:
            self._flying.append((domain, number, str(answer.data)))

        path = f"/nodes/{template.node}/qemu/{template.vmid}/clone"
        self.lab.request("POST", path, answered, newid=FIRST_VMID + number, name=f"vd-{number}", full=int(self.full))

    def _look(self) -> None:
        for clone in list(self._flying):
            domain, _, upid = clone
            task = self.lab.twin.cluster.tasks[upid.split(":")[1]].get(upid)
            if task is not None and task.ended_at is not None:
                self._flying.remove(clone)
                self.makespan_s = max(self.makespan_s, task.ended_at - self.lab.begin)
                self.failed += task.status != "OK"
                self._order(domain)
        self.lab.events.after(self.look_s, self._look)


def looked_at(bulk: Bulk, *, auth: str | None = None, **profile: Any) -> tuple[tuple[StorageUse, ...], list[Finding]]:
    """The storage use read from the templates and tasks of a twin, and the findings on unreadable parts."""
    client = VirtualHypervisor(bulk.lab.twin, key=NOTE_KEY, auth=auth)
    findings: list[Finding] = []
    found = examine_cluster(client, [a_profile_on(bulk.spec, **profile)], findings, since=0.0)
    return found.uses, findings


def uses_on(bulk: Bulk, **profile: Any) -> tuple[StorageUse, ...]:
    """As seen by somebody who may see everything."""
    uses, findings = looked_at(bulk, **profile)
    assert findings == []
    return uses


def with_storages(spec: TwinSpec, *storages: StorageSpec, **changed: Any) -> TwinSpec:
    """More storages beside a twin's own; `changed` are fields of every template."""
    there = tuple(replace(template, **changed) for template in spec.templates)
    return replace(spec, storages=(*spec.storages, *storages), templates=there)
