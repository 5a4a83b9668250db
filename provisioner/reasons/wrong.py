"""What is wrong, or not known: the entries of the list that `status`, the API, `/readyz` and the metrics read.

Who holds what since when is not in these texts: each entry of the list carries it (`wrong.entry`).
"""

from provisioner.reasons.reason import kind

# -- clusters
CLUSTER_UNSEEN = kind(
    "cluster_unseen",
    "cluster {cluster} was never observed: nothing is known of it",
    "`bascule check` says what keeps Bascule from it",
)
CLUSTER_UNSEEN_WHY = kind(
    "cluster_unseen_why",
    "cluster {cluster} was never observed, nothing is known of it: {why}",
    "`bascule check` says what keeps Bascule from it",
)
CLUSTER_PAUSED = kind(
    "cluster_paused",
    "cluster {cluster}: nothing is written there: {why}",
    "it goes on by itself once the cause is gone; `bascule check` says more",
)
CLUSTER_OLD = kind(
    "cluster_old",
    "cluster {cluster} has not answered for a while: what is shown of it is that old",
    "`bascule check` says what keeps Bascule from it",
)
QUORUM_UNKNOWN = kind(
    "quorum_unknown",
    "cluster {cluster}: whether it has its quorum is not known, and no node counts as away meanwhile",
    "`bascule check` says why: the token lacks Sys.Audit on /, or the node does not answer",
)
NODE_AWAY = kind("node_is_offline", "node {node} is offline; desktops on it: {desktops}", "`bascule why {node}`")
LISTING_DOUBTED = kind(
    "listing_doubted",
    "cluster {cluster}: {count} desktops are not in the VM list, and nothing is cloned there: {why}",
)
LEFT_BEHIND = kind(
    "left_behind",
    "our numbers are held by VMs that no VM list shows, left by clones that failed, or of others: {names} ({count} in all)",
    "`bascule report drift` says how to see what each of them is, and what removes it",
)
STORAGE_FILLED = kind(
    "storage_filled",
    "storage {storage} is filled beyond the share that may be: nothing is cloned there",
    "`bascule check storage` says what fills it",
)
STORAGE_FULL = kind(
    "storage_is_full",
    "storage {storage} is full: what writes to it stops, desktops and others",
    "make room there now; `bascule check storage` says what fills it",
)
# -- directory
NO_ROSTER = kind("no_roster", "no reading of the directory was accepted yet: nobody is known", "`bascule check directory`")
NO_ROSTER_WHY = kind(
    "no_roster_why", "no reading of the directory was accepted yet, nobody is known: {why}", "`bascule check directory`"
)
NOBODY_THERE = kind("nobody_there", "the directory has nobody who may have a desktop", "`bascule check directory`")
DIRECTORY_UNREAD = kind(
    "directory_unread",
    "the directory cannot be read, who was read before counts: {why}",
    "`bascule check directory`",
)
DIRECTORY_SERVER_FAILS = kind(
    "directory_server_fails",
    "servers of the directory that do not answer: {count}; another one does: {why}",
    "`bascule check directory`",
)
MANY_REJECTED = kind(
    "many_rejected",
    "more than 2 % of the directory's entries cannot be used, people who get no desktop: {count}; {entry}: {why}",
    "`bascule agent list` lists them",
)
ENTRIES_REJECTED = kind(
    "entries_rejected",
    "directory entries that cannot be used, people who get no desktop: {count}; {entry}: {why}",
    "`bascule agent list` lists them",
)
# -- desktops
DESKTOP_SILENT = kind(
    "desktop_silent",
    "{names} was ready, and does not answer any more: it may hang",
    "`bascule why NAME`; look at its console",
)
DESKTOPS_SILENT = kind(
    "desktops_silent",
    "{count} desktops were ready, and do not answer any more: they may hang: {names}",
    "`bascule why NAME`; look at their consoles",
)
DESKTOP_LATE = kind("desktop_late", "{names} has been starting for longer than its profile allows", "`bascule why NAME`")
DESKTOPS_LATE = kind(
    "desktops_late", "{count} desktops have been starting for longer than their profile allows: {names}", "`bascule why NAME`"
)
DESKTOP_UNLISTED = kind(
    "desktop_unlisted",
    "the VM of {names} exists, and the VM list does not show it: its person gets no other desktop meanwhile",
    "give the token VM.Audit on {place}",
)
DESKTOPS_UNLISTED = kind(
    "desktops_unlisted",
    "the VMs of {count} desktops exist, and the VM list does not show them, their people get no others meanwhile: {names}",
    "give the token VM.Audit on {place}",
)
DESKTOP_UNASKED = kind(
    "desktop_unasked",
    "{names} cannot be asked whether it is ready, nor who is logged on: Proxmox VE does not pass the question on: {why}",
    "`bascule check` says whether a right is missing; on its node: `systemctl status pvedaemon`",
)
DESKTOPS_UNASKED = kind(
    "desktops_unasked",
    "{count} desktops cannot be asked whether they are ready, nor who is logged on, Proxmox VE does not pass the question on: "
    "{names}: {why}",
    "`bascule check` says whether a right is missing; on their node: `systemctl status pvedaemon`",
)
DESKTOP_SETUP_FAILED = kind(
    "desktop_setup_failed",
    "the first boot of {names} has failed, nothing repeats it, and its person waits: {why}",
    "`bascule why NAME`; mend the cause, then delete the VM in Proxmox VE: Bascule makes it again",
)
DESKTOPS_SETUP_FAILED = kind(
    "desktops_setup_failed",
    "the first boots of {count} desktops have failed, nothing repeats them, and their people wait: {names}: {why}",
    "`bascule why NAME`; mend what they have in common, then delete these VMs in Proxmox VE: Bascule makes them again",
)
DESKTOPS_CUT = kind(
    "desktops_cut",
    "desktops that say or ask more than a desktop has to: {count}; what is beyond the bounds is not taken, and it concerns "
    "nobody else: {names}",
    "look at what runs there: a broken image, or somebody who is root in it",
)
OWN_CLOCK_AHEAD = kind(
    "own_clock_ahead",
    "what {count} desktops write is dated {by_s:.0f} s ago, all alike: the clock of the daemon's machine is ahead by so much, "
    "and who is logged on cannot be known",
    "on the daemon's machine: `timedatectl`; if it is right there, look at the clocks of the nodes",
)
OWN_CLOCK_BEHIND = kind(
    "own_clock_behind",
    "what {count} desktops write is dated {by_s:.0f} s in the future, all alike: the clock of the daemon's machine is behind "
    "by so much, and who is logged on cannot be known",
    "on the daemon's machine: `timedatectl`; if it is right there, look at the clocks of the nodes",
)
# -- what does not go on by itself
FAIL_ALIKE = kind(
    "desktops_fail_alike",
    "{count} desktops of cluster {cluster} have failed with the same error, and the others wait: {why}",
    "mend the cause; `bascule desktop retry` tries at once",
)
PROFILE_FAILS_ALIKE = kind(
    "profile_fails_alike",
    "{count} desktops of profile {profile} on cluster {cluster} have failed with the same error, and the others wait: {why}",
    "mend the cause; `bascule desktop retry` tries at once",
)
NODE_REFUSES_ORDERS = kind(
    "node_refuses_orders",
    "node {node} refuses every order, and those whose desktop is there wait; desktops on it: {desktops}: {why}",
    "on the node: `systemctl status pvedaemon pveproxy`",
)
PERSON_STUCK = kind(
    "person_stuck", "somebody waits for a desktop, and it does not pass by itself: {names}: {why}", "`bascule why NAME`"
)
PEOPLE_STUCK = kind(
    "people_stuck",
    "{count} people wait for their desktops, and it does not pass by itself: {names}: {why}",
    "`bascule why NAME`",
)
NOTE_KEY_DIFFERS = kind(
    "note_key_differs",
    "nobody gets a new desktop, the notes on the VMs are signed with another key than note_key: {why}",
    "put back the note_key that they were made with",
)
SOME_NAMES = kind("some_names", "{names} and {more} more")
# -- the daemon
STORE_AWAY = kind(
    "store_away",
    "the daemon waits for its store: nothing is ordered, no order and no changed configuration is taken up, and who is logged "
    "on is as old as it says: {why}",
    "it goes on by itself once the store answers; `bascule freeze` works meanwhile",
)
DISK_SHORT = kind(
    "disk_short",
    "the disk of the daemon's store has {left_mib:.0f} MiB left: once it is full nothing is ordered any more",
    "make room there: `df -h`, `journalctl --disk-usage`",
)
ORDER_SET_ASIDE = kind(
    "order_set_aside",
    "order '{order}', by {by}, was set aside, and does nothing: {why}",
    "`{command}`; order it anew, if it is still wanted",
)
ROW_SET_ASIDE = kind(
    "row_set_aside",
    "in table {table} of the store the row {row} could not be read, and was removed: {why}",
    "`{command}`; find out who else writes to the store",
)
ORDER_STANDS = kind(
    "order_stands",
    "order '{order}', by {by}, cannot be read or carried out ({why}): what it may protect is protected, as by {instead}",
    "`{command}` ends it; order it anew, if it is still wanted",
)
GROUPS_UNTOLD = kind(
    "groups_untold",
    "the kernel does not tell the daemon which groups people are in, but for their first: roles by the others do not count",
    "a kernel from Linux 4.13 on tells them; until then make the group of the role their first group, or give them tokens",
)
TOKENS_REFUSED = kind(
    "tokens_refused",
    "no token of the API counts, whoever has one is refused: {why}",
    "mend the file that `api: {{tokens: …}}` names: it belongs to root or the daemon, and nobody else may write to it",
)
PROFILE_UNCONFIGURED = kind(
    "profile_unconfigured",
    "profile {profile} is not configured any more; desktops that have it: {count}; none of them is asked who is logged on, "
    "or brought up again",
    "configure it again under this name, and reload: without an entitlement nobody gets a new desktop of it",
)
WORK_FAILS = kind(
    "work_fails",
    "{work}: its rounds fail ({why}), and what is shown of it is from before",
    "it is tried again at each round; should it not end: `systemctl restart bascule`, and report it",
)
_RENEW = (
    "renew it in its place: the daemon and the receiver take it up within a minute, `bascule config reload` at once; where "
    "systemd has handed the receiver a copy: `systemctl restart bascule-receiver`"
)
CERTIFICATE_AT_END = kind("certificate_at_end", "{use}: the certificate {path} ends in {days:.0f} days", _RENEW)
CERTIFICATE_OVER = kind(
    "certificate_over", "{use}: the certificate {path} ended {days:.0f} days ago: whoever checks it does not connect", _RENEW
)
CERTIFICATE_UNUSED = kind(
    "certificate_unused",
    "{use}: the certificate {path} is not in use as its file is, and what is in use goes on: {why}",
    "`bascule check` says what is wrong with the file; of the receiver: `systemctl restart bascule-receiver`",
)
NO_CYCLE = kind("no_cycle", "no cycle has ended yet: nothing is known")
CYCLE_LATE = kind(
    "cycle_late",
    "no cycle has ended for {age_s:.0f} s, at most {limit_s:.0f} s are allowed: what is shown is that old",
    "`journalctl -u bascule` says what the daemon was doing",
)
# -- what the journal keeps of the list
WRONG_STANDS = kind("wrong_stands", "{what} (for {stood_s:.0f} s)")
WRONG_OVER = kind("wrong_over", "over {ago_s:.0f} s ago, after {lasted_s:.0f} s: {what}")
LENDS_REFUSED = kind("lends_refused", "a pool refuses people who ask for a desktop: {count} times")
# -- the daemon's own gaps
DAEMON_BEGINS = kind("daemon_begins", "started; nothing is kept from before")
DAEMON_BACK = kind("daemon_back", "started again; it had ended {away_s:.0f} s before")
DAEMON_BACK_KILLED = kind(
    "daemon_back_killed", "started again; it had not ended by itself, and gave its last sign of life {away_s:.0f} s before"
)
DAEMON_ENDS = kind("daemon_ends", "ended")
DAEMON_HUNG = kind("daemon_hung", "no cycle had ended for {away_s:.0f} s")
