"""The statements of docs/en/security.md on a stolen token: what it can do to foreign VMs, with rights on all VMs and on a pool.

The twin's permission checks are those of the published API of Proxmox VE 9.2 and of API2/ACL.pm.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.machines.twin_spec import GuestSpec, TokenSpec
from provisioner.pve.privileges import FORBIDDEN, NEEDED
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.access.access import User
from provisioner.twin.twin import guard_access
from tests.builders.twin import STORAGE, TEMPLATE, Lab, a_spec

PAGE = Path(__file__).parents[3] / "docs" / "en" / "security.md"
OURS, FOREIGN = 5001, 700
POOLED = {**{path: held for path, held in NEEDED.items() if path != "/vms"}, "/pool/desktops": NEEDED["/vms"]}
POOLED[f"/vms/{TEMPLATE}"] = frozenset({"VM.Audit", "VM.Clone"})
VM = "/nodes/pve1/qemu/{vmid}"
CAN = {
    "read any file in it": ("GET", f"{VM}/agent/file-read", {"file": "/etc/shadow"}),
    "turn it off": ("POST", f"{VM}/status/stop", {}),
    "destroy it": ("DELETE", VM, {}),
    "make a template of it": ("POST", f"{VM}/template", {}),
    "give it another password, by cloud-init at its next boot": ("PUT", f"{VM}/config", {"cipassword": "hers"}),
    "put it into another network": ("PUT", f"{VM}/config", {"net0": "virtio,bridge=vmbr1"}),
    "give it fewer processors and less memory": ("PUT", f"{VM}/config", {"cores": "1", "memory": "16"}),
    "rename it, and write over its note": ("PUT", f"{VM}/config", {"name": "hers", "description": "hers"}),
    "hand its rights on it to another account": (
        "PUT",
        "/access/acl",
        {"path": "/vms/{vmid}", "roles": "Handed", "users": "eve@pve"},
    ),
}
"""By the page's own words. To a VM that is the thief's aim; `Handed` is a role with the token's own rights there."""
CANNOT = {
    "give itself more rights": ("PUT", "/access/acl", {"path": "/vms/{vmid}", "roles": "PVEVMAdmin", "users": "bascule@pve"}),
    "give anybody rights on everything": ("PUT", "/access/acl", {"path": "/", "roles": "Handed", "users": "eve@pve"}),
    "make an account": ("POST", "/access/users", {"userid": "mallory@pve"}),
    "make another token": ("POST", "/access/users/bascule@pve/token/more", {}),
    "change what a role holds": ("PUT", "/access/roles/Handed", {"privs": "VM.Console"}),
    "give it a disk or take its disk away": ("PUT", f"{VM}/config", {"scsi1": "thin:1"}),
    "start its QEMU with other arguments": ("PUT", f"{VM}/config", {"args": "-S"}),
}


def lab(rights) -> Lab:
    """A cluster with a VM of somebody else, one in the pool of the desktops, and an account that may nothing."""
    roles = {f"R{number}": held for number, held in enumerate(rights.values())} | {"Handed": NEEDED["/vms"]}
    token = TokenSpec(user="bascule@pve", name="daemon", secret="stolen", acl=tuple(zip(rights, roles, strict=False)))
    guests = tuple(
        GuestSpec(vmid=vmid, node="pve1", name=f"vm{vmid}", storage=STORAGE, running=False) for vmid in (FOREIGN, OURS)
    )
    spec = replace(a_spec(guests=guests), roles=roles, tokens=(token,), bridges=("vmbr0", "vmbr1"))
    made = Lab(spec)
    guard_access(made.twin).access.users["eve@pve"] = User(userid="eve@pve")
    made.twin.cluster.pools["desktops"] = ""
    made.twin.cluster.pool_of[OURS] = "desktops"
    return made


def answer(rights, vmid, request) -> ApiResponse:
    """The answer that the thief gets."""
    method, path, params = request
    named = {name: value.format(vmid=vmid) for name, value in params.items()}
    asked = ApiRequest(method=method, path=path.format(vmid=vmid), endpoint=path, params=named)
    site, answers = lab(rights), []
    site.twin.request(asked, answers.append, auth="PVEAPIToken=bascule@pve!daemon=stolen")
    while not answers:
        site.events.step()
    return answers[0]


def refused(found: ApiResponse) -> bool:
    """Whether it is a matter of rights."""
    return found.status == 403 or "Permissions.Modify" in str(found) or "only root can" in str(found)


@pytest.mark.parametrize("deed", CAN)
def test_what_a_stolen_token_can_do_to_a_vm_of_somebody_else(deed):
    """With rights on /vms."""
    assert not refused(answer(NEEDED, FOREIGN, CAN[deed]))


@pytest.mark.parametrize("deed", CANNOT)
def test_what_a_stolen_token_cannot_do(deed):
    assert refused(answer(NEEDED, FOREIGN, CANNOT[deed]))


@pytest.mark.parametrize("deed", [*CAN, *CANNOT])
def test_with_a_pool_a_stolen_token_does_nothing_to_a_vm_of_somebody_else(deed):
    assert refused(answer(POOLED, FOREIGN, {**CAN, **CANNOT}[deed]))


@pytest.mark.parametrize("deed", [deed for deed in CAN if "hand" not in deed])
def test_a_pool_does_not_protect_the_desktops_themselves(deed):
    assert not refused(answer(POOLED, OURS, CAN[deed]))


def test_no_right_runs_a_program_or_writes_a_file_in_a_desktop():
    """Proxmox VE asks for one of these two for that, and Bascule for neither."""
    assert {"VM.GuestAgent.Unrestricted", "VM.GuestAgent.FileWrite"} == FORBIDDEN
    assert not FORBIDDEN & frozenset().union(*NEEDED.values())


def test_the_page_says_the_same():
    text = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))

    assert [deed for deed in (*CAN, *CANNOT) if deed not in text] == []
