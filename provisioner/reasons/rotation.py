"""Rotations: what a scenario's file may not say, who waits and why, and what the journal says."""

from provisioner.reasons.reason import kind

MUST_BE_SLOTS = kind("must_be_slots", "must be a part of a week's half-days such as 5 of 10")
MUST_BE_DAYS_AHEAD = kind("must_be_days_ahead", "must be such as 3 working days ahead, 20 at most")
ABSENCE_LINE = kind(
    "absence_line", "line {line}: must be a login and two dates such as 2026-12-01, the first not after the second"
)
ROTATION_NO_CALENDAR = kind("rotation_no_calendar", "needs a calendar: half-days are those of a calendar")
ROTATION_POOL_UNKNOWN = kind("rotation_pool_unknown", "there is no pool {pool} in bascule.yaml")
ROTATION_POOL_ASKED = kind("rotation_pool_asked", "pool {pool} lends on request: give it `lend: by plan`")
ROTATION_POOL_KEPT = kind(
    "rotation_pool_kept", "pool {pool} keeps its desktops for their person (after_person): nobody else gets one"
)
ROTATION_ALL_RESERVE = kind(
    "rotation_all_reserve", "is as large as pool {pool}, which has {size} desktops: nobody would have a half-day"
)
WAVES_NEEDED = kind("waves_needed", "at least one wave is needed, or a rotation")
# -- why somebody waits
NO_DESKTOP_LEFT = kind(
    "rotation_none_left",
    "no desktop of pool {pool} is free: {staying} people of an earlier half-day are still logged on, {resetting} desktops are "
    "being reset, {out} are out of use or not made yet, and {due} people have one of theirs",
)
BY_PLAN_ONLY = kind("lend_by_plan_only", "pool {pool} lends by plan: `bascule surge rotation` says who comes when")
# -- what the journal says
LENT_BY_PLAN = kind("lent_by_plan", "lent to {login} by plan, for the half-day from {at} on")
PLAN_OVER = kind("lent_plan_over", "the half-day is over and nobody is logged on: it is given back")
WEEK_PUBLISHED = kind(
    "rotation_published",
    "week from {week}: {people} people, {given} half-days; {waits} are wanted and not given, {most} at most for one person",
)
