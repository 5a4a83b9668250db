"""Why a new desktop is not placed somewhere."""

from provisioner.reasons.reason import kind

NO_TEMPLATE = kind("no_template", "the profile names no template")
COUNTED = kind("counted", "{why} ({times} of {of} templates)")
MEMBERS_BUSY = kind(
    "members_busy",
    "somebody else held the lock of user.cfg, where a pool's members stand: {limit} of {limit} clones in flight",
)
LOCK_BUSY = kind("lock_busy", "the storage lock is busy: {limit} of {limit} clones in flight")
CORES_FEW = kind("cores_few", "cores: no VM of {vcpus} vCPUs starts on a node of {cores} cores")
MEMORY = kind("memory", "memory: a node has less than {memory_mib} MiB left of its share")
CORES = kind("cores", "cores: {ratio:g} vCPUs a core are given out")
STORAGE = kind("storage", "storage {storage} has less than {disk_gib:g} GiB left of its share")
STORAGE_OVER = kind("storage_over", "storage {storage} is filled over its share: make room, or it waits")
STORAGE_FULL = kind("storage_full", "storage {storage} said that it is full: it is tried again every half a minute")
STORAGE_AWAY = kind("storage_away", "storage {storage} is not available on node {node}")
NODE_AWAY = kind("node_away", "node {node} is offline or not seen")
TEMPLATE_AWAY = kind("template_away", "template {template} is not on node {node}")
TEMPLATE_GONE = kind("template_gone", "profile {profile} has no template on node {node} any more")
TEMPLATE_TAGGED = kind(
    "template_tagged",
    "template {template} on node {node} has the tag {tag}, and its clones would never be configured: take it off",
)
STOCKED = kind("stocked", "{stock} desktops wait for their start on a node: the last are placed where one is free first")
NODE_BUSY = kind("node_busy", "a node has enough to boot until the others have booted all that have no place yet")
CLONE_SLOW = kind("clone_slow", "a clone takes {clone_s:.0f} s there: the last ones are made sooner elsewhere")
ADDRESSES = kind("addresses", "the address pool of profile {profile} is used up: widen it (addressing.last)")
VMIDS = kind("vmids", "the VMID range of cluster {cluster} is used up: widen it (clusters.{cluster}.vmids)")
UNFIT = kind("unfit", "node {node}: desktops of profile {profile} fail there, and none is ready")
TRIED_BEFORE = kind("tried_before", "node {node}: the agent's desktop was tried there before")
NOTE_UNREADABLE = kind(
    "note_unreadable",
    "VM {vmid} on node {node} of cluster {cluster} lies in our VMID range and its note cannot be read ({said}): give the token "
    "VM.Audit on it, move it out of the range, or say that it is somebody else's with `bascule vm retire {cluster}/{vmid}`",
)
LISTING_LACKS = kind(
    "listing_lacks",
    "{count} desktops of cluster {cluster} are not in its listing: give the token VM.Audit on /vms (`bascule check`); nothing "
    "is cloned there meanwhile",
)
