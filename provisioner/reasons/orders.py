"""Why an order is not taken."""

from provisioner.reasons.reason import kind

TARGET_WANTED = kind("order_target_wanted", "{kind}: say which")
WITHOUT_TARGET = kind("order_without_target", "{kind} is about everything and has no target")
NODE_WANTED = kind("order_node_wanted", "say which node as CLUSTER/NODE, not {name}")
HAS_NO_END = kind("order_has_no_end", "{kind} has no end of its own: it is withdrawn")
ENDS_BEFORE = kind("order_ends_before", "its end is over already")
NAMES_PEOPLE = kind(
    "order_names_people", "{kind} names people one by one: `bascule directory` gives it, after it has shown them"
)
NOTHING_TO_ACCEPT = kind(
    "nothing_to_accept", "there is nothing to accept: the store was not rebuilt, or that was accepted before"
)
IN_USE_NOW = kind(
    "in_use_now",
    "desktop {name} has {sessions} open session(s): ask the person to log off, or order it with `--even-with-session` and "
    "a reason",
)
REASON_WANTED = kind("order_reason_wanted", "to end somebody's session, say why: `--reason`")
NO_SUCH_TERMS = kind("order_no_such_terms", "{kind} ends no session: it takes neither `--even-with-session` nor `--force`")
AGENT_HAS_LEFT = kind("agent_has_left", "desktop {name} is not started: its agent has left, or is not entitled any more")
NODE_DRAINED = kind("desktop_on_drained_node", "desktop {name} would not be started again: {why}")
IN_QUARANTINE_BY = kind(
    "in_quarantine_by", "desktop {name} is in quarantine, by {by}: `bascule desktop release {name}` comes first"
)
NOT_MADE_YET = kind("not_made_yet", "desktop {name} is {phase}: there is nothing to keep yet")
STILL_STARTING = kind(
    "still_starting",
    "desktop {name} has been starting for {since_s} s, and may take {within_s} s: another start would make it later",
)
NOT_STANDING = kind("order_not_standing", "there is no order {kind} that could be withdrawn")
FREEZE_FILE_STAYS = kind("freeze_file_stays", "still frozen: {path} cannot be removed: {said}")
NOT_TAKEN = kind("order_not_taken", "the daemon has not taken the order up within {within_s:g} s; it may still do so")
KEY_USED = kind("order_key_used", "this idempotency key was used for another order")
STREAMS_FULL = kind("streams_full", "{count} event streams are open: no more are answered")
