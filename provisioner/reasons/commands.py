"""What is wrong with a call of a command, or keeps it from doing what it was asked."""

from provisioner.reasons.reason import kind

UNKNOWN_LANGUAGE = kind("unknown_language", "--lang: unknown language '{language}' (available: {known})")
# -- a served twin
TWIN_STATE_UNREADABLE = kind("twin_state_unreadable", "{path}: cannot be read: {why}")
NOT_TWIN_STATE = kind("not_twin_state", "it is no twin's state file")
