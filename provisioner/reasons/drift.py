"""Differences between cluster and store: each case, and what Bascule does about its kind."""

from collections.abc import Mapping

from provisioner.reasons.reason import ReasonKind, kind

# -- what was seen of a desktop
VM_GONE = kind("vm_gone", "VM {vmid} is no longer on cluster {cluster}: deleted by hand?")
VM_UNLISTED = kind(
    "vm_unlisted",
    "VM {vmid} exists on cluster {cluster}, and no VM list shows it: the token lacks VM.Audit on it or on its pool, or it is "
    "half made and in no pool. As root on its node: `qm config {vmid}`; if that is locked 'clone': `qm unlock {vmid}; "
    "qm destroy {vmid}`",
)
GIVEN_ANOTHER = kind("given_another", "its agent has been given {by} instead")
HAS_ANOTHER = kind("has_another", "its agent also has {first}")
CLONE_LEFT = kind("clone_left", "VM {vmid} on node {node} is locked 'clone', but no clone task is running")
CLONE_UNLISTED = kind(
    "clone_unlisted",
    "no VM list shows VM {vmid}, where a clone for {name} has failed in the middle: half made, and in no pool. As root on node "
    "{node}: `qm config {vmid}`; if that is locked 'clone', or has our note and no tag bascule-… (with the tag it is a "
    "desktop, perhaps somebody's: keep it): `qm unlock {vmid}; qm destroy {vmid}`",
)
SENT_UNLISTED = kind(
    "sent_unlisted",
    "no VM list shows VM {vmid}, and a clone for {name} was sent there, which nobody has used as far as the store knows: half "
    "made and in no pool, or the token lacks VM.Audit. As root on node {node}: `qm config {vmid}`; if that is locked 'clone', "
    "or has our note and no tag bascule-… (with the tag it is a desktop, perhaps somebody's: keep it, and give the right): "
    "`qm unlock {vmid}; qm destroy {vmid}`",
)
TAKEN_UNLISTED = kind(
    "taken_unlisted",
    "no VM list shows VM {vmid}, which is in our VMID range: somebody else's, or half made for a store that was lost. As root "
    "on its node: `qm config {vmid}`; only if that is locked 'clone', or has our note and no tag bascule-… (with the tag it is "
    "a desktop, perhaps somebody's: keep it, and give the right): `qm unlock {vmid}; qm destroy {vmid}`",
)
MOVED = kind("moved", "it is on node {node}, but was cloned on {former}")
RENAMED = kind("renamed", "the VM is called {name}")
CONFIGURED_TAG_LOST = kind("configured_tag_lost", "the tag that marks it as configured is missing")
TAGS_LACKING = kind("tags_lacking", "it lacks the tags {tags}")
RESIZED = kind(
    "resized",
    "it has {memory_mib} MiB and {vcpus:g} vCPUs, but profile {profile} has {profile_memory_mib} MiB and {profile_vcpus} vCPUs",
)
CONFIGURATION_UNKNOWN = kind(
    "configuration_unknown",
    "it is not known what it was configured with: it has no tag cfg-…",
)
SIZE_CHANGED = kind("size_changed", "another size: the profile has {vcpus} vCPUs and {memory_mib} MiB now")
CARD_CHANGED = kind(
    "card_changed", "another network card: the profile has bridge {bridge} without a VLAN now (firewall and MTU count, too)"
)
CARD_CHANGED_VLAN = kind(
    "card_changed_vlan",
    "another network card: the profile has bridge {bridge} and VLAN {vlan} now (firewall and MTU count, too)",
)
PREFIX_CHANGED = kind("prefix_changed", "another prefix or gateway: the profile has network {network} now")
DNS_CHANGED = kind("dns_changed", "other name servers or search domains")
NOT_RECONFIGURED = kind("not_reconfigured", "{what}; it could not be configured again: {why}")
WITHOUT_ADDRESS = kind("without_address", "it gets its address by DHCP, and the profile gives {first} to {last} now")
ADDRESS_NOT_DHCP = kind("address_not_dhcp", "it has the address {address}, and the profile uses DHCP now")
OUTSIDE_NETWORK = kind("outside_network", "its address {address} is not in the profile's network {network}")
OUTSIDE_POOL = kind("outside_pool", "its address {address} is none of the profile's, {first} to {last}")
OTHER_POOL = kind("other_pool", "it is in {pool}, but most desktops of profile {profile} are in {usual}")
POOL = kind("pool", "pool {pool}")
NO_POOL = kind("no_pool", "no pool")
NOTE_LOST = kind("note_lost", "its description has no note of ours: edited, or removed")
NOTE_OF_ANOTHER = kind("note_of_another", "its description holds the note of {name} (VM {vm})")
NOTE_DIFFERS = kind("note_differs", "its note is signed, but name, agent, profile or address are not the store's")
RESTORED = kind("restored", "restored from a backup by {by}")
FOUND_OFF = kind("found_off", "it is off, but was ready before: shut down by hand or from inside, or its node was off")
# -- of VMs that the store does not know
CALLED_ALIKE = kind("called_alike", "it has the same name, {name}, as the desktop with VMID {vmid}")
UNNAMED = kind("unnamed", "a VM without a name")
FOUND_BEFORE = kind(
    "found_before", "{vm} on node {node} is in our VMID range: foreign, or left over from a clone, as found before"
)
NOTE_UNREAD = kind("note_unread", "{vm} on node {node} is in our VMID range, and its note has not been read")
PROVEN_OURS = kind("proven_ours", "{vm} on node {node} is in our VMID range, and its note proves it ours")
WITHOUT_NOTE = kind("without_note", "{vm} on node {node} is in our VMID range without a note")

DONE: Mapping[str, ReasonKind] = {
    reason.code.removeprefix("drift_"): reason
    for reason in (
        kind(
            "drift_missing",
            "clones it again under the same name, number and address, when its agent is wanted and Proxmox VE says that the "
            "number is free",
        ),
        kind(
            "drift_unknown_vm",
            "reads its note: a desktop of ours is taken back, any other VM is left alone and its VMID never used; nothing "
            "new is cloned until then",
            "move foreign VMs out of the VMID range",
        ),
        kind(
            "drift_doubled",
            "keeps both and uses the ready one, else the first by name; the other is neither configured, started nor stopped",
            "look at what is on the second one, and delete it",
        ),
        kind(
            "drift_half_made",
            "leaves it alone, never uses its VMID again, and clones another desktop",
            "unlock and delete the VM; where no VM list shows it, only after a look at it, as said there",
        ),
        kind("drift_moved", "manages it where it is now"),
        kind(
            "drift_renamed",
            "reports it and uses the desktop as before; the name is not put back",
            "give it its name again: cloud-init hands the VM's name to the guest at its next start",
        ),
        kind(
            "drift_retagged",
            "reports it and uses the desktop as before; if the tag that marks it as configured is missing, it and the "
            "profile's tag "
            "are put back, once its note has been read again: nothing else is written",
            "put the tags back: tools that select desktops by tag miss this one",
        ),
        kind(
            "drift_resized",
            "leaves its size alone, unless it is configured again, and counts the larger of its own size and its profile's on "
            "its node",
        ),
        kind(
            "drift_outdated",
            "configures it again when it is off, before its next start, never while it runs; `bascule desktop reconfigure` "
            "does it at once",
        ),
        kind(
            "drift_misaddressed",
            "reports it and uses the desktop as before; an address is never changed: its note and other systems name it",
            "give the profile its former addresses back, and make another profile for the new ones",
        ),
        kind(
            "drift_note_changed",
            "uses the desktop as before while the store knows it; a VM that is in neither a note nor the store is foreign, "
            "and left alone",
            "put the note back into the description, word for word",
        ),
        kind(
            "drift_note_copied",
            "treats it as foreign: a note proves only the VM that it names",
            "take the note out of its description",
        ),
        kind(
            "drift_name_copied",
            "leaves it alone, whether it is a copy or was restored from a backup under another number",
            "rename or delete it: two machines with the same name disturb each other on the network",
        ),
        kind(
            "drift_powered_off",
            "starts it when its agent is wanted and its node is not drained; it is ready again only after a new report",
        ),
        kind(
            "drift_other_pool",
            "reports it and uses the desktop as before; pools are not changed",
            "look at who has rights on that pool",
        ),
        kind(
            "drift_restored",
            "waits for the restore to release its lock, starts it when its agent is wanted, and waits for a new report",
            "tell its agent: what was done since the backup is lost",
        ),
        kind(
            "drift_superseded",
            "keeps it and reads its sessions; it is neither assigned, configured nor started again",
            "give it back to its agent (`bascule desktop restore`); or copy what the agent needs from it, then delete this VM "
            "(not the one that the agent uses) in Proxmox VE",
        ),
        kind(
            "drift_shared_identity",
            "gives it to nobody; a desktop that somebody has already is used as before",
            "the template is not generalised: `bascule check image` names what its clones share",
        ),
    )
}
"""By kind of difference: what Bascule does about it, always the same, or leaves; and what a person has to look at or decide."""
