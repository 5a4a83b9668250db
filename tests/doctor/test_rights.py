"""`check` and the first clone agree on the token's rights: the doctor checks each token, then a clone tries it."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.doctor.cluster import examine
from provisioner.doctor.findings import Finding, Grade
from provisioner.errors import HypervisorError
from provisioner.model.ids import ClusterId, DesktopName, LockDomain, NodeKey, NodeName, PoolName, StorageId, Vmid
from provisioner.model.machines.twin_spec import NodeSpec, StorageSpec, TemplateSpec, TokenSpec
from provisioner.pve.privileges import FORBIDDEN, NEEDED
from provisioner.reasons.reason import KINDS
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.core import a_roster
from tests.builders.pve import NOTE_KEY, a_clone, a_configure, a_profile, a_reservation
from tests.builders.settings import a_site
from tests.builders.twin_http import EPOCH, SECRET, a_twin_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor
from tests.scenarios.surroundings import ScriptedDirectory

MELUN, FIRST = ClusterId("melun"), Vmid(20_000)
NODE = NodeKey(MELUN, NodeName("pve1"))
DESKS = "/pool/desks"
REST = {path: rights for path, rights in NEEDED.items() if path != "/vms"}


def a_twin(granted: Mapping[str, frozenset[str]]) -> Twin:
    """The cluster of the smallest configuration, with its template in a pool."""
    roles = {f"R{index}": rights for index, rights in enumerate(granted.values())}
    token = TokenSpec(user="bascule@pve", name="daemon", secret=SECRET, acl=tuple(zip(granted, roles, strict=True)))
    twin = Twin(
        a_twin_spec(
            name=MELUN,
            nodes=(NodeSpec(name="pve1"),),
            storages=(StorageSpec(storage="local-lvm", shared=False),),
            templates=(TemplateSpec(vmid=9001, node="pve1", storage="local-lvm"),),
            tokens=(token,),
            roles=roles,
            pools={"desks": ""},
        ),
        EventHeap(EPOCH),
    )
    twin.cluster.put_in_pool(9001, "desks")
    guard_access(twin)
    return twin


def a_client(twin: Twin) -> VirtualHypervisor:
    return VirtualHypervisor(twin, key=NOTE_KEY, auth=f"PVEAPIToken=bascule@pve!daemon={SECRET}")


def findings(tmp_path, twin: Twin, *, pool: str | None = None) -> list[Finding]:
    """All that the doctor says of the token."""
    outside = SimpleNamespace(
        hypervisors={MELUN: a_client(twin)}, directory=ScriptedDirectory(a_roster(1), lambda: EPOCH), store=MemoryStore()
    )
    outside.store.claim()
    site = a_site(tmp_path)
    if pool is not None:
        site.change("    vmids:", f"    pool: {pool}\n    vmids:")
    return list(examine(site.load(), outside, now=EPOCH))


def faults(tmp_path, twin: Twin, *, pool: str | None = None) -> list[str]:
    """What the doctor finds that the token lacks."""
    found = findings(tmp_path, twin, pool=pool)
    return [finding.text for finding in found if finding.grade is Grade.BAD and "the token lacks" in finding.text]


def first_desktop(twin: Twin, *, pool: str | None = None) -> str:
    """What a first clone, and its configuration, come to; empty: they work."""
    (template,) = a_profile().templates
    template = replace(template, cluster=MELUN, vmid=Vmid(9001), storage=StorageId("local-lvm"))
    reservation = replace(a_reservation(FIRST), name=DesktopName(f"vd-{FIRST}"), cluster=MELUN)
    client = a_client(twin)
    try:
        clone = replace(a_clone(), reservation=reservation, template=template, lock_domain=LockDomain("melun"))
        client.carry_out(replace(clone, pool=None if pool is None else PoolName(pool)))
        twin.events.advance(twin.events.now + 60)
        client.carry_out(replace(a_configure(), reservation=reservation, node=NODE))
    except HypervisorError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("granted", "lacks"),
    [
        pytest.param(NEEDED, "", id="as the page has it"),
        pytest.param({**REST, DESKS: NEEDED["/vms"]}, "/vms/20000", id="a pool in place of /vms: no clone is made in it"),
        pytest.param({**REST, "/vms/9001": NEEDED["/vms"]}, "/vms/20000", id="on the template alone"),
        pytest.param({**REST, "/vms/20000": NEEDED["/vms"]}, "VM.Clone on /vms/9001", id="on the first number alone"),
        pytest.param(
            {**NEEDED, "/storage": frozenset({"Datastore.Audit"}), "/storage/other": NEEDED["/storage"]},
            "Datastore.AllocateSpace on /storage/local-lvm",
            id="on another storage",
        ),
        pytest.param(
            {**NEEDED, "/sdn": frozenset(), "/sdn/zones/localnetwork/vmbr7": NEEDED["/sdn"]},
            "SDN.Use on /sdn/zones/localnetwork/vmbr0",
            id="on another bridge",
        ),
        pytest.param(
            {**NEEDED, "/sdn": frozenset(), "/sdn/zones/localnetwork/vmbr0": NEEDED["/sdn"]}, "", id="on the very bridge"
        ),
    ],
)
def test_the_doctor_is_content_only_where_a_desktop_can_be_made(tmp_path, granted, lacks):
    """E2: rights somewhere below /vms counted as rights on /vms, and then each clone was refused."""
    said, refused = faults(tmp_path, a_twin(granted)), first_desktop(a_twin(granted))

    assert bool(said) is bool(refused), (said, refused)
    assert any(lacks in text for text in said) is bool(lacks), said


EVERYTHING = [pytest.param(path, right, id=right) for path, held in NEEDED.items() for right in sorted(held)]


@pytest.mark.parametrize(("path", "right"), EVERYTHING)
def test_the_doctor_names_the_one_right_that_is_missing(tmp_path, path, right):
    """A5: and nothing else."""
    (said,) = faults(tmp_path, a_twin({**NEEDED, path: NEEDED[path] - {right}}))

    assert said.startswith(f"the token lacks {right} on ")


@pytest.mark.parametrize("right", sorted(FORBIDDEN))
def test_the_doctor_objects_to_a_right_that_takes_any_desktop_over(tmp_path, right):
    said = [
        finding.text
        for finding in findings(tmp_path, a_twin({**NEEDED, "/vms": NEEDED["/vms"] | {right}}))
        if right in finding.text
    ]

    assert said == [f"the token has {right}, which Bascule never uses: a stolen token could take over any desktop"]


IN_POOL = {**REST, DESKS: NEEDED["/vms"]}
"""The template lies in the pool as well."""


@pytest.mark.parametrize(
    ("granted", "pool", "lacks"),
    [
        pytest.param(IN_POOL, "desks", "", id="on the pool, in place of /vms"),
        pytest.param(NEEDED, "desks", "", id="on /vms: a desktop in a pool is a VM like any other"),
        pytest.param(
            {**REST, DESKS: NEEDED["/vms"] - {"VM.Clone"}, "/vms/9001": frozenset({"VM.Audit", "VM.Clone"})},
            "desks",
            "",
            id="on the pool, and on a template outside of it",
        ),
        pytest.param(IN_POOL, "others", "VM.Allocate, VM.Audit, VM.Config.CPU", id="on another pool"),
        pytest.param({**REST, "/vms/9001": NEEDED["/vms"]}, "desks", "on /pool/desks", id="on the template alone"),
        pytest.param(
            {**REST, DESKS: NEEDED["/vms"] - {"VM.Clone"}}, "desks", "VM.Clone on /vms/9001", id="not to be cloned from"
        ),
    ],
)
def test_with_a_pool_the_doctor_asks_there(tmp_path, granted, pool, lacks):
    """A5, E2: the doctor is content only where a desktop can be cloned into the pool, and configured in it."""
    said, refused = faults(tmp_path, a_twin(granted), pool=pool), first_desktop(a_twin(granted), pool=pool)

    assert bool(said) is bool(refused), (said, refused)
    assert any(lacks in text for text in said) is bool(lacks), said


@pytest.mark.parametrize("right", sorted(NEEDED["/vms"] - {"VM.Clone"}))
def test_the_doctor_names_the_one_right_that_is_missing_on_the_pool(tmp_path, right):
    """A5: and nothing else; the template lies outside of the pool."""
    on_template = frozenset({"VM.Audit", "VM.Clone"})
    granted = {**REST, DESKS: NEEDED["/vms"] - {"VM.Clone", right}, "/vms/9001": on_template}

    assert faults(tmp_path, a_twin(granted), pool="desks") == [f"the token lacks {right} on /pool/desks"]


@pytest.mark.parametrize(
    ("path", "right"), [pytest.param(path, right, id=right) for path, held in REST.items() for right in sorted(held)]
)
def test_the_doctor_names_the_one_other_right_that_is_missing_beside_a_pool(tmp_path, path, right):
    """A5: the other paths need the same rights as before."""
    (said,) = faults(tmp_path, a_twin({**IN_POOL, path: IN_POOL[path] - {right}}), pool="desks")

    assert said.startswith(f"the token lacks {right} on ")


@pytest.mark.parametrize(
    ("granted", "blind"),
    [
        pytest.param(NEEDED, False, id="on /vms: all are listed"),
        pytest.param(IN_POOL, True, id="on a pool alone"),
        pytest.param({**IN_POOL, "/vms": frozenset({"VM.Audit"})}, False, id="on a pool, and to look at all of them"),
    ],
)
def test_the_doctor_says_that_foreign_vms_are_not_seen(tmp_path, granted, blind):
    """A5: resources of unlisted VMs are not counted."""
    listed = [
        finding for finding in findings(tmp_path, a_twin(granted), pool="desks") if "does not see all VMs" in finding.text
    ]

    assert [finding.grade for finding in listed] == [Grade.DOUBTFUL] * blind


def test_k3_a_command_that_grants_a_right_grants_it_to_the_user_too():
    """A token without privilege separation, such as our playbook makes, has its user's rights: `--tokens` alone did nothing."""
    commands = [kind.act for kind in KINDS.values() if "pveum acl modify" in kind.act + kind.text]

    assert len(commands) >= 2
    for command in commands:
        user, token = command.index("--users"), command.index("--tokens")
        assert user < token < command.index("privilege separation")
