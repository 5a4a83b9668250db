"""Why no roster was read from a directory: the server, the connection, the search, or the entries."""

from provisioner.reasons.reason import kind

OF_SOURCE = kind("of_source", "{source}: {why}")
# -- its address, and the files for it
NO_SERVER = kind("reading_no_server", "no address of a directory is given")
ADDRESS_WRONG = kind("reading_address_wrong", "is not the address of a directory: give ldaps://name or ldap://name")
ADDRESS_UNREADABLE = kind("reading_address_unreadable", "is not the address of a directory: {said}")
ADDRESS_NO_LDAPS = kind(
    "reading_address_no_ldaps", "tls is 'ldaps' and the address is not: give ldaps://, or set tls to 'starttls'"
)
FILE_UNUSABLE = kind("reading_file_unusable", "{file} cannot be used: {why}")
CA_FILE_AT = kind("reading_ca_file", "the CA file {path}")
CERTIFICATE_AT = kind("reading_certificate", "the certificate {path}")
NO_CERTIFICATE = kind("reading_no_certificate", "it holds no certificate")
KEY_WRONG = kind("reading_key_wrong", "it is not a certificate, or the key does not belong to it")
# -- the connection
UNANSWERED = kind("reading_unanswered", "no answer: {said}")
LOST = kind("reading_lost", "the connection was lost before the last entry: {said}")
NOT_LDAP = kind("reading_not_ldap", "its answer is not LDAP")
NO_TLS_CONNECTION = kind("reading_no_tls", "no TLS connection: {why}")
CERTIFICATE_REFUSED_BY_US = kind("reading_certificate_refused", "its certificate is refused: {said}")
DEADLINE_PASSED = kind("reading_late", "no whole answer within {timeout_s:g} s (directory.reading_timeout)")
GIVEN_UP = kind("reading_cut_off", "{what}: the reading was given up")
EMPTY_PAGES = kind("reading_empty_pages", "{count} pages without an entry, and more promised")
READING_LARGE = kind("reading_large", "answers of more than {limit} bytes in one reading")
ANSWER_LONG = kind("reading_answer_long", "more than {limit} entries in one answer")
ANSWER_LARGE = kind("reading_answer_large", "an answer of {size} bytes, more than {limit}")
# -- the bind
NO_PASSWORD = kind("reading_no_password", "there is no password for {account}: a bind without one proves nothing")
BIND_REFUSED_AS = kind("reading_bind_refused", "the bind as {account} was refused: {said}")
BIND_WAITS = kind("reading_bind_waits", "the bind as {account} had to wait: {said}")
ANONYMOUS = kind("reading_anonymous", "anonymous")
# -- an LDAP result, and Active Directory's numbers in it
RESULT = kind("ldap_result", "{result} ({message})")
NO_ACCOUNT = kind("ad_no_account", "no such account")
PASSWORD_WRONG = kind("ad_password_wrong", "wrong password")
HOUR_WRONG = kind("ad_hour_wrong", "not allowed at this hour")
PASSWORD_EXPIRED = kind("ad_password_expired", "the password has expired")
ACCOUNT_DISABLED = kind("ad_account_disabled", "the account is disabled")
ACCOUNT_EXPIRED = kind("ad_account_expired", "the account has expired")
PASSWORD_MUST_CHANGE = kind("ad_password_must_change", "the password must be changed first")
ACCOUNT_LOCKED = kind("ad_account_locked", "the account is locked")
# -- the search
FILTER_UNREADABLE = kind("reading_filter", "the filter {filter} is not an LDAP filter: {said}")
SEARCH_REFUSED = kind("reading_search_refused", "the search below '{base}' was refused: {said}")
SEARCH_WAITS = kind("reading_search_waits", "the search had to wait: {said}")
LIMITED = kind("reading_limited", "{limit}, after {count} entries: {said}")
TIME_LIMITED = kind("reading_time_limited", "the server's time limit ended the answer")
SIZE_LIMITED = kind(
    "reading_size_limited",
    "the server's size limit ended the answer: raise it for this account, or allow it paged results without limit",
)
ADMIN_LIMITED = kind("reading_admin_limited", "an administrative limit of the server ended the answer")
VALUES_CUT = kind("reading_values_cut", "{name} of {entry} ended after {count} values, before its last")
PART_ELSEWHERE = kind(
    "reading_part_elsewhere",
    "a part of the tree is elsewhere ({uris}): choose a narrower base, or set ignore_referrals to do without it",
)
BASE_ELSEWHERE = kind("reading_base_elsewhere", "'{base}' is elsewhere ({uris}): ask that server, or another base")
ENTRIES_MANY = kind("reading_entries_many", "more than {limit} entries match: narrow base or filter")
# -- what was read
GROUPS_SAME_NAME = kind(
    "reading_groups_same_name", "{count} groups are called '{name}': {dns}: under groups: write the DN of the one meant"
)
NO_PEOPLE = kind("reading_no_people", "none of the entries is a person ({kinds}): correct base or filter")
TIMES_COMPUTER = kind("times_computer", "{count} × computer")
TIMES_SERVICE_ACCOUNT = kind("times_service_account", "{count} × managed service account")
NO_ENTRY = kind("reading_no_entry", "no entry at all {where}: an empty answer is never a roster")
BELOW = kind("reading_below", "below '{base}' with {filter}")
NO_USABLE_ENTRY = kind("reading_no_usable_entry", "none of {count} entries is usable; the first, {entry}: {why}")
BEHIND = kind(
    "reading_behind",
    "is behind the state in force: {lacks}; if it was restored from a backup on purpose, "
    "`bascule directory accept` lets it be read",
)
BEHIND_NUMBER = kind("reading_behind_number", "its changes go to {number}, those in force to {in_force}")
BEHIND_DATE = kind("reading_behind_date", "its last change made on server {server} is of {date}, in force is {in_force}")
BEHIND_ORIGIN = kind("reading_behind_origin", "it has no change made on server {server}, in force is {in_force}")
SET_BACK = kind("reading_set_back", "{count} of the entries that were changed last are older than they were on this server")
VALUES_LOST = kind(
    "reading_values_lost",
    "nobody has {attributes}, and these entries were not changed: let this account read it again; if nobody is to have it any "
    "more, `bascule directory accept`",
)
HAD_BEFORE = kind("reading_had_before", "{name}, which {count} of {entries} entries had")
LOCKED_BEFORE = kind(
    "reading_locked_before",
    "{name}, which {count} of {entries} entries had (a read-only replica dates no lock: there, they may all have ended)",
)
# -- a file in place of a server
LDIF_UNREADABLE = kind("ldif_unreadable", "cannot be read: {said}")
LDIF_ENCODING = kind("ldif_encoding", "is not UTF-8 text: {said} at byte {byte}")
AT_LINE = kind("ldif_line", "{path}:{line}: {why}")
LDIF_NO_DN = kind("ldif_no_dn", "a record must begin with 'dn:', not with '{name}:'")
LDIF_NO_PAIR = kind("ldif_no_pair", "is not 'attribute: value'")
LDIF_BASE64 = kind("ldif_base64", "{name} is not base64: {said}")
LDIF_DN_ENCODING = kind("ldif_dn_encoding", "the dn is not UTF-8 text")
LDIF_ENTRY_WRONG = kind("ldif_entry_wrong", "the entry '{entry}' cannot be served: {said}")
