"""Results of a rehearsal: what the switch waited for, why an agent has no desktop at the end, and what a little more would
bring.
"""

from provisioner.reasons.reason import kind

# -- what the switch waited for most
ROOM_SHORT = kind("room_short", "room: {count} desktops wait for {binds}")
DESKTOPS_WAIT = kind("desktops_wait", "{count} desktops wait for {binds}")
READY_BEFORE = kind("ready_before", "nothing: all desktops are ready before they are wanted")
NONE_READY = kind("none_ready", "nobody became ready")
NEVER_READY = kind("never_ready", "{count} desktops that never become ready")
NONE_WANTED = kind("none_wanted", "nobody is wanted")
LOCK_OF = kind("lock_of", "the storage lock of {domain}")
COPYING = kind("copying", "full clones, which copy on {domain}")
BOOTING = kind("booting", "booting, at {width} boots' work a node at a time")
API_WORKERS = kind("api_workers", "the API's workers on the nodes")
BINDS_MOST = kind("binds_most", "{resource}: with twice as much of it {after_s:.0f} s instead of {before_s:.0f} s")
TIMETABLE = kind("timetable", "its opening, and the time of one boot: no doubled resource shortens it by 2 %")
TOO_EARLY = kind("too_early", "its deadline, {due_s:.0f} s after the start: the first desktop is ready after {first_s:.0f} s")
# -- why an agent has no desktop
NOT_BEGUN = kind("not_begun", "not begun")
AT_PHASE = kind("at_phase", "{phase}: {why}")
# -- why nobody has a desktop
NOBODY_SELECTED = kind("nobody_selected", "no wave selects anybody who is entitled, and no pool has a desktop")
RUN_RETURNS = kind("run_returns", "the surge is going back: the desktops that it made are shut down")
RUN_ABORTED = kind("run_aborted", "the surge was aborted: nobody new gets a desktop of it")
# -- what a forecast supposes without knowing it
RUN_RESUMED = kind("run_resumed", "the pause of the surge ends now (bascule surge resume)")
NOT_ACCEPTED = kind("scenario_not_accepted", "scenario '{scenario}' as it was started: what was edited since is not in force")
LENT_STAYS_LENT = kind("lent_stays_lent", "nobody gives a desktop of pool {pool} back, and nobody asks for another")
NOBODY_STAYS_ON = kind("nobody_stays_on", "everybody has logged off from pool {pool} as the half-day ends")
POOL_FOLLOWS = kind("pool_follows", "nobody comes to pool {pool}, whose desktops follow its people")
GO_GIVEN = kind("forecast_go_given", "a wave waits for an operator's word (`bascule surge go`), which is taken as given")
STARTED_NOW = kind("forecast_started_now", "an operator starts the surge now")
BEGINS_NOW = kind("forecast_begins_now", "the switch begins now: its starts_at, {days:.0f} days ahead, waits for a day")
FREEZE_LIFTED = kind("freeze_lifted", "the freeze is lifted now (bascule thaw)")
ASSUMED_HOLD = kind("assumed_hold", "storage {storage}: {seconds:.2f} s under the lock for an image; no clone was measured")
ASSUMED_BOOT = kind("assumed_boot", "{seconds:.0f} s for a boot alone; none was measured")
ASSUMED_WIDTH = kind("assumed_width", "a node does {width} boots at once at full speed; never so many were seen that it showed")
ASSUMED_SPEED = kind("assumed_speed", "{count} nodes are as fast as the others, more or less: no boot was measured on {nodes}")
ONE_IMAGE = kind("assumed_one_image", "image {image} takes as long as {like}, which was measured most")
CLONES_ANEW = kind("clones_anew", "{count} clones that are under way begin anew")
# -- what is wrong with the call
NO_DEADLINE = kind("no_deadline", "{text!r} is not a time: write 08:00, 'tomorrow 08:00', or '2026-11-27 08:00 Europe/Paris'")
NOT_DATED = kind("not_dated", "{text!r}: {said}")
NO_LEVELS = kind("no_levels", "--levels compares how desktops of waves are prepared, and scenario '{scenario}' has no wave")
NO_PICTURE = kind("no_picture", "--picture {file}: the name must end with .svg or .png")
NO_FOLDER = kind("no_picture_folder", "--picture {file}: there is no folder {folder}")
NO_LIBRARY = kind("no_picture_library", "--picture needs matplotlib, which is not installed: pip install 'bascule[picture]'")
PICTURE_UNWRITTEN = kind("picture_unwritten", "--picture {file}: {why}")
ONE_TWIN = kind("one_twin", "--twin stands for one cluster, and the configuration names several: rehearse without it")
CEILING_UNREAD = kind(
    "ceiling_unread", "ceiling '{name}': that the whole limit of {limit} is there, as nobody knows how many are in use: {why}"
)
ONE_NODE = kind("one_node_more", "one more node like {node}")
ONE_STORAGE = kind("one_storage_more", "one more storage like {storage}, with its templates")
SEATS_MORE = kind("seats_more", "{count} more of ceiling '{name}'")
ADDRESSES_MORE = kind("addresses_more", "{count} more addresses")
