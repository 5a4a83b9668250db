"""Values that do not fit together: of a configuration, a twin's file, a scenario and the files that it names, a calendar."""

from provisioner.reasons.reason import kind

# -- keys of one section
EITHER = kind("either", "give either {first}: or {second}:")
ALL_OR_NONE = kind("all_or_none", "give all of {names}, or none")
BOTH_OR_NEITHER = kind("both_or_neither", "give both {first}: and {second}:, or neither")
BIND_HALF = kind("bind_half", "give both bind_dn: and password:, or neither to read anonymously")
BACKWARDS = kind("backwards", "last comes before first")
CERTIFICATE_IN_CLEAR = kind("certificate_in_clear", "certificate: needs TLS: set tls to ldaps or starttls")
INSECURE = kind("insecure", "`tls: none` and `insecure: true` go together: the password then crosses the network in clear")
RETRY_BACKWARDS = kind("retry_backwards", "retry_cap is shorter than retry_base")
LEAVERS_ORDER = kind("leavers_order", "the steps come one after the other: stop_after, then recycle_after, then delete_after")
CLIENT_CA_ALONE = kind("client_ca_alone", "client_ca: needs certificate: and key:")
SERVED_IN_CLEAR = kind(
    "served_in_clear",
    "would be served in clear over the network: give certificate: and key:, or serve this machine alone (127.0.0.1)",
)
NO_CRITERION = kind("no_criterion", "names no criterion: write `who: everyone` if everyone is meant")
# -- addresses of desktops
NETWORK_WRONG = kind("network_wrong", "network must be such as 10.40.0.0/21 or 2001:db8:40::/64, host bits zero")
POOL_LARGE = kind("pool_large", "holds more than {most} addresses")
END_NO_HOST = kind("end_no_host", "{key} is not a host address of the network")
# -- between sections
FOR_POOLS_ONLY = kind("for_pools_only", "profile '{profile}' says `dedicated: false`: only a pool can use it")
OVERNIGHT_WHEN = kind("overnight_when", "`overnight: rebuild` needs hours: give `resets` with from and until")
POOL_PLANNED = kind(
    "pool_planned", "with `lend: by plan` the scenario's rotation says how many desktops there are: leave out `autoscale`"
)
POOL_SPARE = kind("pool_spare", "spare is more than size: only {size} desktops are made")
AUTOSCALE_MIN = kind("autoscale_min", "`min` of autoscale is {least}, and no more than {most} desktops may exist")
POOL_NO_HOME = kind(
    "pool_no_home",
    "profile '{profile}' names no `home_share`: a desktop of a pool goes from one person to the next, and their files would "
    "stay behind in it",
)
PROFILE_UNKNOWN = kind("profile_unknown", "unknown profile '{profile}'")
CLUSTER_UNKNOWN = kind("cluster_unknown", "unknown cluster '{cluster}'")
ENTITLES_NO_AGENT = kind("entitles_no_agent", "selects no agent: an entitlement before it selects everyone")
VMIDS_OVERLAP = kind(
    "vmids_overlap",
    "overlaps {first} to {last} of cluster '{cluster}': desktops are named by their VMIDs, so a VMID is of one cluster only",
)
NAMES_LONG = kind("names_long", "makes names like {name}, of {count} characters: a desktop's name has at most {limit}")
NAMES_COLLIDE = kind(
    "names_collide", "differs from the prefix '{prefix}' by digits alone: two desktops could have the same name"
)
TEMPLATE_AMONG_DESKTOPS = kind("template_among_desktops", "lies in the range of VMIDs that is for desktops")
TEMPLATE_TWICE = kind("template_twice", "is on node '{node}' already: a cluster has each VMID once")
STORAGE_NEEDS_FULL = kind(
    "storage_needs_full", "only full clones go to another storage: add `clone: full`, or leave `storage` out"
)
PROBE_NO_SSH = kind("probe_no_ssh", "ssh needs the section ssh: in bascule.yaml")
PROBE_NO_ADDRESS = kind("probe_no_address", "ssh needs addressing: with DHCP the desktop's address is not known")
HASHES_FOR_ONE_TIME = kind("hashes_for_one_time", "`account: one_time` and `password_hashes` belong together")
HOOK_LARGE = kind("hook_large", "is larger than {kib} KiB")
READINESS_NO_ADDRESS = kind("readiness_no_address", "port and first_boot need addressing: with DHCP no address is known")
POOLS_OVERLAP = kind("pools_overlap", "overlaps the pool of profile '{profile}': share the whole pool, or no address")
SCHEME_WRONG = kind("scheme_wrong", "must start with {scheme}:// where tls is {tls}")
CRITERION_UNREAD = kind("criterion_unread", "cannot match: directory.attributes in bascule.yaml names no attribute for it")
ATTRIBUTE_UNREAD = kind("attribute_unread", "is not read: add '{name}' to directory.attributes.extra in bascule.yaml")
# -- scenarios
WAVE_TWICE = kind("wave_twice", "wave '{wave}' is there already: each needs a name of its own")
WAVE_NO_AGENT = kind("wave_no_agent", "selects no agent: wave '{wave}' before it selects everyone")
WAVE_NO_SIZE = kind("wave_no_size", "has an interval but no size: say how many agents a batch has")
PREPARED_TO_NO_LEVEL = kind("prepared_to_no_level", "needs a level: say `prepare: stopped` or `prepare: running`")
PREPARED_IN_NO_TIME = kind(
    "prepared_in_no_time",
    "leaves no time to prepare: the wave opens as soon as the scenario is in force; give the wave an after, or the scenario "
    "a starts_at",
)
PREPARED_FOR_NO_AGENT = kind("prepared_for_no_agent", "prepares no desktop: each wave says `prepare: none`")
# -- twins
NODE_TWICE = kind("node_twice", "names a node twice")
NODE_RANGE_EMPTY = kind("node_range_empty", "is a range without a node in it")
NO_SUCH_TWIN_NODE = kind("no_such_twin_node", "names node '{node}', which is not one of `nodes`")
NO_SUCH_TWIN_STORAGE = kind("no_such_twin_storage", "names storage '{storage}', which is not one of `storages`")
STORAGE_ELSEWHERE = kind("storage_elsewhere", "names storage '{storage}', which is not available on node '{node}'")
VMID_TWICE = kind("vmid_twice", "gives a VMID that is given elsewhere too")
KILL_WHEN = kind("kill_when", "has no time: give `at`, or `when_ready_share` with `of_desktops`")
KILL_SHARE = kind("kill_share", "has when_ready_share but no of_desktops: a share of how many?")
FAULT_KEYS = kind("fault_keys", "must hold exactly one of {keys}")
FAULT_PARTS = kind("fault_parts", "lock_timeouts, start_failures and lost_answers are parts of the share: together at most 1")
# -- zones
# -- the domain
PASSWORD_ALONE = kind("password_alone", "needs both username and password, or neither")
IN_USE_NO_SOURCE = kind("in_use_no_source", "needs the section `prometheus` of bascule.yaml: nobody could be asked")
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
WAVES_NEEDED = kind("waves_needed", "at least one wave is needed, or a rotation")
LESS_NO_WAVE = kind(
    "less_no_wave", "there is no wave: people of a rotation have the desktops of its pool, whatever their profile"
)
PROFILE_TWICE = kind("profile_twice", "profile {profile} comes twice")
MUST_BE_NODES = kind("must_be_node_count", "must be a number of nodes such as 1 node or 2 nodes")
MUST_BE_HOURS = kind("must_be_hours", "must say what becomes of desktops outside the hours")
HOURS_NO_CALENDAR = kind("hours_no_calendar", "needs a calendar: the hours are those of a calendar")
NOTHING_STOPPED = kind("nothing_stopped", "has no meaning without `outside_hours: stop when logged off`")
MUST_BE_SPAN = kind("must_be_span", "must be two times of one day such as '08:00-12:30', in quotes, the earlier first")
MUST_BE_DATE = kind("must_be_date", "must be a date such as 2026-12-24")
MUST_BE_COUNTRY = kind(
    "must_be_country",
    "must be a country's code such as FR, or one with its region such as FR-57, whose public holidays are known",
)
HALF_DAY_EARLY = kind("half_day_early", "begins before half-day '{name}' has ended: give half-days in their order")
ZONE_NO_SUCH = kind("zone_no_such", "is not a time zone that this machine knows")
# -- a calendar that a scenario names
CALENDAR_UNKNOWN = kind("calendar_unknown", "unknown calendar '{name}': {file} is not there")
CALENDAR_NEEDED = kind("calendar_needed", "needs a calendar: name one by `calendar:`, a file in the folder calendars/")
HALF_DAY_UNKNOWN = kind("half_day_unknown", "the calendar has no half-day '{name}'")
MUST_BE_PLANNED = kind(
    "must_be_planned",
    "must be such as `start + 1h`, `day 1 08:00`, `day 1 pm` (a half-day of the calendar), or a date and time",
)
MOVES_ON = kind(
    "planned_moves_on",
    "is another time on each day that the file is read: write `{date}` if that is meant, `day 1 {time}` or `start + 12h`",
)
MUST_BE_TIME = kind("must_be_time", "must be a time such as 20:00, in quotes")
