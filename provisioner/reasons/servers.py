"""Findings of the doctor about the directory: why it cannot be read, its servers, and what was read."""

from provisioner.reasons.reason import kind

# -- a directory that cannot be read
CERTIFICATE_REFUSED = kind(
    "certificate_refused",
    "{said}",
    "renew the certificate, use the name in it in directory.urls, or correct directory.ca_file",
)
NO_TLS = kind("no_tls", "{said}", "check that the port speaks TLS 1.2 or newer: ldaps:// is port 636, `tls: starttls` port 389")
CA_FILE = kind("ca_file", "{said}", "correct directory.ca_file")
BIND_REFUSED = kind(
    "bind_refused",
    "{said}",
    "check directory.bind_dn and password, and that the account is neither locked nor expired",
)
READING_SLOW = kind("reading_slow", "{said}", "check that server and the network to it, or raise directory.reading_timeout")
READING_GIVEN_UP = kind(
    "reading_given_up",
    "{said}",
    "check that server: its answer is not a list of people; or narrow base and filter",
)
SIZE_LIMIT = kind("size_limit", "{said}", "raise the size limit for this account, or enable paged results")
GROUPS_ALIKE = kind("groups_alike", "{said}", "in entitlements and waves, write the DN of the group under `groups:`")
SERVER_BEHIND = kind(
    "server_behind", "{said}", "let its replication catch up; if it was restored on purpose: `bascule directory accept`"
)
ATTRIBUTE_LOST = kind(
    "attribute_lost",
    "{said}",
    "give this account the right to read it again, or remove it from directory.attributes",
)
NO_SUCH_BASE = kind("no_such_base", "{said}", "correct the base: it does not exist, or this account may not see it")
FILTER_WRONG = kind("filter_wrong", "{said}", "correct directory.filter")
DIRECTORY_DOWN = kind("directory_down", "{said}", "check directory.urls, the network, and that the server runs")
DIRECTORY_FAILS = kind("directory_fails", "{said}", "check directory.base, filter and attributes")
# -- its servers
FROM_FILE = kind("from_file", "read from a file, {path}: no server to check")
ANSWERS = kind("answers", "{server} answers")
OTHER_SERVER = kind("other_server", "an LDAP server of another kind")
SERVER_VERSION = kind("server_version", "{server} {version}")
IN_CLEAR = kind(
    "in_clear",
    "the connection is not encrypted: passwords and names can be read on the network",
    "use ldaps://, or `tls: starttls`; without encryption only to this machine",
)
PROTECTED = kind("protected", "protected by {tls}, certificate and name checked")
_RENEW = "renew it: after that date the directory cannot be read"
CERTIFICATE_ENDS = kind("certificate_ends", "its certificate ends on {date}, in {days:.0f} days", _RENEW)
CERTIFICATE_ENDS_SOON = kind("certificate_ends_soon", "its certificate ends on {date}, in {days:.0f} day", _RENEW)
"""The certificate ends within one day."""
BOUND_UNSAID = kind("bound_unsaid", "bound as configured; the server does not name the account")
BOUND_AS_NOBODY = kind("bound_as_nobody", "anonymous bind", "give Bascule a read-only account of its own")
BOUND = kind("bound", "bound as {name}")
NO_CLOCK = kind("no_clock", "does not tell its time: the clocks cannot be compared")
CLOCK_RIGHT = kind("clock_right", "its clock and ours differ by less than {limit_s:.0f} s")
_NTP = "let both follow the same NTP servers"
CLOCK_AHEAD = kind(
    "clock_ahead",
    "its clock is {by_s:.0f} s ahead of ours: accounts and certificates expire at the wrong time",
    _NTP,
)
CLOCK_BEHIND = kind(
    "clock_behind",
    "its clock is {by_s:.0f} s behind ours: accounts and certificates expire at the wrong time",
    _NTP,
)
BASE_UNREAD = kind(
    "base_unread",
    "cannot read below '{base}' with {filter}: {said}",
    "correct the base or filter, or give the account the right to read there",
)
BASE_EMPTY = kind(
    "base_empty",
    "nothing below '{base}' matches {filter}",
    "correct the base or filter; a server may also hide what this account may not read",
)
PAGES = kind("pages", "supports paged results")
PAGES_OR_LIMIT = kind("pages_or_limit", "supports paged results; without them an answer ends after {limit} entries")
NO_PAGES_LIMIT = kind(
    "no_pages_limit",
    "ends an answer after {limit} entries, and does not support paged results",
    "raise the size limit for this account, or enable paged results on the server",
)
NO_PAGES = kind(
    "no_pages",
    "does not support paged results: a size limit set later would make every reading fail",
    "enable paged results on the server",
)
# -- whether readings take in what has changed alone
ALL_READ = kind("all_read", "everything is read every {every_min:g} min, as directory.full_interval says")
CHANGES_READ = kind(
    "changes_read",
    "{source} tells what has changed: changes are read every {every_min:g} min, everything every {full_min:g} min",
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
    "`bascule directory diff` names the agents; an accident: correct it; intended: `bascule directory accept`",
)
READING_BELIEVED = kind(
    "reading_believed",
    "{before}; this reading is accepted: {left} entitled agents leave, {joined} join",
    "`bascule directory diff` names them; their desktops are handled as `leavers` says",
)
_MEND = "correct the entries, or narrow the filter"
REJECTED = kind("rejected", "{count} entries rejected: {reasons}", _MEND)
TIMES = kind("times", "{count} × {what}")
ENTRIES_SHARE = kind(
    "entries_share",
    "{count} entries share a login or an id: {entries}",
    "correct the directory; until then none of these entries becomes a new agent",
)
ENTRIES_UNUSABLE = kind("entries_unusable", "{count} entries are unusable: {entries}", _MEND)
ENTRY = kind("entry", "{entry} {why}")
LEFT_OUT = kind("left_out", "{kinds} match the filter; they are not people, and are ignored")
COMPUTER = kind("left_out_computer", "{count} computer")
COMPUTERS = kind("left_out_computers", "{count} computers")
SERVICE_ACCOUNT = kind("left_out_service_account", "{count} managed service account")
SERVICE_ACCOUNTS = kind("left_out_service_accounts", "{count} managed service accounts")
NO_AGENT = kind("no_agent", "no agent below this base", "correct the base or its filter, or remove the base")
GROUPS_NESTED = kind("groups_nested", "{count} groups of agents, nested groups included")
GROUPS_FLAT = kind("groups_flat", "{count} groups of agents, without nested groups")
GROUPS_LISTED = kind(
    "groups_listed",
    "{count} groups of agents, as their own entries list them; nested groups count only if listed there",
)
