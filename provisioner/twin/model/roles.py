"""Proxmox VE 9's built-in roles and privileges, as a fresh installation lists them."""

_VM_CONFIG = "VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit VM.Config.Disk VM.Config.HWType VM.Config.Memory " + (
    "VM.Config.Network VM.Config.Options"
)
_AGENT = "VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite"
_VM_ADMIN = (
    f"VM.Allocate VM.Audit VM.Backup VM.Clone {_VM_CONFIG} VM.Console {_AGENT} VM.GuestAgent.Unrestricted "
    "VM.Migrate VM.PowerMgmt VM.Replicate VM.Snapshot VM.Snapshot.Rollback"
)
_DATASTORE_ADMIN = "Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit"
_SDN_ADMIN = "SDN.Allocate SDN.Audit SDN.Use"
_USER_ADMIN = "Group.Allocate Realm.AllocateUser User.Modify"
_POOL_ADMIN = "Pool.Allocate Pool.Audit"
_SYS_ADMIN = "Sys.Audit Sys.Console Sys.Syslog"
_ADMIN = f"{_DATASTORE_ADMIN} {_USER_ADMIN} Mapping.Audit Mapping.Use {_POOL_ADMIN} {_SDN_ADMIN} {_SYS_ADMIN} {_VM_ADMIN}"
_ROOT_ONLY = "Mapping.Modify Permissions.Modify Realm.Allocate Sys.AccessNetwork Sys.Incoming Sys.Modify Sys.PowerMgmt"

BUILTIN_ROLES: dict[str, frozenset[str]] = {
    role: frozenset(privileges.split())
    for role, privileges in {
        "Administrator": f"{_ADMIN} {_ROOT_ONLY}",
        "NoAccess": "",
        "PVEAdmin": _ADMIN,
        "PVEAuditor": "Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit VM.GuestAgent.Audit",
        "PVEDatastoreAdmin": _DATASTORE_ADMIN,
        "PVEDatastoreUser": "Datastore.AllocateSpace Datastore.Audit",
        "PVEMappingAdmin": "Mapping.Audit Mapping.Modify Mapping.Use",
        "PVEMappingUser": "Mapping.Audit Mapping.Use",
        "PVEPoolAdmin": _POOL_ADMIN,
        "PVEPoolUser": "Pool.Audit",
        "PVESDNAdmin": _SDN_ADMIN,
        "PVESDNUser": "SDN.Audit SDN.Use",
        "PVESysAdmin": _SYS_ADMIN,
        "PVETemplateUser": "VM.Audit VM.Clone",
        "PVEUserAdmin": _USER_ADMIN,
        "PVEVMAdmin": _VM_ADMIN,
        "PVEVMUser": f"VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console {_AGENT} VM.PowerMgmt",
    }.items()
}

PRIVILEGES = BUILTIN_ROLES["Administrator"]
"""All privileges: a role with any other is refused (`VM.Monitor` was removed in version 9)."""
