"""Findings of the doctor about configuration, store, and each cluster: nodes, the token's rights, templates."""

from provisioner.reasons.reason import kind

# -- configuration and store
VALID = kind("valid", "{clusters} cluster(s), {profiles} profile(s): valid")
FILE_VALID = kind("file_valid", "{path}: valid")
STORE_READ_ONLY = kind(
    "store_read_only",
    "this account cannot write to the folder {folder}",
    "give the daemon's account the right to write there, or correct store.url",
)
STORE_FOLDER = kind(
    "store_folder",
    "the folder {folder} does not exist",
    "create it, owned by the daemon's account, or correct store.url",
)
STORE_FAILS = kind("store_fails", "{said}", "check store.url, and that the database can be reached and written by this account")
DESKTOPS_KEPT = kind("desktops_kept", "readable, with {count} desktops in it")
FREEZE_FILE = kind("freeze_file", "{path} exists: nothing is written to any cluster", "`bascule thaw` when work may go on")
FREEZE_SLOW = kind(
    "freeze_slow",
    "{path} cannot be created: `bascule freeze` will take effect within 10 s instead of at once",
    "create its folder, writable by the operators, or correct freeze_file",
)
FREEZE_IN_MEMORY = kind(
    "freeze_in_memory",
    "{path} is lost when this machine restarts: a freeze would end by itself",
    "name a file below /var/lib/bascule in freeze_file",
)
STORE_IN_MEMORY = kind(
    "store_in_memory",
    "{path} is lost when this machine restarts, with all orders and the journal",
    "name a file below /var/lib/bascule in store.url",
)
NOBODY_NEW = kind(
    "nobody_new",
    "none is configured any more: the desktops that exist are kept, and nobody new gets one",
    "name a scenario in bascule.yaml, or `scenario: everyone` to give every entitled agent a desktop at once",
)
SSH_UNUSABLE = kind(
    "ssh_unusable",
    "no desktop can be asked over SSH, so that none with `probe: ssh` becomes ready: {said}",
    "ssh.key_file: a private key in OpenSSH format, without a passphrase; ssh.known_hosts_file: lines as `ssh-keyscan` writes",
)
TRIAL_LEFT_OUT = kind(
    "trial_left_out",
    "no trial desktop was made: a fault (BAD) was found that would prevent it, or a switch",
    "mend each fault, then `bascule check --trial` again",
)
# -- a cluster that cannot be asked
UNREACHED = kind("unreached", "{said}", "check endpoints, port 8006 and ca_file")
TOKEN_REFUSED = kind("token_refused", "{said}", "check token_id and its secret, and that the token has not expired")
RIGHTS_REFUSED = kind(
    "rights_refused", "{said}", "give the token the rights listed in docs/en/install-by-hand.md (ansible/ has a role for it)"
)
CLUSTER_FAILS = kind("cluster_fails", "{said}", "see the node's pveproxy log")
ENDPOINT_SILENT = kind(
    "endpoint_silent",
    "endpoint {url} does not answer: {said}",
    "check its name, port 8006 and certificate (ca_file), or take it out of endpoints: when the others are away, nothing is "
    "made",
)
ENDPOINTS_DIFFER = kind(
    "endpoints_differ",
    "its endpoints belong to different clusters ({endpoints}): Bascule would see the desktops of now the one, now the other",
    "list only nodes of this cluster; another cluster has its own entry in clusters",
)
ENDPOINT_OF = kind("endpoint_of", "{url}: {name}")
RELEASE_OLD = kind("release_old", "Proxmox VE {release} is too old", "upgrade to 8.x or, better, 9.x")
RELEASE_SLOW = kind("release_slow", "Proxmox VE {release}: listings slow down with many guests", "upgrade to 9.0.8 or newer")
RELEASE = kind("release", "Proxmox VE {release}")
# -- its nodes
NODES_SEEN = kind("nodes_seen", "{nodes} nodes; {guests} VMs and templates seen")
QUORUM_NOT_SAID = kind(
    "quorum_not_said", "it does not say whether the cluster has its quorum: {said}", "give the token Sys.Audit on /"
)
QUORUM_UNANSWERED = kind(
    "quorum_unanswered", "it does not say whether the cluster has its quorum: {said}", "see the node's pveproxy log"
)
QUORUM_LOST = kind(
    "quorum_lost", "it has no quorum: nothing can be written", "bring back enough nodes, or repair the cluster network"
)
OFFLINE_NODE = kind(
    "node_offline",
    "node {node} is offline: the state of its desktops is unknown",
    "bring it back, or remove it from the cluster",
)
HA_WAITED_FOR = kind(
    "ha_waited_for",
    "node {node} is offline, and {count} of its desktops are resources of Proxmox VE's HA: Bascule replaces none of them as "
    "long as HA may start them elsewhere",
    "see `ha-manager status`: HA needs a quorum, a watchdog, and nodes with room that have the desktops' storages",
)
HA_ERRORS = kind(
    "ha_errors",
    "Proxmox VE's HA has given up {vms}: nothing starts them",
    "mend the cause, then for each: `ha-manager set vm:VMID --state disabled`, and `--state started`",
)
NODE_TAKES_NONE = kind(
    "node_takes_none",
    "node {node} is online but accepts no requests: {said}",
    "on {node}: systemctl status pvedaemon, then restart it",
)
NOTE_OF_OTHER_KEY = kind(
    "note_of_other_key",
    "the note on VM {vmid} on {node} names this installation and is signed with another key: no desktop can be proven ours, "
    "and nothing new is made",
    "put back the note_key that the desktops were made with",
)
DESKTOPS_GONE = kind(
    "desktops_gone",
    "{count} desktops are not in the VM list ({vms}), and their VMIDs are free, as far as {asked} were asked about: nothing is "
    "cloned here",
    "if the VMs were deleted: `bascule desktop retry`; if not: `pvecm status` on each node",
)
DESKTOPS_HIDDEN = kind(
    "desktops_hidden",
    "the token does not see {vms}: desktops of ours that exist, and whose state is unknown; of {of} that are not in the VM "
    "list {asked} were asked about",
    "give it VM.Audit there, or remove the NoAccess entry (pveum acl list)",
)
# -- the token's rights
RIGHTS_THERE = kind("rights_there", "the token has all {count} rights it needs")
RIGHTS_UNUSED = kind(
    "rights_unused",
    "the token has {rights}, which Bascule never uses: a stolen token could take over any desktop",
    "give it a role without them",
)
_LACKING, _GRANT = (
    "the token lacks {rights} on {paths}",
    "grant it there or above: pveum acl modify {above} --roles … --users …, and the same with --tokens … if the token has "
    "privilege separation",
)
RIGHTS_LACKING = kind("rights_lacking", _LACKING, _GRANT)
RIGHTS_LACKING_VMS = kind(
    "rights_lacking_vms",
    _LACKING,
    f"{_GRANT}; rights on a pool apply to desktops only if the cluster's `pool` names it: then they are cloned into it",
)
VMS_UNSEEN = kind(
    "vms_unseen",
    "the token does not see all VMs: hidden VMs count only with the memory that their node reports as used, "
    "without their disks and without the memory that they take when started",
    "give it VM.Audit on /vms, unless only desktops run on these nodes",
)
# -- templates
TEMPLATES = kind("templates", "template {templates}: {what}")
VM_ON_NODE = kind("vm_on_node", "{vmid} on {node}")
AS_IT_SHOULD_BE = kind("as_it_should_be", "found; node, storage, disks and cloud-init drive are right")
NO_SUCH_NODE = kind("no_such_node", "the cluster has no node {node}", "correct the profile's nodes")
_MAKE = "make the template there, or correct the profile's templates (vmids)"
ON_OTHER_NODE = kind("on_other_node", "it is on node {node}", _MAKE)
NO_SUCH_VM = kind("no_such_vm", "there is no such VM, or it is hidden from the token (no VM.Audit on this VM)", _MAKE)
NO_TEMPLATE_BUT_VM = kind("no_template_but_vm", "it is a VM, not a template", "convert it: qm template VMID")
NODE_SMALL = kind(
    "node_small",
    "its node has {cores} cores: a VM with {vcpus} vCPUs cannot start there",
    "lower vcpus, or take the node out of the profile",
)
NO_SUCH_STORAGE = kind(
    "no_such_storage",
    "storage {storage} is not available there",
    "correct the profile's storage, or grant the token Datastore.Audit on it",
)
CARRIES_TAG = kind(
    "carries_tag",
    "it carries the tag {tag}, which marks configured desktops, and its clones inherit it",
    "remove the tag: qm set VMID --tags …",
)
CONFIG_UNREAD = kind("config_unread", "its configuration cannot be read: {said}", "grant the token VM.Audit on it")
CONFIG_UNANSWERED = kind("config_unanswered", "its configuration cannot be read: {said}", "see the node's pveproxy log")
DISKS_ELSEWHERE = kind(
    "disks_elsewhere",
    "its disks are on {storages}, the profile says {storage}: free space and locks are checked on the wrong storage",
    "correct the profile's storage",
)
NO_CLOUD_INIT = kind(
    "no_cloud_init",
    "it has no cloud-init drive",
    "add a cloud-init drive (qm set VMID --ide2 STORAGE:cloudinit): without it desktops get neither name nor address",
)
AGENT_OFF = kind(
    "agent_off", "the guest agent is off", "Bascule turns it on for each desktop; it must be installed in the image"
)
UPGRADE_DIFFERS = kind(
    "upgrade_differs",
    "it has ciupgrade {template}, the profile upgrade_at_first_boot {profile}: the profile decides",
    "correct the template or the profile",
)
