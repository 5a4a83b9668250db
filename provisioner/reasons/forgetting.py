"""Why a person cannot be forgotten yet, each with the next step."""

from provisioner.reasons.reason import kind

SEVERAL_PEOPLE = kind("several_people", "several people are, or were, called {person}: say which by id ({ids})")
NOBODY_KNOWN = kind(
    "forget_nobody_known",
    "nobody called {person} is known: nobody of that name has had a desktop, and no kept roster has it. If texts may name the "
    "person all the same, give each name with `--also`: only what is given is looked for",
)
STILL_IN_FORCE = kind(
    "still_in_force", "{person} is in the roster in force: remove the person from the directory first, or from its filter"
)
STILL_LISTED = kind("still_listed", "{person} is still in the directory: remove the entry first")
NAMED_BY_ENTRIES = kind(
    "forget_named_by_entries",
    "other entries of the directory still name {person} (those of {entries}): change them there, and wait for a reading",
)
STILL_SERVED = kind("still_served", "{person} still has {desktops}: wait until the desktop is deleted, or delete it")
LOGGED_ON = kind(
    "forget_logged_on",
    "{person} is, or was last, logged on to {desktops}: log the session off, or wait until it is known to be over",
)
MOVED_LATELY = kind(
    "moved_lately",
    "{person} joined or left recently and still counts for the guard: ask again after the longer of "
    "`directory.guard.window` and `directory.guard.slow_window`",
)
NAMED_IN_RULES = kind(
    "forget_named_in_rules",
    "the configuration in force names {person} (entitlements or scenario): take the login out, and reload the daemon",
)
ORDER_STANDS = kind(
    "forget_order_stands", "the order {kind} still stands and names {person}: withdraw it, or wait until it is done"
)
ORDER_STANDS_FOR = kind(
    "forget_order_stands_for",
    "the order {kind} for {target} still stands and names {person}: withdraw it, or wait until it is done",
)
IN_MESSAGE = kind("forget_in_message", "a message to desktop {desktop} names {person}: it ends by itself after 15 minutes")
UNCLEAR = kind(
    "forget_unclear",
    "{count} texts may name {person}, or somebody else with the same name: nothing was erased. Read them, then say "
    "`--unclear erase` if all are about {person}, or `--unclear leave` if none is",
)
ERASED_MEANWHILE = kind(
    "store_erased_meanwhile", "a person was forgotten since the store was read: nothing is written from what was read before"
)

__all__ = [
    "ERASED_MEANWHILE", "IN_MESSAGE", "LOGGED_ON", "MOVED_LATELY", "NAMED_BY_ENTRIES", "NAMED_IN_RULES",
    "NOBODY_KNOWN", "ORDER_STANDS", "ORDER_STANDS_FOR", "SEVERAL_PEOPLE", "STILL_IN_FORCE", "STILL_LISTED", "STILL_SERVED",
    "UNCLEAR",
]  # fmt: skip
