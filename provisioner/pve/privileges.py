"""The rights Bascule needs on Proxmox VE 9, and those it must not have. Names as recorded in the builtin roles."""

from collections.abc import Iterable, Mapping

from provisioner.model.ids import ClusterId, PoolName, Vmid
from provisioner.model.profiles import Profile

NEEDED: Mapping[str, frozenset[str]] = {
    "/": frozenset({"Sys.Audit"}),
    "/vms": frozenset(
        {
            "VM.Allocate",
            "VM.Audit",
            "VM.Clone",
            "VM.Config.CPU",
            "VM.Config.Memory",
            "VM.Config.Network",
            "VM.Config.Options",
            "VM.GuestAgent.FileRead",
            "VM.PowerMgmt",
        }
    ),
    "/storage": frozenset({"Datastore.AllocateSpace", "Datastore.Audit"}),
    "/sdn": frozenset({"SDN.Use"}),
}
"""By path. Sys.Audit shows all tasks and the quorum; the others are what clone, configure, start and file-read check.

Cloud-init's keys ask for VM.Config.Cloudinit or VM.Config.Network, which the network card needs anyhow.
"""

FORBIDDEN = frozenset({"VM.GuestAgent.Unrestricted", "VM.GuestAgent.FileWrite"})
"""Whoever holds these can run anything in every desktop."""


_OF_TEMPLATES = frozenset({"VM.Audit", "VM.Clone"})


def needed_on(
    profiles: Iterable[Profile], cluster: ClusterId, vmids: tuple[Vmid, Vmid], pool: PoolName | None = None
) -> dict[str, frozenset[str]]:
    """The very paths that clones and their configuration are checked on, bridges apart: templates, storages, new VMs.

    Of the numbers for desktops the first and the last; or, where they are cloned into a pool, that pool: its rights reach every
    VM in it, and a clone that names it needs VM.Allocate there.
    """
    places = [f"/pool/{pool}"] if pool is not None else [f"/vms/{vmid}" for vmid in vmids]
    templates = [template for profile in profiles for template in profile.templates if template.cluster == cluster]
    return {
        "/": NEEDED["/"],
        **{path: NEEDED["/vms"] - {"VM.Clone"} for path in places},
        **{f"/vms/{template.vmid}": _OF_TEMPLATES for template in templates},
        **{f"/storage/{template.storage}": NEEDED["/storage"] for template in templates},
    }


def bridges_of(profiles: Iterable[Profile], cluster: ClusterId) -> dict[str, tuple[str, ...]]:
    """Of each profile's bridge the paths of which one is enough: all of it, or its VLAN alone."""
    found: dict[str, tuple[str, ...]] = {}
    for profile in profiles:
        if any(template.cluster == cluster for template in profile.templates):
            path = f"/sdn/zones/localnetwork/{profile.bridge}"
            found[profile.bridge] = (path,) if profile.vlan is None else (path, f"{path}/{profile.vlan}")
    return found


def lacking(granted: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """What is missing, by path; empty: nothing. `granted` is the answer of /access/permissions: rights by path.

    A right on any path below one that is asked for counts as well: rights may be given per pool or storage.
    """
    missing = {path: needed - _held(path, granted) for path, needed in NEEDED.items()}
    return {path: one for path, one in missing.items() if one}


def _held(path: str, granted: Mapping[str, frozenset[str]]) -> frozenset[str]:
    above = [one for one in granted if path == one or path.startswith(one.rstrip("/") + "/")]
    below = [one for one in granted if one.startswith(path.rstrip("/") + "/") or (path == "/vms" and one.startswith("/pool/"))]
    nearest = max(above, key=len, default=None)
    found = [granted[one] for one in below] + ([granted[nearest]] if nearest is not None else [])
    return frozenset().union(*found)
