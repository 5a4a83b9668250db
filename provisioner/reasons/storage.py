"""How long clones hold storage locks, why this cannot be measured, and what would shorten it."""

from provisioner.reasons.reason import kind

# -- what stands in the way of a whole status
NO_DEMAND = kind(
    "no_demand", "{said}", "`bascule check` says more; until the directory can be read there are rates here, but no durations"
)
LOOKS_LACKING = kind(
    "looks_lacking",
    "the token lacks {rights}: some clones, templates or storages are hidden, so figures are missing or too optimistic",
    "grant it there: pveum acl modify PATH --roles … --users …, and the same with --tokens … if the token has privilege "
    "separation",
)
RIGHT_ON = kind("right_on", "{right} on {path}")
NO_TASK_LIST = kind("no_task_list", "no task list of {nodes}: clones there are not counted", "bring the node back")
STORAGE_UNSEEN = kind(
    "storage_unseen",
    "the storage is not visible there",
    "correct the profile's storage and nodes, or grant the token Datastore.Audit",
)
TEMPLATE_UNREAD = kind("template_unread", "{said}", "`bascule check` says what is wrong with each template")
OTHER_CLONES = kind(
    "other_clones",
    "{count} clones of other templates ran on these nodes: on the same storages they make the locks look slower",
    "measure again after a switch without other clones",
)
# -- where desktops can be made
REACHED = kind("reached", "desktops can be made on {nodes}")
TIED = kind(
    "tied",
    "drive {drive} of template {vmid} is on {storage}, which is not shared: its clones stay on {node}, although its disk is on "
    "shared storage {shared}",
    "on {node}: qm disk move {vmid} {drive} {shared} --delete 1",
)
TIED_BY_ISO = kind(
    "tied_by_iso",
    "drive {drive} of template {vmid} has an ISO image on {storage}, which is not shared: its clones stay on {node}, although "
    "its disk is on shared storage {shared}",
    "take the image out. On {node}: qm set {vmid} --{drive} none,media=cdrom",
)
NOT_REACHED = kind(
    "not_reached",
    "no desktop can be made on {nodes}: these nodes do not see {storages}, where the templates are",
    "if desktops are wanted there: make the storage available on these nodes (Datacenter, Storage), or put a template on a "
    "storage of theirs",
)
# -- what a figure rests on
NOT_MEASURED = kind("not_measured", "no measurement yet: {enough} clones with two or more in flight are needed")
MEASURED = kind("measured", "measured on {clones} clones, {in_flight:.1f} in flight")
MEASURED_PARTLY = kind(
    "measured_partly",
    "measured on {clones} clones, {in_flight:.1f} in flight; {missing} of {storages} storages not measured, "
    "assumed to be like the others",
)
MEASURED_FEW = kind("measured_few", "only {clones} clones, {in_flight:.1f} in flight: {enough} are needed for each storage")
UPPER_BOUND = kind(
    "upper_bound",
    "upper bound from {clones} clones, mostly one at a time: {enough} with two or more in flight are needed",
)
# -- what would shorten it: a name, and how
DRIVE_ELSEWHERE = kind("drive_elsewhere", "cloud-init drive on another storage")
DRIVE_ELSEWHERE_HOW = kind(
    "drive_elsewhere_how",
    "put the cloud-init drive of the templates on {storages} on {where}: their clones get it there too, and the disks' lock "
    "is taken for one operation less (of {operations}); it helps if that storage is as fast",
)
ROUGH = kind("rough", "{how} (rough estimate: the operations are short, or fewer than two clones were in flight)")
LOCAL_STORAGES = kind("local_storages", "node-local storage {storages}")
LOCAL_STORAGE = kind("local_storage", "a node-local storage")
STORAGE_ID = kind("storage_id", "a storage id without template disks, one for each of these")
FEWER_VOLUMES = kind("fewer_volumes", "fewer volumes")
FEWER_VOLUMES_HOW = kind(
    "fewer_volumes_how",
    "remove {volumes} from the templates on {storages}, if the image does not need them: "
    "each costs every clone one more operation",
)
EFI_VOLUME = kind("efi_volume", "the EFI volume")
TPM_VOLUME = kind("tpm_volume", "the TPM volume")
FURTHER_DISKS = kind("further_disks", "further disks")
TWICE_IDS = kind("twice_ids", "twice as many storage ids")
TWICE_IDS_HOW = kind(
    "twice_ids_how",
    "give each node a second storage id beside {storages}, with a replica of the template: each id has its own lock",
)
MORE_IDS = kind("more_ids", "{count} storage ids")
MORE_IDS_HOW = kind(
    "more_ids_how",
    "put templates on {more} shared storage ids instead of {count}, at least one on each: each id has its own lock, even on "
    "the same hardware; it helps if that hardware serves parallel operations as fast",
)
REPLICAS = kind("replicas", "replicas on node-local storage")
_REPLICAS = (
    "put a replica of the template on node-local storage of each of {count} nodes%s: "
    "one lock per node instead of one for all, and without pauses between clones; it helps if local storage is as fast as "
    "the shared one; desktops then stay on their node"
)
REPLICAS_HOW = kind("replicas_how", _REPLICAS % "")
REPLICAS_NONE_HOW = kind("replicas_none_how", _REPLICAS % " (none has one yet)")
SECOND_TEMPLATE = kind("second_template", "a second template on the same storage")
SECOND_TEMPLATE_HOW = kind(
    "second_template_how",
    "put a copy of the template on another node, on the same shared storage {storages}: new desktops are then made while one "
    "of the two nodes is away, and two nodes share the API calls; the lock stays the same",
)
LINKED_CLONES = kind("linked_clones", "linked clones")
LINKED_CLONES_HOW = kind(
    "linked_clones_how",
    "leave out `clone: full`: linked clones copy nothing; how long they hold the lock cannot be measured on full clones",
)
FULL_CLONES = kind("full_clones", "full clones (slower)")
FULL_CLONES_HOW = kind(
    "full_clones_how",
    "`clone: full` copies {size_gib:.0f} GiB for each desktop outside the lock, here at {speed:.1f} GiB/s for all copies on a "
    "storage together (assumed: it cannot be measured before); desktops then do not depend on the template, and need their "
    "full size on the storage",
)
# -- what the clones of a trial have shown
_SHOWN = (
    "storage {storage} ({kind}): a clone took {took_s:.1f} s, {lock} in the lock (assumed: {assumed_s:.1f} s for {operations} "
    "operations), {how}"
)
CLONES_SHOWN = kind("clones_shown", _SHOWN)
CLONES_DIFFER = kind(
    "clones_differ",
    "it is not as assumed: " + _SHOWN,
    "rely on forecasts that know it (they do from now on); `bascule check storage` says what would shorten it",
)
CLONES_NOT_SHOWN = kind(
    "clones_not_shown",
    "storage {storage}: no clone came out there during the trial: nothing is known of it",
    "`--number 3`, or see why its trial failed",
)
LOCK_MEASURED = kind("clone_lock_measured", "{seconds:.1f} s")
LOCK_AT_MOST = kind("clone_lock_at_most", "at most {seconds:.1f} s")
CLONE_LINKED = kind("clone_linked", "linked")
CLONE_WHOLE = kind("clone_whole", "copied whole")
CLONE_UNSAID = kind("clone_unsaid", "linked or not: its log does not say")
