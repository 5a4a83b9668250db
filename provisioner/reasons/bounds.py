"""What instants, durations and counts have to be, whoever says them."""

from provisioner.reasons.reason import kind

MUST_BE_DATED = kind("must_be_dated", "must be a time in the years {first} to {last}")
MUST_BE_DURABLE = kind("must_be_durable", "must be a duration of 0 s to {days} days")
MUST_BE_COUNTED = kind("must_be_counted", "must be a whole number from {least} to {most}")
MUST_BE_NAMED = kind("must_be_named", "must be a text of at most {most} characters")
