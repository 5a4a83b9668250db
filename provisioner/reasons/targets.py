"""What is to become of a desktop, and why."""

from provisioner.reasons.reason import kind

FROZEN = kind("frozen", "frozen by an operator", "`bascule thaw` ends it")
HELD = kind("held", "held by an operator", "`bascule unhold` ends it")
SESSIONS_OPEN = kind("sessions_open", "it has {sessions} open session(s)")
SESSIONS_UNKNOWN = kind("sessions_unknown", "its sessions are unknown")
SESSIONS_DOUBTFUL = kind("sessions_doubtful", "its sessions are unknown: {doubt}")
STOP_ORDERED = kind("stop_ordered", "ordered by {by}")
STOP_ORDERED_WHY = kind("stop_ordered_why", "ordered by {by} ({why})")
LEFT = kind("left", "its agent is not wanted any more: {why}")
BACK = kind("back", "its agent is wanted again")
# -- why an agent is wanted, or not
WANTED = kind("wanted", "wave '{wave}' wants a {profile} desktop for {login}")
WANTED_AHEAD = kind("wanted_ahead", "wave '{wave}' will want a desktop for {login}: made ahead, to be {level}")
NOT_YET = kind("not_yet", "wave '{wave}' has not reached this agent yet")
NO_WAVE = kind("no_wave", "no wave of scenario '{scenario}' selects this agent")
NO_ENTITLEMENT = kind("no_entitlement", "no entitlement matches: check department, site and groups")
ACCOUNT = kind("account", "the account is {standing}")
GONE = kind("gone", "the person is not in the directory any more")
# -- nodes that are closed
MAINTENANCE = kind(
    "maintenance",
    "node {node} is in Proxmox VE's maintenance mode: `ha-manager crm-command node-maintenance disable {node}` ends it",
)
CORDONED = kind("cordoned", "node {node} is cordoned by {by}: `bascule node uncordon {key}` ends it")
CORDONED_WHY = kind("cordoned_why", "node {node} is cordoned by {by} ({why}): `bascule node uncordon {key}` ends it")
DRAINED = kind("drained", "node {node} is being drained by {by}: `bascule node uncordon {key}` ends it")
DRAINED_WHY = kind("drained_why", "node {node} is being drained by {by} ({why}): `bascule node uncordon {key}` ends it")
NODE_REFUSES = kind("node_refuses", "node {node} takes no orders, and one is tried now and then: {said}")
VMID_HELD = kind(
    "vmid_held", "its VMID is taken by a VM that no listing shows: give the token VM.Audit on /vms, or move the VMID range"
)
FAILED_ALIKE = kind("failed_alike", "{count} desktops failed alike on cluster {cluster}, and one is tried now and then: {said}")
PROFILE_FAILED_ALIKE = kind(
    "profile_failed_alike",
    "{count} desktops of profile {profile} failed alike on cluster {cluster}, and one is tried now and then: {said}",
)
