"""Pools: why their desktops are made, and not, and why there are so many; what happens after a person has one, and how a person
gets one.
"""

from provisioner.reasons.reason import kind

WANTED_READY = kind("pool_wanted_ready", "for pool {pool}, which keeps it ready for whoever needs it next")
WANTED_OFF = kind("pool_wanted_off", "for pool {pool}, which keeps it off until it is needed")
WANTED_LENT = kind("pool_wanted_lent", "for pool {pool}: it is lent")
RESET = kind("pool_reset", "it is reset after a person, for pool {pool} ({after})")
RESET_HOURS = kind("pool_reset_hours", "desktops of pool {pool} are made anew from {at} on")
RESET_GRANTED = kind(
    "pool_reset_granted", "a grant of the broker for its last person may still be good: it is made anew in {seconds:.0f} s"
)
RESETS_AT_ONCE = kind("pool_resets_at_once", "{count} of pool {pool} are being deleted already (resets.at_once)")
RESETS_LOCK = kind("pool_resets_lock", "{count} clones and deletions use its storage already, as many as its lock takes")
SURPLUS = kind(
    "pool_surplus",
    "pool {pool} has no use for it",
    "it is kept, off: make the pool larger again, or delete it in Proxmox VE",
)
# -- why a desktop is not lent
NO_POOLS = kind("lend_no_pools", "no pool is configured: `pools:` in bascule.yaml")
NO_SUCH_POOL = kind("lend_no_such_pool", "there is no pool {pool}: the pools are {pools}")
NO_ROSTER = kind("lend_no_roster", "the directory has not been read yet: who {who} is cannot be known")
NOT_ENABLED = kind("lend_not_enabled", "the account {login} is not active: no desktop is lent to it")
OF_OTHER_POOL = kind("lend_of_other_pool", "{login} has desktop {desktop} of pool {pool}: give it back first")
KEY_OVER = kind("lend_key_over", "this order was carried out before, and desktop {desktop} was given back: order anew")
NONE_FREE = kind("lend_none_free", "no desktop of pool {pools} is free: {lent} are lent, {resetting} are being reset")
OUT_OF_SIGHT = kind("lend_out_of_sight", "desktop {desktop} of {login} is out of sight: {why}")
KEPT_OUT_OF_USE = kind(
    "lend_kept_out_of_use",
    "desktop {desktop}, which is kept for {login}, is out of use: {why}",
    "it hangs: `bascule desktop restart {desktop}`; in quarantine: `bascule desktop release {desktop}`; failed: "
    "`bascule desktop retry {desktop}`, once it is mended",
)
NO_GRANTS = kind("lend_no_grants", "no broker takes grants: `guacamole: grants:` in bascule.yaml")
NO_GRANT_PROTOCOL = kind(
    "lend_no_grant_protocol",
    "desktops of profile {profile} are not reached by RDP (`connection: protocol:`): the broker cannot open them",
    "lend without a grant",
)
LEND_BUSY = kind("lend_busy", "too many orders for desktops of pools wait: try again in a second")
# -- what the journal says
LENT = kind("lent_to", "lent to {login}, as {by} has ordered")
LENT_WHY = kind("lent_to_why", "lent to {login}, as {by} has ordered: {why}")
GRANTED = kind("lent_granted", "{login} has a grant of the broker, as {by} has ordered")
RETURNED = kind("lent_returned", "given back for {login}, as {by} has ordered")
RETURNED_WHY = kind("lent_returned_why", "given back for {login}, as {by} has ordered: {why}")
UNUSED = kind("lent_unused", "nobody has been logged on for {minutes} min: it counts as given back")
UNUSABLE = kind("lent_unusable", "it cannot be used any more ({why}), and its person gets another")
FREE_AGAIN = kind("lent_free_again", "it is off, and free again")
ANEW_OVERNIGHT = kind("lent_anew_overnight", "it is free, with the disk of an earlier person: it is made anew overnight")
# -- what `bascule check` says
DISK_STAYS = kind(
    "pool_disk_stays",
    "`after_person: restart` clears no disk: files in local home folders, /var/tmp and crontabs stay for the next person",
    "use an image that clears them at each boot, or `after_person: rebuild`",
)
DISK_STAYS_A_DAY = kind(
    "pool_disk_stays_a_day",
    "`within_a_day: restart` clears no disk: files in local home folders, /var/tmp and crontabs stay for the next people of "
    "the same day",
    "use an image that clears them at each boot, or `after_person: rebuild`",
)
RESET_AFTER_HALF_DAYS = kind(
    "pool_reset_after_half_days",
    "desktops are made anew from {at} on (resets): a desktop that is given back between two half-days is nobody's until then",
    "leave the hours of resets out, or make the pool larger by the people of one half-day",
)
# -- after a backup was restored
IN_DOUBT = kind(
    "lend_in_doubt",
    "desktop {desktop} may be the one that {login} has had: a backup was restored, and who has had it since is not known",
    "if it is, `bascule pool lend {login} --desktop {desktop}`; if not, `bascule desktop rebuild {desktop}` makes it anew",
)
NOT_IN_DOUBT = kind(
    "lend_not_in_doubt", "desktop {desktop} is not in doubt: leave it out, and {login} gets a desktop that is free"
)
DOUBT_SESSION = kind("lent_doubt_session", "{login} is logged on there: it is theirs, as before the backup was restored")
DOUBT_RESET = kind("lent_doubt_reset", "a backup was restored, and who has had it since is not known: it is reset")
DOUBT_NEW = kind("lent_doubt_new", "a backup was restored, and it is new: nobody has had it")
THEN_RESTART = kind(
    "lent_then_restart",
    "given back (`bascule pool return {login}`), or once nobody has been logged on for {minutes} min, it is shut down, and "
    "lent to others as it is",
)
THEN_OVERNIGHT = kind(
    "lent_then_overnight",
    "given back (`bascule pool return {login}`), or once nobody has been logged on for {minutes} min, it is shut down, and "
    "lent to others of the same day as it is; overnight it is deleted with all that is on its disk, and made anew",
)
THEN_REBUILD = kind(
    "lent_then_rebuild",
    "given back (`bascule pool return {login}`), or once nobody has been logged on for {minutes} min, it is deleted with all "
    "that is on its disk, and made anew",
)
THEN_KEPT = kind(
    "lent_then_kept",
    "given back (`bascule pool return {login}`), or once nobody has been logged on for {minutes} min, it waits for {login} "
    "alone",
)
# -- by plan: who is logged on counts only once the half-day is over
BY_PLAN = kind("lent_for_half_day", "lent by plan for the half-day until {until}; after that, once nobody is logged on, {then}")
BY_PLAN_OVER = kind("lent_half_day_over", "lent by plan, and the half-day is over: once nobody is logged on, {then}")
PLAN_RESTART = kind("plan_then_restart", "it is shut down, and the next person of the plan gets it as it is")
PLAN_OVERNIGHT = kind(
    "plan_then_overnight",
    "it is shut down, and the next person of the same day gets it as it is; overnight it is deleted with all that is on its "
    "disk, and made anew",
)
PLAN_REBUILD = kind(
    "plan_then_rebuild",
    "it is deleted with all that is on its disk, and made anew for the next person of the plan",
)
PLAN_KEPT = kind("plan_then_kept", "it waits for {login} alone")
BY_PLAN_ONLY = kind("lend_by_plan_only", "pool {pool} lends by plan: `bascule surge rotation` says who comes when")
LENT_BY_PLAN = kind("lent_by_plan", "lent to {login} by plan, for the half-day from {at} on")
PLAN_OVER = kind("lent_plan_over", "the half-day is over and nobody is logged on: it is given back")
# -- either way
WAITS_FOR = kind("lent_waits_for", "nobody else gets it: `bascule pool lend {login}` lends it again")
RESET_FIRST = kind("lent_reset_first", "nobody gets it before what the last person left on it is gone")
DOUBTFUL = kind("lent_doubtful", "nobody gets it before it is known, or reset: docs/en/pools.md")
POOL_GONE = kind("lent_pool_gone", "pool {pool} is not configured any more: once it is given back it is shut down, and kept")
BORROW = kind("lent_borrow", "`bascule pool lend {login}` lends a desktop of pool {pools} ({free} are free)")
INSTEAD = kind("lent_instead", "has desktop {desktop} of pool {pool} since {since}")
AUTOSCALE_STOCK = kind(
    "autoscale_stock",
    "{lent} desktops are in use; {ready} free ones run and {made} exist, so that at most {percent:g} % of people wait: {mean} "
    "come within the {lead_s} s that a desktop takes to get ready, at a variance of {ratio} times the mean",
)
AUTOSCALE_STANDBY = kind(
    "autoscale_standby",
    "{lent} desktops are in use; {ready} free ones run and {made} exist, for a rush that comes at another hour than on earlier "
    "days: a desktop takes {lead_s} s to get ready",
)
AUTOSCALE_NEW = kind(
    "autoscale_new",
    "{lent} desktops are in use; {ready} free ones run and {made} exist: {days} earlier days of this kind are known, and until "
    "{known} are, as many people as `max` ({most}) are taken to come within one hour",
)
AUTOSCALE_SPARE = kind(
    "autoscale_spare", "{lent} desktops are in use, and {free} free ones are kept: `spare` and `reserve` of the pool say so"
)
AUTOSCALE_AT_MOST = kind(
    "autoscale_at_most",
    "{wanted} desktops are needed, and `max` of the pool is {most}: whoever comes may have to wait",
    "raise `max` of the pool in bascule.yaml, if the clusters have room",
)
AUTOSCALE_IDLE = kind(
    "autoscale_idle", "pool {pool} has {free} free desktops on, and keeps {kept} for the people who are to be expected"
)
AUTOSCALE_STEPS = kind(
    "autoscale_steps",
    "{pardoned} kept that were to go, {started} started, {drained} shut down, {made} made: {why}",
)
