"""What the guard holds back, which entries are not agents, agents under new ids, and what a reading of the directory would
change (`bascule directory`). Why a person cannot be forgotten yet, each with the next step.
"""

from provisioner.reasons.reason import kind

# -- a change that is held back: the arithmetic
TOO_MANY = kind("too_many", "{who}; the limit is {most} within {span}")
WOULD_LEAVE = kind("would_leave", "{count} of {of} entitled agents would leave")
WOULD_JOIN = kind("would_join", "{count} agents would join the {of} entitled agents")
BEFORE_THEM = kind("before_them", "{who}, in addition to {before} earlier")
BESIDES = kind("besides", "{who}, in addition to {named} named in the order by {by}")
SHARE = kind("share", "{limit} ({share_percent:g} %)")
SHARE_TIMES = kind("share_times", "{limit} ({times:g} × {share_percent:g} %)")
HALF = kind("half", "half of them")
HOURS = kind("hours", "{hours:g} h")
DAYS = kind("days", "{days:g} d")
TOGETHER = kind("together", "{who} would leave together")
IN_UNIT = kind("in_unit", "{count} of the {of} in unit {name}")
IN_GROUP = kind("in_group", "{count} of the {of} in group {name}")
IN_DEPARTMENT = kind("in_department", "{count} of the {of} in department {name}")
IN_SITE = kind("in_site", "{count} of the {of} in site {name}")
OWNERLESS = kind(
    "ownerless", "{gone} agents would leave as gone, while {count} new entries cannot be matched to an agent ({why})"
)
OTHERS_UNDER_ID = kind(
    "others_under_id",
    "{count} of {of} entitled agents would be other people under the same id; the limit is {most} (an import that slipped by a "
    "row? If they are right, `bascule directory rekey --pairs` or `bascule directory distinct` says so of each)",
)
LEAVERS = kind("leavers", "{why} ({how})")
LEAVERS_GONE = kind("leavers_gone", "{count} gone")
LEAVERS_DISABLED = kind("leavers_disabled", "{count} disabled")
LEAVERS_EXPIRED = kind("leavers_expired", "{count} expired")
LEAVERS_UNENTITLED = kind("leavers_unentitled", "{count} no longer entitled")
UNDER_NEW_ID = kind(
    "under_new_id", "{why}; {count} of them are listed under a new id: `bascule directory rekey` carries their desktops over"
)
JOINERS_AFTER_LOSS = kind(
    "joiners_after_loss",
    "{why}; the store was lost, and {count} desktops belong to ids that are not listed: the new agents may be their owners "
    "under new ids (`bascule directory rekey --pairs`)",
)
BY_CONFIGURATION = kind("by_configuration", "with bascule.yaml as it is now, {why}")
BY_BOTH = kind("by_both", "with the directory and bascule.yaml as they are now, {why}")
# -- a reading that could not be had, or is not believed yet
NO_ANSWER = kind("no_answer", "no answer")
SERVERS_DISAGREE = kind(
    "servers_disagree",
    "{server} disagrees with {in_force}, which is in force: {left} entitled agents would leave and {joined} would join; it "
    "takes effect after {needed} such readings in a row ({times} so far)",
)
# -- entries that are not agents, beside others
STAYS = kind("stays", "{why}; the agent stays as last accepted")
LOGIN_TAKEN = kind("login_taken", "its new login '{login}' belongs to another agent")
NEWCOMER_LOGIN_TAKEN = kind("newcomer_login_taken", "its login '{login}' belongs to another agent: change one of the two")
ID_SHARED = kind("id_shared", "has the same id {value} as {others}: correct the directory")
LOGIN_SHARED = kind("login_shared", "has the same login {value} as {others}: correct the directory")
AND_OTHERS = kind("and_others", "{names} and {count} others")
_ASK = "`bascule directory rekey` carries the desktop over; if it is another person, `bascule directory distinct`"
SAME_PERSON = kind("same_person", "{login} is the same person as {old} under a new id (same {by}): " + _ASK)
MAYBE_SAME_PERSON = kind("maybe_same_person", "{login} may be the same person as {old} under a new id: " + _ASK)
_WHO = (
    "`bascule directory rekey --renamed {id}` if it is the same person, `bascule directory distinct {id}` if it is somebody "
    "else; until then the desktop stays with {old}"
)
OTHER_PERSON = kind("other_person", "{id} was {old} and shows {new} now, who seems to be another person: " + _WHO)
OTHER_PERSON_KNOWN = kind(
    "other_person_known", "{id} was {old} and shows {new} now, who was known as {known}: correct the directory; or " + _WHO
)
PERSON_UNCLEAR = kind("person_unclear", "{id} was {old} and shows {new} now, who may be the same person: " + _WHO)
COMES_AND_GOES = kind(
    "comes_and_goes",
    "{login} has come and gone {turns} times or more within a week, and keeps the desktop until that ends: two servers that "
    "disagree, or a job that disables people (`bascule check directory`)",
)
SECOND_ENTRY = kind(
    "second_entry",
    "{login} seems to be a second entry of {old}, who is listed too (same {by}), and gets no second desktop: `bascule "
    "directory distinct {id}` if it is another person",
)
BY_NUMBER = kind("by_number", "number")
BY_MADE = kind("by_made", "id of the server")
BY_HELD = kind("by_held", "as before")
BY_LOGIN = kind("by_login", "login")
BY_NAME = kind("by_name", "name")
BY_MAIL = kind("by_mail", "mail")
# -- entries that are not agents, by what is in them
LOGIN_MISSING = kind("login_missing", "has no {name}, and needs one to log on with")
LOGINS_MANY = kind(
    "logins_many", "has {count} {name}, and needs one to log on with: select it with directory.attributes.login_pattern"
)
LOGIN_UNUSABLE = kind("login_unusable", "{name} is not a login: it needs 1 to {most} printable characters")
ID_MISSING = kind("id_missing", "has no {name}, so it has no permanent id")
IDS_MANY = kind("ids_many", "has {count} {name}, so it has no single permanent id")
ID_UNUSABLE = kind(
    "id_unusable",
    "{name} cannot be an id: at most {most} letters (a-z), digits and . _ - @ : +, beginning with a letter or a digit",
)
NO_UUID = kind("no_uuid", "{name} is not a UUID")
CUT_SHORT = kind("cut_short", "the server truncated {name}")
VALUES_MANY = kind("values_many", "{name} has {count} values, more than {most}")
BINARY = kind("binary", "{name} is binary, not text")
CONTROL_CHARACTERS = kind("control_characters", "{name} contains control characters")
TOO_LONG = kind("too_long", "{name} has {count} characters, more than {most}")
NO_SUPANN = kind("no_supann", "{name} is {value!r}, not a SupAnn state")
NO_DATE = kind("no_date", "{name} is {value!r}, not a date of the form {form}")
NO_SWITCH = kind("no_switch", "{name} is {value!r}, which means neither enabled nor disabled")
NO_NUMBER = kind("no_number", "{name} is {value!r}, not a number")
NO_TIME = kind("no_time", "{name} is {value!r}, not a time")
# -- orders that say who is listed under an id
SAID_OF_ANOTHER = kind(
    "said_of_another",
    "`{order} {id}` by {by} is not carried out: {id} shows another person than was shown then, or somebody else's desktop is "
    "under it; `bascule directory diff` shows who is there now",
)
SAID_OF_NOBODY = kind("said_of_nobody", "`{order} {id}` by {by} is not carried out: nobody is listed under {id} any more")
NOT_TAKEN_BACK = kind(
    "not_taken_back",
    "`{order} {id}` by {by} is not carried out: no roster that is kept shows whoever had {id} before; `bascule desktop "
    "quarantine` keeps the desktop as it is and gives the person another",
)
# -- pairs of an order to go on under another id
NOT_REKEYED = kind("not_rekeyed", "{old} is not carried over to {new}: {why}")
NAMED_TWICE = kind("named_twice", "the order names one of the two more than once")
OLD_UNKNOWN = kind("old_unknown", "no agent in force and no desktop has the id {old}")
NEW_SERVED = kind("new_served", "{new} has {desktop} already")
SECOND_USED = kind(
    "second_used",
    "{new} has {desktop} already, and somebody may have been logged on to it: move its files, delete it, order again",
)
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
NO_ATTRIBUTE = kind("no_attribute", "'{name}' is not an attribute of a directory: say login, mail, or an attribute's name")
PAIRS_UNREADABLE = kind("pairs_unreadable", "{path}: cannot be read: {said}")
PAIR_INCOMPLETE = kind("pair_incomplete", "{path}:{line}: needs an old id and a new one, and has {count} words")
PAIRS_EMPTY = kind("pairs_empty", "{path}: names nobody")
SEVERAL_PEOPLE = kind("several_people", "several people are, or were, called {person}: say which by id ({ids})")
NOBODY_KNOWN = kind(
    "forget_nobody_known",
    "nobody called {person} is known: nobody of that name has had a desktop, and no kept roster has it. If texts may name the "
    "person all the same, give each name with `--also`: only what is given is looked for",
)
STILL_IN_FORCE = kind(
    "still_in_force", "{person} is in the roster in force: remove the person from the directory first, or from its filter"
)
STILL_LISTED = kind("still_listed", "{person} is still in the directory: remove the entry first")
NAMED_BY_ENTRIES = kind(
    "forget_named_by_entries",
    "other entries of the directory still name {person} (those of {entries}): change them there, and wait for a reading",
)
STILL_SERVED = kind("still_served", "{person} still has {desktops}: wait until the desktop is deleted, or delete it")
LOGGED_ON = kind(
    "forget_logged_on",
    "{person} is, or was last, logged on to {desktops}: log the session off, or wait until it is known to be over",
)
MOVED_LATELY = kind(
    "moved_lately",
    "{person} joined or left recently and still counts for the guard: ask again after the longer of "
    "`directory.guard.window` and `directory.guard.slow_window`",
)
NAMED_IN_RULES = kind(
    "forget_named_in_rules",
    "the configuration in force names {person} (entitlements or scenario): take the login out, and reload the daemon",
)
ORDER_STANDS = kind(
    "forget_order_stands", "the order {kind} still stands and names {person}: withdraw it, or wait until it is done"
)
ORDER_STANDS_FOR = kind(
    "forget_order_stands_for",
    "the order {kind} for {target} still stands and names {person}: withdraw it, or wait until it is done",
)
IN_MESSAGE = kind("forget_in_message", "a message to desktop {desktop} names {person}: it ends by itself after 15 minutes")
UNCLEAR = kind(
    "forget_unclear",
    "{count} texts may name {person}, or somebody else with the same name: nothing was erased. Read them, then say "
    "`--unclear erase` if all are about {person}, or `--unclear leave` if none is",
)
ERASED_MEANWHILE = kind(
    "store_erased_meanwhile", "a person was forgotten since the store was read: nothing is written from what was read before"
)
