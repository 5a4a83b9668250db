"""Whether a daemon that is started now would make anybody ready, and why not."""

from provisioner.reasons.reason import kind

SOMEBODY_READY = kind(
    "somebody_ready",
    "people who wait for a desktop: {count}; with the daemon running, the first has one ready within {minutes:.0f} min at the "
    "latest",
)
NOBODY_WAITS = kind("nobody_waits", "nobody waits for a desktop now")
NOBODY_READY = kind(
    "nobody_ready",
    "people who wait for a desktop: {count}; the daemon would make nobody ready: {why}",
    "mend what is named here, as the findings above say",
)
NO_STORE = kind(
    "nobody_ready_store",
    "the daemon does not start without its store: it would make nobody ready",
    "mend what the findings about the store say",
)
NO_PEOPLE = kind(
    "nobody_ready_people",
    "nobody is known: no reading of the directory was ever accepted, and the daemon would make nobody ready",
    "mend what the findings about the directory say",
)
# -- within its text
NO_STEP = kind("prospect_no_step", "there is no step to take for them")
CLOSED_HERE = kind("prospect_closed", "cluster {cluster} takes no orders")
NOT_IDENTIFIED = kind("prospect_not_identified", "it is in the range of the desktops, and no record names it")
