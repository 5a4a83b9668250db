"""Orders of the help desk about whoever is logged on to a desktop: why they are not taken."""

from provisioner.reasons.reason import kind

OTHER_TERMS = kind("order_other_terms", "{kind} does not take what was said besides")
TEXT_WANTED = kind("order_text_wanted", "say what the person is to read: one line of 1 to {most} characters")
MINUTES_WANTED = kind("order_minutes_wanted", "say after how many minutes: 0 to {most}")
NO_RECEIVER = kind(
    "order_no_receiver",
    "no desktop can be ordered anything about its sessions: the section `receiver` is not configured (docs/sessions.md)",
)
STOPPED_BY = kind(
    "order_stopped_by", "while `{what}` is in force, by {by}, nothing is shown to anybody and nobody is logged off"
)
NOT_RUNNING = kind("order_not_running", "desktop {name} is not running: it is {phase}")
DOES_NOT_PUSH = kind(
    "order_does_not_push", "desktop {name} does not push: Bascule reads it, and it does not ask what to do with its sessions"
)
NOBODY_LOGGED_ON = kind("order_nobody_logged_on", "nobody is logged on to desktop {name}")
MESSAGE_WAITS = kind(
    "order_message_waits",
    "another message to desktop {name}, by {by}, was not shown yet: wait for it, or withdraw it with `--withdraw`",
)
