"""What the doctor finds of the people in the directory: attributes, what agents are selected by, who is entitled."""

from provisioner.reasons.reason import kind

# -- attributes
IDENTITY_UNSEEN = kind(
    "identity_unseen",
    "no entry looked at has {name}, which directory.attributes.{key} names: nobody is an agent without",
)
ATTRIBUTE_UNSEEN = kind("attribute_unseen", "nobody has {name}, which {key} names")
ATTRIBUTE_SOME = kind("attribute_some", "{count} of {of} agents have no {name}")
ENABLED_UNSEEN = kind(
    "enabled_unseen", "no entry looked at has {name}, which directory.attributes.enabled names: all count as enabled"
)
ATTRIBUTE_EMPTY = kind("attribute_empty", "{name} is there, and empty or of a form that is not read: look at an entry")
ATTRIBUTE_MEANT = kind("attribute_meant", "did you mean {names}?")
MEMBEROF = kind(
    "memberof",
    "load the server's memberOf overlay, let this account read it, or set directory.groups with `members: member`",
)
ATTRIBUTE_WRONG = kind("attribute_wrong", "correct the name, leave it empty, or let this account read it")
# -- what agents are selected by
NO_AGENT_OF_GROUP = kind("no_agent_of_group", "nobody has the group '{value}'")
NO_AGENT_OF_DEPARTMENT = kind("no_agent_of_department", "nobody has the department '{value}'")
NO_AGENT_OF_SITE = kind("no_agent_of_site", "nobody has the site '{value}'")
NO_AGENT_OF_LOGIN = kind("no_agent_of_login", "nobody has the login '{value}'")
NO_AGENT_OF = kind("no_agent_of", "nobody has the {attribute} '{value}'")
NO_AGENT_BELOW = kind("no_agent_below", "nobody is below '{unit}'", "correct it, or check the bases: it must lie below one")
GROUP_ELSEWHERE = kind("group_elsewhere", "there is a group of this name elsewhere: correct the DN, or write the name alone")
VALUE_MEANT = kind("value_meant", "did you mean '{value}'?")
VALUE_WRONG = kind("value_wrong", "correct it, or wait for the directory to have it")
# -- who is entitled
ENTITLED = kind("entitled", "{count} agents are entitled and in wave '{wave}' of scenario '{scenario}'")
NO_DESKTOP = kind(
    "no_desktop",
    "{count} agents get no desktop ({logins}): {why}",
    "widen entitlements, or the scenario's waves",
)
DISABLED_COUNT = kind("disabled_count", "{count} disabled")
EXPIRED_COUNT = kind("expired_count", "{count} expired")
LOCKED_COUNT = kind("locked_count", "{count} locked: they keep their desktops")
UNUSABLE = kind("unusable", "{accounts}: they get no desktop")
NONE_USABLE = kind(
    "none_usable",
    "none is usable: {accounts}",
    "check directory.attributes.enabled: whether it means what is read from it",
)
