"""Values of a calendar's file, and dates that a scenario reckons by it."""

from provisioner.reasons.reason import kind

MUST_BE_SPAN = kind("must_be_span", "must be two times of one day such as '08:00-12:30', in quotes, the earlier first")
MUST_BE_DATE = kind("must_be_date", "must be a date such as 2026-12-24")
MUST_BE_COUNTRY = kind(
    "must_be_country",
    "must be a country's code such as FR, or one with its region such as FR-57, whose public holidays are known",
)
HALF_DAY_EARLY = kind("half_day_early", "begins before half-day '{name}' has ended: give half-days in their order")
ZONE_NO_SUCH = kind("zone_no_such", "is not a time zone that this machine knows")
# -- a calendar that a scenario names
CALENDAR_UNKNOWN = kind("calendar_unknown", "unknown calendar '{name}': {file} is not there")
CALENDAR_NEEDED = kind("calendar_needed", "needs a calendar: name one by `calendar:`, a file in the folder calendars/")
HALF_DAY_UNKNOWN = kind("half_day_unknown", "the calendar has no half-day '{name}'")
MUST_BE_PLANNED = kind(
    "must_be_planned",
    "must be such as `start + 1h`, `day 1 08:00`, `day 1 pm` (a half-day of the calendar), or a date and time",
)
MOVES_ON = kind(
    "planned_moves_on",
    "is another time on each day that the file is read: write `{date}` if that is meant, `day 1 {time}` or `start + 12h`",
)
MUST_BE_TIME = kind("must_be_time", "must be a time such as 20:00, in quotes")
