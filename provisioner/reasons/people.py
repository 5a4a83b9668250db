"""Findings of the doctor about people: their attributes, their entitlements, whether there is room for them, also after the
loss of a node, and whether a daemon that is started now would make anybody ready.
"""

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
ROOM_FREE = kind("room_free", "room for {free} more desktops; what runs out first: {binds}")
CEILING_LEAVES = kind(
    "ceiling_leaves", "ceiling '{name}' allows {limit}, and others use {others}: {room} people may have a desktop"
)
ROOM_FOR_ALL = kind("room_for_all", "the {wanted} desktops that are still to be made fit")
ROOM_NONE_NEEDED = kind("room_none_needed", "no desktop is still to be made for what is wanted now")
ROOM_SHORT_OF = kind("room_short_of", "of {wanted} desktops that are still to be made only {fit} fit")
ROOM_UNSURE = kind(
    "room_unsure",
    "of {wanted} desktops that are still to be made at least {at_least} fit; several profiles compete for the rest",
)
NODE_NEEDED = kind(
    "node_needed",
    "with everybody served, the loss of node {node} would leave {short} agents without a desktop",
    "nothing, if that is accepted; otherwise one more node",
)
NODE_UNSURE = kind(
    "node_unsure",
    "with everybody served, the loss of node {node} would leave between {fewest} and {most} agents without a desktop; several "
    "profiles compete for the rest",
    "nothing, if that is accepted; otherwise one more node",
)
NOTHING_TO_CLONE = kind(
    "nothing_to_clone",
    "no template can be cloned at present: none of the {wanted} desktops that are still to be made can be made",
    "mend what the findings about its templates, storages and nodes say",
)
TEMPLATE_NODE_NEEDED = kind(
    "template_node_needed",
    "node {node} has the only template: with everybody served, its loss would leave {short} agents without a desktop",
    "put a second template on another node, on the same shared storage, and name it in the profile: new desktops are then made "
    "while either node is away",
)
QUORUM_NEEDED = kind(
    "node_quorum_needed",
    "with everybody served, the loss of node {node} would leave {short} agents without a desktop: {left} of {of} votes are not "
    "a quorum, and without it nothing is made again",
    "nothing, if that is accepted; otherwise one more node, or a QDevice (`pvecm qdevice setup`)",
)
QUORUM_UNKNOWN = kind(
    "node_quorum_unknown",
    "whether the cluster still has a quorum once node {node} is lost is not known, for it does not say its votes; if not, "
    "{short} agents would have no desktop, and nothing is made again",
    "give the token Sys.Audit on /; `pvecm status` shows the votes",
)
QUORUM_UNSAID = kind("quorum_unsaid", "perhaps: the cluster does not say its votes, and without a quorum nothing is made again")
NO_QUORUM_LEFT = kind("no_quorum_left", "{left} of {of} votes are not a quorum: nothing is made again")
NODE_SPARED = kind("node_spared", "with everybody served, any one node may be lost: its desktops fit on the others")
# -- what would add most
ADD = kind("room_add", "more {binds}: without this limit {more} more desktops fit")
ADD_THERE = kind(
    "room_add_there", "more {binds}: without this limit {more} more desktops fit; with more at {place} alone {there}"
)
ADD_ALL = kind("room_add_all", "more nodes and storage: several resources run out together")
SOMEBODY_READY = kind(
    "somebody_ready",
    "people who wait for a desktop: {count}; with the daemon running, the first has one ready within {minutes:.0f} min at the "
    "latest",
)
NOBODY_WAITS = kind("nobody_waits", "nobody waits for a desktop now")
NOBODY_READY = kind(
    "nobody_ready",
    "people who wait for a desktop: {count}; the daemon would make nobody ready: {why}",
    "mend what is named here, as the findings above say",
)
NO_STORE = kind(
    "nobody_ready_store",
    "the daemon does not start without its store: it would make nobody ready",
    "mend what the findings about the store say",
)
NO_PEOPLE = kind(
    "nobody_ready_people",
    "nobody is known: no reading of the directory was ever accepted, and the daemon would make nobody ready",
    "mend what the findings about the directory say",
)
# -- within its text
NO_STEP = kind("prospect_no_step", "there is no step to take for them")
CLOSED_HERE = kind("prospect_closed", "cluster {cluster} takes no orders")
NOT_IDENTIFIED = kind("prospect_not_identified", "it is in the range of the desktops, and no record names it")
