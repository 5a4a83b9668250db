"""What comes of it when not everybody's desktop fits."""

from provisioner.reasons.reason import kind

GETS_LESS = kind(
    "gets_less",
    "wave '{wave}' gives {login} profile {profile}: none of profile {own} fits any more, and the scenario says so (shortage)",
)
REFUSED = kind(
    "refused_for_room",
    "none fits, and the scenario '{scenario}' gives no other (shortage): {why}",
    "make room, or add what is short (`bascule forecast` says what would help): then this person gets a desktop by itself",
)
