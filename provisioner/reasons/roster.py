"""What a reading of the directory would change, in the tables of `bascule directory`."""

from provisioner.reasons.reason import kind

# -- why an agent leaves
LEAVER_GONE = kind("leaver_gone", "gone")
LEAVER_DISABLED = kind("leaver_disabled", "disabled")
LEAVER_EXPIRED = kind("leaver_expired", "expired")
LEAVER_UNENTITLED = kind("leaver_unentitled", "no longer entitled")
# -- what is compared of an agent; another attribute keeps its own name
FIELD_LOGIN = kind("field_login", "login")
FIELD_NAME = kind("field_name", "name")
FIELD_DISPLAY_NAME = kind("field_display_name", "display name")
FIELD_MAIL = kind("field_mail", "mail")
FIELD_NUMBER = kind("field_number", "number")
FIELD_MADE = kind("field_made", "id of the server")
FIELD_UNIT = kind("field_unit", "unit")
FIELD_DEPARTMENT = kind("field_department", "department")
FIELD_SITE = kind("field_site", "site")
FIELD_CHANGED = kind("field_changed", "{field} '{before}' → '{after}'")
# -- who is who (`planning.roster.cases.Case`)
CASE_ANOTHER = kind("case_another", "another person")
CASE_SWAPPED = kind("case_swapped", "exchanged or shifted")
CASE_UNCLEAR = kind("case_unclear", "unclear")
CASE_MERGED = kind("case_merged", "several old ids for a new one")
CASE_TWICE = kind("case_twice", "a second entry")
CASE_SPLIT = kind("case_split", "several new ids for an old one")
# -- a list that is cut short
AND_MORE = kind("and_more", "{names} and {count} more")
# -- what is wrong with `bascule directory rekey`
NO_ATTRIBUTE = kind("no_attribute", "'{name}' is no attribute of a directory: say login, mail, or an attribute's name")
PAIRS_UNREADABLE = kind("pairs_unreadable", "{path}: cannot be read: {said}")
PAIR_INCOMPLETE = kind("pair_incomplete", "{path}:{line}: needs an old id and a new one, and has {count} words")
PAIRS_EMPTY = kind("pairs_empty", "{path}: names nobody")
