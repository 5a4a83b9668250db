"""What comes of it when not everybody's desktop fits."""

from provisioner.reasons.reason import kind

GETS_LESS = kind(
    "gets_less",
    "wave '{wave}' gives {login} profile {profile}: none of profile {own} fits any more, and the scenario says so (shortage)",
)
SHARES_LESS = kind(
    "shares_less", "{slots} of {of} half-days of a week: more do not suffice for all, and the scenario says so (shortage)"
)
SHARE_REFUSED = kind(
    "share_refused",
    "the desktops of pool {pool} do not suffice for one more person, and the scenario gives no fewer half-days (shortage)",
    "a larger pool, or fewer people who share it: then this person gets half-days by itself",
)
REFUSED = kind(
    "refused_for_room",
    "none fits, and the scenario '{scenario}' gives no other (shortage): {why}",
    "make room, or add what is short (`bascule forecast` says what would help): then this person gets a desktop by itself",
)
