"""Standing readiness: what does not hold (`bascule surge readiness`); and drills."""

from provisioner.reasons.reason import kind

FAULT = kind("readiness_fault", "{subject}: {what}")
FROZEN = kind("readiness_frozen", "a freeze stands: nothing would be written to any cluster (`bascule thaw`)")
QUARANTINED = kind(
    "readiness_quarantined", "the guard holds a reading or a changed configuration back: {why} (`bascule directory diff`)"
)
NOBODY = kind("readiness_nobody", "the scenario {scenario} gives nobody a desktop")
NOT_REHEARSED = kind("readiness_not_rehearsed", "it cannot be rehearsed: {why}")
NOT_STARTED = kind("readiness_not_started", "the nightly run could not be started: {said}")
NO_ANSWER_WITHIN = kind("readiness_no_answer_within", "the nightly run had not ended after {within_s} s, and was ended")
ENDED_SILENT = kind(
    "readiness_ended_silent",
    "the nightly run has kept no answer (exit code {code}): {said}",
    "run `bascule surge readiness` by hand, as the daemon's account",
)
LATE = kind("readiness_late", "they would not have their desktop in time")
LATE_FOR = kind("readiness_late_for", "they would not have their desktop in time: {why}")
KEEP_READINESS = kind("store_keep_readiness", "keep an answer of the standing readiness")
READ_READINESS = kind("store_read_readiness", "read the answers of the standing readiness")
KEEP_DRILL = kind("store_keep_drill", "keep what came of a drill")
READ_DRILLS = kind("store_read_drills", "read what came of drills")
DRILL_NOTHING = kind("report_drill_nothing", "the scenario did not begin on the twins: there is nothing to report")
DRILL_WHICH = kind("report_drill_which", "say where it is tried: --on twin, or --canary 2%")
CANARY_PERCENT = kind("report_canary_percent", "--canary {text}: must be a share of the people above 0, and at most {most} %")
CANARY_NOTHING = kind("report_canary_nothing", "no desktop can be made for a drill: {why}")
NO_DRILL = kind("report_no_drill", "--drill {file}: is not what `bascule scenario drill … --json` prints: {why}")
