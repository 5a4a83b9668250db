"""Findings of the doctor about what is in a template, what its clones would inherit, and values of a profile that cannot work
together.
"""

from provisioner.reasons.reason import kind

# -- its drives
NO_DISK = kind("no_disk", "it has no disk", "make the template again, with the image's disk in it")
BOOTS_NOTHING = kind(
    "boots_nothing",
    "its boot order ({order}) names no disk that it has: nothing boots",
    "correct it: qm set VMID --boot order={disk}",
)
DISK_SMALLER = kind(
    "disk_smaller",
    "its disk has {size_gib} GiB, the profile says `disk_gib: {disk_gib}`: too little space is kept free, and storages fill up",
    "set `disk_gib: {size_gib}` in the profile",
)
DISKS_LARGER = kind(
    "disks_larger",
    "its disks have {size_gib} GiB together, the profile says `disk_gib: {disk_gib}`: too little space is kept free",
    "set `disk_gib: {size_gib}` in the profile",
)
DISK_LARGER = kind(
    "disk_larger",
    "its disks have {size_gib} GiB together, the profile says `disk_gib: {disk_gib}`: fewer desktops fit than the storage "
    "holds, and none gets a larger disk",
    "set `disk_gib: {size_gib}` in the profile, or enlarge the template's disk",
)
NO_LINKED_CLONES = kind(
    "no_linked_clones",
    "storage {storage} ({kind}) has no linked clones: each clone fails",
    "put the template on another storage, or set `clone: full` in the profile",
)
NO_IMAGES = kind(
    "no_images",
    "storage {storage} does not take disk images (its content is {content}): each clone fails",
    "add Disk image to its content (Datacenter, Storage), or correct the profile's storage",
)
NODE_MEMORY_SMALL = kind(
    "node_memory_small",
    "its node has {node_mib} MiB of memory: a VM with {memory_mib} MiB does not fit there",
    "lower memory_mib, or take the node out of the profile",
)
TEMPLATE_NODE_OFFLINE = kind(
    "template_node_offline",
    "node {node} is offline: nothing is cloned from it, and it could not be looked at",
    "bring the node back, or take it out of the profile",
)
TEMPLATE_LOCKED = kind(
    "template_locked",
    "it is locked ({lock}): no clone of it begins until the lock is gone",
    "wait for the end of what holds it; a lock left by a crash: qm unlock VMID",
)
# -- cloud-init
CUSTOM_NETWORK = kind(
    "custom_network",
    "a snippet gives the network (cicustom {setting}): no desktop gets its own address",
    "take it out: qm set VMID --delete cicustom",
)
CUSTOM_OTHER = kind(
    "custom_other",
    "snippets take the place of what Bascule gives to cloud-init (cicustom {setting}): names, and whether packages are "
    "upgraded",
    "take them out: qm set VMID --delete cicustom; or check that they leave these to Proxmox VE",
)
SECOND_ADDRESS = kind(
    "second_address",
    "its setting {key} has a fixed address, and every desktop gets the same ({setting})",
    "use DHCP there, or remove the card: qm set VMID --delete {key}",
)
# -- the operating system
WINDOWS_TYPE = kind(
    "windows_type",
    "the profile says `os: windows`, its ostype is {ostype}: its cloud-init drive has a format that cloudbase-init does not "
    "read, so that desktops get neither name nor address",
    "qm set VMID --ostype win11 (or the type of its Windows), and no citype",
)
WINDOWS_FIRMWARE = kind(
    "windows_firmware",
    "Windows needs UEFI, and it has {lacks}: its clones do not boot",
    "make the template again, with `bios: ovmf` and an EFI disk; an image without UEFI keeps an older ostype, such as win10",
)
WINDOWS_TPM = kind(
    "windows_tpm",
    "Windows 11 needs a TPM, and it has none",
    "qm set VMID --tpmstate0 STORAGE:1,version=v2.0, before it becomes a template",
)
LINUX_TYPE = kind(
    "linux_type",
    "its ostype is {ostype}, the profile says `os: linux`: cloud-init gets the format for Windows",
    "qm set VMID --ostype l26, or `os: windows` in the profile",
)
# -- what its clones inherit
LINK_DOWN = kind(
    "template_link_down",
    "its network card is disconnected (link_down=1), and that of each clone: no desktop has a network",
    "connect it: Hardware, Network Device, Disconnect",
)
PASSTHROUGH = kind(
    "template_passthrough",
    "{key} passes a device of the host through ({setting}): only one desktop of a node can run with it",
    "take it out (qm set VMID --delete {key}), or use a mediated device (mdev=…)",
)
KEPT_FROM_DELETION = kind(
    "template_protected",
    "it is protected, and so is each clone: the desktops of leavers can never be deleted",
    "qm set VMID --protection 0",
)
PINNED = kind(
    "template_pinned",
    "it is bound to the cores {cores}, and so is each clone: all desktops share these few",
    "qm set VMID --delete affinity",
)
REPLICAS_DIFFER = kind(
    "replicas_differ",
    "it differs from the profile's other templates in {what}: desktops depend on the node that they are made on",
    "make all of them from the same image",
)
REPLICA_DISKS = kind("replica_disks", "the size of its disks")
REPLICA_DRIVES = kind("replica_drives", "its drives")
REPLICA_SETTING = kind("replica_setting", "{setting}")
GATEWAY_IN_POOL = kind(
    "gateway_in_pool",
    "its gateway {gateway} is one of the addresses for desktops ({first} to {last}): the desktop that gets it cuts off "
    "the others",
    "leave it out: change addressing.first or addressing.last",
)
SERVER_IN_POOL = kind(
    "server_in_pool",
    "{what} {address} is one of the addresses for desktops ({first} to {last}): a desktop will take it",
    "leave it out: change addressing.first or addressing.last",
)
NAME_SERVER = kind("name_server", "the name server")
CLUSTER_ENDPOINT = kind("cluster_endpoint", "the node of cluster {cluster}")
DIRECTORY_SERVER = kind("directory_server", "the directory server")
READY_TOO_SOON = kind(
    "ready_too_soon",
    "ready_timeout ({timeout_s:.0f} s) is not longer than expected_ready ({expected_s:.0f} s): desktops are given up before "
    "they can be ready",
    "set ready_timeout to several times expected_ready",
)
UPGRADE_TOO_SOON = kind(
    "upgrade_too_soon",
    "upgrade_at_first_boot takes minutes, all desktops at once, and expected_ready is {expected_s:.0f} s",
    "leave it out and put the upgrades into the image; or raise expected_ready and ready_timeout to what one upgrade takes",
)
