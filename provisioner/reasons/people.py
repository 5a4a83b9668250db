"""Findings of the doctor about people in the directory: attributes, selections, entitlements."""

from provisioner.reasons.reason import kind

# -- attributes
IDENTITY_UNSEEN = kind(
    "identity_unseen",
    "no sampled entry has {name} (directory.attributes.{key}): without it no entry is an agent",
)
ATTRIBUTE_UNSEEN = kind("attribute_unseen", "no agent has {name} ({key})")
ATTRIBUTE_SOME = kind("attribute_some", "{count} of {of} agents have no {name}")
ENABLED_UNSEEN = kind("enabled_unseen", "no entry has {name} (directory.attributes.enabled): all accounts count as enabled")
END_DATE_UNSEEN = kind("end_date_unseen", "no entry has {name} (directory.attributes.end_date): nobody's last day is known")
ATTRIBUTE_EMPTY = kind(
    "attribute_empty", "{name} exists, but is empty or in a format that Bascule does not read: look at an entry"
)
ATTRIBUTE_MEANT = kind("attribute_meant", "did you mean {names}?")
MEMBEROF = kind(
    "memberof",
    "load the server's memberOf overlay, let this account read it, or set directory.groups with `members: member`",
)
ATTRIBUTE_WRONG = kind("attribute_wrong", "correct the name, leave it empty, or let this account read it")
# -- what agents are selected by
NO_AGENT_OF_GROUP = kind("no_agent_of_group", "no agent has the group '{value}'")
NO_AGENT_OF_DEPARTMENT = kind("no_agent_of_department", "no agent has the department '{value}'")
NO_AGENT_OF_SITE = kind("no_agent_of_site", "no agent has the site '{value}'")
NO_AGENT_OF_LOGIN = kind("no_agent_of_login", "no agent has the login '{value}'")
NO_AGENT_OF = kind("no_agent_of", "no agent has the {attribute} '{value}'")
NO_AGENT_BELOW = kind(
    "no_agent_below", "no agent is below '{unit}'", "correct the unit, or check the bases: it must lie below one of them"
)
GROUP_ELSEWHERE = kind(
    "group_elsewhere", "a group of this name exists under another DN: correct the DN, or write only the name"
)
VALUE_MEANT = kind("value_meant", "did you mean '{value}'?")
VALUE_WRONG = kind("value_wrong", "correct it, or wait until the directory has it")
# -- who is entitled
ENTITLED = kind("entitled", "{count} agents are entitled and in wave '{wave}' of scenario '{scenario}'")
KEPT = kind("keep_desktop", "{count} agents were given a desktop, and keep it: no wave selects them")
WITHOUT_DESKTOP = kind(
    "no_desktop",
    "{count} agents get no desktop ({logins}): {why}",
    "widen the entitlements, or the scenario's waves",
)
TAKES_TURNS = kind("takes_turns", "{count} agents come by half-days, on the desktops of pool {pool}")
DISABLED_COUNT = kind("disabled_count", "{count} disabled")
EXPIRED_COUNT = kind("expired_count", "{count} expired")
LOCKED_COUNT = kind("locked_count", "{count} locked: they keep their desktops")
UNUSABLE = kind("unusable", "{accounts}: they get no desktop")
NONE_USABLE = kind(
    "none_usable",
    "no account is usable: {accounts}",
    "check directory.attributes.enabled: it may name the wrong attribute, or mean the opposite",
)
