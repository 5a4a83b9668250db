"""Values of a scenario's file that do not fit together, and files that it names."""

from provisioner.reasons.reason import kind

LOGINS_FILE = kind("logins_file", "{file}: {said}")
LOGINS_NO_COLUMN = kind("logins_no_column", "its first line must name the columns, and one of them must be {column}")
LOGINS_NONE = kind("logins_none", "{file} lists no login: nobody would be selected")
TWO_LANGUAGES = kind(
    "two_languages",
    "does not go with {key}: either waves have deadlines (ready_by, batches), and their order is their importance, or each "
    "says when it opens (after, size, interval, priority, starts_at, prepare_before)",
)
MUST_BE_SHARE = kind("must_be_share", "must be a share such as 95%")
GATE_EMPTY = kind("gate_empty", "asks for nothing: give any of {keys}")
MUST_BE_EVERY = kind("must_be_every", "must be half-day, or a duration such as 2h")
AFTER_REFUSAL = kind("after_refusal", "comes after `refuse`: nobody is left for it")
LESS_NO_WAVE = kind(
    "less_no_wave", "there is no wave: people of a rotation have the desktops of its pool, whatever their profile"
)
FEWER_NO_ROTATION = kind("fewer_no_rotation", "needs a rotation: only people who share desktops have half-days")
FEWER_NO_FEWER = kind("fewer_no_fewer", "is no fewer half-days than {before}, which come before")
PROFILE_TWICE = kind("profile_twice", "profile {profile} comes twice")
MUST_BE_NODES = kind("must_be_node_count", "must be a number of nodes such as 1 node or 2 nodes")
MUST_BE_HOURS = kind("must_be_hours", "must say what becomes of desktops outside the hours")
HOURS_NO_CALENDAR = kind("hours_no_calendar", "needs a calendar: the hours are those of a calendar")
NOTHING_STOPPED = kind("nothing_stopped", "has no meaning without `outside_hours: stop when logged off`")
