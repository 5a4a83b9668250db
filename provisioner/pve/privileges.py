"""The rights Bascule needs on Proxmox VE 9, and those it must not have. Names as recorded in the builtin roles."""

from collections.abc import Mapping

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
