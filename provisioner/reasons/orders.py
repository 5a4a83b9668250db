"""What orders came to, where it is Bascule that says so; errors are told in the words of whom they come from."""

from provisioner.reasons.reason import kind

NOTE_PROVES = kind("note_proves", "its note proves it ours")
FOREIGN = kind("foreign", "VM {vmid} lies in our VMID range without a note of ours: it is foreign, and its VMID is left alone")
MAYBE_OURS = kind(
    "maybe_ours", "{why}; it may be a clone of ours whose answer never came: give the token VM.Audit on /vms/{vmid}"
)
TASK_LOG = kind("task_log", "{why} (task log: {log})")
SUSPENDED = kind("suspended", "its agent is not wanted any more: suspended")
REKEYED = kind("rekeyed", "its agent {old} goes on as {new}, by order of {by}")
REKEYED_WHY = kind("rekeyed_why", "its agent {old} goes on as {new}, by order of {by}: {why}")
BY_ORDER = kind("by_order", "by order of {by}")
BY_ORDER_WHY = kind("by_order_why", "by order of {by}: {why}")
ANYBODY_LEFT = kind("anybody_left", "is anybody logged on?")
BEFORE_REHEARSAL = kind("before_rehearsal", "there before the rehearsal")
