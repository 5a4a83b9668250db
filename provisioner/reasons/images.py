"""Findings about a golden image: what all its clones would share, and what they would lack; why it cannot be looked at."""

from provisioner.reasons.reason import kind

# -- what all clones would share
MACHINE_ID = kind(
    "image_machine_id",
    "the image has a machine-id ({files}): all desktops would have the same, and with it the same DHCP client id",
    "empty /etc/machine-id (truncate -s 0), and remove /var/lib/dbus/machine-id: each clone then makes its own",
)
HOST_KEYS = kind(
    "image_host_keys",
    "the image has SSH host keys ({files}): each desktop can pretend to be any other",
    "remove them (rm /etc/ssh/ssh_host_*), and let each clone make its own: cloud-init, or ssh-keygen -A before sshd starts",
)
TLS_KEY = kind(
    "image_tls_key",
    "the image has a private key for TLS ({files}): who is root on one desktop can read what people type on all others",
    "remove it, and let each clone make its own before xrdp starts: make-ssl-cert generate-default-snakeoil",
)
DHCP_ID = kind(
    "image_dhcp_id",
    "the image has a DHCP client id or leases ({files}): the DHCP server takes all desktops for the same",
    "remove these files",
)
RANDOM_SEED = kind(
    "image_random_seed",
    "the image has a random seed ({files}): all desktops would start from the same",
    "remove these files",
)
CLOUD_STATE = kind(
    "image_cloud_state",
    "cloud-init has run in the image ({files}): what it does only once it does not do in a clone",
    "cloud-init clean --logs, as the last thing before the image is closed",
)
SWAP = kind(
    "image_swap",
    "the image has swap ({files}): what was in memory is copied to all desktops, and each that swaps fills the storage",
    "remove the file and its line in /etc/fstab",
)
DOMAIN_ACCOUNT = kind(
    "image_domain_account",
    "the image has joined a domain ({files}): all desktops would be the same computer there",
    "leave the domain (realm leave), and let each clone join",
)
INITIATOR = kind(
    "image_initiator",
    "the image has a name as a storage client ({files}): two desktops with the same name disturb each other's disks",
    "remove these files, and make them at first boot where they are needed",
)
FIRST_BOOT_DONE = kind(
    "image_first_boot_done",
    "the image says that its first boot is done ({files}): desktops would count as ready before they are",
    "remove these files",
)
HOSTNAME = kind(
    "image_hostname",
    "the image has a name ({name}): a desktop has it until cloud-init gives it its own",
    "remove /etc/hostname",
)
PASSWORDS = kind(
    "image_passwords",
    "accounts of the image have a password or need none ({accounts}): it is the same on all desktops",
    "passwd --lock NAME; people get their accounts at first boot or from the directory",
)
# -- what clones would lack
SYSTEMD_OLD = kind(
    "image_systemd_old",
    "systemd {version}: before 257 nothing holds back a shutdown by root, so that the guest agent's can end a person's session",
    "build the image from Debian 13, or later",
)
NO_AGENT = kind(
    "image_no_agent",
    "no QEMU guest agent: Bascule never learns that a desktop is ready, and cannot shut it down in order",
    "install qemu-guest-agent",
)
NO_CLOUD_INIT = kind(
    "image_no_cloud_init",
    "no cloud-init: no desktop gets its own name and address",
    "install cloud-init",
)
NO_GUEST = kind(
    "image_no_guest",
    "no bascule-guest: no desktop reports that it is ready, nor who is logged on",
    "bascule guest files DIR, with the image mounted there: docs/en/golden-image.md",
)
GUEST_OFF = kind(
    "image_guest_off",
    "bascule-guest does not start with the desktop",
    "systemctl --root=DIR enable bascule-guest.service",
)
NO_HOLD = kind(
    "image_no_hold",
    "bascule-hold is not asked at log-on: a shutdown can end a session that has just begun",
    "put its line into /etc/pam.d/xrdp-sesman: the first lines of bascule-hold say where",
)
NO_XRDP = kind(
    "image_no_xrdp",
    "no xrdp: nobody can log on over RDP",
    "install xrdp and xorgxrdp, or what people log on with instead",
)
NO_CUPS = kind(
    "image_no_cups",
    "xrdp redirects no printers, and there is no CUPS: nobody can print",
    "install cups and cups-client, and name printers of the network there (IPP)",
)
XRDP_PLAIN = kind(
    "image_xrdp_plain",
    "xrdp also takes connections without TLS (security_layer={setting})",
    "security_layer=tls in /etc/xrdp/xrdp.ini",
)
NO_VERSION = kind(
    "image_no_version",
    "the image does not say its version: it is not known which desktops have which",
    "write it into /etc/bascule/image, in one line",
)
IMAGE_GOOD = kind("image_good", "clones share nothing and lack nothing: image {image}, systemd {version}")
# -- why it cannot be looked at
NO_ROOT = kind(
    "image_no_root",
    "{path}: no Linux system in it (no etc/os-release at its root). Windows images: docs/en/windows-image.md",
)
UNREADABLE = kind("image_unreadable", "{path}: {said}")
UNREADABLE_PART = kind("image_unreadable_part", "{path} cannot be read ({said}): run `bascule check image` as root")
UNKNOWN_FORMAT = kind(
    "image_unknown_format",
    "{path}: neither a folder, nor a tar, nor a disk whose root is ext4. Mount it and give the folder",
)
MANY_FILES = kind("image_many_files", "{path}: more files than any image has ({most}): it is not looked at any further")
TOOL_LONG = kind("image_tool_long", "{path}: {tool} says more than any image has ({most} bytes)")
TOOL_MISSING = kind("image_tool_missing", "{path}: {tool} is needed to look into it: apt install {package}")
TOOL_FAILED = kind("image_tool_failed", "{path}: {tool} ended with: {said}")
