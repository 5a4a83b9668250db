"""Where a new desktop is placed: why not on a node, and what comes of it when not everybody's desktop fits."""

from provisioner.reasons.reason import kind

NO_TEMPLATE = kind("no_template", "the profile names no template")
COUNTED = kind("counted", "{why} ({times} of {of} places)")
MEMBERS_BUSY = kind(
    "members_busy",
    "the lock of user.cfg, which lists the members of pools, was busy: {limit} of {limit} clones in flight",
)
LOCK_BUSY = kind("lock_busy", "waiting for the storage lock: it lets {limit} clone(s) run at once, and as many are running")
CORES_FEW = kind("cores_few", "cores: no VM of {vcpus} vCPUs starts on a node of {cores} cores")
SURVIVES = kind(
    "survives",
    "it would leave too little room to restart the desktops of the fullest {nodes} node(s) (the scenario's `survive`)",
)
MEMORY = kind("memory", "memory: a node has less than {memory_mib} MiB left of its share")
CORES = kind("cores", "cores: {ratio:g} vCPUs per core are already allocated")
STORAGE = kind("storage", "storage {storage} has less than {disk_gib:g} GiB left of its share")
STORAGE_OVER = kind(
    "storage_over", "storage {storage} is filled beyond its share: clones wait until space is freed (budget.storage_share)"
)
OTHER_STORAGE = kind("storage_other", "it is to be on storage {storage}, and not here")
STORAGE_FULL = kind("storage_full", "storage {storage} reported that it is full: tried again every 30 s")
STORAGE_AWAY = kind("storage_away", "storage {storage} is not available on node {node}")
NODE_AWAY = kind("node_away", "node {node} is offline or not seen")
TEMPLATE_AWAY = kind("template_away", "template {template} is not on node {node}")
TEMPLATE_GONE = kind("template_gone", "profile {profile} no longer has a template on node {node}")
SOURCE_AWAY = kind("source_away", "template {template} is on node {node}, which is offline or not seen")
TEMPLATE_TIED = kind(
    "template_tied",
    "template {template} is cloned to its own node {node} only: one of its drives is on storage that is not shared "
    "(move it to the shared storage, or remake its cloud-init drive there)",
)
TEMPLATE_TAGGED = kind(
    "template_tagged",
    "template {template} on node {node} has the tag {tag}: its clones would never be configured; remove the tag",
)
NODE_BUSY = kind("node_busy", "a desktop more on this node would be ready later than the last of all others elsewhere")
NODE_UNKNOWN = kind(
    "node_unknown",
    "too few boots have ended on this node to show how fast it is: more desktops go there once they have",
)
ADDRESSES = kind("addresses", "the address pool of profile {profile} is used up: widen it (addressing.last)")
ADDRESSES_REST = kind(
    "addresses_rest",
    "the free addresses of profile {profile} ({count}) belonged to desktops that went a short while ago: they rest until no "
    "cache leads there (naming.address_rest), or widen the pool (addressing.last)",
)
VMIDS = kind("vmids", "the VMID range of cluster {cluster} is used up: widen it (clusters.{cluster}.vmids)")
UNFIT = kind("unfit", "node {node}: desktops of profile {profile} fail there, and none is ready")
TRIED_BEFORE = kind("tried_before", "node {node}: the agent's desktop was tried there before")
NOTE_UNREADABLE = kind(
    "note_unreadable",
    "VM {vmid} on node {node} of cluster {cluster} is in our VMID range and its note cannot be read ({said}): if a right is "
    "missing, give the token VM.Audit on it; or move it out of the range, or declare it foreign with "
    "`bascule store retire {cluster}/{vmid}`",
)
LISTING_LACKS = kind(
    "listing_lacks",
    "{count} desktops exist on cluster {cluster}, and its VM list does not show them: nothing is cloned there until the token "
    "has VM.Audit on them",
)
LISTING_ASKED = kind(
    "listing_asked",
    "{count} desktops are missing from the VM list of cluster {cluster}: nothing is cloned there until Proxmox VE has said "
    "which of them exist; it has answered for {asked} of {count}, and for all within {within_s:.0f} s if it answers at once",
)
MANY_GONE = kind(
    "many_gone",
    "{count} desktops of cluster {cluster} are gone, Proxmox VE says that their numbers are free: nothing is cloned there "
    "until `bascule desktop retry` says that they may be made again",
)
GETS_LESS = kind(
    "gets_less",
    "wave '{wave}' gives {login} profile {profile}: none of profile {own} fits any more, and the scenario says so (shortage)",
)
REFUSED = kind(
    "refused_for_room",
    "none fits, and the scenario '{scenario}' gives no other (shortage): {why}",
    "make room, or add what is short (`bascule forecast` says what would help): then this person gets a desktop by itself",
)
