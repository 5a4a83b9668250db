"""What `bascule check storage` reads from a twin, with which calls, and its findings where rights are missing."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.doctor.findings import Grade
from provisioner.doctor.storage import examine_storage
from provisioner.model.ids import ClusterId, LockDomain
from provisioner.model.machines.twin_spec import Durations, GuestSpec, KillNode, StorageSpec, TemplateSpec, TokenSpec, TwinSpec
from provisioner.model.words import RESOURCES
from provisioner.rehearsal.storage_trials import TwinTrials
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.pve import NOTE_KEY
from tests.builders.settings import a_site
from tests.builders.storage import Bulk, looked_at, uses_on
from tests.builders.twin import STORAGE, a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor
from tests.scenarios.surroundings import ScriptedDirectory

NODES = 3
EVERYTHING = frozenset({"Sys.Audit", "VM.Audit", "Datastore.Audit"})
WHO = TokenSpec(user="looker@pve", name="t", secret="0000-1111", acl=(("/", "Looker"),))


def _seen_by(spec: TwinSpec, *, rights: frozenset[str], clones: int = 30):
    bulk = Bulk(replace(spec, tokens=(WHO,), roles={"Looker": rights}), clones=clones, in_flight=2)
    guard_access(bulk.lab.twin)
    return looked_at(bulk, auth=f"PVEAPIToken={WHO.user}!{WHO.name}={WHO.secret}")


@pytest.mark.parametrize(
    ("shared", "domains"),
    [
        pytest.param(True, {LockDomain(f"lab/{STORAGE}"): 60}, id="shared: one lock for all clones"),
        pytest.param(
            False, {LockDomain(f"lab/pve{n}/{STORAGE}"): 20 for n in range(1, NODES + 1)}, id="local: a lock on each node"
        ),
    ],
)
def test_clones_are_counted_by_lock_domain(shared, domains):
    (use,) = uses_on(Bulk(a_spec(nodes=NODES, shared=shared), clones=60, in_flight=2))

    assert {domain: hold.clones for domain, hold in use.holds.items() if hold} == pytest.approx(domains, abs=2)
    assert use.layout.operations == 2


def test_it_asks_once_a_cluster_once_a_node_and_once_a_template():
    bulk = Bulk(a_spec(nodes=NODES), clones=60, in_flight=2)
    before = Counter(bulk.lab.truth.calls)

    uses_on(bulk)

    assert Counter(bulk.lab.truth.calls) - before == {
        "GET /cluster/resources": 1,
        "GET /access/permissions": 1,
        "GET /nodes/{node}/tasks": NODES,
        "GET /nodes/{node}/qemu/{vmid}/config": NODES,
    }


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        pytest.param("Sys.Audit", "the token lacks Sys.Audit on /: some clones, templates", id="tasks of others"),
        pytest.param(
            "VM.Audit", "the token lacks VM.Audit on /vms: some clones, templates or storages are hidden", id="templates"
        ),
        pytest.param(
            "Datastore.Audit",
            "the token lacks Datastore.Audit on /storage: some clones, templates or storages are hidden",
            id="storages",
        ),
    ],
)
def test_a_right_that_is_missing_is_named_first(missing, says):
    _, findings = _seen_by(a_spec(nodes=2), rights=EVERYTHING - {missing})

    assert says in findings[0].text
    assert findings[0].grade is Grade.BAD
    assert "pveum acl modify" in findings[0].fix


def test_read_only_rights_show_everything_the_estimate_needs():
    uses, findings = _seen_by(a_spec(nodes=2), rights=EVERYTHING)

    assert findings == []
    assert [use.hold.clones for use in uses if use.hold] == [pytest.approx(30, abs=2)]


def test_a_token_without_sys_audit_sees_none_of_the_clones_that_others_made():
    uses, _ = _seen_by(a_spec(nodes=2), rights=EVERYTHING - {"Sys.Audit"})

    assert [use.hold for use in uses] == [None]


def test_configurations_that_cannot_be_read_are_one_finding():
    _, findings = _seen_by(a_spec(nodes=2), rights=EVERYTHING - {"VM.Audit"})

    (unread,) = [finding for finding in findings if finding.text.startswith("template ")]
    assert unread.text.startswith("template 9001 on pve1, 9002 on pve2: ")
    assert "VM.Audit" in unread.text


def test_a_dead_node_is_reported_and_the_rest_is_measured():
    bulk = Bulk(a_spec(nodes=2), clones=60, in_flight=2)
    bulk.lab.twin.faults.arm(KillNode(node="pve2", at_s=0.0))
    bulk.lab.wait(20)

    uses, findings = looked_at(bulk)

    assert [hold is not None for use in uses for hold in use.holds.values()] == [True]
    assert any("no task list of pve2" in finding.text for finding in findings)


def test_clones_of_other_templates_are_counted_as_a_doubt():
    spec = a_spec()
    other = TemplateSpec(vmid=8000, node="pve1", storage=STORAGE)
    bulk = Bulk(replace(spec, templates=(*spec.templates, other)), clones=40, in_flight=2)
    bulk.spec = spec  # the profile has the first template alone

    (use,), findings = looked_at(bulk)

    assert use.hold is not None
    assert use.hold.clones == pytest.approx(20, abs=2)
    assert [(finding.grade, finding.text.split(":")[0]) for finding in findings] == [
        (Grade.DOUBTFUL, "20 clones of other templates ran on these nodes")
    ]


def test_nothing_is_written():
    bulk = Bulk(a_spec(guests=[GuestSpec(vmid=500, node="pve1", name="foreign", storage=STORAGE)]), clones=4, in_flight=1)
    before = bulk.lab.truth.writes

    looked_at(bulk)

    assert bulk.lab.truth.writes == before


@pytest.mark.parametrize(
    "reachable", [pytest.param(True, id="all seen"), pytest.param(False, id="the cluster does not answer")]
)
def test_how_many_more_fit_is_said_when_everything_was_seen(tmp_path, reachable):
    twin = Twin(
        replace(
            a_spec(nodes=1, durations=Durations()),
            name="melun",
            storages=(StorageSpec(storage="local-lvm", shared=False),),
            templates=(TemplateSpec(vmid=9001, node="pve1", storage="local-lvm"),),
            faults=() if reachable else (KillNode(node="pve1", at_s=0.0),),
        ),
        EventHeap(NOW),
    )
    twin.events.advance(NOW + 20)
    store = MemoryStore()
    store.claim()
    outside = SimpleNamespace(
        hypervisors={ClusterId("melun"): VirtualHypervisor(twin, key=NOTE_KEY)},
        directory=ScriptedDirectory(a_roster(3), lambda: NOW),
        store=store,
    )

    report = examine_storage(a_site(tmp_path).load(), outside, trials=TwinTrials(), since=0.0, now=NOW + 20)

    if not reachable:
        assert report.capacities is None
        return
    assert report.capacities is not None
    ((profile, room),) = report.capacities.now.items()
    assert room.free > 0
    assert room.binds in RESOURCES
    assert report.capacities.outlook[profile].gains
    assert [reach.nodes for reach in report.reaches] == [("pve1",)]
