"""Why an order is not taken, those about whoever is logged on to a desktop among them; and what the journal says of intents and
of itself.
"""

from provisioner.reasons.reason import kind

TARGET_WANTED = kind("order_target_wanted", "{kind}: say which")
WITHOUT_TARGET = kind("order_without_target", "{kind} is about everything and has no target")
NODE_WANTED = kind("order_node_wanted", "say which node as CLUSTER/NODE, not {name}")
HAS_NO_END = kind("order_has_no_end", "{kind} has no end of its own: it is withdrawn")
ENDS_WITHIN = kind("order_ends_within", "{kind} needs an end within {days} days from now: order it again then")
NAMES_NOBODY = kind("order_names_nobody", "{kind} is not about people by name")
ENDS_BEFORE = kind("order_ends_before", "its end is over already")
NAMES_PEOPLE = kind(
    "order_names_people", "{kind} names people one by one: `bascule directory` gives it, after it has shown them"
)
NAMES_SHOWN = kind(
    "order_names_shown",
    "{kind} about one id names whoever was shown under it, and is about nobody else: `bascule directory` gives it, after it "
    "has shown them",
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
AGENT_HAS_LEFT = kind(
    "agent_has_left", "desktop {name} is neither started nor made anew: its agent has left, or is not entitled any more"
)
DELETES_FORBIDDEN = kind(
    "deletes_forbidden", "nothing may be deleted here: safety.max_deletes is 0; the operations team can allow it"
)
AGENT_WANTED = kind("order_agent_wanted", "say who gets the desktop")
UNKNOWN_AGENT = kind("unknown_agent", "nobody in the roster in force has the login or id {login}")
UNPROVEN_DESKTOP = kind("unproven_desktop", "desktop {name} is not proven to be Bascule's")
IS_SOMEBODYS = kind(
    "is_somebodys", "desktop {name} is in use: only one whose agent has left, or has another desktop, can be reassigned"
)
HAS_A_DESKTOP = kind("has_a_desktop", "{login} has desktop {name}")
HAS_ANOTHER_PROFILE = kind(
    "has_another_profile", "desktop {name} has profile {profile}, and {login} is to have a desktop of profile {wanted}"
)
NOT_ENTITLED = kind("not_entitled", "{login} is not entitled to a desktop")
WORKED_ON = kind("worked_on", "something is being done with desktop {name}: order it again in a moment")
NODE_DRAINED = kind("desktop_on_drained_node", "desktop {name} would not be started again: {why}")
IN_QUARANTINE_BY = kind(
    "in_quarantine_by", "desktop {name} is in quarantine, by {by}: `bascule desktop release {name}` comes first"
)
NOT_MADE_YET = kind("not_made_yet", "desktop {name} is {phase}: there is nothing to keep or to delete yet")
STILL_STARTING = kind(
    "still_starting",
    "desktop {name} has been starting for {since_s} s, and may take {within_s} s: another start would make it later",
)
NOT_STANDING = kind("order_not_standing", "there is no order {kind} that could be withdrawn")
FREEZE_FILE_STAYS = kind("freeze_file_stays", "still frozen: {path} cannot be removed: {said}")
ORDER_FAILS = kind(
    "order_fails", "{order}: it cannot be carried out, and nothing was changed by it: {why}; the daemon's log says where"
)
NOT_TAKEN = kind("order_not_taken", "the daemon has not taken the order up within {within_s:g} s; it may still do so")
ORDERS_WAIT = kind("orders_wait", "too many orders wait: try again in a second")
STORE_WAITED_FOR = kind(
    "order_store_waited_for",
    "not taken, and nothing was changed: the daemon has been waiting for the store for {waited_s:.0f} s: {why}",
    "give the order again once `bascule status` no longer names the store; after a change of `store:` restart the daemon",
)
KEY_USED = kind("order_key_used", "this idempotency key was used for another order")
STREAMS_FULL = kind("streams_full", "{count} event streams are open: no more are answered")
GIVEN = kind("given", "by {by}")
GIVEN_WHY = kind("given_why", "by {by}: {why}")
GIVEN_WITH = kind("given_with", "{given} ({what})")
PEOPLE_ALLOWED = kind("people_allowed", "{leavers} may leave and {joiners} join")
IDS_CARRIED = kind("ids_carried", "{count} agents go on under new ids")
EVEN_WITH_SESSION = kind("even_with_session", "even with a session")
FOR_LOGINS = kind("order_for_logins", "for {logins}")
IN_MINUTES = kind("order_in_minutes", "{minutes} min after the warning")
BY_FORCE = kind("by_force", "by force if need be")
TO_AGENT = kind("to_agent", "to agent {agent}")
UNTIL = kind("until", "until {until}")
ORDER_UNREAD = kind("order_unread", "{kind} {target}, by {by}, cannot be read: {why}")
ROW_UNREAD = kind("row_unread", "the row {row} of table {table} cannot be read, and is removed: {why}")
ORDER_FAILED = kind("order_failed", "it cannot be carried out, and does nothing: {why}")
ERASED = kind("erased", "{lines} journal lines, {rosters} rosters, {orders} orders")
TRIMMED = kind("trimmed", "{lines} lines older than {days:g} days")
TRIMMED_PEOPLE = kind("trimmed_people", "{rosters} earlier rosters, and who ordered {runs} runs, older than {days:g} days")
TRIMMED_INDEX = kind("trimmed_index", "the names of {people} people who have been gone for {days:g} days")
TRIMMED_SESSIONS = kind("trimmed_sessions", "who was logged on to {desktops} desktops that have been silent for {days:g} days")
FROM_BACKUP = kind("from_backup", "from a backup made {lost_s} s before")
OTHER_TERMS = kind("order_other_terms", "{kind} does not take what was said besides")
TEXT_WANTED = kind("order_text_wanted", "say what the person is to read: one line of 1 to {most} characters")
MINUTES_WANTED = kind("order_minutes_wanted", "say after how many minutes: 0 to {most}")
NO_RECEIVER = kind(
    "order_no_receiver",
    "no desktop can be ordered anything about its sessions: the section `receiver` is not configured (docs/en/sessions.md)",
)
STOPPED_BY = kind(
    "order_stopped_by", "while `{what}` is in force, by {by}, nothing is shown to anybody and nobody is logged off"
)
NOT_RUNNING = kind("order_not_running", "desktop {name} is not running: it is {phase}")
DOES_NOT_PUSH = kind(
    "order_does_not_push", "desktop {name} does not push: Bascule reads it, and it does not ask what to do with its sessions"
)
NOBODY_LOGGED_ON = kind("order_nobody_logged_on", "nobody is logged on to desktop {name}")
MESSAGE_WAITS = kind(
    "order_message_waits",
    "another message to desktop {name}, by {by}, was not shown yet: wait for it, or withdraw it with `--withdraw`",
)
