"""How actions ended, in Bascule's own words. Errors of other systems keep their own words."""

from provisioner.reasons.reason import kind

NOTE_PROVES = kind("note_proves", "its note proves it ours")
FOREIGN = kind("foreign", "VM {vmid} is in our VMID range without a note of ours: foreign, its VMID is never used")
MAYBE_OURS = kind(
    "maybe_ours",
    "{why}; it may be a clone of ours whose answer was lost: see `bascule report drift`, or give the token VM.Audit "
    "on /vms/{vmid}",
)
CLONE_HIDDEN = kind(
    "clone_hidden",
    "{why}: a clone for {name} on node {node} has failed in the middle, and no VM list shows what it left. Another desktop is "
    "cloned",
)
TAKEN_HIDDEN = kind(
    "taken_hidden",
    "{why}: no VM list shows what has this number, and as far as the store knows nothing of ours was ever sent under it",
)
NUMBER_FREE = kind("number_free", "what had this number and was in no VM list is gone: Proxmox VE says that it is free")
TASK_LOG = kind("task_log", "{why} (task log: {log})")
SUSPENDED = kind("suspended", "its agent no longer needs a desktop: suspended")
REKEYED = kind("rekeyed", "its agent {old} continues as {new}, by order of {by}")
REKEYED_WHY = kind("rekeyed_why", "its agent {old} continues as {new}, by order of {by}: {why}")
BY_ORDER = kind("by_order", "by order of {by}")
BY_ORDER_WHY = kind("by_order_why", "by order of {by}: {why}")
ANYBODY_LEFT = kind("anybody_left", "reading its sessions right before the shutdown")
BEFORE_REHEARSAL = kind("before_rehearsal", "existed before the rehearsal")
