"""Evacuating a node: why a desktop is moved, or is not; why the order is not taken."""

from provisioner.reasons.reason import kind

MOVED_AWAY = kind("moved_away", "node {node} is being evacuated: it goes to node {target}")
AFTER_OTHERS = kind("move_after_others", "it is moved after others: {limit} at a time leave node {node}")
LOCAL_DISKS = kind("move_local_disks", "it is not moved: its disks are on storage that only node {node} sees")
HA_MOVES = kind(
    "move_by_ha",
    "it is not moved: it is a resource of Proxmox VE's HA, which moves its own",
    "`ha-manager crm-command node-maintenance enable {node}` on a node lets HA move its own away; `ha-manager remove` takes "
    "the desktop out of HA",
)
MOVED_BACK = kind(
    "move_undone",
    "it is not moved again: it was moved away {count} times, and is on node {node} once more: something else moves it back",
    "leave the desktops out of what moves VMs there (a balancer: tag `plb_ignore`; HA: its rules and Cluster Resource "
    "Scheduling), then `bascule node uncordon {node}`, and `bascule node evacuate {node}` once more",
)
NOT_WHILE = kind("move_not_while", "it is moved once it is ready or off; it is {phase}")
MOVE_FAILED = kind(
    "move_failed", "it is still there: {why}", "it is tried again by itself; at once: `bascule node evacuate` again"
)
NO_ROOM = kind("move_no_room", "no other node has room for it: {memory_mib} MiB, {vcpus:g} vCPUs")
# -- why the order is not taken
NODE_AWAY = kind("evacuate_node_away", "node {node} is offline: nothing can be moved away from it")
NO_OTHER_NODE = kind("evacuate_no_other_node", "no other node of cluster {cluster} is online and open")
NONE_CAN_MOVE = kind(
    "evacuate_none_can_move",
    "none of the {count} desktops on node {node} can be moved: their disks are on storage that only this node sees; "
    "`bascule node drain {node}` shuts them down instead",
)
TOO_MUCH = kind(
    "evacuate_too_much",
    "only {fit} of the {count} desktops on node {node} fit on the other nodes: make room there first, or drain the node",
)
