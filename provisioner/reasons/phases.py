"""Why a desktop is in its phase, and what desktops share that no two may share."""

from provisioner.reasons.reason import kind

NOT_OBSERVED = kind("not_observed", "cluster {cluster} has not been observed yet")
NODE_UNSEEN = kind(
    "node_unseen",
    "node {node} is offline or not seen: the state of this desktop is unknown",
    "bring the node back, or remove it from the cluster",
)
HA_RECOVERS = kind(
    "ha_recovers",
    "node {node} is offline or not seen: Proxmox VE's HA starts this desktop on another node (its state there: {state})",
    "nothing to do: Bascule follows the desktop",
)
HA_GAVE_UP = kind(
    "ha_gave_up",
    "Proxmox VE's HA has given this desktop up (state error): nothing starts it",
    "mend the cause, then on a node: `ha-manager set vm:{vmid} --state disabled`, and `--state started`",
)
DELETING = kind("deleting", "being deleted")
CLONING = kind("cloning", "being cloned on {node}")
CLONE_ORDERED = kind("clone_ordered", "its clone was ordered")
RESERVED = kind("reserved", "reserved, not cloned yet")
UNPROVEN = kind("unproven", "VM {vmid} exists, and its ownership note has not been read yet")
CLONED = kind("cloned", "cloned, not configured yet")
STOPPING = kind("stopping", "being shut down: {why}")
STARTING = kind("starting", "its start was ordered")
RECONFIGURING = kind("reconfiguring", "being configured again: {why}")
STOPPED = kind("stopped", "configured and powered off")
POWER_UNKNOWN = kind("power_unknown", "Proxmox VE reports its power as '{power}'")
READY = kind("ready", "first boot has finished and its log-on port answers")
SILENT = kind(
    "silent",
    "it was ready, and has not answered for some minutes: {why}",
    "see whether its person can log on; if not, `bascule desktop restart`",
)
NOT_READY = kind("not_ready", "running, but has not reported ready since it booted")
NOT_HEARD = kind("not_heard", "running, but has not reported ready since it booted: {why}")
FIRST_BOOT_FAILED = kind(
    "first_boot_failed",
    "running, but has not reported ready since it booted: its first boot has failed",
    "look at its console and at the cloud-init log",
)
IDENTITY_CLASH = kind("identity_clash", "running, and given to nobody: {clash}")
FIRST_BOOT_FAILED_SO = kind(
    "first_boot_failed_so",
    "running, but has not reported ready since it booted: its first boot has failed ({said})",
    "mend what it says, then restart it: it tries again",
)
FIRST_BOOT_WAITS = kind(
    "first_boot_waits",
    "running, but has not reported ready since it booted: it waits for its first-boot data, or applies them",
    "if it stays so: `bascule guest receiver` has to run, and the desktop has to reach it",
)
FIRST_BOOT_RUNNING = kind(
    "first_boot_running", "running, but has not reported ready since it booted: its first boot is still in progress"
)
LOGON_PORT_CLOSED = kind(
    "logon_port_closed",
    "running, but has not reported ready since it booted: its log-on port is closed",
    "look at its console: is the remote desktop service running?",
)
# -- a VM that was made, and that no listing shows
HIDDEN = kind(
    "hidden",
    "VM {vmid} exists, but the VM list does not show it: the token lacks VM.Audit on {place}",
    "give the token VM.Audit on {place}",
)
ABSENT_UNASKED = kind(
    "absent_unasked",
    "VM {vmid} is missing from the VM list: checking whether it still exists before cloning it again",
    "nothing to do: Bascule asks the cluster about it",
)
ABSENT_MANY = kind(
    "absent_many",
    "{absent} desktops of this cluster are gone at once: Proxmox VE says that their VMIDs are free. `bascule desktop retry` "
    "clones them again",
    "if they were deleted on purpose: `bascule desktop retry`; if nobody deleted them: `pvecm status` on each node first",
)
# -- why a report does not prove that nobody is there but its sessions
UNDATED = kind("undated", "its status document does not say when it was written")
OLD_DOCUMENT = kind("old_document", "its status document is {age_s:.0f} s old (it should be written every {period_s:.0f} s)")
SOMEBODY_COMES = kind(
    "somebody_comes", "{connections} connections to its log-on port, but {sessions} session(s): somebody may be logging on"
)
MACHINE_ID = kind("mark_machine_id", "machine-id")
HOST_KEY = kind("mark_host_key", "SSH host key")
CARD = kind("mark_card", "network card address")
HOSTNAME = kind("mark_hostname", "host name")
ADDRESS = kind("mark_address", "IP address")
CLAIMED = kind(
    "identity_claimed",
    "it says that it has the {what} that Bascule has given to {others}",
    "look at this desktop alone, the others are not concerned: an image with a fixed name or address, a copy, or somebody who "
    "is root in it",
)
SHARED = kind(
    "identity_shared",
    "it has the same {what} as {others}",
    "the template is not generalised: `bascule check image` names what its clones share. Mend the template, then delete these "
    "VMs in Proxmox VE: Bascule makes them again",
)
