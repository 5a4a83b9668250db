"""The rights Bascule needs on Proxmox VE 9, and the rights it must not have. Names as recorded in the built-in roles."""

from collections.abc import Collection, Iterable, Mapping

from provisioner.model.ids import ClusterId, PoolName, StorageId, Vmid
from provisioner.model.people.profiles import Profile

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
"""By path. Sys.Audit shows all tasks and the quorum; clone, configure, start and file-read need the others.

Cloud-init's settings need VM.Config.Cloudinit or VM.Config.Network; the network card needs VM.Config.Network anyway.
"""

TO_MOVE = "VM.Migrate"
"""On desktops; needed by `bascule node evacuate` alone."""

FORBIDDEN = frozenset({"VM.GuestAgent.Unrestricted", "VM.GuestAgent.FileWrite"})
"""With these rights anything can be executed in every desktop."""


_OF_TEMPLATES = frozenset({"VM.Audit", "VM.Clone"})


def needed_on(
    profiles: Collection[Profile], cluster: ClusterId, vmids: tuple[Vmid, Vmid], pool: PoolName | None = None
) -> dict[str, frozenset[str]]:
    """The paths on which Proxmox VE checks clones and their configuration, except bridges: templates, storages, new VMs.

    New VMs are checked on the first and the last VMID of the range. With a pool, the pool's path is checked instead: its rights
    cover every VM in it, and a clone into the pool needs VM.Allocate there.
    """
    places = [f"/pool/{pool}"] if pool is not None else [f"/vms/{vmid}" for vmid in vmids]
    templates = [template for profile in profiles for template in profile.templates if template.cluster == cluster]
    return {
        "/": NEEDED["/"],
        **{path: NEEDED["/vms"] - {"VM.Clone"} for path in places},
        **{f"/vms/{template.vmid}": _OF_TEMPLATES for template in templates},
        **{f"/storage/{template.storage}": NEEDED["/storage"] for template in templates},
        **{f"/storage/{storage}": NEEDED["/storage"] for storage in _full_clones_on(profiles, cluster)},
    }


def _full_clones_on(profiles: Iterable[Profile], cluster: ClusterId) -> set[StorageId]:
    """Storages of full clones that are not their templates' storages."""
    here = (profile for profile in profiles if any(template.cluster == cluster for template in profile.templates))
    return {profile.storage for profile in here if profile.storage is not None}


def bridges_of(profiles: Iterable[Profile], cluster: ClusterId) -> dict[str, tuple[str, ...]]:
    """For each profile's bridge the paths where SDN.Use may be granted: the bridge, or only its VLAN. One path is enough."""
    paths: dict[str, tuple[str, ...]] = {}
    for profile in profiles:
        if any(template.cluster == cluster for template in profile.templates):
            path = f"/sdn/zones/localnetwork/{profile.bridge}"
            paths[profile.bridge] = (path,) if profile.vlan is None else (path, f"{path}/{profile.vlan}")
    return paths


def missing_rights(granted: Mapping[str, frozenset[str]], pool: PoolName | None = None) -> dict[str, frozenset[str]]:
    """The missing rights by path; empty when none is missing. `granted` is the answer of /access/permissions: rights by path.

    A right on a path below a needed path counts, too: rights may be granted for each pool or storage. With a pool, what is
    missing on VMs is to be granted on it.
    """
    missing = {path: needed - _held(path, granted) for path, needed in NEEDED.items()}
    return {f"/pool/{pool}" if pool and path == "/vms" else path: rights for path, rights in missing.items() if rights}


def _held(path: str, granted: Mapping[str, frozenset[str]]) -> frozenset[str]:
    above = [other for other in granted if path == other or path.startswith(other.rstrip("/") + "/")]
    below = {other for other in granted if other.startswith(path.rstrip("/") + "/")}
    below |= {other for other in granted if path == "/vms" and other.startswith("/pool/")}
    nearest = max(above, key=len, default=None)
    return frozenset().union(*(granted[other] for other in granted.keys() & {*below, nearest}))
