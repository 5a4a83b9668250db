"""How long storage locks are held for clones, what stands in the way of measuring it, and what would shorten it."""

from provisioner.reasons.reason import kind

# -- what stands in the way of a whole status
NO_DEMAND = kind("no_demand", "{said}", "`bascule check` says more; until then there are rates here, and no times")
LOOKS_LACKING = kind(
    "looks_lacking",
    "the token lacks {rights}: it does not see all clones, templates and storages, so figures are missing or too good",
    "grant it there (pveum acl modify PATH --tokens … --roles …)",
)
RIGHT_ON = kind("right_on", "{right} on {path}")
NO_TASK_LIST = kind("no_task_list", "no task list of {nodes}: clones there are not counted", "bring the node back")
STORAGE_UNSEEN = kind(
    "storage_unseen",
    "the storage is not seen there",
    "correct the profile's storage and nodes, or grant the token Datastore.Audit",
)
TEMPLATE_UNREAD = kind("template_unread", "{said}", "`bascule check` says what is wrong with each template")
OTHER_CLONES = kind(
    "other_clones",
    "{count} clones of other templates ran on these nodes: on the same storages, they make the locks look slower",
    "look again after a switch during which nobody else clones",
)
# -- what a figure rests on
NOT_MEASURED = kind("not_measured", "no measurement yet: {enough} clones with two or more in flight are needed")
MEASURED = kind("measured", "measured on {clones} clones, {in_flight:.1f} in flight")
MEASURED_PARTLY = kind(
    "measured_partly",
    "measured on {clones} clones, {in_flight:.1f} in flight; {missing} of {storages} storages not measured, "
    "taken to be like the others",
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
    "make the templates on {storages} with their cloud-init drive on {where}: a clone's lies where its "
    "template's does, and the disks' lock serves one operation less of {operations}, as long as that storage is as quick",
)
ROUGH = kind("rough", "{how} (a rough figure: the operations are short, or hardly two clones were in flight)")
LOCAL_STORAGES = kind("local_storages", "node-local storage {storages}")
LOCAL_STORAGE = kind("local_storage", "a node-local storage")
STORAGE_ID = kind("storage_id", "a storage id that no template's disks lie on, one for each of these")
FEWER_VOLUMES = kind("fewer_volumes", "fewer volumes")
FEWER_VOLUMES_HOW = kind(
    "fewer_volumes_how",
    "make the templates on {storages} without {volumes}, if the image does not need them: "
    "each costs a clone one more operation",
)
THE_VOLUME = kind("the_volume", "the {role}")
FURTHER_DISKS = kind("further_disks", "further disks")
TWICE_IDS = kind("twice_ids", "twice as many storage ids")
TWICE_IDS_HOW = kind(
    "twice_ids_how",
    "give each node a second storage id beside {storages} with a replica of the template: each id has a lock",
)
MORE_IDS = kind("more_ids", "{count} storage ids")
MORE_IDS_HOW = kind(
    "more_ids_how",
    "spread the templates over {more} shared storage ids instead of {count}: each id has a lock of its own, also "
    "where it is a second id on the same hardware, as far as that serves several operations at once as quickly",
)
REPLICAS = kind("replicas", "replicas on node-local storage")
_REPLICAS = (
    "put a replica of the template on node-local storage of each of {count} nodes%s: "
    "a lock a node instead of one for all, handed on without pauses, as long as it is as quick as the shared storage; "
    "desktops then stay on their node"
)
REPLICAS_HOW = kind("replicas_how", _REPLICAS % "")
REPLICAS_NONE_HOW = kind("replicas_none_how", _REPLICAS % " (none has one yet)")
