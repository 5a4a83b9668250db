"""Findings of the doctor about room: who gets a desktop, also after the loss of a node."""

from provisioner.reasons.reason import kind

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
    "with everybody served, the loss of node {node} would leave {short} agents without a desktop: {left} of {of} votes are no "
    "quorum, and without it nothing is made again",
    "nothing, if that is accepted; otherwise one more node, or a QDevice (`pvecm qdevice setup`)",
)
QUORUM_UNKNOWN = kind(
    "node_quorum_unknown",
    "whether the cluster still has a quorum once node {node} is lost is not known, for it does not say its votes; if not, "
    "{short} agents would have no desktop, and nothing is made again",
    "give the token Sys.Audit on /; `pvecm status` shows the votes",
)
QUORUM_UNSAID = kind("quorum_unsaid", "perhaps: the cluster does not say its votes, and without a quorum nothing is made again")
NO_QUORUM_LEFT = kind("no_quorum_left", "{left} of {of} votes are no quorum: nothing is made again")
NODE_SPARED = kind("node_spared", "with everybody served, any one node may be lost: its desktops fit on the others")
# -- what would add most
ADD = kind("room_add", "more {binds}: without this limit {more} more desktops fit")
ADD_THERE = kind(
    "room_add_there", "more {binds}: without this limit {more} more desktops fit; with more at {place} alone {there}"
)
ADD_ALL = kind("room_add_all", "more nodes and storage: several resources run out together")
