"""What the journal says of intents and of itself."""

from provisioner.reasons.reason import kind

GIVEN = kind("given", "by {by}")
GIVEN_WHY = kind("given_why", "by {by}: {why}")
GIVEN_WITH = kind("given_with", "{given} ({what})")
PEOPLE_ALLOWED = kind("people_allowed", "{leavers} may leave and {joiners} join")
IDS_CARRIED = kind("ids_carried", "{count} agents go on under new ids")
EVEN_WITH_SESSION = kind("even_with_session", "even with a session")
FOR_LOGINS = kind("order_for_logins", "for {logins}")
IN_MINUTES = kind("order_in_minutes", "{minutes} min after the warning")
BY_FORCE = kind("by_force", "by force if need be")
TO_AGENT = kind("to_agent", "to agent {agent}")
UNTIL = kind("until", "until {until}")
ORDER_UNREAD = kind("order_unread", "{kind} {target}, by {by}, cannot be read: {why}")
ROW_UNREAD = kind("row_unread", "the row {row} of table {table} cannot be read, and is removed: {why}")
ORDER_FAILED = kind("order_failed", "it cannot be carried out, and does nothing: {why}")
ERASED = kind("erased", "{lines} journal lines, {rosters} rosters, {orders} orders")
TRIMMED = kind("trimmed", "{lines} lines older than {days:g} days")
TRIMMED_PEOPLE = kind("trimmed_people", "{rosters} earlier rosters, and who ordered {runs} runs, older than {days:g} days")
TRIMMED_INDEX = kind("trimmed_index", "the names of {people} people who have been gone for {days:g} days")
TRIMMED_SESSIONS = kind("trimmed_sessions", "who was logged on to {desktops} desktops that have been silent for {days:g} days")
FROM_BACKUP = kind("from_backup", "from a backup made {lost_s} s before")
