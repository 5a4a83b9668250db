"""Why a desktop's next step is ordered, or waits."""

from provisioner.reasons.reason import kind

# -- in general
LOCKED = kind("locked", "its VM is locked ('{lock}'): it waits until that is over, and never unlocks it")
RETRY = kind("retry", "{why} (try {tries})")
GAVE_UP = kind("gave_up", "gave up after {tries} tries: {why}", "mend it, then `bascule desktop retry`")
END_UNSEEN = kind("end_unseen", "an order's end has not been seen yet: {why}")
NO_PROFILE = kind("no_profile", "{desktop} is of profile {profile}, which is not configured any more")
# -- identifying
NEEDS_NOTE = kind("needs_note", "it lies in our VMID range, and the store does not know it")
STORE_OLDER = kind("store_older", "the store may be older than the cluster")
SAMPLED = kind("sampled", "one note is read at each start: is note_key the one it was made with?")
SAMPLING = kind("sampling", "one note of each cluster is read at each start, to see that note_key is the right one")
NOT_OUR_NOTE = kind(
    "not_our_note", "its note names this very VM and is not signed with our key: edited, or another's; it is left alone"
)
IDENTIFYING = kind("identifying", "{count} VMs in our VMID range are being identified first")
IDENTIFYING_WHY = kind("identifying_why", "{count} VMs in our VMID range are being identified first: {why}")
OTHER_KEYS = kind(
    "other_keys", "{count} VMs in our VMID range are being identified first; {others} so far are not proven by our key: {why}"
)
UNIDENTIFIED_AWAY = kind(
    "unidentified_away",
    "VM {vmid} lies on node {node}, which is offline: bring the node back, or remove it from the cluster",
)
EARLIER_LIFE = kind("earlier_life", "{count} desktops of an earlier life of the daemon are being identified first")
STORE_EMPTY = kind("store_empty", "the store was empty: clones ordered before may still come out (safety.rebuild_settle)")
STORE_LOST = kind("store_lost", "the store was lost: the directory is judged first, now that all desktops are known")
# -- cloning
CLONE_INTERRUPTED = kind("clone_interrupted", "the clone of {desktop} was interrupted: another desktop is next")
LEFTOVER = kind("leftover", "leftover of an interrupted clone on node {node}: look at it and delete it by hand")
INSTEAD = kind("instead", "instead of {former}: {why}")
ROOM_KEPT = kind("room_kept", "the room left ({binds}) is kept for agents who come before and have no desktop yet")
ANOTHER_LATER = kind(
    "another_later",
    "{why}; its agent gets another once it has been away for {after_s:.0f} s (safety.replace_after)",
)
NO_OTHER = kind("no_other", "{why}; {outage}")
NO_OTHER_YET = kind("no_other_yet", "{why}; no other yet: {refusal}")
TRIED_ON = kind("tried_on", "{why} (tried on {nodes})")
COUNTS_AGAIN = kind("counts_again", "{why}; {former}, which was superseded, counts again")
ANOTHER_AT_OPENING = kind("another_at_opening", "{why}; its agent gets another once their batch opens")
OUTAGE = kind("outage", "{away} of {nodes} nodes are offline, which is an outage: nobody gets another until most are back")
# -- configuring, starting, asking
CONFIGURING = kind("configuring", "node {node} is configuring as many desktops as its budget allows")
BOOTS = kind("boots", "node {node} boots {limit} desktops already: the next start waits for one to be ready")
LATE = kind("late", "running, but not ready after {after_s:.0f} s: look at its console", "look at its console")
READY_BY_NOW = kind("ready_by_now", "it should be ready by now")
SESSIONS_DUE = kind("sessions_due", "its sessions are due to be read")
ASSIGN = kind("assign", "ready")
TAG_LOST = kind("tag_lost", "the tag that says it is configured was taken off")
NOTE_OLD = kind("note_old", "its note names an earlier id of its agent")
API_BUSY = kind("api_busy", "{order}: node {node} has {waiting} calls to answer: the next waits")
API_BUSY_EACH = kind("api_busy_each", "{order}: node {node} has {waiting} calls to answer, {each_s:.1f} s each: the next waits")
# -- shutting down and deleting
OFF_WHEN_READY = kind("off_when_ready", "it still starts, and is shut down once it is ready and nobody is logged on: {why}")
NOT_OFF = kind("not_off", "not shut down, {reason}: {why}")
NOT_OFF_NO_PROFILE = kind("not_off_no_profile", "not shut down, its profile {profile} is not configured any more: {why}")
OFF_AFTER_OTHERS = kind("off_after_others", "shut down after others (safety.max_stops_percent): {why}")
READ_ONCE_MORE = kind("read_once_more", "its sessions are read once more before it is shut down: {why}")
ANYBODY_THERE = kind("anybody_there", "it is to be shut down: is anybody logged on?")
DELETE_WAITS = kind("delete_waits", "its deletion is due, {reason}: {why}")
NO_DELETES = kind("no_deletes", "and safety.max_deletes allows none: set it to 1 or more to let deletions run")
POWER_NOT_OFF = kind("power_not_off", "and Proxmox VE reports its power as '{power}'")
DELETES_ONE = kind("deletes_one", "after that of {first}: cluster {cluster} deletes one at a time")
DELETES_PLAN = kind("deletes_plan", "after that of {first}: a plan deletes {count} (safety.max_deletes)")
DELETES_DAY = kind("deletes_day", "and {count} of {limit} were deleted within 24 hours (leavers.deletes_a_day)")
# -- desktops that do not count
SUPERSEDED = kind(
    "superseded",
    "superseded: its agent has another desktop since its node was away or it had failed; it is kept, and not used",
)
SECOND = kind("second", "a second desktop of the same agent, who has {first}: it is kept and not used")
