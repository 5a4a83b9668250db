"""Why a desktop's next step is ordered, or waits; of an evacuation, why it is moved or is not, and why the order is
not taken.
"""

from provisioner.reasons.reason import kind

# -- in general
LOCKED = kind("locked", "its VM is locked ({lock}): waiting for the lock to clear (Bascule never removes locks)")
RETRY = kind("retry", "{why} (try {tries})")
GAVE_UP = kind("gave_up", "gave up after {tries} tries: {why}", "fix the cause, then `bascule desktop retry`")
END_UNSEEN = kind(
    "end_unseen",
    "the result of Bascule's last request for this desktop is not known yet: {why}",
    "nothing to do: it is looked for in each cycle",
)
NO_PROFILE = kind(
    "no_profile",
    "{desktop} has profile {profile}, which is no longer configured",
    "configure the profile again, or move its agents to another profile",
)
PROFILE_GONE = kind(
    "profile_gone",
    "no new desktop is made of profile {profile}, which is no longer configured",
    "configure the profile again; if the guard holds back what is to follow it, accept that: `bascule directory accept`",
)
# -- identifying
NEEDS_NOTE = kind("needs_note", "it is in our VMID range, but not in the store")
STORE_OLDER = kind("store_older", "the store may be older than the cluster")
SAMPLED = kind("sampled", "checking note_key against one note of each cluster, as at every start")
SAMPLING = kind("sampling", "checking note_key against one note of each cluster first, as at every start")
NOT_OUR_NOTE = kind(
    "not_our_note", "its note names this VM, but is not signed with our key (edited, or another installation's): left alone"
)
IDENTIFYING = kind("identifying", "no new desktop yet: the notes of {count} VMs in our VMID range are read first")
IDENTIFYING_WHY = kind(
    "identifying_why", "no new desktop yet: the notes of {count} VMs in our VMID range are read first: {why}"
)
OTHER_KEYS = kind(
    "other_keys",
    "no new desktop yet: the notes of {count} VMs in our VMID range are read first; "
    "{others} of them so far are not signed with our key: {why}",
)
UNIDENTIFIED_AWAY = kind(
    "unidentified_away",
    "VM {vmid} is on node {node}, which is offline: bring the node back, or remove it from the cluster",
)
EARLIER_LIFE = kind(
    "earlier_life", "no new desktop yet: the notes of {count} desktops from before the daemon's restart are read first"
)
STORE_EMPTY = kind("store_empty", "the store was empty: waiting for clones ordered earlier (safety.rebuild_settle)")
STORE_LOST = kind("store_lost", "the store was lost: all desktops are known again, now the directory is checked")
# -- cloning
CLONE_INTERRUPTED = kind("clone_interrupted", "the clone of {desktop} was interrupted: another desktop is cloned instead")
LEFTOVER = kind("leftover", "left over from an interrupted clone on node {node}: look at it and delete it by hand")
INSTEAD = kind("instead", "instead of {former}: {why}")
ROOM_KEPT = kind(
    "room_kept", "the remaining capacity ({binds}) is reserved for agents whose turn comes earlier and who have no desktop yet"
)
ANOTHER_LATER = kind(
    "another_later",
    "{why}; it is replaced once it has been away for {after_s:.0f} s (safety.replace_after)",
)
NO_OTHER = kind("no_other", "{why}; {outage}")
NO_OTHER_YET = kind("no_other_yet", "{why}; no replacement yet: {refusal}")
MANY_SILENT = kind(
    "many_silent",
    "{why}; {count} desktops of the cluster are so, which is not by chance: none is replaced",
    "look for what they have in common: their network, their storage, an update of the image",
)
FIRST_BOOTS_FAILED = kind(
    "first_boots_failed",
    "{why}, and so did that of {count} desktops in all, one made after the other",
    "find out what these desktops have in common; then delete the VM in Proxmox VE: Bascule makes it again",
)
FIRST_BOOTS_FAIL = kind(
    "first_boots_fail",
    "{why}; another is made once more desktops of profile {profile} are ready ({ready}) than first boots have failed "
    "({failed})",
    "mend what they have in common (image, domain controller, network); then delete these VMs in Proxmox VE: Bascule makes "
    "them again",
)
TRIED_ON = kind("tried_on", "{why} (tried on {nodes})")
COUNTS_AGAIN = kind("counts_again", "{why}; the superseded desktop {former} is in use again")
DOUBLE_USED = kind("double_used", "{why}; {double}, which its agent has besides, is used instead")
ANOTHER_AT_OPENING = kind("another_at_opening", "{why}; it is replaced when its agent's batch opens")
ANOTHER_WHEN_ON = kind("another_when_on", "{why}; its pool replaces it as soon as it is to be on")
OUTAGE = kind("outage", "{away} of {nodes} nodes are offline: an outage, nothing is replaced until most nodes are back")
HA_LATE = kind(
    "ha_late",
    "{why}; it has not done so within {minutes} min, and no other desktop is made as long as it may: its agent would have two",
    "see `ha-manager status` (quorum, watchdog, nodes with room); or, once the node is certainly off, take the desktop out of "
    "HA: `ha-manager remove vm:{vmid}`, and Bascule replaces it",
)
# -- configuring, starting, asking
CONFIGURING = kind("configuring", "node {node} is already configuring as many desktops as allowed (budget.configures_per_node)")
PROFILE_CHANGED = kind("profile_changed", "its profile has changed since it was configured: {what}")
ADDRESS_UNFIT = kind(
    "address_unfit",
    "not configured: profile {profile} has other addresses now: {why}",
    "give the profile its former addresses back, and make another profile for the new ones",
)
BOOTS = kind("boots", "node {node} is already booting {limit} desktops: the next start waits until one of them is ready")
LATE = kind("late", "running, but not ready after {after_s:.0f} s: look at its console", "look at its console")
SLOW = kind(
    "slow",
    "running, but not ready after {after_s:.0f} s, twice as long as any of the latest boots of this image took: slow, or stuck",
    "look at its console; it is late only after ready_timeout",
)
READY_BY_NOW = kind("ready_by_now", "asking whether it is ready: a boot usually takes no longer")
SESSIONS_DUE = kind("sessions_due", "its sessions are due to be read")
ASSIGN = kind("assign", "ready")
TAG_LOST = kind("tag_lost", "the tag that marks it as configured was removed")
NOTE_OLD = kind("note_old", "its note names an earlier ID of its agent")
API_BUSY = kind("api_busy", "{order}: node {node} still has {waiting} calls to answer")
API_BUSY_EACH = kind("api_busy_each", "{order}: node {node} still has {waiting} calls to answer, {each_s:.1f} s each")
# -- shutting down and deleting
OFF_WHEN_READY = kind("off_when_ready", "still starting; shut down once it is ready and nobody is logged on: {why}")
NOT_OFF = kind("not_off", "not shut down, {reason}: {why}")
HA_WOULD_FORCE = kind(
    "ha_would_force",
    "it is a resource of Proxmox VE's HA, which forces it off after 60 s even if somebody has just logged on",
    "take it out of HA: `ha-manager remove vm:{vmid}`",
)
NOT_OFF_NO_PROFILE = kind("not_off_no_profile", "not shut down, its profile {profile} is no longer configured: {why}")
OFF_AFTER_OTHERS = kind("off_after_others", "not shut down yet, others come first (safety.max_stops_percent): {why}")
READ_ONCE_MORE = kind("read_once_more", "not shut down yet, its sessions are read once more: {why}")
ANYBODY_THERE = kind("anybody_there", "reading its sessions before it is shut down")
DELETE_WAITS = kind("delete_waits", "its deletion is due, {reason}: {why}")
NO_DELETES = kind("no_deletes", "and safety.max_deletes allows none: set it to 1 or more to let deletions run")
POWER_NOT_OFF = kind("power_not_off", "and Proxmox VE reports its power as '{power}'")
DELETES_ONE = kind("deletes_one", "after that of {first}: cluster {cluster} deletes one at a time")
DELETES_PLAN = kind("deletes_plan", "after that of {first}: a plan deletes {count} (safety.max_deletes)")
DELETES_DAY = kind("deletes_day", "and {count} of {limit} were deleted within 24 hours (leavers.deletes_a_day)")
# -- desktops that do not count
SUPERSEDED = kind(
    "superseded",
    "superseded: its agent was given another desktop while this one was unavailable; kept but unused",
    "give it back to its agent (`bascule desktop restore`); or copy what the agent needs from it, then delete this VM (not the "
    "one that the agent uses) in Proxmox VE",
)
SECOND = kind(
    "second",
    "duplicate: its agent already has {first}; kept but unused",
    "copy what the agent needs from it, then delete this VM (not the one that the agent uses) in Proxmox VE",
)
MOVED_AWAY = kind("moved_away", "node {node} is being evacuated: it goes to node {target}")
AFTER_OTHERS = kind("move_after_others", "it is moved after others: {limit} at a time leave node {node}")
LOCAL_DISKS = kind("move_local_disks", "it is not moved: its disks are on storage that only node {node} sees")
HA_MOVES = kind(
    "move_by_ha",
    "it is not moved: it is a resource of Proxmox VE's HA, which moves its own",
    "`ha-manager crm-command node-maintenance enable {node}` on a node lets HA move its own away; `ha-manager remove` takes "
    "the desktop out of HA",
)
MOVED_BACK = kind(
    "move_undone",
    "it is not moved again: it was moved away {count} times, and is on node {node} once more: something else moves it back",
    "leave the desktops out of what moves VMs there (a balancer: tag `plb_ignore`; HA: its rules and Cluster Resource "
    "Scheduling), then `bascule node uncordon {node}`, and `bascule node evacuate {node}` once more",
)
NOT_WHILE = kind("move_not_while", "it is moved once it is ready or off; it is {phase}")
MOVE_FAILED = kind(
    "move_failed", "it is still there: {why}", "it is tried again by itself; at once: `bascule node evacuate` again"
)
NO_ROOM = kind("move_no_room", "no other node has room for it: {memory_mib} MiB, {vcpus:g} vCPUs")
# -- why the order is not taken
NODE_AWAY = kind("evacuate_node_away", "node {node} is offline: nothing can be moved away from it")
NO_OTHER_NODE = kind("evacuate_no_other_node", "no other node of cluster {cluster} is online and open")
NONE_CAN_MOVE = kind(
    "evacuate_none_can_move",
    "none of the {count} desktops on node {node} can be moved: their disks are on storage that only this node sees; "
    "`bascule node drain {node}` shuts them down instead",
)
TOO_MUCH = kind(
    "evacuate_too_much",
    "only {fit} of the {count} desktops on node {node} fit on the other nodes: make room there first, or drain the node",
)
