"""Findings of the doctor about what is around the desktops: bridges, other VMs, backups, HA and balancers, clocks."""

from provisioner.reasons.reason import kind

NOT_CHECKED = kind("not_checked", "not checked: {said}", "give the token Sys.Audit on `/` (docs/en/install-by-hand.md)")
NOT_ANSWERED = kind("not_answered", "not checked: {said}", "see the node's pveproxy log")
# -- networks
BRIDGE_NOWHERE = kind(
    "bridge_nowhere",
    "no node where desktops can be made has an active bridge {bridge}, or the token may not use it: no desktop starts",
    "correct `bridge` in the profile, or make the bridge on each node (Node, Network)",
)
BRIDGE_MEANT = kind(
    "bridge_meant",
    "no node where desktops can be made has an active bridge {bridge}: no desktop starts",
    "did you mean {names}?",
)
BRIDGE_MISSING = kind(
    "bridge_missing",
    "{nodes} have no active bridge {bridge}: desktops do not start there",
    "make the bridge there (Node, Network), or take the nodes out of the profile",
)
VLAN_BARRED = kind(
    "vlan_barred",
    "bridge {bridge} of {nodes} does not let VLAN {vlan} through: desktops there have no network",
    "add {vlan} to its VLAN IDs (bridge-vids; Node, Network), or correct `vlan` in the profile",
)
MTU_LARGE = kind(
    "mtu_large",
    "the profile's mtu of {mtu} is larger than that of bridge {bridge} on {nodes} ({most}): desktops do not start there",
    "lower `mtu` in the profile, or set it to 1 (the bridge's own)",
)
MTU_UNSTATED = kind(
    "mtu_unstated",
    "the profile's mtu is {mtu}, and bridge {bridge} of {nodes} states none: if its ports have less, desktops do not "
    "start there",
    "state the MTU of the bridge (Node, Network), or set `mtu` to 1 in the profile (the bridge's own)",
)
# -- VMIDs
RANGE_FOREIGN = kind(
    "range_foreign",
    "{count} VMs that are not Bascule's have VMIDs of its range ({vms}): these VMIDs are lost, and further ones may be taken",
    "choose a range that nobody else uses (clusters.{cluster}.vmids); or `bascule store retire` for each",
)
RANGE_NEXT = kind(
    "range_next",
    "the next VM that anybody makes gets VMID {vmid}, which is in Bascule's range",
    "set Datacenter, Options, Next Free VMID Range to a range outside, or choose another range (clusters.{cluster}.vmids)",
)
# -- backups
BACKUP_OF_TEMPLATES = kind(
    "backup_of_templates",
    "backup job {job} ({schedule}) runs during the switch and locks templates or desktops: their clones and starts wait for it",
    "move it to another time, or exclude the templates and the desktops: a linked clone holds nothing that its template lacks",
)
BACKUP_BESIDE = kind(
    "backup_beside",
    "backup job {job} ({schedule}) runs during the switch, beside the desktops: storage and network have less left for them",
    "move it to another time for this night",
)
BACKUP_PERHAPS = kind(
    "backup_perhaps",
    "backup job {job} ({schedule}) may run during the switch: Bascule cannot compute this schedule",
    "compare it with the scenario's times, and move it if they overlap",
)
# -- who else moves desktops
HA_OURS = kind(
    "ha_ours",
    "{count} desktops are resources of Proxmox VE's HA ({vms}): it starts, moves and restarts them, too",
    "if that is not meant: `ha-manager remove vm:VMID` for each; Bascule replaces what is lost with a node by itself",
)
CRS_MOVES = kind(
    "crs_moves",
    "Proxmox VE's scheduler of cluster resources moves desktops that are resources of HA ({setting}): in the middle of "
    "a boot, too",
    "turn it off for the switch: Datacenter, Options, Cluster Resource Scheduling",
)
BALANCER_MOVES = kind(
    "balancer_moves",
    "VMs of this cluster have tags of ProxLB ({tags}): a balancer moves VMs, and desktops are not left out",
    "tag each template `plb_ignore_desktops`: its clones inherit the tag",
)
# -- nodes
NODE_MAINTENANCE = kind(
    "node_maintenance",
    "node {node} is in maintenance: no desktop is made there",
    "if it is over: `ha-manager crm-command node-maintenance disable {node}`",
)
CLOCK_AHEAD = kind(
    "node_clock_ahead",
    "the clock of {nodes} is {seconds:.0f} s ahead of this machine's: tasks and reports seem to be of another time",
    "let both follow the same NTP servers (chronyc tracking)",
)
CLOCK_BEHIND = kind(
    "node_clock_behind",
    "the clock of {nodes} is {seconds:.0f} s behind this machine's: tasks and reports seem to be of another time",
    "let both follow the same NTP servers (chronyc tracking)",
)
