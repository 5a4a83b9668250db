"""What should become of a desktop, and why: by its person's needs, and by rules of sessions; why the safety gate holds a part
of a plan back; why a superseded desktop is not given back to its person.
"""

from provisioner.reasons.reason import kind

FROZEN = kind("frozen", "frozen by an operator", "`bascule thaw` ends it")
HELD = kind("held", "held by an operator", "`bascule hold end` ends it")
SESSIONS_OPEN = kind("sessions_open", "it has {sessions} open session(s)")
SESSIONS_UNKNOWN = kind("sessions_unknown", "its sessions are unknown")
SESSIONS_DOUBTFUL = kind("sessions_doubtful", "its sessions are unknown: {doubt}")
STOP_ORDERED = kind("stop_ordered", "ordered by {by}")
STOP_ORDERED_WHY = kind("stop_ordered_why", "ordered by {by} ({why})")
RESTART_ORDERED = kind("restart_ordered", "to be restarted, ordered by {by}")
RESTART_ORDERED_WHY = kind("restart_ordered_why", "to be restarted, ordered by {by} ({why})")
REBUILD_ORDERED = kind("rebuild_ordered", "to be deleted and made anew, ordered by {by}")
REBUILD_ORDERED_WHY = kind("rebuild_ordered_why", "to be deleted and made anew, ordered by {by} ({why})")
QUARANTINED = kind(
    "quarantined", "in quarantine, by {by}: kept as it is, and not used; `bascule desktop release {name}` ends it"
)
QUARANTINED_WHY = kind(
    "quarantined_why",
    "in quarantine, by {by} ({why}): kept as it is, and not used; `bascule desktop release {name}` ends it",
)
RECONFIGURE_ORDERED = kind("reconfigure_ordered", "to be configured again, ordered by {by}")
RECONFIGURE_ORDERED_WHY = kind("reconfigure_ordered_why", "to be configured again, ordered by {by} ({why})")
LEFT = kind("left", "its agent no longer needs a desktop: {why}")
BACK = kind("back", "its agent needs a desktop again")
# -- why an agent is wanted, or not
WANTED = kind("wanted", "wave '{wave}' wants a {profile} desktop for {login}")
WANTED_AHEAD = kind("wanted_ahead", "wave '{wave}' will need a desktop for {login}: prepared in advance, as far as '{level}'")
NOT_STARTED = kind("scenario_not_started", "scenario '{scenario}' was not started: an operator starts it")
NOT_YET = kind("not_yet", "wave '{wave}' has not reached this agent yet")
BY_HALF_DAYS = kind("by_half_days", "comes by half-days on the desktops of pool {pool} (`bascule surge rotation`)")
NO_WAVE = kind("no_wave", "no wave of scenario '{scenario}' selects this agent")
NO_SCENARIO = kind(
    "no_scenario",
    "no scenario is configured: only desktops that exist are kept; `scenario: everyone` gives every entitled agent one",
    "name a scenario in bascule.yaml",
)
NO_ENTITLEMENT = kind("no_entitlement", "no entitlement matches: check department, site and groups")
ACCOUNT = kind("account", "the account is {standing}")
GONE = kind("gone", "the person is no longer in the directory")
OUTSIDE_THE_HOURS = kind("outside_the_hours", "outside the hours")
OUTSIDE_HOURS = kind(
    "outside_hours",
    "outside the hours: off once nobody is logged on, and on again before {until}; `bascule desktop restart` starts it now",
)
# -- nodes that are closed
MAINTENANCE = kind(
    "maintenance",
    "node {node} is in Proxmox VE's maintenance mode: `ha-manager crm-command node-maintenance disable {node}` ends it",
)
CORDONED = kind("cordoned", "node {node} is cordoned by {by}: `bascule node uncordon {key}` ends it")
CORDONED_WHY = kind("cordoned_why", "node {node} is cordoned by {by} ({why}): `bascule node uncordon {key}` ends it")
DRAINED = kind("drained", "node {node} is being drained by {by}: `bascule node uncordon {key}` ends it")
DRAINED_WHY = kind("drained_why", "node {node} is being drained by {by} ({why}): `bascule node uncordon {key}` ends it")
EVACUATED = kind("evacuated", "node {node} is being evacuated by {by}: `bascule node uncordon {key}` ends it")
EVACUATED_WHY = kind("evacuated_why", "node {node} is being evacuated by {by} ({why}): `bascule node uncordon {key}` ends it")
NODE_REFUSES = kind(
    "node_refuses",
    "node {node} refuses every order (one is tried from time to time): {said}",
    "look at the node: `systemctl status pvedaemon pveproxy`",
)
VMID_HELD = kind(
    "vmid_held", "its VMID is taken by a VM that the token cannot see: give the token VM.Audit on it, or move the VMID range"
)
FAILED_ALIKE = kind(
    "failed_alike", "{count} desktops of cluster {cluster} failed with the same error (one is tried from time to time): {said}"
)
PROFILE_FAILED_ALIKE = kind(
    "profile_failed_alike",
    "{count} desktops of profile {profile} on cluster {cluster} failed with the same error (one is tried from time to "
    "time): {said}",
)
LOG_OFF_DISCONNECTED = kind(
    "log_off_disconnected", "disconnected for {minutes} min, as long as its profile allows (session_rules.disconnected)"
)
LOG_OFF_MAXIMUM = kind("log_off_maximum", "open for {minutes} min, as long as its profile allows (session_rules.maximum)")
LOG_OFF_HALF_DAY = kind(
    "log_off_half_day", "the half-day is over, and it has been disconnected for {minutes} min (rotation.handover.disconnected)"
)
LOG_OFF_ORDERED = kind("log_off_ordered", "by order of the help desk")
SESSION_RULES_RECEIVER = kind(
    "session_rules_receiver",
    "needs the section `receiver`: desktops ask there what to do with their sessions",
    "configure `receiver` (docs/en/sessions.md), and put `obey = yes` into the image's guest.conf",
)
SESSION_RULES_SHORT = kind("session_rules_short", "must be longer than {minutes} min, the first message before it")
MUST_BE_WARNINGS = kind("must_be_warnings", "must be different minutes from 1 to 120, such as [15, 5]")
CUT = kind("cut", "{order}: {why}")
FREEZE = kind("freeze", "frozen by an operator: `bascule thaw` lets it go on", "`bascule thaw`")
QUARANTINE = kind("quarantine", "it is in quarantine: nothing is written to it", "`bascule desktop release`")
HOLD = kind("hold", "held by an operator: no stop, release or delete", "`bascule hold end`")
NO_QUORUM = kind(
    "no_quorum",
    "the cluster has lost its quorum",
    "bring back enough nodes, or repair the cluster network",
)
TRIED_EVERY = kind("tried_every", "{why}; one order is tried every {every_s:g} s")
UNOBSERVED = kind("unobserved", "it cannot be observed: {said}")
OBSERVATION_LATE = kind("observation_late", "no answer for more than {late_s} s")
NO_OBSERVATION = kind("no_observation", "no answer")
PAUSED = kind("paused", "cluster {cluster} is paused as long as this lasts: {why}")
ONE_FIRST = kind("one_first", "cluster {cluster} was paused: one order is tried first, the others follow once it is accepted")
BASELINE = kind(
    "baseline",
    "the store was rebuilt from the desktops' notes: stops and deletes wait for `bascule store accept`",
    "check `bascule desktop list` and `bascule report drift`: if they are right, `bascule store accept`",
)
BASELINE_COUNT = kind("baseline_count", "{count} stops, releases and deletes: {why}")
SURGE_KEEPS = kind(
    "surge_keeps",
    "scenario '{scenario}' has nothing deleted while its surge is not over (during.deletes)",
    "it goes on by itself after the surge; or take `deletes: none` out of the scenario",
)
DELETES = kind(
    "deletes",
    "{count} deletes planned, {allowed} allowed (safety.max_deletes): all of them wait",
    "`bascule report plan --json` names them: if all are right, raise safety.max_deletes",
)
STOPS = kind(
    "stops",
    "{count} stops planned, {stopping} under way, {allowed} allowed ({percent:g} % of {ready} ready, "
    "safety.max_stops_percent): all of them wait",
    "`bascule report plan --json` names them: if all are right, raise safety.max_stops_percent",
)
NOT_SUPERSEDED = kind(
    "not_superseded", "desktop {name} is not superseded: name the desktop that its person had before, as `bascule person` does"
)
NOBODYS_OWN = kind("nobodys_own", "desktop {name} belongs to a pool, and is nobody's own")
PERSON_LEFT = kind(
    "restore_person_left", "the person of desktop {name} has left, or is not entitled any more: it is given back to nobody"
)
UNSEEN = kind("restore_unseen", "desktop {name} cannot be given back now: {why}")
HAS_FAILED = kind("restore_failed", "desktop {name} has failed, and is not given back: {why}")
NOTHING_THERE = kind("restore_nothing_there", "desktop {name} is {phase}: there is nothing on it to give back")
HANGS = kind(
    "restore_hangs",
    "neither desktop {name} nor its log-on port answers, so another would be made again: reset its VM in Proxmox VE, and "
    "order it again when it answers",
)
NEWER_IN_USE = kind(
    "newer_in_use",
    "desktop {other}, which the person has now, has {sessions} open session(s): order it with `--even-with-session` and a "
    "reason; nobody is logged off, and the person is then expected on {name}",
)
REASON_WANTED = kind("restore_reason_wanted", "say why desktop {name} is given back: `--reason`")
