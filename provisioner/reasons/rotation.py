"""Rotations: what a scenario's file may not say, who waits or has fewer half-days and why, what the journal says, and what one
rotation does otherwise than another. And what findings of the doctor are about.
"""

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
FEWER_NO_ROTATION = kind("fewer_no_rotation", "needs a rotation: only people who share desktops have half-days")
FEWER_NO_FEWER = kind("fewer_no_fewer", "is no fewer half-days than {before}, which come before")
# -- why somebody waits, has fewer half-days, or none
NO_DESKTOP_LEFT = kind(
    "rotation_none_left",
    "no desktop of pool {pool} is free: {staying} people of an earlier half-day are still logged on, {resetting} desktops are "
    "being reset, {out} are out of use or not made yet, and {due} people have one of theirs",
)
SHARES_LESS = kind(
    "shares_less", "{slots} of {of} half-days of a week: more do not suffice for all, and the scenario says so (shortage)"
)
SHARE_REFUSED = kind(
    "share_refused",
    "the desktops of pool {pool} do not suffice for one more person, and the scenario gives no fewer half-days (shortage)",
    "a larger pool, or fewer people who share it: then this person gets half-days by itself",
)
# -- what the journal says
WEEK_PUBLISHED = kind(
    "rotation_published",
    "week from {week}: {people} people, {given} half-days; {waits} are wanted and not given, {most} at most for one person",
)
# -- what one rotation does otherwise than another
ROTATION_NEW = kind("rotation_new", "people share the desktops of pool {pool} by half-days now")
ROTATION_GONE = kind("rotation_gone", "nobody shares the desktops of pool {pool} by half-days any more")
ROTATION_MORE_PEOPLE = kind("rotation_more_people", "{count} more people share desktops by half-days")
ROTATION_FEWER_PEOPLE = kind("rotation_fewer_people", "{count} fewer people share desktops by half-days")
ROTATION_MORE_OBLIGED = kind("rotation_more_obliged", "{count} more people have every half-day")
ROTATION_FEWER_OBLIGED = kind("rotation_fewer_obliged", "{count} fewer people have every half-day")
ROTATION_OTHER_PEOPLE = kind("rotation_other_people", "other people share desktops by half-days")
ROTATION_MORE_SLOTS = kind("rotation_more_slots", "people who share have more half-days: {slots} of {of}")
ROTATION_FEWER_SLOTS = kind("rotation_fewer_slots", "people who share have fewer half-days: {slots} of {of}")
ROTATION_MORE_RESERVE = kind("rotation_more_reserve", "{count} more desktops of the pool are in reserve")
ROTATION_LESS_RESERVE = kind("rotation_less_reserve", "{count} fewer desktops of the pool are in reserve")
ROTATION_LATER = kind("rotation_later", "half-days are published {days} working day(s) later")
ROTATION_EARLIER = kind("rotation_earlier", "half-days are published {days} working day(s) earlier")
ROTATION_HANDED_LATER = kind("rotation_handed_later", "desktops are handed over {minutes} min later")
ROTATION_HANDED_EARLIER = kind("rotation_handed_earlier", "desktops are handed over {minutes} min earlier")
ROTATION_POOL = kind("rotation_pool", "people share the desktops of another pool")
ROTATION_HALF_DAYS = kind("rotation_half_days", "the half-days that people share are others")
ROTATION_TOGETHER = kind("rotation_together", "whether colleagues of a department have the same half-days is otherwise")
ROTATION_ABSENCES = kind("rotation_absences", "other people are away, or at other times")
ROTATION_HANDOVER = kind("rotation_handover", "what happens to sessions as a half-day ends is otherwise")
# -- what a finding of the doctor is about
SUBJECT = kind("subject_rotation", "rotation")
EXCEPT = kind("subject_rotation_except", "except of the rotation")
EVERY_SLOT = kind("subject_every_slot", "every_slot of the rotation")
