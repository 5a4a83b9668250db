"""What is wrong with a call of a command."""

from provisioner.reasons.reason import kind

UNKNOWN_LANGUAGE = kind("unknown_language", "--lang: unknown language '{language}' (available: {known})")
