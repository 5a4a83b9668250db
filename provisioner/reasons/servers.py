"""What the doctor finds of the directory: what keeps it from being read, its servers, and what was read."""

from provisioner.reasons.reason import kind

# -- a directory that cannot be read
CERTIFICATE_REFUSED = kind(
    "certificate_refused",
    "{said}",
    "renew the certificate, call the server by the name in it, or correct directory.ca_file",
)
NO_TLS = kind("no_tls", "{said}", "check that the port speaks TLS, 1.2 or newer: ldaps:// means 636, `tls: starttls` means 389")
CA_FILE = kind("ca_file", "{said}", "correct directory.ca_file")
BIND_REFUSED = kind(
    "bind_refused",
    "{said}",
    "check directory.bind_dn and password, and that the account is neither locked nor expired",
)
READING_SLOW = kind("reading_slow", "{said}", "look at that server and the network to it, or raise directory.reading_timeout")
READING_GIVEN_UP = kind(
    "reading_given_up",
    "{said}",
    "look at that server: what it sends is no list of people; or narrow base and filter",
)
SIZE_LIMIT = kind("size_limit", "{said}", "let this account read without limit, in pages")
GROUPS_ALIKE = kind("groups_alike", "{said}", "write the DN of the group that is meant under groups: of entitlements and waves")
SERVER_BEHIND = kind("server_behind", "{said}", "let it catch up; restored on purpose: `bascule directory accept`")
ATTRIBUTE_LOST = kind(
    "attribute_lost",
    "{said}",
    "give this account the right to read it again, or leave it out of directory.attributes",
)
NO_SUCH_BASE = kind("no_such_base", "{said}", "correct the base: nothing has that name, or this account may not see it")
FILTER_WRONG = kind("filter_wrong", "{said}", "correct directory.filter")
DIRECTORY_DOWN = kind("directory_down", "{said}", "check directory.urls, the network, and that the server runs")
DIRECTORY_FAILS = kind("directory_fails", "{said}", "check directory.base, filter and attributes")
# -- its servers
FROM_FILE = kind("from_file", "a file, {path}: no server to look at")
ANSWERS = kind("answers", "{server} answers")
IN_CLEAR = kind(
    "in_clear",
    "the connection is in clear: whoever listens reads password and names",
    "use ldaps://, or `tls: starttls`; in clear only to this machine itself",
)
PROTECTED = kind("protected", "protected by {tls}, certificate and name checked")
_RENEW = "renew it: no reading is accepted after"
CERTIFICATE_ENDS = kind("certificate_ends", "its certificate ends on {date}, in {days:.0f} days", _RENEW)
CERTIFICATE_ENDS_SOON = kind("certificate_ends_soon", "its certificate ends on {date}, in {days:.0f} day", _RENEW)
"""In one day."""
BOUND_UNSAID = kind("bound_unsaid", "bound as configured; the server does not say as whom")
BOUND_AS_NOBODY = kind("bound_as_nobody", "bound as nobody", "give it an account of its own that reads and nothing else")
BOUND = kind("bound", "bound as {name}")
NO_CLOCK = kind("no_clock", "tells no time that could be compared with ours")
CLOCK_RIGHT = kind("clock_right", "its clock and ours differ by less than {limit_s:.0f} s")
_NTP = "let both follow the same NTP servers"
CLOCK_AHEAD = kind(
    "clock_ahead",
    "its clock is {by_s:.0f} s ahead of ours: accounts expire, and certificates with them, at another moment",
    _NTP,
)
CLOCK_BEHIND = kind(
    "clock_behind",
    "its clock is {by_s:.0f} s behind ours: accounts expire, and certificates with them, at another moment",
    _NTP,
)
BASE_UNREAD = kind(
    "base_unread",
    "below '{base}' with {filter} nothing can be read: {said}",
    "correct the base or filter, or give the account the right to read there",
)
BASE_EMPTY = kind(
    "base_empty",
    "nothing below '{base}' matches {filter}",
    "correct the base or filter; a server may also hide what this account may not read",
)
PAGES = kind("pages", "gives answers in pages")
PAGES_OR_LIMIT = kind("pages_or_limit", "gives answers in pages; without pages it ends an answer after {limit} entries")
NO_PAGES_LIMIT = kind(
    "no_pages_limit",
    "ends an answer after {limit} entries, and gives none in pages",
    "raise the size limit for this account, or let the server give paged results",
)
NO_PAGES = kind(
    "no_pages",
    "gives no answers in pages: one size limit, set later, would end every reading",
    "let the server give paged results",
)
# -- whether readings take in what has changed alone
ALL_READ = kind("all_read", "everything is read every {every_min:g} min, as directory.full_interval says")
CHANGES_READ = kind(
    "changes_read",
    "{source} tells what has changed: that is read every {every_min:g} min, everything every {full_min:g} min",
)
_UNTOLD = "{source} does not tell what has changed: everything is read every {every_min:g} min"
CHANGES_UNTOLD = kind("changes_untold", _UNTOLD)
CHANGES_OPENLDAP = kind(
    "changes_openldap",
    _UNTOLD,
    "load the syncprov overlay, let this account read contextCSN and entryUUID of the suffix, and keep "
    "all bases below one suffix",
)
CHANGES_NTDS = kind("changes_ntds", _UNTOLD, "let this account read invocationId of the server's NTDS Settings")
# -- the reading, and the roster in force
AGENTS_READ = kind("agents_read", "{count} agents read")
AGENTS = kind("agents", "{count} agents")
NONE_YET = kind("none_yet", "none yet")
READING_HELD = kind(
    "reading_held",
    "{before}; this reading is held back: {why}",
    "`bascule directory diff` names them; an accident: put it right; meant: `bascule directory accept`",
)
READING_BELIEVED = kind(
    "reading_believed",
    "{before}; by this reading {left} entitled would leave and {joined} join: it is believed",
    "`bascule directory diff` names them: their desktops go down the leavers' ladder",
)
_MEND = "mend the entries, or narrow the filter"
REJECTED = kind("rejected", "{count} entries rejected: {reasons}", _MEND)
TIMES = kind("times", "{count} × {what}")
ENTRIES_SHARE = kind(
    "entries_share",
    "{count} entries share a login or an id: {entries}",
    "decide in the directory whose it is: until then neither is a newcomer's",
)
ENTRIES_UNUSABLE = kind("entries_unusable", "{count} entries are unusable: {entries}", _MEND)
ENTRY = kind("entry", "{entry} {why}")
LEFT_OUT = kind("left_out", "{kinds} under the filter: they are no people, and are left out")
ONE_SUCH = kind("one_such", "{count} {what}")
MANY_SUCH = kind("many_such", "{count} {what}s")
NO_AGENT = kind("no_agent", "no agent at all", "correct the base or its filter, or leave the base out")
GROUPS_NESTED = kind("groups_nested", "{count} groups of agents, those within groups too")
GROUPS_FLAT = kind("groups_flat", "{count} groups of agents, without those within groups")
GROUPS_LISTED = kind(
    "groups_listed",
    "{count} groups of agents, as their own entries list them: groups within groups count where those do",
)
