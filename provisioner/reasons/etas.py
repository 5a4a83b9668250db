"""What is said of a wave that will not be ready in time: before it is late, when it is, and when it is no longer."""

from provisioner.reasons.reason import kind

_LOOK = "see what each waits for: `bascule why '{wave}'`"

WAVE_LATE_BY = kind("wave_late_by", "wave '{wave}' will be {minutes} min late, {count} of its {people} desktops: {why}", _LOOK)
WAVE_SHORT = kind("wave_short", "wave '{wave}': {count} of its {people} desktops do not come: {why}", _LOOK)
WAVE_MAY_BE_LATE = kind(
    "wave_may_be_late", "wave '{wave}' may be up to {minutes} min late, {count} of its {people} desktops: {why}", _LOOK
)
WAVE_HELD = kind(
    "wave_held",
    "wave '{wave}' will be late, {count} of its {people} desktops, unless it goes on within {minutes} min: {why}",
    _LOOK,
)
WAVE_HELD_LATE = kind(
    "wave_held_late",
    "wave '{wave}' will be at least {minutes} min late, {count} of its {people} desktops, even if it goes on now: {why}",
    _LOOK,
)
WAVE_STUCK = kind("wave_stuck", "wave '{wave}': when {count} of its {people} desktops will be ready is not known: {why}", _LOOK)
WAVE_LATE = kind("wave_late", "wave '{wave}' is late: {count} of its {people} desktops are not ready: {why}", _LOOK)
WAVE_IN_TIME = kind("wave_in_time", "wave '{wave}' will be ready in time again")
WAVE_READY = kind("wave_ready_late", "wave '{wave}' is not late any more")
NO_TIME = kind("eta_no_time", "less time than one boot takes")
"""What binds if no resource does."""
