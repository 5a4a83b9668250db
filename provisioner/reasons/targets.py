"""What should become of a desktop, and why."""

from provisioner.reasons.reason import kind

FROZEN = kind("frozen", "frozen by an operator", "`bascule thaw` ends it")
HELD = kind("held", "held by an operator", "`bascule hold end` ends it")
SESSIONS_OPEN = kind("sessions_open", "it has {sessions} open session(s)")
SESSIONS_UNKNOWN = kind("sessions_unknown", "its sessions are unknown")
SESSIONS_DOUBTFUL = kind("sessions_doubtful", "its sessions are unknown: {doubt}")
STOP_ORDERED = kind("stop_ordered", "ordered by {by}")
STOP_ORDERED_WHY = kind("stop_ordered_why", "ordered by {by} ({why})")
RESTART_ORDERED = kind("restart_ordered", "to be restarted, ordered by {by}")
RESTART_ORDERED_WHY = kind("restart_ordered_why", "to be restarted, ordered by {by} ({why})")
REBUILD_ORDERED = kind("rebuild_ordered", "to be deleted and made anew, ordered by {by}")
REBUILD_ORDERED_WHY = kind("rebuild_ordered_why", "to be deleted and made anew, ordered by {by} ({why})")
QUARANTINED = kind(
    "quarantined", "in quarantine, by {by}: kept as it is, and not used; `bascule desktop release {name}` ends it"
)
QUARANTINED_WHY = kind(
    "quarantined_why",
    "in quarantine, by {by} ({why}): kept as it is, and not used; `bascule desktop release {name}` ends it",
)
RECONFIGURE_ORDERED = kind("reconfigure_ordered", "to be configured again, ordered by {by}")
RECONFIGURE_ORDERED_WHY = kind("reconfigure_ordered_why", "to be configured again, ordered by {by} ({why})")
LEFT = kind("left", "its agent no longer needs a desktop: {why}")
BACK = kind("back", "its agent needs a desktop again")
# -- why an agent is wanted, or not
WANTED = kind("wanted", "wave '{wave}' wants a {profile} desktop for {login}")
WANTED_AHEAD = kind("wanted_ahead", "wave '{wave}' will need a desktop for {login}: prepared in advance, as far as '{level}'")
NOT_STARTED = kind("scenario_not_started", "scenario '{scenario}' was not started: an operator starts it")
NOT_YET = kind("not_yet", "wave '{wave}' has not reached this agent yet")
BY_HALF_DAYS = kind("by_half_days", "comes by half-days on the desktops of pool {pool} (`bascule surge rotation`)")
NO_WAVE = kind("no_wave", "no wave of scenario '{scenario}' selects this agent")
NO_SCENARIO = kind(
    "no_scenario",
    "no scenario is configured: only desktops that exist are kept; `scenario: everyone` gives every entitled agent one",
    "name a scenario in bascule.yaml",
)
NO_ENTITLEMENT = kind("no_entitlement", "no entitlement matches: check department, site and groups")
ACCOUNT = kind("account", "the account is {standing}")
GONE = kind("gone", "the person is no longer in the directory")
OUTSIDE_THE_HOURS = kind("outside_the_hours", "outside the hours")
OUTSIDE_HOURS = kind(
    "outside_hours",
    "outside the hours: off once nobody is logged on, and on again before {until}; `bascule desktop restart` starts it now",
)
# -- nodes that are closed
MAINTENANCE = kind(
    "maintenance",
    "node {node} is in Proxmox VE's maintenance mode: `ha-manager crm-command node-maintenance disable {node}` ends it",
)
CORDONED = kind("cordoned", "node {node} is cordoned by {by}: `bascule node uncordon {key}` ends it")
CORDONED_WHY = kind("cordoned_why", "node {node} is cordoned by {by} ({why}): `bascule node uncordon {key}` ends it")
DRAINED = kind("drained", "node {node} is being drained by {by}: `bascule node uncordon {key}` ends it")
DRAINED_WHY = kind("drained_why", "node {node} is being drained by {by} ({why}): `bascule node uncordon {key}` ends it")
EVACUATED = kind("evacuated", "node {node} is being evacuated by {by}: `bascule node uncordon {key}` ends it")
EVACUATED_WHY = kind("evacuated_why", "node {node} is being evacuated by {by} ({why}): `bascule node uncordon {key}` ends it")
NODE_REFUSES = kind(
    "node_refuses",
    "node {node} refuses every order (one is tried from time to time): {said}",
    "look at the node: `systemctl status pvedaemon pveproxy`",
)
VMID_HELD = kind(
    "vmid_held", "its VMID is taken by a VM that the token cannot see: give the token VM.Audit on it, or move the VMID range"
)
FAILED_ALIKE = kind(
    "failed_alike", "{count} desktops of cluster {cluster} failed with the same error (one is tried from time to time): {said}"
)
PROFILE_FAILED_ALIKE = kind(
    "profile_failed_alike",
    "{count} desktops of profile {profile} on cluster {cluster} failed with the same error (one is tried from time to "
    "time): {said}",
)
