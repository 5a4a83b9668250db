"""A wrong call of a command, and why a command cannot do what it was asked."""

from provisioner.reasons.reason import kind

UNKNOWN_LANGUAGE = kind("unknown_language", "--lang: unknown language '{language}' (available: {known})")
# -- a served twin
TWIN_STATE_UNREADABLE = kind("twin_state_unreadable", "{path}: cannot be read: {why}")
NOT_TWIN_STATE = kind("not_twin_state", "it is no twin's state file")
# -- which desktop
SAY_WHICH_DESKTOPS = kind("say_which_desktops", "say which desktops, or --all-failed")
UNKNOWN_DESKTOP = kind("no_such_desktop", "there is no desktop {name}")
SAY_WHICH_OR_ALL_STOPPED = kind("say_which_or_all_stopped", "say which desktops, or --all-stopped")
NO_DESKTOP_OR_LOGIN = kind("no_such_desktop_or_login", "there is no desktop {name}, and nobody with this login has one")
NOT_THE_DESKTOP_IN_USE = kind("not_the_desktop_in_use", "desktop {name} is superseded: its agent has {other}")
NO_DESKTOP_NO_LINE = kind("no_such_desktop_or_line", "there is no desktop {name}, and the journal has no line about it")
NO_SEAT = kind("no_seat", "'{of}' is neither a desktop nor an agent")
SEVERAL_MATCH = kind("several_match", "'{of}' is a part of {count} names, say which is meant: {names}")
TWO_DESKTOPS = kind(
    "two_desktops", "{login} has two desktops, say which is meant: {own}, and {lent}, which is lent from pool {pool}"
)
NOBODYS_DESKTOP_YET = kind("no_desktop_yet", "{login} has no desktop: `bascule why {login}` says why")
NOTHING_WRONG = kind("nothing_to_retry", "nothing has gone wrong with desktop {name}: there is nothing to try again")
NOTHING_GIVEN_UP = kind("nothing_given_up", "no desktop was given up")
# -- which VM
SAY_WHICH_VM = kind("say_which_vm", "say which VM as CLUSTER/VMID, with a cluster of {clusters}")
OUTSIDE_RANGE = kind("vmid_outside_range", "VM {vmid} is not in Bascule's VMID range of cluster {cluster} ({first} to {last})")
# -- which node
NO_NODE = kind("node_not_in_cluster", "cluster {cluster} has no node {node}, only {nodes}")
NO_CLUSTER = kind("no_such_cluster", "no cluster {cluster} is configured, only {clusters}")
TWO_CLUSTERS = kind("cluster_contradicted", "{name} is in cluster {cluster}, and --cluster says {option}")
SAY_WHICH_CLUSTER = kind("say_which_cluster", "node {node} may be in any of the clusters {clusters}: say --cluster")
# -- the daemon
DAEMON_UNKNOWN = kind("daemon_unknown", "no daemon is known that has this configuration (`--socket` names another)")
DAEMON_AWAY = kind("daemon_away", "no daemon answers at {path}: {said}")
DAEMON_DEAF = kind("daemon_deaf", "the daemon at {path} does not answer within {within_s:g} s")
PATIENCE_BAD = kind("patience_bad", "BASCULE_PATIENCE is '{said}', and has to be whole seconds, from 1 to 999")
ONLY_DAEMON = kind("only_daemon", "{why}: start it, or compute this here with `--offline`")
NOT_WITHOUT_DAEMON = kind(
    "not_without_daemon", "the daemon has to answer for this ({why}); `bascule why` shows what the store keeps"
)
NO_ORDER_WITHOUT_DAEMON = kind("no_order_without_daemon", "nothing was ordered: {why}")
UNCONFIRMED = kind(
    "order_unconfirmed", "the daemon has not confirmed the order ({why}): it may still carry it out; look with `bascule status`"
)
TAKEN_UNSEEN = kind(
    "order_taken_unseen", "the order is taken; what came of it could not be asked ({why}): look with `bascule status`"
)
STORE_LACKS = kind("store_lacks", "{found} (asked of the store alone: {why})")
DAEMON_GARBLED = kind("daemon_garbled", "what answers at {path} is not this version's daemon")
