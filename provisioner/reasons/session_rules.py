"""Sessions that are logged off by rule: why, and what the configuration may not say."""

from provisioner.reasons.reason import kind

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
    "configure `receiver` (docs/sessions.md), and put `obey = yes` into the image's guest.conf",
)
SESSION_RULES_SHORT = kind("session_rules_short", "must be longer than {minutes} min, the first message before it")
MUST_BE_WARNINGS = kind("must_be_warnings", "must be different minutes from 1 to 120, such as [15, 5]")
