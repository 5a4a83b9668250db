"""Desktops of pools that people have: what happens after, and how a person gets one."""

from provisioner.reasons.reason import kind

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
# -- either way
WAITS_FOR = kind("lent_waits_for", "nobody else gets it: `bascule pool lend {login}` lends it again")
RESET_FIRST = kind("lent_reset_first", "nobody gets it before what the last person left on it is gone")
DOUBTFUL = kind("lent_doubtful", "nobody gets it before it is known, or reset: docs/pools.md")
POOL_GONE = kind("lent_pool_gone", "pool {pool} is not configured any more: once it is given back it is shut down, and kept")
BORROW = kind("lent_borrow", "`bascule pool lend {login}` lends a desktop of pool {pools} ({free} are free)")
INSTEAD = kind("lent_instead", "has desktop {desktop} of pool {pool} since {since}")
