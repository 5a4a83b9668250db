"""Why a superseded desktop is not given back to its person."""

from provisioner.reasons.reason import kind

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
