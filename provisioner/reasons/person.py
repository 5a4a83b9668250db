"""What a help desk reads aloud about one person: a sentence, made of a name and of what is so; and what may be ordered.

Each clause goes on from the person's name: "Zoé Martin" + "has a desktop that is ready: …". Times are texts: `09:15`, or with
the date of another day.
"""

from provisioner.reasons.reason import kind

SAYS = kind("person_says", "{name} {what}")
# -- what to connect to
WHERE = kind("person_where", "{desktop} at {address}")
# -- a loss comes first
REPLACED = kind(
    "person_replaced",
    "had desktop {old}, which was replaced at {at} (what is on its disk is not on the new one), and {then}",
)
KEPT_ASIDE = kind("person_kept_aside", "had desktop {old}, which is kept aside since {at}, and {then}")
# -- there is a desktop
HAS = kind("person_has", "has a desktop that is ready: connect to {where}")
HAS_TAKEN = kind("person_has_taken", "has a desktop that is ready, but somebody else is logged on there: connect to {where}")
HAS_LENT = kind("person_has_lent", "has a lent desktop of pool {pool} that is ready: connect to {where}")
HAS_UNTIL = kind("person_has_until", "has a desktop for this half-day, until {until}: connect to {where}")
HANGS = kind(
    "person_hangs",
    "has desktop {desktop}, which has not answered since {since} and may hang: try to connect to {where}; if that fails, it "
    "has to be restarted",
)
NOT_HANDED_OVER = kind("person_not_handed_over", "has desktop {desktop}, which is not handed over yet: wait a few minutes")
STARTS = kind("person_starts", "has desktop {desktop}, which is starting since {since}: wait until it is ready")
STARTS_BY = kind("person_starts_by", "has desktop {desktop}, which is starting: wait, it should be ready by {by} at the latest")
STARTS_LATE = kind(
    "person_starts_late",
    "has desktop {desktop}, which has been starting since {since}, longer than it may: it has to be restarted, or looked at",
)
RESTARTS = kind(
    "person_restarts", "has desktop {desktop}, which is being restarted, as ordered at {at}: wait until it is ready"
)
MADE_ANEW = kind(
    "person_made_anew", "has desktop {desktop}, which is deleted and made anew, as ordered at {at}: wait for the new one"
)
SHUTS_DOWN = kind("person_shuts_down", "has desktop {desktop}, which is being shut down: it cannot be used now")
GOES = kind("person_goes", "has desktop {desktop}, which is being deleted: it cannot be used any more")
FAILED = kind("person_failed", "has no desktop that can be used: {desktop} has failed since {since}, and has to be looked at")
NODE_AWAY = kind(
    "person_node_away",
    "has desktop {desktop}, which cannot be reached, as its node {node} has not been there since {since}; {soon}",
)
NOT_KNOWN = kind("person_not_known", "has desktop {desktop}, and whether it can be used is not known: {why}")
RESTS = kind("person_rests", "has desktop {desktop}, which is off {when}: it is started again at {at}")
RESTS_ON = kind("person_rests_on", "has desktop {desktop}, which is off {when}: nobody knows when it is started again")
OFF_NEXT = kind("person_off_next", "has desktop {desktop}, which is off and is started next; {soon}")
OFF_WAITS = kind("person_off_waits", "has desktop {desktop}, which is off, because {why}; {soon}")
OFF = kind("person_off", "has desktop {desktop}, which is off, and is not started now: {why}")
LEFT = kind("person_left", "has no desktop any more, since {since}: {why}; {desktop} is kept for now")
# -- there is none yet
MADE_AHEAD = kind(
    "person_made_ahead", "will have a desktop from {at} on: {desktop} is made already, and nothing has to be done before"
)
LATER_BY = kind("person_later_by", "will have a desktop by {by}, with wave '{wave}': nothing can be done before {at}")
LATER = kind("person_later", "has no desktop yet: the turn of wave '{wave}' is at {at}, and nothing can be done before")
MADE = kind("person_made", "has no desktop yet: it is being made; {soon}")
WAITS = kind("person_waits", "has no desktop yet, because {why}; {soon}")
NONE_NOW = kind("person_none_now", "has no desktop: {why}")
CAN_BORROW = kind("person_can_borrow", "has no desktop of their own, and can be lent one of a pool: {free} are free")
CANNOT_BORROW = kind("person_cannot_borrow", "has no desktop of their own, and no desktop of a pool is free")
NOT_ENTITLED = kind(
    "person_not_entitled", "is not entitled to a desktop: department, site and groups in the directory give none"
)
ACCOUNT = kind("person_account", "gets no desktop: the account is {standing} in the directory")
GONE = kind("person_gone", "gets no desktop: the person is no longer in the directory")
REJECTED = kind("person_rejected", "gets no desktop: the entry in the directory cannot be used ({why})")
# -- desktops that are shared
NEXT_HALF_DAY = kind("person_next_half_day", "has no desktop now: the next half-day begins at {at}")
HALF_DAY_WAITS = kind("person_half_day_waits", "has no desktop yet in this half-day: {why}; it is expected by {by}")
HALF_DAY_COMES = kind("person_half_day_comes", "gets a desktop for the half-day from {at} on: it is handed over in a moment")
NO_HALF_DAYS = kind("person_no_half_days", "has no half-days: {why}")
HALF_DAYS_OVER = kind("person_half_days_over", "has no desktop now, and no further half-day in the weeks that are published")
LEASE_KEPT = kind("person_lease_kept", "has no desktop now: {desktop} of pool {pool} is kept, and has to be lent again")
LEASE_IN_DOUBT = kind(
    "person_lease_in_doubt", "may have desktop {desktop}: a backup was restored, and whose it is since is not known"
)
# -- when
BY = kind("person_by", "it is expected by {by}")
AGAIN_AT = kind("person_again_at", "it is tried again at {at}")
OTHER_AT = kind("person_other_at", "another one is made at {at} if the node is not back by then")
NO_OTHER = kind("person_no_other", "another one is not made, because {why}")
NO_TIME = kind("person_no_time", "when it will be ready is not known")
NOTHING_BEFORE = kind("person_nothing_before", "nothing can be done before that has changed")
# -- what it waits for, in a word
NO_ROOM = kind("person_no_room", "there is no room for more desktops")
ONE_FIRST = kind("person_one_first", "one other comes first")
OTHERS_FIRST = kind("person_others_first", "{count} others come first")
ITS_TURN = kind("person_its_turn", "its turn comes next")
FROZEN = kind("person_frozen", "an operator has stopped everything")
HELD_UP = kind("person_held_up", "Bascule writes nothing on the cluster now")
NODE_CLOSED = kind("person_node_closed", "the operations team is emptying its node {node}")
RETRIED = kind("person_retried", "the last try has failed")
NONE_FREE = kind("person_none_free", "no desktop of the pool is free")
# -- what is known is old
OLD_CYCLE = kind("person_old_cycle", "nothing is known after {at}, as no cycle has ended since; as it was then, {says}")
OLD_CLUSTER = kind(
    "person_old_cluster", "nothing is known after {at}, as cluster {cluster} does not answer; as it was then, {says}"
)
OLD_DIRECTORY = kind("person_old_directory", "the directory cannot be read, and is known as it was at {at}: by that, {says}")
HELD_DIRECTORY = kind(
    "person_held_directory", "a newer reading of the directory is held back since {at}: by the one before, {says}"
)
# -- nobody is called so
NOBODY = kind("person_nobody", "nobody is called '{of}' in the directory, as it was read at {at}")
NOBODY_LIKE = kind(
    "person_nobody_like", "nobody is called '{of}' in the directory, as it was read at {at}: did you mean {names}?"
)
NOBODY_HELD = kind(
    "person_nobody_held",
    "nobody is called '{of}' in the directory as it was read at {at}; a newer reading is held back, and may have the person",
    "`bascule directory diff` names whom it adds",
)
NOBODY_OLD = kind(
    "person_nobody_old",
    "nobody is called '{of}' in the directory as it was read at {at}; it cannot be read since, and may have the person",
    "`bascule check directory`",
)
# -- what an order does
DOES_RESTART = kind("person_does_restart", "restarts it; nobody was logged on at {at}")
DOES_RESTART_BLIND = kind("person_does_restart_blind", "restarts it; whether somebody is logged on is not known")
DOES_END = kind("person_does_end", "ends the session of {logins} and restarts it; unsaved work may be lost")
DOES_SHOW = kind("person_does_show", "shows them a line of yours on the desktop, within about five minutes")
DOES_LOG_OFF = kind(
    "person_does_log_off",
    "warns whoever is logged on, and logs them off {minutes} min later; what is not saved then is lost",
)
DOES_START = kind("person_does_start", "starts it now, before all others")
DOES_RETRY = kind("person_does_retry", "tries it again")
DOES_KEEP = kind("person_does_keep", "keeps it for somebody to look at; the person gets another, without what is on this one")
DOES_RELEASE = kind("person_does_release", "{desktop} is the person's desktop again, as it was")
DOES_RESTORE = kind(
    "person_does_restore", "gives {desktop} back, with everything on it; {other} is kept as it is, and not used any more"
)
DOES_RESTORE_EVEN = kind(
    "person_does_restore_even",
    "gives {desktop} back, with everything on it; who is logged on to {other} stays so, and has to log on to {desktop}",
)
DOES_LEND = kind("person_does_lend", "lends a desktop of a pool meanwhile ({free} are free)")
DOES_GIVE_BACK = kind("person_does_give_back", "gives it back, to be reset; then another one can be lent ({free} are free)")
DOES_LEND_AGAIN = kind("person_does_lend_again", "lends it again")
DOES_LEND_IT = kind("person_does_lend_it", "it is theirs, if the person says so")
