"""Applies Proxmox VE's permission expressions to one call, with its own error texts; and rights that depend on the guest
settings in a call: options, storages and bridges."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.twin.access.access import ROOT, Access
from provisioner.twin.protocol import ApiFault, invalid, refuse

_FORBIDDEN = "Permission check failed"
_BY_OPTION: Mapping[str, tuple[str, ...]] = {
    "VM.Config.Memory": ("memory", "balloon", "shares", "allow-ksm"),
    "VM.Config.CPU": ("sockets", "cores", "cpu", "cpulimit", "cpuunits", "numa", "smp", "vcpus", "affinity"),
    "VM.Config.HWType": (
        "acpi", "hotplug", "kvm", "machine", "scsihw", "smbios1", "tablet", "vga", "watchdog", "rng0", "audio0", "arch", "bios",
        "ivshmem", "hugepages", "keephugepages", "spice_enhancements", "amd-sev", "intel-tdx", "vmgenid", "serial", "parallel",
        "usb", "hostpci", "virtiofs",
    ),
    "VM.Config.Options": (
        "agent", "autostart", "description", "keyboard", "localtime", "migrate_downtime", "migrate_speed", "name", "onboot",
        "ostype", "protection", "reboot", "startdate", "startup", "tdf", "template", "tags", "hookscript", "freeze", "lock",
    ),
    "VM.Config.Disk": ("boot", "bootdisk", "vmstatestorage", "scsi", "virtio", "sata", "ide", "efidisk", "tpmstate", "unused"),
    "VM.Config.Network": ("net",),
}  # fmt: skip
_CLOUD_INIT = {"cicustom", "cipassword", "citype", "ciuser", "ciupgrade", "nameserver", "searchdomain", "sshkeys", "ipconfig"}
_PRIVILEGE = {option: privilege for privilege, options in _BY_OPTION.items() for option in options}
_ROOT_PARAMETERS = ("skiplock", "migratedfrom", "force-cpu", "stateuri")
_DISK = re.compile(r"(?:scsi|virtio|sata|ide|efidisk|tpmstate)\d+")
_NOT_OPTIONS = {"node", "vmid", "digest", "delete", "revert", "force", "background_delay", "import-working-storage"}


def forbidden(what: str = "") -> ApiFault:
    """Status 403; `what` is missing, in brackets where Proxmox VE names it."""
    return ApiFault(403, f"{_FORBIDDEN} ({what})" if what else _FORBIDDEN)


def demand_any(access: Access, who: str, path: str, *privileges: str) -> None:
    """Raise ApiFault unless the caller has one of the privileges on the path."""
    if not access.may(who, path, *privileges):
        raise forbidden(f"{path}, {'|'.join(privileges)}")


def demand_all(access: Access, who: str, path: str, *privileges: str) -> None:
    """Raise ApiFault unless the caller has all the privileges; it names the first missing privilege."""
    for privilege in privileges:
        demand_any(access, who, path, privilege)


def demand(access: Access, who: str, expression: list[Any], params: Mapping[str, str]) -> None:
    """Raise ApiFault unless a method's permission expression allows the call. root@pam may always."""
    if who == ROOT:
        return
    kind, *rest = expression
    match kind:
        case "and":
            for part in rest:
                demand(access, who, part, params)
        case "or":
            if not any(_holds(access, who, part, params) for part in rest):
                raise forbidden()
        case "perm":
            _demand_perm(access, who, rest, params)
        case "perm-modify":
            _demand_modify(access, who, params.get("path", ""))
        case "userid-param":
            _demand_user(access, who, rest[0], params)
        case "userid-group":
            demand_any(access, who, "/access/groups", *rest[0])
        case _:
            raise ValueError(f"unknown permission check {kind!r}")


def _holds(access: Access, who: str, expression: list[Any], params: Mapping[str, str]) -> bool:
    try:
        demand(access, who, expression, params)
    except ApiFault:
        return False
    return True


def _demand_perm(access: Access, who: str, rest: list[Any], params: Mapping[str, str]) -> None:
    template, privileges, *options = rest
    option = dict(zip(options[::2], options[1::2], strict=False))
    required = option.get("require_param")
    if required and required not in params:
        raise forbidden()
    path = template
    for name, value in params.items():
        path = path.replace(f"{{{name}}}", value)
    if option.get("any"):
        demand_any(access, who, path, *privileges)
    else:
        demand_all(access, who, path, *privileges)


def _demand_modify(access: Access, who: str, path: str) -> None:
    owning = {"/storage/": "Datastore.Allocate", "/vms/": "VM.Allocate", "/pool/": "Pool.Allocate"}
    own = next((privilege for start, privilege in owning.items() if path.startswith(start)), None)
    demand_any(access, who, path or "/access", "Permissions.Modify", *([own] if own else []))


def _demand_user(access: Access, who: str, test: str, params: Mapping[str, str]) -> None:
    userid = params.get("userid", "")
    if test == "self":
        if who != userid:
            raise forbidden()
        return
    demand_any(access, who, f"/access/realm/{userid.rpartition('@')[2]}", test)


def demand_config(access: Access, who: str, vmid: int, params: Mapping[str, str]) -> None:
    """Check the privileges for setting these options of a guest; each group of options has its privilege."""
    if who == ROOT:
        return
    _demand_root_parameters(params)
    names = [name for name in params if name not in _NOT_OPTIONS]
    names += [name for name in re.split(r"[,;\s]+", params.get("delete", "")) if name]
    for name in sorted(names):
        _demand_option(access, who, vmid, name, params)
    demand_bridges(access, who, params)


def demand_root_parameters(who: str, params: Mapping[str, str]) -> None:
    """Refuse `skiplock` and similar parameters to everyone except root@pam; its tokens are refused, too."""
    if who != ROOT:
        _demand_root_parameters(params)


def demand_storages(access: Access, who: str, config: Mapping[str, object]) -> None:
    """Check AllocateSpace on every storage with a disk of this configuration."""
    for storage in dict.fromkeys(_storages_of(config)):
        demand_any(access, who, f"/storage/{storage}", "Datastore.AllocateSpace")


def demand_bridges(access: Access, who: str, config: Mapping[str, object]) -> None:
    """Check SDN.Use on every bridge that a network card of this configuration uses."""
    for name in sorted(config):
        bridge = re.search(r"(?:^|,)bridge=([^,]+)", str(config[name])) if re.fullmatch(r"net\d+", name) else None
        if bridge:
            tag = re.search(r"(?:^|,)tag=(\d+)", str(config[name]))
            _demand_bridge(access, who, bridge[1], tag[1] if tag else None)


def _storages_of(config: Mapping[str, object]) -> Iterator[str]:
    """The storages of a configuration's disks, in key order."""
    for name in sorted(config):
        if _DISK.fullmatch(name):
            storage, colon, _ = str(config[name]).removeprefix("file=").partition(":")
            if colon and "," not in storage:
                yield storage


def _demand_bridge(access: Access, who: str, bridge: str, tag: str | None) -> None:
    path = f"/sdn/zones/localnetwork/{bridge}"
    if not access.may(who, path, "SDN.Use"):
        demand_any(access, who, f"{path}/{tag}" if tag else path, "SDN.Use")


def _demand_root_parameters(params: Mapping[str, str]) -> None:
    if wrong := {name: "Only root may use this option." for name in _ROOT_PARAMETERS if name in params}:
        raise invalid(**wrong)


def _demand_option(access: Access, who: str, vmid: int, name: str, params: Mapping[str, str]) -> None:
    path = f"/vms/{vmid}"
    stem = re.sub(r"\d+$", "", name) if name not in _PRIVILEGE else name
    if name == "args":
        raise refuse("only root can set 'args' config")
    if stem in _CLOUD_INIT:
        demand_any(access, who, path, "VM.Config.Cloudinit", "VM.Config.Network")
    elif stem in ("ide", "sata", "scsi") and "media=cdrom" in params.get(name, ""):
        demand_any(access, who, path, "VM.Config.CDROM")
    elif privilege := _PRIVILEGE.get(stem):
        demand_any(access, who, path, privilege)
    elif name in params:
        raise refuse(f"only root can set '{name}' config")
