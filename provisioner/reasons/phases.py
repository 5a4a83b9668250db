"""What a desktop's phase was concluded from."""

from provisioner.reasons.reason import kind

NOT_OBSERVED = kind("not_observed", "cluster {cluster} has not been observed yet")
NODE_UNSEEN = kind(
    "node_unseen", "node {node} is offline or not seen: what is on it is unknown", "bring the node back, or remove it"
)
DELETING = kind("deleting", "its delete is under way")
CLONING = kind("cloning", "its clone is under way on {node}")
CLONE_ORDERED = kind("clone_ordered", "its clone was ordered")
RESERVED = kind("reserved", "reserved, not cloned yet")
UNPROVEN = kind("unproven", "VM {vmid} exists, and its ownership note has not been read yet")
CLONED = kind("cloned", "cloned, not configured yet")
STOPPING = kind("stopping", "it is being shut down: {why}")
STARTING = kind("starting", "its start was ordered")
STOPPED = kind("stopped", "configured and powered off")
POWER_UNKNOWN = kind("power_unknown", "Proxmox VE reports its power as '{power}'")
READY = kind("ready", "first boot has finished and its log-on port answers")
NOT_READY = kind("not_ready", "it runs, and has not reported ready in this boot")
NOT_HEARD = kind("not_heard", "it runs, and has not reported ready in this boot: {why}")
FIRST_BOOT_FAILED = kind(
    "first_boot_failed",
    "it runs, and has not reported ready in this boot: its first boot has failed",
    "look at its console, and at the log of cloud-init",
)
FIRST_BOOT_RUNNING = kind(
    "first_boot_running", "it runs, and has not reported ready in this boot: its first boot is still running"
)
LOGON_PORT_CLOSED = kind("logon_port_closed", "it runs, and has not reported ready in this boot: its log-on port is closed")
# -- a VM that was made, and that no listing shows
HIDDEN = kind(
    "hidden",
    "VM {vmid} exists, and the listing does not show it: give the token VM.Audit on /vms/{vmid}",
    "give the token VM.Audit on the VM",
)
ABSENT_UNASKED = kind("absent_unasked", "the listing lacks VM {vmid}: whether it exists is asked before anything is made again")
ABSENT_MANY = kind(
    "absent_many",
    "{absent} desktops of its cluster are not listed: has the token VM.Audit on /vms? If they are gone, "
    "`bascule desktop retry` makes them again",
    "give the token VM.Audit on /vms; if the VMs are gone, `bascule desktop retry`",
)
# -- why a report does not prove that nobody is there but its sessions
UNDATED = kind("undated", "its status document does not say when it was written")
OLD_DOCUMENT = kind("old_document", "its status document is {age_s:.0f} s old, and is written every {period_s:.0f} s")
SOMEBODY_COMES = kind(
    "somebody_comes", "{connections} connections to its log-on port, and {sessions} session(s): somebody comes"
)
