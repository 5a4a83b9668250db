"""The estimates of `bascule check storage` against what happens: clones are made on a twin and measured by its task lists,
then the twin is changed as a remedy says, and the same clones are made again.

The twins have another seed than the trials, and clients look for ends as often as they like: the daemon every second or two.
"""

from dataclasses import replace
from functools import cache

import pytest

from provisioner.doctor.findings import Finding
from provisioner.doctor.storage import examine_cluster
from provisioner.model.ids import ProfileName
from provisioner.model.machines.twin_spec import StorageSpec, TwinSpec
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.rehearsal.storage_trials import TwinTrials
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from provisioner.storage_advice.advice import Advice, Remedy, advise, pools_of
from provisioner.storage_advice.layouts import Drive, Layout
from provisioner.storage_advice.remedies import ClonePace
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import a_profile_on, a_stage
from tests.builders.storage import Bulk, uses_on, with_storages
from tests.builders.virtual_hypervisor import VirtualHypervisor

pytestmark = pytest.mark.long

CLONES = 400
DAEMONS = 200
"""Clones of the daemon: each comes with a boot, which takes the test's time."""
WITHIN = 0.10
SEED = 3
DRIVES, IDS, REPLICAS = "cloud-init drive on another storage", "2 storage ids", "replicas on node-local storage"
SECOND, FULL = "a second template on the same storage", "full clones (slower)"


def _slower(spec: TwinSpec, times: float) -> TwinSpec:
    return replace(
        spec, storages=tuple(replace(storage, image_operation_s=storage.image_operation_s * times) for storage in spec.storages)
    )


@cache
def shared(times: float = 1.0, **template: object) -> TwinSpec:
    """shared-1 with an empty local storage on each node and an empty second shared id, all as fast as the first."""
    spec = replace(load_twin(shipped() / "twins" / "shared-1.yaml"), seed=SEED)
    second = replace(spec.storages[0], storage="shared-b")
    local = StorageSpec(storage="local-lvm", shared=False, image_operation_s=0.53)
    return _slower(with_storages(spec, second, local, **template), times)


@cache
def ceph(templates: int = 1) -> TwinSpec:
    """ceph-1, with the template on so many nodes."""
    spec = replace(load_twin(shipped() / "twins" / "ceph-1.yaml"), seed=SEED)
    golden = spec.templates[0]
    copies = (replace(golden, vmid=golden.vmid + more, node=spec.nodes[more].name) for more in range(templates))
    return replace(spec, templates=tuple(copies))


@cache
def local(nodes: int = 4, **template: object) -> TwinSpec:
    """local-16 with a second pool on each node, or as many nodes of it: each has a lock of its own."""
    spec = replace(load_twin(shipped() / "twins" / "local-16.yaml"), seed=SEED)
    fewer = replace(spec, nodes=spec.nodes[:nodes], templates=spec.templates[:nodes])
    return with_storages(fewer, replace(spec.storages[0], storage="second-thin"), **template)


def _everywhere(spec: TwinSpec, **template: object) -> TwinSpec:
    return replace(spec, templates=tuple(replace(golden, **template) for golden in spec.templates))


def _every_second(spec: TwinSpec, storage: str) -> TwinSpec:
    changed = (replace(template, storage=storage) if number % 2 else template for number, template in enumerate(spec.templates))
    return replace(spec, templates=tuple(changed))


def _second_replicas(spec: TwinSpec, storage: str) -> TwinSpec:
    more = (replace(template, vmid=template.vmid + 100, storage=storage) for template in spec.templates)
    return replace(spec, templates=(*spec.templates, *more))


@cache
def _measured(spec: TwinSpec, clones: int, in_flight: int, look_s: float) -> Bulk:
    """The present layout, cloned once for all the remedies that are tried on it."""
    return Bulk(spec, clones=clones, in_flight=in_flight, look_s=look_s)


def _advice(bulk: Bulk) -> Advice:
    (pool,) = pools_of(uses_on(bulk), {ProfileName("standard"): bulk.clones})
    return advise(pool, TwinTrials(), at_once=lambda _: bulk.in_flight)


def _remedy(advice: Advice, name: str) -> Remedy:
    return next(remedy for remedy in advice.remedies if remedy.name == name)


@pytest.mark.parametrize(
    ("before", "in_flight", "look_s", "remedy", "after"),
    [
        pytest.param(
            shared(), 5, 0.25, DRIVES, _everywhere(shared(), cloud_init_storage="local-lvm"), id="5 at once: drives local"
        ),
        pytest.param(
            shared(), 3, 0.25, DRIVES, _everywhere(shared(), cloud_init_storage="local-lvm"), id="3 at once: drives local"
        ),
        pytest.param(shared(), 3, 1.0, DRIVES, _everywhere(shared(), cloud_init_storage="local-lvm"), id="looking each second"),
        pytest.param(
            shared(), 5, 2.0, DRIVES, _everywhere(shared(), cloud_init_storage="local-lvm"), id="looking each other second"
        ),
        pytest.param(shared(), 5, 2.0, IDS, _every_second(shared(), "shared-b"), id="looking each other second: two ids"),
        pytest.param(shared(), 5, 0.25, IDS, _every_second(shared(), "shared-b"), id="5 at once: two ids"),
        pytest.param(shared(), 2, 0.25, IDS, _every_second(shared(), "shared-b"), id="2 at once: two ids"),
        pytest.param(shared(), 5, 0.25, REPLICAS, _everywhere(shared(), storage="local-lvm"), id="5 at once: replicas"),
        pytest.param(
            shared(3.0), 2, 0.25, DRIVES, _everywhere(shared(3.0), cloud_init_storage="local-lvm"), id="slow: drives local"
        ),
        pytest.param(shared(3.0), 2, 0.25, IDS, _every_second(shared(3.0), "shared-b"), id="slow: two ids"),
        pytest.param(shared(3.0), 2, 0.25, REPLICAS, _everywhere(shared(3.0), storage="local-lvm"), id="slow: replicas"),
        pytest.param(
            shared(efi=True, tpm=True), 2, 0.25, "fewer volumes", _everywhere(shared(), efi=False), id="shared: no EFI, no TPM"
        ),
        pytest.param(
            local(data_disks=1),
            3,
            0.25,
            "fewer volumes",
            _everywhere(local(), data_disks=0),
            id="local: one disk instead of two",
        ),
        pytest.param(
            local(), 3, 0.25, DRIVES, _everywhere(local(), cloud_init_storage="second-thin"), id="local: drives apart"
        ),
        pytest.param(
            local(16), 2, 0.25, "twice as many storage ids", _second_replicas(local(16), "second-thin"), id="local: two ids"
        ),
    ],
)
def test_an_estimate_is_within_a_tenth_of_what_then_happens(before, in_flight, look_s, remedy, after):
    clones = CLONES if before.storages[0].shared else 100 * len(before.nodes)
    estimated = _remedy(_advice(_measured(before, clones, in_flight, look_s)), remedy)

    happened = Bulk(after, clones=clones, in_flight=in_flight, look_s=look_s).makespan_s

    assert estimated.seconds == pytest.approx(happened, rel=WITHIN)


def test_the_price_of_full_clones_is_within_a_tenth_of_what_then_happens():
    bulk = _measured(ceph(), 100, 4, 0.25)

    happened = Bulk(ceph(), clones=100, in_flight=4, look_s=5.0, full=True).makespan_s

    assert _remedy(_advice(bulk), FULL).seconds == pytest.approx(happened, rel=WITHIN)


@pytest.mark.parametrize("in_flight", [2, 5])
def test_a_second_template_changes_the_speed_by_less_than_a_twentieth(in_flight):
    """The lock stays the same; a node's API workers are far from busy."""
    bulk = _measured(ceph(), CLONES, in_flight, 0.25)
    happened = Bulk(ceph(templates=2), clones=CLONES, in_flight=in_flight).makespan_s

    assert _remedy(_advice(bulk), SECOND).seconds == pytest.approx(happened, rel=0.05)
    assert happened == pytest.approx(bulk.makespan_s, rel=0.05)


def _by_the_daemon(spec: TwinSpec) -> tuple[Advice, float]:
    """Cloned by the daemon itself, with its own limits: the advice, and seconds from the first order to the last end."""
    rehearsal = Rehearsal(a_stage(spec, agents=DAEMONS))
    assert rehearsal.run().ready == DAEMONS
    (twin,) = rehearsal.twins.values()
    client, findings = VirtualHypervisor(twin, key=NOTE_KEY), list[Finding]()
    uses = examine_cluster(client, [a_profile_on(spec)], findings, since=0.0).uses
    (pool,) = pools_of(uses, {ProfileName("standard"): DAEMONS})
    clones = [task for tasks in twin.cluster.tasks.values() for task in tasks.newest_first() if task.kind == "qmclone"]
    took_s = max(clone.ended_at or 0.0 for clone in clones) - min(clone.started_at for clone in clones)
    return advise(pool, TwinTrials()), took_s


def test_estimates_from_the_daemons_own_clones_come_true_in_its_next_clones():
    advice, _ = _by_the_daemon(shared())
    _, with_drives_apart = _by_the_daemon(_everywhere(shared(), cloud_init_storage="local-lvm"))
    _, with_two_ids = _by_the_daemon(_every_second(shared(), "shared-b"))

    assert _remedy(advice, DRIVES).seconds == pytest.approx(with_drives_apart, rel=WITHIN)
    assert _remedy(advice, IDS).seconds == pytest.approx(with_two_ids, rel=WITHIN)


@pytest.mark.parametrize(
    ("spec", "in_flight"),
    [
        pytest.param(shared(), 5, id="shared"),
        pytest.param(shared(3.0), 2, id="shared and slow"),
        pytest.param(shared(0.3), 8, id="shared and fast"),
        pytest.param(local(16), 3, id="local"),
    ],
)
def test_the_present_rate_is_estimated_within_a_twentieth(spec, in_flight):
    bulk = _measured(spec, CLONES, in_flight, 0.25)
    advice = _advice(bulk)

    assert advice.seconds == pytest.approx(bulk.makespan_s, rel=0.05)
    assert advice.rests_on.startswith("measured on ")


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(Layout(shared=False), id="local"),
        pytest.param(Layout(shared=True, nodes=4), id="shared"),
        pytest.param(Layout(shared=True, nodes=4, disks=3), id="shared, with EFI and TPM volumes"),
        pytest.param(Layout(shared=True, nodes=4, drive=Drive.SHARED), id="cloud-init drive on another shared id"),
        pytest.param(Layout(shared=True, nodes=4, drive=Drive.NONE), id="no cloud-init drive"),
    ],
)
def test_an_operation_is_found_from_what_a_clone_takes(layout):
    trials = TwinTrials()
    each_s = trials.each_s(layout, operation_s=0.8, pace=ClonePace(in_flight=2))

    assert trials.operation_s(layout, each_s=each_s, pace=ClonePace(in_flight=2)) == pytest.approx(0.8, rel=0.05)


def test_a_drive_elsewhere_gains_less_than_twice_for_the_poll_of_a_shared_lock_has_gaps():
    trials = TwinTrials()

    def each_s(shared: bool, drive: Drive) -> float:
        return trials.each_s(
            Layout(shared=shared, drive=drive, nodes=4 if shared else 1), operation_s=0.53, pace=ClonePace(in_flight=4)
        )

    shared_gain = each_s(True, Drive.BESIDE) / each_s(True, Drive.SHARED)
    local_gain = each_s(False, Drive.BESIDE) / each_s(False, Drive.NODE_LOCAL)
    assert 1.2 < shared_gain < 1.6
    assert local_gain == pytest.approx(2.0, rel=0.1)
